"""A client with the whole socket at the operations of devices: what a document is refused, a machine is too."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from privyseal.device.enrolment import DeviceKind, DeviceUnknown
from privyseal.device.orders import Order
from privyseal.device.tickets import Mode
from privyseal.kernel.canonical import utc_text
from privyseal.kernel.errors import DutiesNotSeparate, Refused
from privyseal.signer import requests, rubber
from privyseal.signer.changes import Amend
from privyseal.signer.charters import Charter, of_company
from privyseal.signer.checks import (
    ApprovalsMissing,
    PurposeDiffers,
    SealRecord,
    SealSuspended,
    SealUnknown,
    SealVersionDiffers,
)
from privyseal.signer.claims import FaceNotApproved
from privyseal.signer.copying import FILE, copied
from privyseal.signer.database import Database
from privyseal.signer.denials import ApplicationDenied, Denial, PermitDenied, What
from privyseal.signer.device_checks import DeviceEnrolAnew, OpeningsSpent, SealNotMounted
from privyseal.signer.device_requests import Allow, End, Ordered
from privyseal.signer.impressions import ImpressionsSpent, IntentReused
from privyseal.signer.mandates import MandateUsedUp
from privyseal.signer.operations import Signer
from privyseal.signer.replaying import Grant, Later, Moved, OnMandate, replay
from privyseal.signer.rubber import TooManyAtRest
from privyseal.signer.statement import Decision, Purpose
from privyseal.signer.store import StatementSpent
from privyseal.signer.terms import OwnYes
from tests.device.test_machine import Parts
from tests.signer.cast import LI, NOON, RESUME, ZHAO, ZHOU, approved, uid
from tests.signer.conftest import Clock
from tests.signer.test_devices import (
    BY_HAND,
    COMPANY,
    SEAL,
    SEEN,
    allow,
    ask,
    asks_to_be,
    cabinet,
    enrolled,
    machine,
    mounted,
    ordered,
    ticket,
    to_enrol,
    told_by,
    used_up,
)
from tests.signer.test_plain_devices import RECORD, opens
from tests.signer.test_replaying import found_head, opened
from tests.signer.test_rosters import change, vouched
from tests.signer.test_standing import COVERS

OTHER: Final = uid("another seal")
NEWEST: Final = uid("a seal in a new machine")
_MANDATE: Final = uid("mandate")
_BY_MANDATE: Final = replace(BY_HAND, own_yes=OwnYes(ZHOU, _MANDATE))
_GIVEN: Final = replace(
    BY_HAND,
    application=_MANDATE,
    applicant=ZHOU,
    documents=(),
    impressions=1,
    decision=Decision.MANDATE,
    own_yes=None,
    paper_sha256="5" * 64,
)


def test_a_standing_permit_of_documents_opens_no_machine(founded: Signer) -> None:
    """Its holders, its limit a day and its class are asked for where a document is sealed, and nowhere else."""
    enrolled(founded)
    standing = replace(BY_HAND, purpose=Purpose.STANDING, documents=(), impressions=99, standing=COVERS)

    with pytest.raises(PurposeDiffers):
        ticket(founded, allow(operators=(ZHAO,), approved=(approved(standing),)))


def test_no_machine_is_opened_by_a_yes_to_a_face_that_was_drawn(founded: Signer) -> None:
    """Nobody here knows what its rubber looks like: a face that was shown for it was made up."""
    enrolled(founded)

    with pytest.raises(FaceNotApproved):
        ticket(founded, allow(operators=(ZHAO,), approved=(approved(replace(BY_HAND, face_sha256="0" * 64)),)))


def test_a_mandate_for_one_use_opens_a_machine_for_one_application(founded: Signer) -> None:
    enrolled(founded)

    def of_application(name: str, grant: str) -> Allow:
        use = replace(_BY_MANDATE, application=uid(name))
        return allow(grant=grant, impressions=1, approved=(approved(use), approved(_GIVEN, by=(ZHOU,))))

    for grant in ("once", "once", "again"):
        assert ticket(founded, of_application("first", grant))
    with pytest.raises(MandateUsedUp):
        ticket(founded, of_application("second", "other"))
    ticket(founded, allow(grant="without", approved=(approved(replace(BY_HAND, application=uid("second"))),)))


@pytest.mark.parametrize(
    ("request_", "seal", "part"),
    [
        (allow(approved=(approved(_BY_MANDATE, by=(LI, ZHOU)), approved(_GIVEN, by=(ZHOU,)))), None, "person"),
        (allow(by=(ZHAO,)), RECORD, "manager"),
        (allow(operators=(ZHOU, ZHAO)), RECORD, "manager"),
        (allow(approved=(approved(replace(BY_HAND, applicant=ZHAO)),)), RECORD, "manager"),
    ],
)
def test_duties_are_apart_at_a_machine_as_for_a_document(request_: Allow, seal: SealRecord | None, part: str) -> None:
    with pytest.raises(DutiesNotSeparate) as refused:
        opens(request_, seal)

    assert part in {refused.value.facts["part"], refused.value.facts["already"]}


def test_what_was_approved_for_another_version_of_a_seal_opens_no_machine() -> None:
    with pytest.raises(SealVersionDiffers):
        opens(allow(), replace(RECORD, version=2))


def test_a_ticket_is_counted_whatever_is_said_of_who_asks_for_it(founded: Signer) -> None:
    enrolled(founded)

    for asked in (allow(is_duress=True), allow(is_duress=True, mode=Mode.ONE, impressions=1)):
        with pytest.raises(requests.RequestUnreadable):
            ticket(founded, asked)


def test_a_code_that_was_given_is_no_code_of_a_later_enrolment(founded: Signer) -> None:
    """A machine that was set back and enrolled anew knows nothing of what it stamped."""
    device = machine(founded, Parts())
    asked = allow(impressions=5, minutes=60)
    digits = ticket(founded, asked)
    device.enter(digits, NOON)
    used_up(device, 5)
    enrolled(founded, to_enrol(asks_to_be(key=ec.generate_private_key(ec.SECP256R1()))))

    assert ticket(founded, asked) == digits


def test_an_order_that_sets_a_clock_says_the_signers_own_time(founded: Signer, clock: Clock) -> None:
    enrolled(founded)
    clock.at = NOON + timedelta(minutes=5)
    said = {"at": utc_text(NOON + timedelta(days=9)), "asked": "5" * 64}

    frame = ask(founded, Ordered(order=uid("time"), device="D-0009", type=Order.TIME, said=said))["frame"]

    assert told_by(frame) == {"at": utc_text(clock.at), "asked": "5" * 64}


def test_no_impression_is_agreed_to_with_a_seal_that_left_its_machine(founded: Signer) -> None:
    enrolled(founded)
    ticket(founded, allow(mode=Mode.CONFIRMED, confirmations=1))
    assert ask(founded, mounted(is_in=False, order="out"))

    with pytest.raises(SealNotMounted):
        ask(founded, ordered(Order.CONFIRM, SEEN))


@pytest.mark.parametrize(
    ("denied", "refusal"),
    [
        (Denial(What.PERMIT, BY_HAND.application, SEAL), PermitDenied),
        (Denial(What.APPLICATION, BY_HAND.application), ApplicationDenied),
    ],
)
def test_no_impression_is_agreed_to_once_its_use_was_taken_back(
    denied: Denial, refusal: type[Refused], founded: Signer
) -> None:
    enrolled(founded)
    ticket(founded, allow(mode=Mode.CONFIRMED, confirmations=1))
    first = ordered(Order.CONFIRM, SEEN, order="first")
    told = ask(founded, first)
    founded.deny(requests.Deny(denied=(denied,)))

    assert ask(founded, first) == told
    with pytest.raises(refusal):
        ask(founded, ordered(Order.CONFIRM, SEEN, order="second"))
    assert ask(founded, End("D-0009")) == {}


def test_nothing_opens_with_a_rubber_seal_at_rest_until_people_wake_it(founded: Signer, tmp_path: Path) -> None:
    enrolled(founded)
    ticket(founded, allow(mode=Mode.CONFIRMED, confirmations=1))
    before, told = copied(tmp_path), ask(founded, ordered(Order.CONFIRM, SEEN, order="first"))
    for _ in range(2):
        founded.suspend(requests.Suspend(seal=SEAL))

    assert ask(founded, ordered(Order.CONFIRM, SEEN, order="first")) == told
    asked = (allow(grant="t", impressions=1), allow(grant="c", impressions=1, minutes=60))
    for request in (*asked, ordered(Order.CONFIRM, SEEN, order="second")):
        with pytest.raises(SealSuspended):
            ask(founded, request)
    wakes = approved(replace(RESUME, seal=SEAL), by=(LI,))
    for wrong in (replace(RESUME, seal=uid("nothing")), replace(RESUME, seal=SEAL, applicant=LI)):
        with pytest.raises((SealUnknown, DutiesNotSeparate)):
            founded.resume(requests.Resume(seal=wrong.seal, approved=(approved(wrong, by=(LI,)),)))
    for _ in range(2):
        founded.resume(requests.Resume(seal=SEAL, approved=(wakes,)))
    for request in asked:
        assert ticket(founded, request)

    founded.suspend(requests.Suspend(seal=SEAL))
    with pytest.raises(StatementSpent):
        founded.resume(requests.Resume(seal=SEAL, approved=(wakes,)))
    # restored from before, it is told of it again, and rests whatever its copy said
    (tmp_path / "restored").mkdir()
    (tmp_path / "restored" / FILE).write_bytes(before)
    said = Later(found_head(tmp_path / "restored"), (), suspended=[SEAL])
    assert [replay(tmp_path / "restored", said, at=NOON).suspended for _ in range(2)] == [1, 0]
    with pytest.raises(SealSuspended):
        ticket(opened(tmp_path / "restored"), asked[0])


def test_what_machines_were_given_since_a_copy_is_counted_and_given_to_nobody_again(
    founded: Signer, tmp_path: Path
) -> None:
    enrolled(founded)
    home = _restored(tmp_path)
    ticket(founded, allow())
    given = Grant(uid("grant 1"), "D-0009", BY_HAND.application, SEAL, 3, is_code=False)
    said = Later(found_head(home), (), grants=[given], epochs={"D-0009": 1})

    assert [replay(home, said, at=NOON).grants for _ in range(2)] == [1, 0]
    signer = opened(home)
    with pytest.raises(IntentReused):
        ticket(signer, allow())
    with pytest.raises(ImpressionsSpent):
        ticket(signer, allow(grant="grant 2"))
    assert ticket(signer, allow(grant="grant 3", impressions=2))


@pytest.mark.parametrize(
    ("unknown", "epoch"),
    [({"head": None}, 2), ({"epochs": {"D-0009": 2}}, 3), ({"codes": 65}, 2), ({"codes": 64}, 1), ({"open": 1}, 2)],
)
def test_a_machine_of_which_it_is_unknown_what_it_was_given_is_enrolled_anew_and_keeps_its_seal(
    unknown: dict[str, Any], epoch: int, founded: Signer, tmp_path: Path
) -> None:
    told = enrolled(founded)
    home = _restored(tmp_path)
    code = Grant(uid("code"), "D-0009", uid("another application"), SEAL, 1, is_code=True)
    if how := {"codes", "open"} & unknown.keys():
        codes = [replace(code, uid=uid(f"code {number}")) for number in range(unknown[next(iter(how))])]
        unknown = {"grants": codes, "closed": {each.uid: 1 for each in codes if "open" not in how}}
    replayed = replay(home, replace(Later(found_head(home), ()), **unknown), at=NOON)
    signer, is_lost = opened(home), epoch > told.epoch

    assert replayed.machines == (("D-0009",) if is_lost else ())
    if is_lost:
        for request in (allow(), allow(minutes=60)):
            with pytest.raises(DeviceEnrolAnew):
                ticket(signer, request)
    assert enrolled(signer, to_enrol()).epoch == epoch
    assert ticket(signer, allow())


def test_a_machine_that_ended_and_a_code_that_was_closed_since_a_copy_are_so_again(
    founded: Signer, tmp_path: Path
) -> None:
    enrolled(founded)
    ticket(founded, allow(minutes=60))
    home = _restored(tmp_path)
    said = Later(found_head(home), (), closed={uid("grant 1"): 1}, stopped=["D-0008"])

    replay(home, said, at=NOON)
    with pytest.raises(ImpressionsSpent):  # the code is closed; what it was not used for stays counted
        ticket(opened(home), allow(grant="grant 2", minutes=60))
    replay(home, replace(said, stopped=["D-0009"]), at=NOON)
    with pytest.raises(DeviceUnknown):
        ticket(opened(home), allow(grant="grant 2", impressions=1))


def test_a_code_of_a_cabinet_since_a_copy_is_given_to_nobody_again_and_none_before_its_receipt(
    founded: Signer, tmp_path: Path
) -> None:
    twice = (approved(replace(BY_HAND, impressions=2), by=(LI,)),)
    since = replace(cabinet(founded), grant=uid("since"), minutes=30, approved=twice)
    home = _restored(tmp_path)
    ticket(founded, since)
    given = Grant(uid("since"), "D-0009", BY_HAND.application, SEAL, 0, is_code=True)
    said = Later(found_head(home), (), grants=[given], epochs={"D-0009": 1})

    assert [replay(home, said, at=NOON).machines for _ in range(2)] == [("D-0009",), ()]
    signer = opened(home)
    with pytest.raises(IntentReused):
        ticket(signer, since)
    for again in (replace(since, grant=uid("next")), replace(since, grant=uid("next"), minutes=0)):
        with pytest.raises(DeviceEnrolAnew):
            ticket(signer, again)
    assert enrolled(signer, to_enrol(asks_to_be(kind=DeviceKind.CABINET))).epoch == 2
    assert ticket(signer, replace(since, grant=uid("next")))
    with pytest.raises(OpeningsSpent):  # one since the copy, and this one
        ticket(signer, replace(since, grant=uid("third"), minutes=0))


def test_a_code_of_a_cabinet_that_was_closed_since_a_copy_keeps_none_waiting(founded: Signer, tmp_path: Path) -> None:
    twice = (approved(replace(BY_HAND, impressions=2), by=(LI,)),)
    since = replace(cabinet(founded), grant=uid("since"), minutes=30, approved=twice)
    home = _restored(tmp_path)
    given = Grant(uid("since"), "D-0009", BY_HAND.application, SEAL, 0, is_code=True)
    said = Later(found_head(home), (), grants=[given], closed={given.uid: 1}, epochs={"D-0009": 1})

    assert replay(home, said, at=NOON).machines == ()
    signer = opened(home)
    assert ticket(signer, replace(since, grant=uid("next")))
    with pytest.raises(OpeningsSpent):
        ticket(signer, replace(since, grant=uid("third"), minutes=0))


def test_what_went_into_a_machine_and_out_of_it_since_a_copy_is_known_to_be_there_no_more(
    founded: Signer, tmp_path: Path
) -> None:
    enrolled(founded)
    home = _restored(tmp_path)
    said = Later(
        found_head(home),
        (),
        moved=[
            Moved(uid("mounted"), "D-0009", 1, SEAL),  # was done before the copy
            Moved(uid("out"), "D-0009", 1),
            Moved(uid("in"), "D-0009", 1, OTHER),
            Moved("", "D-0011", 1, NEWEST),  # in a machine that was enrolled since
            Moved(uid("there"), "D-0012", 9, uid("out again")),
            Moved(uid("gone"), "D-0012", 9),
        ],
    )

    replayed = [replay(home, said, at=NOON) for _ in range(2)]

    assert [one.taken_out for one in replayed] == [1, 0]
    assert {one.unmounted for one in replayed} == {tuple(sorted([OTHER, NEWEST]))}
    signer = opened(home)
    with pytest.raises(SealNotMounted):
        ticket(signer, allow())
    for order in ("out", "in"):
        with pytest.raises(IntentReused):  # what was agreed to since moves nothing a second time
            ask(signer, mounted(is_in=order == "in", seal=SEAL if order == "out" else OTHER, order=order))
    for number, (seal, is_in) in enumerate([(OTHER, False), (SEAL, True)]):
        assert ask(signer, mounted(seal=seal, is_in=is_in, order=f"anew {number}"))
    assert ticket(signer, allow())


def test_an_application_that_used_a_mandate_since_a_copy_has_used_it(founded: Signer, tmp_path: Path) -> None:
    enrolled(founded)
    home = _restored(tmp_path)
    given = approved(_GIVEN, by=(ZHOU,))
    said = Later(found_head(home), (), on_mandates=[OnMandate(_MANDATE, uid("first"), 1)])

    assert [replay(home, said, at=NOON).on_mandates for _ in range(2)] == [1, 0]
    asked = {
        name: allow(grant=name, impressions=1, approved=(approved(replace(_BY_MANDATE, application=uid(name))), given))
        for name in ("first", "second")
    }
    assert ticket(opened(home), asked["first"])
    with pytest.raises(MandateUsedUp):
        ticket(opened(home), asked["second"])
    # more than it was given for, by a record that says so, is kept as well
    more = [OnMandate(_MANDATE, uid(name), 1) for name in ("first", "third", "fourth")]
    assert replay(home, replace(said, on_mandates=more), at=NOON).on_mandates == 2


def test_a_seal_of_which_no_machine_was_heard_rests_as_its_companys_and_there_is_an_end_to_them(
    founded: Signer, database: Database
) -> None:
    enrolled(founded)
    known = [(SEAL, COMPANY, 1)]
    with database.writing() as connection:
        for name in ("one", "two"):
            rubber.told_to_rest(connection, uid(name), company=COMPANY, most=2)
        with pytest.raises(TooManyAtRest):
            rubber.told_to_rest(connection, uid("three"), company=COMPANY, most=2)
        rubber.told_to_rest(connection, uid("one"), company="", most=2)
        rubber.told_to_rest(connection, SEAL, company="", most=2)  # a machine held it: there is always room
    founded.suspend(requests.Suspend(seal=uid("four"), company=COMPANY))

    rested = [(uid(name), COMPANY, 0) for name in ("one", "two", "four")]
    assert sorted(database.every("SELECT * FROM rubber")) == sorted([(*known[0][:2], 0), *rested])
    by_other = Charter(2, "session")
    change(founded, Amend(of_company(COMPANY), 1, by_other), vouched(LI, ZHOU))
    wakes = approved(replace(RESUME, seal=uid("four")), by=(LI,))
    with pytest.raises(ApprovalsMissing):  # its company's own charter, which asks for two
        founded.resume(requests.Resume(seal=uid("four"), approved=(wakes,)))


def _restored(folder: Path) -> Path:
    home = folder / "restored"
    home.mkdir()
    (home / FILE).write_bytes(copied(folder))
    return home
