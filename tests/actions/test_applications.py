from datetime import datetime, timedelta
from itertools import combinations
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from privyseal.approvals import actions, queries
from privyseal.approvals.actions import (
    AlreadyVoted,
    ApplicationExpired,
    ChangedSinceShown,
    ReasonMissing,
    WindowNotPossible,
)
from privyseal.approvals.models import Application, Casting, Line
from privyseal.approvals.numbers import number_of
from privyseal.approvals.queries import Progress
from privyseal.approvals.rules import KEPT_APART, Part, State, Step
from privyseal.approvals.wishes import (
    CountNotPossible,
    DocumentsNotAlike,
    DocumentTwice,
    LineWish,
    NoLines,
    TooManyLines,
)
from privyseal.identity.models import Company, Grant, Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, NotFound, OutOfTurn, Refused
from privyseal.pdf.accepted import FileEmpty, FileTooLarge, NotAPdf, PdfDamaged
from privyseal.pdf.placement import NoSuchPage, Placement, PlacementOutsidePage
from privyseal.sealing import actions as sealing
from privyseal.sealing.models import Document
from privyseal.seals.actions import CompanyNotVerified, SealNameTaken, suspend
from privyseal.seals.models import Permit, Seal
from privyseal.seals.rules import SealNotInForce, SealState, SealType
from privyseal.signer.client import Client
from tests.conftest import FACE, USCC, Use, apply, holding, new_company, permit_of, recorded, say_yes
from tests.pdfs import one_page

TALK = frozenset({"comment", "copy"})  # what whoever takes part may always do


def test_an_approved_application_yields_its_permit(pending: Use, wang: Person, li: Person, noon: datetime) -> None:
    assert say_yes(li, noon, pending.uid) == State.APPROVED.value

    permit = pending.permit
    assert (permit.impressions, permit.used, permit.policy) == (1, 0, "1")
    assert list(permit.lines.values_list("document_sha256", "placements")) == [
        (pending.document, [{"page": 1, "x": 150_000, "y": 60_000}])
    ]
    assert sorted(permit.parts.values_list("person__login", "part")) == [("li", "approver"), ("wang", "holder")]
    assert recorded()[-3:] == ["application.voted", "application.approved", "permit.issued"]


def test_nobody_approves_their_own_application(pending: Use, wang: Person, noon: datetime) -> None:
    before = recorded()

    with pytest.raises(DutiesNotSeparate):
        say_yes(wang, noon, pending.uid)

    assert Application.objects.get(uid=pending.uid).state == State.PENDING.value
    assert recorded() == [*before, "application.vote.refused"]


def test_an_operator_does_not_approve_what_they_will_press(
    official: Seal, contract: str, wang: Person, ma: Person, company: Company, noon: datetime
) -> None:
    Grant.objects.create(
        person=ma, power="approve", company=company, granted_at=noon, confirmed_at=noon, starts_at=noon
    )
    uid = apply(wang, noon, official, contract, operator_pseudonyms=(ma.pseudonym,))

    with pytest.raises(DutiesNotSeparate):
        say_yes(ma, noon, uid)


@pytest.mark.invariant("S3", column="database")
@pytest.mark.parametrize("part", ["approver", "applicant"])
def test_the_database_itself_keeps_the_parts_apart(part: str, approved: Use, li: Person, wang: Person) -> None:
    application = Application.objects.get(uid=approved.uid)
    person, other = (wang, "approver") if part == "applicant" else (li, "operator")

    with pytest.raises(IntegrityError, match="_is_not_"), transaction.atomic():
        Casting.objects.filter(application=application, person=person).update(**{f"is_{other}": True})


def test_the_database_keeps_exactly_those_parts_apart_that_the_rules_do() -> None:
    named = {constraint.name for constraint in Casting._meta.constraints}  # noqa: SLF001  Django's documented name

    pairs = ((later, earlier) for earlier, later in combinations(Part, 2))
    assert {frozenset(pair) for pair in pairs if "{}_is_not_{}".format(*pair) in named} == set(KEPT_APART)


@pytest.mark.parametrize("who", ["ma", "zhao", "sun", "zhou", "chen", "stranger"])
def test_only_approvers_decide(who: str, pending: Use, request: pytest.FixtureRequest, noon: datetime) -> None:
    shown = Application.objects.get(uid=pending.uid).shown_sha256
    actor = request.getfixturevalue(who)

    with pytest.raises(NotEntitled):
        actions.vote(actor, noon, application_uid=pending.uid, step=Step.APPROVE, shown_sha256=shown)


def test_a_rejection_ends_an_application(pending: Use, li: Person, wu: Person, noon: datetime) -> None:
    shown = Application.objects.get(uid=pending.uid).shown_sha256

    actions.vote(li, noon, application_uid=pending.uid, step=Step.REJECT, shown_sha256=shown, comment="金额不符")

    assert not Permit.objects.filter(application_uid=pending.uid).exists()
    with pytest.raises(OutOfTurn):
        actions.vote(wu, noon, application_uid=pending.uid, step=Step.APPROVE, shown_sha256=shown)


def test_a_vote_on_what_changed_since_is_refused(pending: Use, li: Person, noon: datetime) -> None:
    shown = queries.application_visible_to(li, noon, pending.uid).shown_sha256
    Application.objects.filter(uid=pending.uid).update(expires_at=noon + timedelta(days=300))

    with pytest.raises(ChangedSinceShown):
        actions.vote(li, noon, application_uid=pending.uid, step=Step.APPROVE, shown_sha256=shown)


def test_the_second_click_on_yes_changes_nothing(pending: Use, li: Person, noon: datetime) -> None:
    shown, command_id = Application.objects.get(uid=pending.uid).shown_sha256, uuid4()
    said = {"application_uid": pending.uid, "step": Step.APPROVE, "shown_sha256": shown}

    first = actions.vote.once(command_id, li, noon, **said)  # type: ignore[arg-type]  # each field is of its kind
    facts = recorded()
    second = actions.vote.once(command_id, li, noon, **said)  # type: ignore[arg-type]  # as above

    assert (first, recorded()) == (second, facts)
    assert Permit.objects.filter(application_uid=pending.uid).count() == 1


def test_the_same_form_sent_twice_opens_one_application(
    official: Seal, contract: str, wang: Person, company: Company, noon: datetime
) -> None:
    command_id, line = uuid4(), LineWish(official.uid, contract, "nobody", (Placement(1, 150_000, 60_000),))

    sent = [
        actions.apply_for_use.once(
            command_id,
            wang,
            noon,
            company_uid=company.uid,
            reason="合同",
            starts_at=noon,
            expires_at=noon + timedelta(days=1),
            operator_pseudonyms=(wang.pseudonym,),
            lines=(line,),
        )
        for _ in range(2)
    ]

    assert sent[0] == sent[1]
    assert Application.objects.filter(purpose="use").count() == 1


def test_a_person_votes_once_a_stage(pending: Use, li: Person, noon: datetime) -> None:
    say_yes(li, noon, pending.uid)
    Application.objects.filter(uid=pending.uid).update(state=State.PENDING.value, decided_at=None)

    with pytest.raises(AlreadyVoted):
        say_yes(li, noon, pending.uid)


def test_a_decision_after_the_window_is_refused(pending: Use, li: Person, noon: datetime) -> None:
    with pytest.raises(ApplicationExpired):
        say_yes(li, noon + timedelta(days=8), pending.uid)


def test_an_applicant_takes_back_what_is_undecided(pending: Use, wang: Person, li: Person, noon: datetime) -> None:
    with pytest.raises(NotEntitled):
        actions.withdraw(li, noon, application_uid=pending.uid)

    assert actions.withdraw(wang, noon, application_uid=pending.uid) == State.WITHDRAWN.value

    with pytest.raises(OutOfTurn):
        say_yes(li, noon, pending.uid)


def line(seal: Seal, document: str, **changes: int) -> LineWish:
    said = {"page": 1, "x": 150_000, "y": 60_000, "copies": 1, **changes}
    spot = Placement(said["page"], said["x"], said["y"])
    return LineWish(seal.uid, document, "nobody", (spot,), copies=said["copies"])


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"page": 2}, NoSuchPage),
        ({"page": 0}, NoSuchPage),
        ({"x": 10_000}, PlacementOutsidePage),
        ({"y": 5_000_000}, PlacementOutsidePage),
        ({"copies": 2}, CountNotPossible),
    ],
)
def test_a_line_that_cannot_be_sealed_is_refused_before_anyone_approves(
    changes: dict[str, int], refusal: type[Refused], official: Seal, contract: str, wang: Person, noon: datetime
) -> None:
    with pytest.raises(refusal):
        apply(wang, noon, official, contract, lines=(line(official, contract, **changes),))

    assert not Application.objects.filter(purpose="use").exists()


def test_lines_are_counted(official: Seal, contract: str, wang: Person, noon: datetime) -> None:
    one = line(official, contract)
    unlike = (one, *(line(official, f"{number:064x}", x=90_000) for number in range(50)))
    for lines, refusal in (
        ((), NoLines),
        ((one, one), DocumentTwice),
        ((one,) * 1_001, TooManyLines),
        (unlike, DocumentsNotAlike),
    ):
        with pytest.raises(refusal):
            apply(wang, noon, official, contract, lines=lines)


def test_several_documents_make_one_permit(
    official: Seal, contract: str, wang: Person, li: Person, noon: datetime
) -> None:
    company = official.company
    annex = sealing.receive_document(wang, noon, company_uid=company.uid, name="附件.pdf", data=one_page("Annex"))
    uid = apply(wang, noon, official, contract, lines=(line(official, contract), line(official, annex)))

    say_yes(li, noon, uid)

    assert permit_of(uid).impressions == 2
    assert {item.document_sha256 for item in permit_of(uid).lines.all()} == {contract, annex}


@pytest.mark.parametrize(
    ("starts", "ends", "refusal"),
    [(0, 0, WindowNotPossible), (2, 1, WindowNotPossible), (-5, -1, WindowNotPossible), (0, 400, WindowNotPossible)],
)
def test_a_window_must_be_one(
    starts: int, ends: int, refusal: type[Refused], official: Seal, contract: str, wang: Person, noon: datetime
) -> None:
    window = {"starts_at": noon + timedelta(days=starts), "expires_at": noon + timedelta(days=ends)}

    with pytest.raises(refusal):
        apply(wang, noon, official, contract, **window)


def test_a_reason_is_given(official: Seal, contract: str, wang: Person, noon: datetime) -> None:
    with pytest.raises(ReasonMissing):
        apply(wang, noon, official, contract, reason="   ")


def test_a_manager_does_not_apply_to_use(
    official: Seal, contract: str, zhao: Person, wang: Person, noon: datetime
) -> None:
    with pytest.raises(NotEntitled):
        apply(zhao, noon, official, contract)
    with pytest.raises(NotEntitled):
        apply(wang, noon, official, contract, operator_pseudonyms=(zhao.pseudonym,))


def test_nobody_applies_with_another_persons_eyes(
    official: Seal, contract: str, stranger: Person, company: Company, noon: datetime
) -> None:
    with pytest.raises(NotFound):
        apply(stranger, noon, official, contract)


def test_a_suspended_seal_is_not_applied_for(
    official: Seal, contract: str, zhao: Person, wang: Person, noon: datetime, signer: Client
) -> None:
    suspend(zhao, noon, seal_uid=official.uid, reason="盘点", signer=signer)

    with pytest.raises(SealNotInForce):
        apply(wang, noon, official, contract)


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", FileEmpty),
        (b"Dear Sirs, this is no PDF.", NotAPdf),
        (one_page()[:300], PdfDamaged),
        (b"%PDF-1.7\n" + bytes(60_000_000), FileTooLarge),
    ],
)
def test_a_file_that_cannot_be_sealed_is_not_taken_in(
    data: bytes, refusal: type[Refused], company: Company, wang: Person, noon: datetime
) -> None:
    with pytest.raises(refusal):
        sealing.receive_document(wang, noon, company_uid=company.uid, name="x.pdf", data=data)

    assert not Document.objects.exists()


def test_the_same_file_is_entered_once(contract: str, company: Company, wang: Person, noon: datetime) -> None:
    again = sealing.receive_document(
        wang, noon, company_uid=company.uid, name="again.pdf", data=one_page("Contract no. 2026-117")
    )

    assert (again, Document.objects.count(), recorded()) == (contract, 1, ["document.received"])


def test_a_seal_belongs_to_a_verified_company(company: Company, zhao: Person, noon: datetime) -> None:
    Company.objects.update(verified_at=None, verified_by=None)

    with pytest.raises(CompanyNotVerified):
        actions.apply_for_seal(
            zhao, noon, company_uid=company.uid, reason="需要", name="公章", type=SealType.OFFICIAL, face=FACE
        )


@pytest.mark.parametrize("name", ["公章", "公 章", "（公章）"])
def test_a_name_and_its_likenesses_belong_to_one_living_seal(
    name: str, official: Seal, zhao: Person, noon: datetime
) -> None:
    with pytest.raises(SealNameTaken):
        actions.apply_for_seal(
            zhao, noon, company_uid=official.company.uid, reason="又", name=name, type=SealType.OFFICIAL, face=FACE
        )


def test_a_seal_that_was_refused_is_never_made(company: Company, zhao: Person, li: Person, noon: datetime) -> None:
    uid = actions.apply_for_seal(
        zhao, noon, company_uid=company.uid, reason="需要", name="合同章", type=SealType.CONTRACT, face=FACE
    )
    shown = Application.objects.get(uid=uid).shown_sha256

    actions.vote(li, noon, application_uid=uid, step=Step.REJECT, shown_sha256=shown)

    assert Seal.objects.get().state == SealState.VOID.value


def test_everybody_is_shown_what_they_may_do_now(
    pending: Use, wang: Person, li: Person, zhao: Person, sun: Person, noon: datetime
) -> None:
    may = {who.login: queries.application_visible_to(who, noon, pending.uid).may for who in (wang, li, zhao, sun)}
    assert may == {
        "wang": {"withdraw", "urge", *TALK},
        "li": {"approve", "reject", "ask", *TALK},
        "zhao": frozenset(),
        "sun": frozenset(),
    }
    assert [item.uid for item in queries.waiting_for(li, noon, most=9, counted=9).oldest] == [pending.uid]
    assert queries.count_waiting_for(wang, noon, most=9) == 0

    say_yes(li, noon, pending.uid)

    view = queries.application_visible_to(wang, noon, pending.uid)
    assert (view.may, view.progress) == (frozenset({"seal", "end", *TALK}), Progress.READY)
    assert queries.count_waiting_for(wang, noon, most=9) == 1
    assert queries.count_waiting_for(li, noon, most=9) == 0


def test_a_seal_is_on_a_document_once(pending: Use) -> None:
    line = Line.objects.get(application__uid=pending.uid)
    line.pk, line.position = None, 2

    with pytest.raises(IntegrityError, match="seal_is_on_a_document_once"), transaction.atomic():
        line.save(force_insert=True)


def test_the_first_yes_asks_the_database_seventeen_questions(pending: Use, li: Person, noon: datetime) -> None:
    shown = Application.objects.get(uid=pending.uid).shown_sha256

    with CaptureQueriesContext(connection) as captured:
        state = actions.vote(li, noon, application_uid=pending.uid, step=Step.APPROVE, shown_sha256=shown)

    asked = [query["sql"] for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert (state, len(asked)) == (State.APPROVED, 17)


@pytest.mark.parametrize(("few", "looked_at"), [(200, 0), (0, 500)], ids=["in few", "in many"])
def test_words_are_found_wherever_they_stand(
    pending: Use, li: Person, noon: datetime, monkeypatch: pytest.MonkeyPatch, few: int, looked_at: int
) -> None:
    """In a document's name, a reason, a seal's name, at a number's beginning; small or large, whole or a part."""
    monkeypatch.setattr("privyseal.approvals.finding._FEW", few)
    monkeypatch.setattr("privyseal.approvals.finding._LOOKED_AT", looked_at)

    def found(words: str) -> bool:
        return pending.uid in [one.uid for one in queries.newest_visible(li, noon, limit=9, words=words)]

    number, year = number_of(Application.objects.get(uid=pending.uid)).running, noon.year
    numbers = (f"{number}", f"{year}-{number}", f"A{year}-{number}", f"印申〔{year}〕{number}号", f"[{year}] {number}")
    assert [words for words in numbers if not found(words)] == []
    assert [words for words in (f"{year - 1}-{number}", f"{year}-{number + 1}", f"{year}") if found(words)] == []
    assert [
        words
        for words in ("CONTRACT", "ract.p", "contract.pdf", "t.pdf", ".pdf", "乙方", "同", "公章", pending.uid[:8])
        if not found(words)
    ] == []
    assert [words for words in ("丙方", "tcontrac", "contract.ofd", "%", "_", pending.uid[1:8]) if found(words)] == []


def test_whoever_approves_in_one_company_finds_there_what_they_find_beside_another(
    pending: Use, li: Person, chen: Person, sun: Person, noon: datetime, long_ago: datetime
) -> None:
    def found(words: str, state: str = "") -> list[str]:
        return [one.uid for one in queries.newest_visible(li, noon, limit=9, words=words, state=state)]

    asked = [("", ""), ("", "rejected"), ("contract", ""), ("乙方", "pending"), ("丙方", "")]
    in_one = [found(*each) for each in asked]

    other = new_company("示例子公司有限公司", f"{USCC[:-1]}K", registrar=chen, verifier=sun, at=long_ago)
    holding(li, Power.APPROVE, other, long_ago)

    assert in_one == [found(*each) for each in asked]
    assert [pending.uid in each for each in in_one] == [True, False, True, True, False]


def test_an_application_is_hidden_from_those_it_does_not_concern(
    pending: Use, ma: Person, zhou: Person, chen: Person, stranger: Person, noon: datetime
) -> None:
    for who in (ma, zhou, chen, stranger):
        assert not queries.applications_visible_to(who, noon).exists()
        with pytest.raises(NotFound):
            queries.application_visible_to(who, noon, pending.uid)


@pytest.mark.parametrize("progress", [Progress.NOT_YET, Progress.EXPIRED])
def test_the_window_shows(progress: Progress, approved: Use, wang: Person, noon: datetime) -> None:
    at = noon + timedelta(days=-1 if progress is Progress.NOT_YET else 8)

    view = queries.application_visible_to(wang, at, approved.uid)

    assert (view.progress, view.may) == (progress, TALK | ({"end"} if progress is Progress.NOT_YET else set()))
