import sqlite3
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from privyseal.kernel.canonical import canonical, sha256
from privyseal.kernel.errors import Refused
from privyseal.pdf.face import FaceUnreadable
from privyseal.pdf.judge import Verdict, judge
from privyseal.pdf.placement import NoSuchPage, Placement
from privyseal.pdf.seal import Following
from privyseal.signer import answers, requests
from privyseal.signer.checks import (
    DocumentNotApproved,
    SealedFileInvalid,
    SealSuspended,
    SealUnknown,
    SealVersionDiffers,
    WindowClosed,
)
from privyseal.signer.database import Database
from privyseal.signer.impressions import ImpressionsSpent, IntentReused
from privyseal.signer.operations import SealAlreadyMade, Signer
from privyseal.signer.store import StatementSpent
from tests.signer.cast import (
    CHANGE,
    CONTRACT,
    FACE,
    INVOICE,
    MAKE,
    MAKING,
    NOON,
    RESUME,
    SEAL,
    USE,
    WANG,
    ZHOU,
    approved,
    document,
    pdf,
    to_make,
    to_resume,
    to_seal,
    uid,
)
from tests.signer.conftest import Clock

TWICE = replace(USE, impressions=2)


def spent(database: Database) -> int:
    row = database.one("SELECT coalesce(sum(used), 0) FROM counter")
    return 0 if row is None else int(row[0])


def outcome(signer: Signer, request: requests.Seal, data: bytes = CONTRACT) -> str:
    try:
        signer.seal(request, data)
    except Refused as refused:
        return refused.code
    return "sealed"


def all_at_once(*calls: threading.Thread) -> None:
    for call in calls:
        call.start()
    for call in calls:
        call.join()


def test_an_approved_document_is_sealed_and_judged_valid(sealing: Signer, database: Database) -> None:
    sealed = sealing.seal(to_seal(), CONTRACT)

    judgement = judge(CONTRACT + sealed.appended, trust=[sealing.public().ca], at=NOON)
    assert judgement.verdict is Verdict.VALID
    assert (sealed.sealed_sha256, sealed.sealed_at) == (sha256(CONTRACT + sealed.appended), NOON)
    assert (spent(database), database.one("SELECT operator FROM intent")) == (1, (WANG,))


@pytest.mark.parametrize("following", ["nobody", "others"])
def test_the_followers_of_a_statement_are_those_of_the_engine(sealing: Signer, following: str) -> None:
    use = replace(USE, documents=(document(CONTRACT, following=following),))

    sealed = sealing.seal(to_seal(approved(use)), CONTRACT)

    assert (b"/DocMDP" in sealed.appended) == (Following(following) is Following.NOBODY)


def test_several_placements_are_several_impressions(sealing: Signer, database: Database) -> None:
    use = replace(TWICE, documents=(document(CONTRACT, placements=2),))

    sealed = sealing.seal(to_seal(approved(use)), CONTRACT)

    judgement = judge(CONTRACT + sealed.appended, trust=[sealing.public().ca], at=NOON)
    assert [report.field for report in judgement.signatures] == ["Seal1"]
    assert (judgement.verdict, spent(database)) == (Verdict.VALID, 2)


@pytest.mark.invariant("T13", column="rule")
def test_the_same_intent_gets_the_same_bytes_and_is_counted_once(
    sealing: Signer, database: Database, clock: Clock
) -> None:
    first = sealing.seal(to_seal(), CONTRACT)
    clock.at += timedelta(minutes=10)

    assert sealing.seal(to_seal(), CONTRACT) == first
    assert spent(database) == 1


def test_the_same_intent_is_answered_after_window_and_suspension(sealing: Signer, clock: Clock) -> None:
    first = sealing.seal(to_seal(), CONTRACT)
    sealing.suspend(requests.Suspend(seal=SEAL))
    clock.at += timedelta(days=30)

    assert sealing.seal(to_seal(), CONTRACT) == first


@pytest.mark.parametrize(
    ("request_", "data"),
    [
        (to_seal(data=INVOICE), INVOICE),
        (to_seal(operator=ZHOU), CONTRACT),
        (to_seal(field="Seal2"), CONTRACT),
        (to_seal(approved(TWICE)), CONTRACT),
    ],
)
def test_the_same_intent_for_something_else_is_refused(
    sealing: Signer, database: Database, request_: requests.Seal, data: bytes
) -> None:
    sealing.seal(to_seal(), CONTRACT)

    with pytest.raises(IntentReused):
        sealing.seal(request_, data)

    assert spent(database) == 1


@pytest.mark.invariant("C1", column="database")
def test_a_spent_counter_is_refused(sealing: Signer, database: Database) -> None:
    sealing.seal(to_seal(), CONTRACT)

    with pytest.raises(ImpressionsSpent):
        sealing.seal(to_seal(intent="intent 2"), CONTRACT)

    assert spent(database) == 1


def test_no_document_takes_the_impressions_of_another(sealing: Signer) -> None:
    both = approved(replace(TWICE, documents=(document(CONTRACT), document(INVOICE))))

    assert [
        outcome(sealing, to_seal(both)),
        outcome(sealing, to_seal(both, intent="intent 2")),
        outcome(sealing, to_seal(both, intent="intent 3", data=INVOICE), INVOICE),
    ] == ["sealed", "impressions-spent", "sealed"]


@pytest.mark.parametrize("places", [1, 3])
def test_a_race_for_the_last_impressions_has_as_many_winners(sealing: Signer, database: Database, places: int) -> None:
    use = approved(replace(USE, impressions=places))
    outcomes: list[str] = []

    def race(number: int) -> None:
        outcomes.append(outcome(sealing, to_seal(use, intent=f"intent {number}")))

    all_at_once(*(threading.Thread(target=race, args=(number,)) for number in range(6)))

    assert sorted(outcomes) == ["impressions-spent"] * (6 - places) + ["sealed"] * places
    assert spent(database) == places


def test_one_intent_asked_by_many_at_once_is_one_impression(sealing: Signer, database: Database) -> None:
    answered: list[answers.Sealed] = []

    def ask() -> None:
        answered.append(sealing.seal(to_seal(), CONTRACT))

    all_at_once(*(threading.Thread(target=ask) for _ in range(4)))

    assert len(answered) == 4
    assert len(set(answered)) == 1
    assert spent(database) == 1


def test_what_the_engine_refuses_costs_nothing(sealing: Signer, database: Database) -> None:
    off_the_end = replace(USE.documents[0], placements=(Placement(page=9, x=60_000, y=60_000),))

    with pytest.raises(NoSuchPage):
        sealing.seal(to_seal(approved(replace(USE, documents=(off_the_end,)))), CONTRACT)

    assert spent(database) == 0
    assert outcome(sealing, to_seal(intent="intent 2")) == "sealed"


def test_a_file_that_our_verifier_rejects_is_not_released(sealing: Signer, database: Database) -> None:
    sealed = sealing.seal(to_seal(approved(USE)), CONTRACT)
    tampered = bytearray(CONTRACT + sealed.appended)
    tampered[tampered.index(b"/MediaBox") + 14] ^= 1
    data = bytes(tampered)
    use = approved(replace(USE, application=uid("application 8"), documents=(document(data),)))

    with pytest.raises(SealedFileInvalid):
        sealing.seal(to_seal(use, intent="intent 2", data=data, field="Seal2"), data)

    assert spent(database) == 1


@pytest.mark.invariant("T11", column="rule")
def test_what_cannot_be_written_down_is_not_released_and_costs_nothing(sealing: Signer, database: Database) -> None:
    database.one("PRAGMA query_only = ON")

    with pytest.raises(sqlite3.OperationalError):
        sealing.seal(to_seal(), CONTRACT)

    database.one("PRAGMA query_only = OFF")
    assert (spent(database), outcome(sealing, to_seal(intent="intent 2")), spent(database)) == (0, "sealed", 1)


def test_another_document_is_not_sealed(sealing: Signer) -> None:
    with pytest.raises(DocumentNotApproved):
        sealing.seal(to_seal(data=INVOICE), INVOICE)


def test_an_unknown_seal_is_not_used(founded: Signer) -> None:
    with pytest.raises(SealUnknown):
        founded.seal(to_seal(), CONTRACT)


def test_a_suspended_seal_is_not_used(sealing: Signer, database: Database) -> None:
    sealing.suspend(requests.Suspend(seal=SEAL))
    sealing.suspend(requests.Suspend(seal=SEAL))

    with pytest.raises(SealSuspended):
        sealing.seal(to_seal(), CONTRACT)

    assert spent(database) == 0


@pytest.mark.invariant("T12", column="rule")
def test_a_suspension_overtakes_a_sealing_that_is_under_way(sealing: Signer, database: Database) -> None:
    for number in range(100, 106):
        raced(sealing, database, number)


def raced(sealing: Signer, database: Database, number: int) -> None:
    """Have a use and a suspension meet: nothing is counted, or released, after the suspension is answered."""
    application = uid(f"application {number}")
    request = to_seal(approved(replace(USE, application=application)), intent=application)
    suspended_at: list[int] = []

    def suspend() -> None:
        sealing.suspend(requests.Suspend(seal=SEAL))
        suspended_at.append(spent(database))

    all_at_once(threading.Thread(target=outcome, args=(sealing, request)), threading.Thread(target=suspend))

    assert spent(database) == suspended_at[0]
    sealing.resume(to_resume(approved(replace(RESUME, application=uid(f"resume {application}")))))


def test_an_approved_resumption_puts_a_seal_back_into_force(sealing: Signer) -> None:
    sealing.suspend(requests.Suspend(seal=SEAL))

    sealing.resume(to_resume())
    sealing.resume(to_resume())

    assert outcome(sealing, to_seal()) == "sealed"


def test_a_resumption_is_not_good_for_the_next_suspension(sealing: Signer) -> None:
    sealing.suspend(requests.Suspend(seal=SEAL))
    sealing.resume(to_resume())
    sealing.suspend(requests.Suspend(seal=SEAL))

    with pytest.raises(StatementSpent):
        sealing.resume(to_resume())

    assert outcome(sealing, to_seal()) == "seal-suspended"


def test_a_seal_is_made_once(sealing: Signer, clock: Clock) -> None:
    first = sealing.make(to_make())
    clock.at += timedelta(days=30)

    assert sealing.make(to_make()) == first


def test_a_seal_is_not_made_again_of_something_else(sealing: Signer) -> None:
    with pytest.raises(SealAlreadyMade):
        sealing.make(to_make(approved(replace(MAKE, application=uid("application 2")))))


def test_a_seals_versions_follow_each_other(sealing: Signer) -> None:
    first = sealing.make(to_make())
    third = approved(replace(CHANGE, application=uid("application 3"), seal_version=3))
    second = approved(CHANGE)

    with pytest.raises(SealVersionDiffers):
        sealing.make(to_make(third))
    assert sealing.make(to_make(second)).serial != first.serial
    assert outcome(sealing, to_seal()) == "seal-version-differs"
    assert outcome(sealing, to_seal(approved(replace(USE, seal_version=2)))) == "sealed"


def test_what_is_sealed_bears_the_face_that_was_shown_or_nothing_is_sealed(sealing: Signer) -> None:
    new = {**FACE, "ring": "上海示例贸易股份有限公司"}
    shown = replace(USE, face_sha256=MAKING.face_sha256)
    changed = replace(shown, application=uid("application 8"), seal_version=2)
    change = replace(CHANGE, make=replace(MAKING, face_sha256=sha256(canonical(new))))

    assert outcome(sealing, to_seal(approved(replace(shown, face_sha256="0" * 64)))) == "face-not-approved"
    assert outcome(sealing, to_seal(approved(shown))) == "sealed"
    sealing.make(to_make(approved(change), face=new))
    assert outcome(sealing, to_seal(approved(changed), intent="intent 2")) == "face-not-approved"
    assert outcome(sealing, to_seal(approved(shown), intent="intent 3")) == "seal-version-differs"
    seen = replace(changed, face_sha256=sha256(canonical(new)))
    assert outcome(sealing, to_seal(approved(seen), intent="intent 4")) == "sealed"


def test_a_new_version_does_not_end_a_suspension(sealing: Signer) -> None:
    sealing.suspend(requests.Suspend(seal=SEAL))

    sealing.make(to_make(approved(CHANGE)))

    assert outcome(sealing, to_seal(approved(replace(USE, seal_version=2)))) == "seal-suspended"


def test_a_seal_is_not_made_too_late(founded: Signer, clock: Clock) -> None:
    clock.at = MAKE.expires_at

    with pytest.raises(WindowClosed):
        founded.make(to_make())


def test_a_face_that_cannot_be_drawn_is_not_made(founded: Signer) -> None:
    square = {**FACE, "shape": "pentagon"}
    making = replace(MAKING, face_sha256=sha256(canonical(square)))

    with pytest.raises(FaceUnreadable):
        founded.make(to_make(approved(replace(MAKE, make=making)), face=square))


def test_equal_signers_make_equal_bytes_at_equal_times(sealing: Signer) -> None:
    many = replace(USE, impressions=9)
    first = sealing.seal(to_seal(approved(many), intent="intent 1"), CONTRACT)
    second = sealing.seal(to_seal(approved(many), intent="intent 2"), CONTRACT)

    assert first.appended == second.appended


def test_a_document_of_many_pages_is_sealed_where_it_was_approved(sealing: Signer) -> None:
    long = pdf("long", pages=30)
    last = replace(document(long), placements=(Placement(page=30, x=60_000, y=60_000),))
    use = approved(replace(USE, documents=(last,), applicant=WANG))

    sealed = sealing.seal(to_seal(use, data=long), long)

    assert judge(long + sealed.appended, trust=[sealing.public().ca], at=NOON).verdict is Verdict.VALID
