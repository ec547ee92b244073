"""May this key sign? Every row of the answer, without a key."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import DutiesNotSeparate, Refused
from privyseal.pdf.spots import Edge, Range, Seam, Spread
from privyseal.signer import checks
from privyseal.signer.charters import Charter
from privyseal.signer.checks import Pinned, SealRecord
from privyseal.signer.claims import Claim, FaceNotApproved
from privyseal.signer.own_yes import OwnYesMissing
from privyseal.signer.passkeys import AssertionInvalid
from privyseal.signer.statement import (
    EXTERNAL,
    Approved,
    Decision,
    Purpose,
    Statement,
    StatementUnreadable,
    vouch,
)
from privyseal.signer.terms import OwnYes
from privyseal.signer.voices import Voices
from tests.signer.cast import (
    CONTRACT,
    FACE,
    FOUNDING,
    INVOICE,
    LI,
    MAKE,
    MAKING,
    NOON,
    RESUME,
    SEAL,
    STRANGERS_KEY,
    USE,
    WANG,
    WEB_KEY,
    ZHAO,
    ZHOU,
    approved,
    document,
    may_seal,
    to_make,
    to_resume,
    to_seal,
    uid,
)

PINNED = Pinned(charter=FOUNDING.charter, voices=Voices(FOUNDING.web_key))
OPEN = replace(PINNED, charter=Charter(approvals=1, assurance="external"))
PAIR = replace(PINNED, charter=Charter(approvals=2, assurance="session"))
RECORD = SealRecord(
    uid=SEAL, version=1, is_active=True, is_destroyed=False, manager=ZHAO, not_after=NOON + timedelta(days=1000)
)


def decide(
    *stages: Approved,
    operator: str = WANG,
    data: bytes = CONTRACT,
    seal: SealRecord | None = RECORD,
    pinned: Pinned = PINNED,
    at: datetime = NOON,
) -> Claim:
    request = to_seal(*stages, operator=operator, data=data)
    case = checks.one_case(request.approved, purposes={Purpose.USE})
    return may_seal(case, request, sha256(data), seal=seal, pinned=pinned, at=at)


def test_what_was_approved_may_be_sealed() -> None:
    assert decide(approved(USE)) == Claim(
        application=USE.application,
        seal=SEAL,
        seal_version=1,
        document=USE.documents[0],
        impressions=1,
        most_of_application=1,
        most_of_document=1,
        operator=WANG,
    )


@pytest.mark.parametrize(
    ("stages", "refusal"),
    [
        ([USE, replace(USE, stage=2, application=uid("application 8"))], checks.StatementsMixed),
        ([USE, replace(USE, stage=2, impressions=9)], checks.StatementsMixed),
        ([USE, replace(USE, stage=2, documents=(document(INVOICE),))], checks.StatementsMixed),
        ([USE, replace(USE, stage=2, seal=uid("finance seal"))], checks.StatementsMixed),
        ([USE, replace(USE, stage=2, purpose=Purpose.RESUME, documents=())], checks.StatementsMixed),
        ([USE, USE], checks.StagesIncomplete),
        ([replace(USE, stage=2)], checks.StagesIncomplete),
        ([USE, replace(USE, stage=3)], checks.StagesIncomplete),
        ([MAKE], checks.PurposeDiffers),
        ([RESUME], checks.PurposeDiffers),
    ],
)
def test_statements_that_do_not_belong_together_are_refused(
    stages: Sequence[Statement], refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        decide(*(approved(stage) for stage in stages))


def test_a_statement_with_an_unknown_field_is_refused() -> None:
    said = USE.to_bytes().replace(b'"applicant"', b'"also":true,"applicant"')

    with pytest.raises(StatementUnreadable):
        decide(replace(approved(USE), statement=said))


@pytest.mark.parametrize(
    ("seal", "refusal"),
    [
        (None, checks.SealUnknown),
        (replace(RECORD, is_active=False), checks.SealSuspended),
        (replace(RECORD, version=2), checks.SealVersionDiffers),
        (replace(RECORD, not_after=NOON), checks.CertificateExpired),
    ],
)
def test_a_seal_that_is_not_in_force_is_refused(seal: SealRecord | None, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        decide(approved(USE), seal=seal)


@pytest.mark.invariant("T6", column="rule")
@pytest.mark.parametrize(
    ("at", "refusal"),
    [
        (USE.starts_at - timedelta(microseconds=1), checks.WindowNotOpen),
        (USE.expires_at, checks.WindowClosed),
        (USE.expires_at + timedelta(days=1), checks.WindowClosed),
    ],
)
def test_outside_its_window_nothing_is_sealed(at: datetime, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        decide(approved(USE), at=at)


def test_the_window_holds_its_first_moment() -> None:
    assert decide(approved(USE), at=USE.starts_at).impressions == 1


@pytest.mark.invariant("C1", column="rule")
def test_without_an_approval_nothing_is_sealed() -> None:
    with pytest.raises(checks.ApprovalsMissing):
        decide(approved(USE, by=()))


@pytest.mark.invariant("S5", column="rule")
def test_one_approver_twice_does_not_fill_a_quorum_of_two() -> None:
    with pytest.raises(checks.ApprovalsMissing):
        decide(approved(USE, by=(LI, LI)), pinned=PAIR)


def test_two_approvers_fill_a_quorum_of_two() -> None:
    assert decide(approved(USE, by=(LI, ZHOU)), pinned=PAIR).impressions == 1


def test_every_stage_needs_its_own_quorum() -> None:
    with pytest.raises(checks.ApprovalsMissing):
        decide(approved(USE), approved(replace(USE, stage=2), by=()))


def test_two_stages_may_be_approved_by_two_people() -> None:
    assert decide(approved(USE), approved(replace(USE, stage=2), by=(ZHOU,))).impressions == 1


@pytest.mark.invariant("C1", column="rule")
def test_a_forged_assertion_is_refused() -> None:
    with pytest.raises(AssertionInvalid):
        decide(approved(USE, vouched_by=STRANGERS_KEY))


def test_a_forged_assertion_spoils_a_full_quorum() -> None:
    forged = approved(USE, by=(ZHOU,), vouched_by=STRANGERS_KEY).assertions

    with pytest.raises(AssertionInvalid):
        decide(replace(approved(USE), assertions=(*approved(USE).assertions, *forged)))


@pytest.mark.invariant("C1", column="rule")
def test_an_assertion_for_another_statement_is_refused() -> None:
    with pytest.raises(AssertionInvalid):
        decide(replace(approved(USE), assertions=approved(replace(USE, impressions=2)).assertions))


def test_an_assertion_for_another_stage_is_refused() -> None:
    second = replace(USE, stage=2)

    with pytest.raises(AssertionInvalid):
        decide(approved(USE), replace(approved(second), assertions=approved(USE).assertions))


@pytest.mark.parametrize(
    ("approvers", "operator", "applicant"),
    [
        ((WANG,), ZHOU, WANG),  # the applicant approves
        ((LI, WANG), ZHOU, WANG),  # the applicant is one of several approvers
        ((ZHOU,), ZHOU, WANG),  # the operator approves
        ((LI, ZHOU), ZHOU, WANG),  # the operator is one of several approvers
        ((ZHAO,), WANG, WANG),  # the manager approves
        ((LI,), ZHAO, WANG),  # the manager operates
        ((LI,), WANG, ZHAO),  # the manager applies
    ],
)
def test_duties_of_a_use_are_kept_apart(approvers: tuple[str, ...], operator: str, applicant: str) -> None:
    with pytest.raises(DutiesNotSeparate):
        decide(approved(replace(USE, applicant=applicant), by=approvers), operator=operator)


def test_an_approver_of_any_stage_is_an_approver() -> None:
    with pytest.raises(DutiesNotSeparate):
        decide(approved(USE), approved(replace(USE, stage=2), by=(WANG,)))


@pytest.mark.invariant("T7", column="rule")
def test_another_document_is_refused() -> None:
    with pytest.raises(checks.DocumentNotApproved):
        decide(approved(USE), data=INVOICE)


@pytest.mark.invariant("C1", "T7", column="rule")
def test_bytes_that_are_not_the_named_ones_are_refused() -> None:
    request = to_seal(data=CONTRACT)
    case = checks.one_case(request.approved, purposes={Purpose.USE})

    with pytest.raises(checks.DocumentDiffers):
        may_seal(case, request, sha256(INVOICE), seal=RECORD, pinned=PINNED, at=NOON)


def test_each_placement_is_an_impression_and_so_is_each_seal_across_pages() -> None:
    seam = Seam(Edge.RIGHT, (Range(1, 30),), y=100_000, each=10)
    spots = (*document(CONTRACT, placements=2).placements, Spread((Range(1, 9, 2),), 60_000, 60_000), seam)
    use = replace(USE, documents=(replace(document(CONTRACT), placements=spots),), impressions=10)

    assert decide(approved(use)).impressions == 2 + 5 + 3


@pytest.mark.invariant("T5", column="rule")
def test_a_document_leaves_the_others_their_impressions() -> None:
    both = replace(USE, documents=(document(CONTRACT), document(INVOICE, placements=2)), impressions=4)

    assert (decide(approved(both)).most_of_document, decide(approved(both)).most_of_application) == (2, 4)


def make(*stages: Approved, manager: str = ZHAO, pinned: Pinned = PINNED, at: datetime = NOON) -> object:
    request = to_make(*stages, manager=manager)
    return checks.may_make(
        checks.one_case(request.approved, purposes={Purpose.MAKE}), request, seal=None, pinned=pinned, at=at
    )


def test_an_approved_seal_may_be_made() -> None:
    assert make() == MAKING


@pytest.mark.parametrize("approver", [WANG, ZHAO])
def test_applicant_and_manager_do_not_approve_the_making(approver: str) -> None:
    with pytest.raises(DutiesNotSeparate):
        make(approved(MAKE, by=(approver,)))


def test_a_manager_may_apply_for_a_seal() -> None:
    assert make(approved(replace(MAKE, applicant=ZHAO))) == MAKING


def test_another_face_than_the_approved_one_is_refused() -> None:
    request = to_make(face={**FACE, "ring": "上海另一家贸易有限公司"})

    with pytest.raises(FaceNotApproved):
        checks.may_make(
            checks.one_case(request.approved, purposes={Purpose.MAKE}), request, seal=None, pinned=PINNED, at=NOON
        )


@pytest.mark.parametrize(
    ("statement", "by", "pinned", "at", "refusal"),
    [
        (replace(MAKE, seal=uid("finance seal")), (LI,), PINNED, NOON, checks.StatementsMixed),
        (MAKE, (), PINNED, NOON, checks.ApprovalsMissing),
        (MAKE, (LI,), PAIR, NOON, checks.ApprovalsMissing),
        (MAKE, (LI,), PINNED, MAKE.expires_at, checks.WindowClosed),
        (USE, (LI,), PINNED, NOON, checks.PurposeDiffers),
    ],
)
def test_a_seal_is_not_made_without_its_approval(
    statement: Statement, by: tuple[str, ...], pinned: Pinned, at: datetime, refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        make(approved(statement, by=by), pinned=pinned, at=at)


def resume(*stages: Approved, seal: SealRecord | None = RECORD, at: datetime = NOON) -> None:
    request = to_resume(*stages)
    case = checks.one_case(request.approved, purposes={Purpose.RESUME})
    checks.may_act(case, request, seal=seal, pinned=PINNED, at=at)


@pytest.mark.parametrize(
    ("statement", "by", "at", "refusal"),
    [
        (replace(RESUME, seal=uid("finance seal")), (LI,), NOON, checks.StatementsMixed),
        (replace(RESUME, seal_version=2), (LI,), NOON, checks.SealVersionDiffers),
        (RESUME, (), NOON, checks.ApprovalsMissing),
        (RESUME, (WANG,), NOON, DutiesNotSeparate),
        (RESUME, (ZHAO,), NOON, DutiesNotSeparate),
        (RESUME, (LI,), RESUME.expires_at, checks.WindowClosed),
        (RESUME, (LI,), RESUME.starts_at - timedelta(seconds=1), checks.WindowNotOpen),
        (USE, (LI,), NOON, checks.PurposeDiffers),
    ],
)
def test_a_seal_is_not_resumed_without_its_approval(
    statement: Statement, by: tuple[str, ...], at: datetime, refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        resume(approved(statement, by=by), at=at)


def test_an_unknown_seal_is_not_resumed() -> None:
    with pytest.raises(checks.SealUnknown):
        resume(seal=None)


def test_an_approval_cannot_be_borrowed_from_another_key() -> None:
    borrowed = replace(PINNED, voices=Voices(STRANGERS_KEY.public_key().public_bytes_raw()))

    with pytest.raises(AssertionInvalid):
        decide(approved(USE, vouched_by=WEB_KEY), pinned=borrowed)


def outside(statement: Statement) -> Approved:
    said = statement.to_bytes()
    return Approved(said, (vouch(said, approver=LI, web_key=WEB_KEY, assurance=EXTERNAL),))


def test_an_outside_systems_word_counts_only_where_the_charter_says_so() -> None:
    with pytest.raises(checks.AssuranceTooLow):
        decide(outside(USE))
    with pytest.raises(checks.AssuranceTooLow):
        decide(approved(USE), outside(replace(USE, stage=2)))

    assert decide(outside(USE), pinned=OPEN) == decide(approved(USE), pinned=OPEN) == decide(approved(USE))


QIAN = uid("qian")
NAMED = replace(RECORD, type="legal-representative")
HIS = replace(USE, own_yes=OwnYes(QIAN))
BEFORE = replace(
    *(USE,), application=uid("mandate"), documents=(), applicant=QIAN, decision=Decision.MANDATE, paper_sha256="5" * 64
)
BY_MANDATE = replace(USE, own_yes=OwnYes(QIAN, BEFORE.application))


@pytest.mark.invariant("T19", column="rule")
def test_a_seal_that_bears_a_name_takes_the_yes_of_that_person() -> None:
    said = approved(replace(HIS, decision=Decision.CONSENT), by=(QIAN,))

    assert decide(approved(HIS), said, seal=NAMED).application == USE.application
    assert decide(approved(BY_MANDATE), approved(BEFORE, by=(QIAN,)), seal=NAMED).application == USE.application


@pytest.mark.parametrize(
    "approvals",
    [
        [approved(USE)],
        [approved(HIS)],
        [approved(HIS), approved(replace(HIS, decision=Decision.CONSENT), by=(LI,))],
        [approved(HIS), approved(replace(HIS, decision=Decision.CONSENT, impressions=2), by=(QIAN,))],
        [approved(HIS), approved(BEFORE, by=(QIAN,))],
        [approved(BY_MANDATE), approved(BEFORE, by=(LI,))],
        [approved(BY_MANDATE), approved(replace(BEFORE, seal=uid("finance seal")), by=(QIAN,))],
        [approved(BY_MANDATE), approved(replace(BEFORE, application=uid("another")), by=(QIAN,))],
        [approved(BY_MANDATE), approved(replace(BEFORE, expires_at=NOON), by=(QIAN,))],
    ],
)
def test_no_yes_but_that_of_whoever_the_seal_names_moves_it(approvals: list[Approved]) -> None:
    with pytest.raises(OwnYesMissing):
        decide(*approvals, seal=NAMED)


def test_the_own_yes_is_nobodys_approval() -> None:
    his = replace(HIS, own_yes=OwnYes(LI))

    with pytest.raises(DutiesNotSeparate):
        decide(approved(his), approved(replace(his, decision=Decision.CONSENT), by=(LI,)), seal=NAMED)
