import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from privyseal.kernel import merkle
from privyseal.kernel.errors import DutiesNotSeparate, Refused
from privyseal.kernel.note import VerifierKey
from privyseal.signer import answers, requests
from privyseal.signer.changes import Begin, ChangeUnreadable, Enter
from privyseal.signer.charters import APPROVERS, SECURITY, Charter, RosterTooSmall
from privyseal.signer.checks import ApprovalsMissing, AssuranceTooLow
from privyseal.signer.database import ClockRunsBackwards, Database
from privyseal.signer.founding import FoundingDiffers
from privyseal.signer.opening import AlreadyFounded
from privyseal.signer.operations import Signer
from privyseal.signer.passkeys import AssertionForAnother, Credential, Page, PasskeyInSoftware, PasskeyNotBound
from privyseal.signer.protocol import Frame
from privyseal.signer.requests import RequestUnreadable
from privyseal.signer.rosters import PageAlreadyPinned, Rosters
from privyseal.signer.software_passkeys import SoftwarePasskey
from privyseal.signer.statement import Approved
from privyseal.signer.store import NotFounded
from tests.signer.cast import (
    FOUNDING,
    LI,
    MAKE,
    NOON,
    SEAL,
    STRANGERS_KEY,
    ZHOU,
    approved,
    to_make,
    to_resume,
    to_seal,
    uid,
)
from tests.signer.conftest import Clock

CHEN, QIAN, SUN = uid("chen"), uid("qian"), uid("sun")
KEYS: Final = {
    person: SoftwarePasskey(person=person, page=Page("https://approve.example"), id=bytes.fromhex(person))
    for person in (LI, ZHOU, CHEN, QIAN, SUN)
}


def pinned(person: str) -> Credential:
    held = KEYS[person]
    return Credential(id=held.id, person=person, key=held.key, is_bound=True, starts_at=NOON - timedelta(days=1))


def twice(person: str) -> Enter:
    other = SoftwarePasskey(person=person, page=KEYS[person].page, id=b"another")
    return Enter(SECURITY, replace(pinned(person), id=other.id, key=other.key))


ALL: Final = Begin(
    log=FOUNDING.origin,
    web_key=FOUNDING.web_key,
    page="https://approve.example",
    charter=Charter(approvals=1, assurance="passkey"),
    entries=(
        *(Enter(APPROVERS, pinned(person)) for person in (LI, ZHOU)),
        *(Enter(SECURITY, pinned(person)) for person in (CHEN, QIAN)),
    ),
    witness=pinned(SUN),
)
OTHER: Final = replace(ALL, charter=Charter(approvals=1, assurance="passkey", roster="security"))


def said_to(begin: Begin, *, by: Sequence[str] = (LI, ZHOU, CHEN, QIAN, SUN)) -> Approved:
    said, page = begin.to_bytes(), Page(begin.page)
    return Approved(said, tuple(KEYS[person].on(page).says_yes(said) for person in by))


def begun(begin: Begin, *, by: Sequence[str] = (LI, ZHOU, CHEN, QIAN, SUN)) -> requests.Found:
    known = {one.credential.person for one in begin.entries} | {begin.witness.person}
    rule = said_to(begin, by=[person for person in by if person in known])
    return replace(FOUNDING, charter=Charter(begin.charter.approvals, begin.charter.assurance), rule=rule)


def test_a_new_signer_has_no_keys(signer: Signer) -> None:
    status = signer.status()

    assert (status.is_founded, status.log_size) == (False, 0)


@pytest.mark.parametrize(
    "request_",
    [
        requests.Public(),
        to_make(),
        to_seal(),
        to_resume(),
        requests.Checkpoint(size=0, root=bytes(32), old_size=0, proof=()),
    ],
    ids=lambda request: type(request).__name__,
)
def test_before_the_founding_nothing_is_done(signer: Signer, request_: requests.Request) -> None:
    with pytest.raises(NotFounded):
        signer.answer(Frame(request_.header()))


def test_the_founding_makes_what_a_stranger_needs(signer: Signer) -> None:
    public = signer.found(FOUNDING)
    crl = x509.load_der_x509_crl(public.crl)

    assert signer.status().is_founded
    assert public.origin == "seals.example/ledger"
    assert VerifierKey.parse(public.log_key).name == "seals.example/ledger"
    assert (len(crl), crl.issuer.rfc4514_string()) == (0, "CN=Privyseal demo CA")
    key = x509.load_der_x509_certificate(public.ca).public_key()
    assert isinstance(key, EllipticCurvePublicKey)
    assert crl.is_signature_valid(key)


def test_found_twice_with_the_same_values_gives_the_same_answer(signer: Signer) -> None:
    assert signer.found(FOUNDING) == signer.found(FOUNDING) == signer.public()


@pytest.mark.parametrize(
    "other",
    [
        replace(FOUNDING, public_url="https://other.example"),
        replace(FOUNDING, origin="other.example/ledger"),
        replace(FOUNDING, web_key=STRANGERS_KEY.public_key().public_bytes_raw()),
        replace(FOUNDING, charter=Charter(approvals=2, assurance="session")),
        replace(FOUNDING, charter=Charter(approvals=1, assurance="external")),
        replace(FOUNDING, is_demo=False),
    ],
)
def test_found_twice_with_other_values_is_refused(sealing: Signer, other: requests.Found) -> None:
    before = sealing.public()

    with pytest.raises(AlreadyFounded):
        sealing.found(other)

    assert sealing.public() == before


def test_a_founding_on_which_nothing_rests_gives_way_to_the_next_one_whole(signer: Signer, database: Database) -> None:
    first = signer.found(begun(ALL))
    second = signer.found(begun(replace(ALL, page="https://other.example")))
    plain = signer.found(FOUNDING)

    assert len({first.ca, second.ca, plain.ca}) == 3
    assert database.every("SELECT * FROM roster_entry UNION ALL SELECT 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 FROM page") == []
    head = merkle.leaf_hash(b"the first fact")
    signer.checkpoint(requests.Checkpoint(size=1, root=head, old_size=0, proof=()))
    with pytest.raises(AlreadyFounded):
        signer.found(begun(ALL))
    with pytest.raises(Exception, match="charter_stays"), database.writing() as connection:
        connection.execute("UPDATE charter SET approvals = 9")


def test_an_installation_begins_with_a_charter_of_passkeys_that_everybody_on_its_rosters_said_yes_to(
    signer: Signer, database: Database
) -> None:
    signer.found(begun(ALL))
    signer.found(begun(ALL))

    assert Rosters(database).in_force().charter == ALL.charter
    with pytest.raises(AssuranceTooLow):
        signer.make(to_make())
    with pytest.raises(PageAlreadyPinned):
        signer.answer(Frame(requests.PinPage(Page("https://evil.example")).header()))
    with pytest.raises(ChangeUnreadable):
        signer.answer(Frame(requests.ChangeRule(said_to(ALL)).header()))
    said = MAKE.to_bytes()
    assert signer.make(to_make(Approved(said, (KEYS[LI].says_yes(said),)))).certificate


@pytest.mark.invariant("C5", column="rule")
@pytest.mark.parametrize(
    ("request_", "refusal"),
    [
        (lambda: begun(replace(ALL, entries=ALL.entries[:3])), RosterTooSmall),  # one of security
        (lambda: begun(replace(ALL, entries=ALL.entries[1:])), RosterTooSmall),  # one approver
        (lambda: begun(ALL, by=(LI, ZHOU, CHEN, QIAN)), ApprovalsMissing),  # without the witness
        (lambda: begun(ALL, by=(ZHOU, CHEN, QIAN, SUN)), ApprovalsMissing),  # one who is entered said nothing
        (lambda: replace(begun(ALL), rule=replace(said_to(ALL), statement=OTHER.to_bytes())), AssertionForAnother),
        (lambda: replace(begun(ALL), origin="other.example/ledger"), FoundingDiffers),
        (lambda: replace(begun(ALL), charter=Charter(2, "passkey")), FoundingDiffers),
        (lambda: replace(begun(ALL), is_demo=False), PasskeyInSoftware),
        (lambda: begun(replace(ALL, charter=replace(ALL.charter, is_bound=True))), PasskeyNotBound),
        (lambda: begun(replace(ALL, witness=ALL.entries[0].credential), by=(LI, ZHOU, CHEN, QIAN)), DutiesNotSeparate),
        (lambda: begun(replace(ALL, entries=(*ALL.entries, twice(LI)))), DutiesNotSeparate),
        (lambda: begun(replace(ALL, entries=(*ALL.entries, ALL.entries[0]))), FoundingDiffers),
        (lambda: replace(begun(ALL), rule=approved(MAKE)), ChangeUnreadable),
        (lambda: replace(begun(ALL), rule=Approved(ALL.to_bytes(), approved(MAKE).assertions)), Refused),
    ],
)
def test_nothing_begins_without_those_who_can_change_it(
    signer: Signer, request_: Callable[[], requests.Found], refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        signer.answer(Frame(request_().header()))

    assert not signer.status().is_founded


def test_founded_by_two_at_once_there_is_one_authority(signer: Signer) -> None:
    answered: list[answers.Public] = []
    threads = [threading.Thread(target=lambda: answered.append(signer.found(FOUNDING))) for _ in range(4)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answered) == 4
    assert len({each.ca for each in answered}) == 1


def test_a_clock_that_runs_backwards_stops_the_signer_but_not_a_suspension(founded: Signer, clock: Clock) -> None:
    clock.at = clock.at.replace(year=2025)

    for request in (to_make(), to_seal(), to_resume()):
        with pytest.raises(ClockRunsBackwards):
            founded.answer(Frame(request.header()))
    founded.answer(Frame(requests.Suspend(seal=SEAL).header()))  # a rubber seal, for all it knows


def test_bytes_beside_a_request_that_takes_none_are_refused(signer: Signer) -> None:
    with pytest.raises(RequestUnreadable):
        signer.answer(Frame(requests.Status().header(), b"document"))
