"""Numbered blanks: only as a category says, by two approvers, each accounted for, and an alarm where one is not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils.timezone import localdate

from privyseal.approvals.models import Application
from privyseal.approvals.papers import Papers
from privyseal.approvals.queries.books import Wanted, uses_in_book
from privyseal.approvals.queries.registers import rows_of_uses
from privyseal.approvals.queries.statistics import statistics_of_book, statistics_of_group
from privyseal.approvals.rules.categories import Category, CategoryNotPossible
from privyseal.custody import actions, queries
from privyseal.custody.models import Alarm, Blank, HandUse, Turn
from privyseal.custody.queries.leaving import left_behind
from privyseal.custody.rules import Ending, Hand
from privyseal.custody.rules.alarms import AlarmKind
from privyseal.custody.rules.blanks import BlanksTakeTwo, BlanksTooMany, BlankUnexplained, NeverBlank
from privyseal.custody.rules.leaving import Left
from privyseal.custody.spoiling import Blanks
from privyseal.identity import actions as identity
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn, Refused
from privyseal.pdf.looks import Look
from privyseal.sealing.models import Document
from privyseal.seals.models import Permit, PermitPart, Seal
from privyseal.seals.rules.standing import DocumentClass
from tests.actions.keepers import forbidden
from tests.actions.policies import ONE, TWO, InForce, asks_for
from tests.actions.test_categories import put_in_force, write
from tests.by_hand import Out, line, photographed, turn
from tests.conftest import apply, holding, new_person, permit_of, recorded, say_yes

pytestmark = pytest.mark.documents
SLIPS = Category(
    name_zh="空白送货单",
    name_en="Blank delivery notes",
    blanks=6,
    blank_class=DocumentClass.DELIVERY_NOTE,
    blank_days=10,
)


@pytest.fixture
def lu(company: Company, long_ago: datetime) -> Person:
    """Approves besides li."""
    return holding(new_person("lu", "陆审"), Power.APPROVE, company, long_ago)


@pytest.fixture
def papers(company: Company, zhao: Person, chen: Person, jian: Person, noon: datetime) -> Papers:
    category = put_in_force(zhao, chen, noon, company, code="slips", category=SLIPS)
    return Papers(category_uid=category.uid, supervisor_pseudonym=jian.pseudonym)


@pytest.fixture
def approved(
    stamp: Seal, contract: str, papers: Papers, in_force: InForce, wang: Person, li: Person, lu: Person, noon: datetime
) -> Permit:
    """Six blanks that two people approved."""
    in_force(asks_for((TWO,)))
    uid = apply(wang, noon, stamp, contract, lines=(line(stamp, contract),), papers=papers)
    say_yes(li, noon, uid)
    say_yes(lu, noon, uid)
    return permit_of(uid)


@pytest.fixture
def blanks(approved: Permit, wang: Person, gu: Person, jian: Person, noon: datetime) -> Out:
    """Four of them: stamped, counted, and out."""
    permit = approved
    use = actions.begin_use(wang, noon, permit_uid=permit.uid)
    actions.confirm_use(gu, noon, use_uid=use, hand=Hand.KEEPER)
    actions.confirm_use(jian, noon, use_uid=use, hand=Hand.SUPERVISOR)
    out = Out(use, permit, permit.lines.get().pk)
    turn(out, wang, jian, noon, impressions=4)
    return out


def left() -> list[int]:
    return list(Blank.objects.filter(became="out").order_by("number").values_list("number", flat=True))


@pytest.mark.invariant("T29", column="database")
def test_each_blank_has_its_number_and_is_reported_or_comes_back(
    blanks: Out, company: Company, zhao: Person, wang: Person, gu: Person, jian: Person, noon: datetime
) -> None:
    turn(blanks, wang, jian, noon, impressions=1)
    assert left() == [1, 2, 3, 4, 5]
    assert Blank.objects.get(number=5).due_at == noon + timedelta(days=10)
    assert blanks.permit in list(queries.permits_at_hand(wang, noon))

    page = photographed(wang, noon, Blank.objects.get(number=2).turn.uid)
    actions.report_blank(wang, noon, photograph_uid=page, number=2, words="送货单，华东建材")
    actions.return_blank(gu, noon, permit_uid=blanks.permit.uid, number=1)

    assert left() == [3, 4, 5]
    assert recorded()[-2:] == ["hand.blank-used", "hand.blank-returned"]
    used, back = Blank.objects.get(number=2), Blank.objects.get(number=1)
    assert (used.words, used.said_by, back.said_by) == ("送货单，华东建材", wang, gu)
    actions.end_use(wang, noon, use_uid=blanks.uid, ending=Ending.EARLY, reason="其余不再需要")
    year = localdate(noon).year
    (row,) = rows_of_uses(zhao, noon, uses_in_book(zhao, noon, company, year, Wanted()))
    (seal,) = statistics_of_book(zhao, noon, company, year).seals
    (of_group,) = statistics_of_group(zhao, noon, year).companies
    assert {row.blanks, seal.blanks, of_group.blanks} == {Blanks(stamped=5, out=3)}


def test_a_blank_that_is_out_with_somebody_who_left_is_an_incident_at_once(
    blanks: Out, chen: Person, wang: Person, noon: datetime
) -> None:
    assert [one.left for one in left_behind(chen, noon, wang.pseudonym)] == [Left.BLANK] * 4
    identity.leave_group(chen, noon, person_pseudonym=wang.pseudonym, left_on=noon.date())

    assert (actions.watch_leavers(noon), actions.watch_leavers(noon)) == (4, 0)
    assert {alarm.kind for alarm in Alarm.objects.all()} == {"blanks"}


def test_a_paper_that_calls_itself_what_is_never_blank_is_refused_whatever_its_category_says(
    stamp: Seal, contract: str, papers: Papers, in_force: InForce, wang: Person, noon: datetime
) -> None:
    in_force(asks_for((TWO,)))
    Document.objects.filter(sha256=contract).update(
        look=Look(1, has_words=True, title="连带责任担保函致银行").to_json()
    )
    with pytest.raises(NeverBlank):
        apply(wang, noon, stamp, contract, lines=(line(stamp, contract),), papers=papers)
    assert not Application.objects.exists()


def test_a_use_of_blanks_ends_early_and_its_blanks_are_still_to_be_accounted_for_and_none_is_made_anew(
    blanks: Out, wang: Person, gu: Person, noon: datetime
) -> None:
    first = Turn.objects.get()
    page = photographed(wang, noon, first.uid)
    actions.spoil(wang, noon, photograph_uid=page, impressions=1, reason="盖歪")
    actions.take_in(gu, noon, photograph_uid=page)
    actions.end_use(wang, noon, use_uid=blanks.uid, ending=Ending.EARLY, reason="其余不再需要")

    assert (blanks.used, left(), HandUse.objects.get(uid=blanks.uid).ending) == (4, [1, 2, 3, 4], "early")


def test_a_blank_that_nobody_accounts_for_by_its_day_is_an_alarm_once(
    blanks: Out, gu: Person, zhao: Person, noon: datetime
) -> None:
    for number in (1, 2, 3):
        actions.return_blank(gu, noon, permit_uid=blanks.permit.uid, number=number)

    actions.watch_alarms(noon + timedelta(days=9))
    assert not Alarm.objects.filter(kind=AlarmKind.BLANKS.value).exists()
    actions.watch_alarms(noon + timedelta(days=10))
    actions.watch_alarms(noon + timedelta(days=11))

    alarm = Alarm.objects.get(kind=AlarmKind.BLANKS.value)
    assert (alarm.cause, alarm.incident.owner) == (f"permit {blanks.permit.uid} blank 4", zhao)


def test_blanks_are_approved_by_two_at_least_and_no_more_are_asked_for_than_the_category_allows(
    stamp: Seal, contract: str, papers: Papers, in_force: InForce, wang: Person, lu: Person, noon: datetime
) -> None:
    with pytest.raises(BlanksTooMany):
        apply(wang, noon, stamp, contract, lines=(line(stamp, contract, copies=4),), papers=papers)
    in_force(asks_for((ONE,)))
    with pytest.raises(BlanksTakeTwo):
        apply(wang, noon, stamp, contract, lines=(line(stamp, contract),), papers=papers)

    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"blank_class": DocumentClass.GUARANTEE}, NeverBlank),
        ({"blank_class": DocumentClass.CONTRACT}, NeverBlank),
        ({"blank_class": DocumentClass.LETTER_OF_AUTHORITY}, NeverBlank),
        ({"blanks": 51}, CategoryNotPossible),
        ({"blank_days": None}, CategoryNotPossible),
        ({"blank_days": 91}, CategoryNotPossible),
    ],
)
def test_a_category_has_no_blanks_of_what_binds_nor_without_number_and_day(
    changes: dict[str, object], refused: type[Refused], company: Company, zhao: Person, noon: datetime
) -> None:
    with pytest.raises(refused):
        write(zhao, noon, company, code="slips", category=replace(SLIPS, **changes))  # type: ignore[arg-type]  # of its kind


Says = Callable[[Out, dict[str, Person], datetime], object]


@pytest.mark.parametrize(
    ("says", "refused"),
    [
        (lambda out, who, at: _report(out, who["wang"], at, words=" "), BlankUnexplained),
        (lambda out, who, at: _report(out, who["jian"], at), NotEntitled),
        (lambda out, who, at: _report(out, who["wang"], at, number=9), NotFound),
        (lambda out, who, at: _back(out, who["wang"], at), NotEntitled),
        (lambda out, who, at: (_back(out, who["gu"], at), _back(out, who["gu"], at)), OutOfTurn),
        (lambda out, who, at: (_back(out, who["gu"], at), _report(out, who["wang"], at)), OutOfTurn),
        (lambda out, who, at: (_report(out, who["wang"], at), _report(out, who["wang"], at, number=2)), OutOfTurn),
    ],
)
def test_what_became_of_a_blank_is_said_once_by_whom_it_is_up_to(
    says: Says, refused: type[Refused], blanks: Out, wang: Person, gu: Person, jian: Person, noon: datetime
) -> None:
    with pytest.raises(refused):
        says(blanks, {"wang": wang, "gu": gu, "jian": jian}, noon)

    assert len(left()) >= 3


def _report(_: Out, person: Person, at: datetime, *, number: int = 1, words: str = "送货单") -> str:
    page = photographed(person, at, Turn.objects.get().uid)
    return actions.report_blank(person, at, photograph_uid=page, number=number, words=words)


def _back(out: Out, person: Person, at: datetime) -> str:
    return actions.return_blank(person, at, permit_uid=out.permit.uid, number=1)


@pytest.mark.invariant("T29", column="database")
def test_the_database_keeps_blanks_an_exception_of_two_approvers_and_forgets_none(
    blanks: Out, wang: Person, jian: Person, noon: datetime
) -> None:
    one = Blank.objects.get(number=1)
    for fence, said in (
        ("blank_is_accounted_for", {"became": "used"}),
        ("blank_is_accounted_for_by_whom_it_is_up_to", {"became": "returned", "said_by": jian, "said_at": noon}),
        ("blank_stays", {"number": 6}),
    ):
        with forbidden(fence):
            Blank.objects.filter(pk=one.pk).update(**said)
    with forbidden("blank_stays"):
        one.delete()
    more = {"permit": blanks.permit, "turn": one.turn, "issued_at": noon, "due_at": noon + timedelta(days=1)}
    with forbidden("blank_is_an_approved_exception"):
        Blank.objects.create(number=5, **more)
    with forbidden("each_blank_has_its_number"):
        _settled_without_numbers(blanks, noon)
    PermitPart.objects.filter(permit=blanks.permit, person__login="lu").delete()
    with forbidden("blank_is_an_approved_exception"):
        Blank.objects.create(number=5, **more | {"turn": _settled(blanks, noon)})


def _settled_without_numbers(out: Out, at: datetime) -> None:
    _settled(out, at)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _settled(out: Out, at: datetime) -> Turn:
    """Write a turn of one impression past the rules."""
    Permit.objects.filter(pk=out.permit.pk).update(used=5)
    made = Turn.objects.create(use=HandUse.objects.get(uid=out.uid), line_id=out.line, reserved=1, reserved_at=at)
    said = {"phase": "committed", "made": 1, "counted": 1, "committed": 1, "to_show": 1}
    Turn.objects.filter(pk=made.pk).update(settled_at=at, settled_by=made.use.operator, **said)
    return made
