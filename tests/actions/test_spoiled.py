"""Spoiled impressions: marked void, handed in, made anew within the allowance, and told in the register."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta

import pytest
from django.utils.timezone import localdate

from privyseal.approvals.queries.books import Wanted, uses_in_book
from privyseal.approvals.queries.registers import rows_of_uses
from privyseal.approvals.queries.statistics import statistics_of_book
from privyseal.custody import actions, queries
from privyseal.custody.models import AlarmRule, HandUse, Spoiled
from privyseal.custody.rules import Ending
from privyseal.custody.rules.alarms import AlarmKind, Thresholds, ThresholdsNotPossible
from privyseal.custody.rules.spoiled import SpoiledTooMany, SpoiledUnexplained, anew_by
from privyseal.identity.models import Company, Person
from privyseal.kernel.errors import NotEntitled, OutOfTurn, Refused
from privyseal.ledger.queries import last_fact_about
from privyseal.seals.models import Permit, Seal, UseEntry
from privyseal.seals.permits import PermitSpent
from tests.actions.keepers import forbidden
from tests.by_hand import Out, line, photographed, turn, watched
from tests.conftest import apply, permit_of, recorded, say_yes

pytestmark = pytest.mark.documents


@pytest.fixture
def made(out: Out, wang: Person, noon: datetime) -> str:
    """A turn of all six impressions that are on paper, and that nobody has counted yet."""
    uid = actions.reserve(wang, noon, use_uid=out.uid, line_id=out.line, impressions=6)
    return actions.fire(wang, noon, turn_uid=uid, made=6)


def spoil(person: Person, at: datetime, turn_uid: str, *, impressions: int = 1, page: int = 1) -> str:
    """Photograph a page and mark it void."""
    shown = photographed(person, at, turn_uid, impressions=impressions, page=page)
    return actions.spoil(person, at, photograph_uid=shown, impressions=impressions, reason="印迹模糊")


def test_a_company_allows_fewer_spoiled_impressions_at_once_and_more_never(
    stamp: Seal, contract: str, company: Company, zhao: Person, wang: Person, jian: Person, li: Person, noon: datetime
) -> None:
    with pytest.raises(ThresholdsNotPossible):
        actions.set_thresholds(zhao, noon, company_uid=company.uid, said=Thresholds(made_anew=3))
    with forbidden("company_allows_no_more_anew_than_is_usual"):
        AlarmRule.objects.create(company=company, set_by=zhao, set_at=noon, **asdict(Thresholds(made_anew=3)))
    actions.set_thresholds(zhao, noon, company_uid=company.uid, said=Thresholds(made_anew=0))
    uid = apply(wang, noon, stamp, contract, lines=(line(stamp, contract),), papers=watched(jian))
    say_yes(li, noon, uid)

    assert anew_by(permit_of(uid).terms) == 0


@pytest.mark.invariant("T26", column="stateful")
def test_a_spoiled_impression_is_made_anew_once_its_page_is_handed_in_and_all_is_in_the_register(
    out: Out, made: str, wang: Person, gu: Person, jian: Person, zhao: Person, company: Company, noon: datetime
) -> None:
    page = spoil(wang, noon, made)
    actions.commit(jian, noon, turn_uid=made, counted=6)
    assert (out.used, HandUse.objects.get(uid=out.uid).ended_at) == (6, None)

    actions.take_in(gu, noon, photograph_uid=page)
    assert (out.used, recorded()[-1]) == (5, "hand.taken-in")
    (count,) = queries.counts_of(wang, noon, out.permit)
    assert (count.committed, count.spoiled, count.anew, count.left) == (6, 1, 1, 1)
    turn(out, wang, jian, noon, impressions=1)

    use, entry = HandUse.objects.get(uid=out.uid), UseEntry.objects.get(line=out.line)
    assert (out.used, use.ending, entry.impressions) == (6, "count", 7)
    (row,) = rows_of_uses(zhao, noon, uses_in_book(zhao, noon, company, localdate(noon).year, Wanted()))
    assert row.spoiled == 1
    (seal,) = statistics_of_book(zhao, noon, company, localdate(noon).year).seals
    assert (seal.impressions, seal.spoiled) == (7, 1)


def test_no_more_is_made_anew_than_the_permit_allows_and_the_use_ends_with_the_last_page(
    out: Out, made: str, wang: Person, gu: Person, jian: Person, noon: datetime
) -> None:
    pages = [spoil(wang, noon, made, impressions=count, page=count) for count in (1, 2)]
    actions.commit(jian, noon, turn_uid=made, counted=6)
    for page in pages:
        actions.take_in(gu, noon, photograph_uid=page)
    assert list(Spoiled.objects.order_by("impressions").values_list("anew", flat=True)) == [1, 1]
    again = actions.reserve(wang, noon, use_uid=out.uid, line_id=out.line, impressions=2)
    actions.fire(wang, noon, turn_uid=again, made=2)
    page = spoil(wang, noon, again, page=3)
    actions.commit(jian, noon, turn_uid=again, counted=2)
    assert HandUse.objects.get(uid=out.uid).ended_at is None

    actions.take_in(gu, noon, photograph_uid=page)

    assert (HandUse.objects.get(uid=out.uid).ending, UseEntry.objects.get().impressions) == ("count", 8)
    assert (Spoiled.objects.get(photograph__uid=page).anew, out.used) == (0, 6)


def test_before_its_page_is_handed_in_nothing_is_made_anew(
    out: Out, made: str, wang: Person, jian: Person, noon: datetime
) -> None:
    spoil(wang, noon, made)
    actions.commit(jian, noon, turn_uid=made, counted=6)

    with pytest.raises(PermitSpent):
        actions.reserve(wang, noon, use_uid=out.uid, line_id=out.line, impressions=1)

    assert out.used == 6


def test_what_was_entered_before_its_page_came_is_handed_in_and_not_made_anew(
    out: Out, made: str, wang: Person, gu: Person, jian: Person, noon: datetime
) -> None:
    page = spoil(wang, noon, made)
    actions.commit(jian, noon, turn_uid=made, counted=6)
    actions.end_use(wang, noon, use_uid=out.uid, ending=Ending.EARLY, reason="其余不再需要")
    assert UseEntry.objects.get().impressions == 6

    actions.take_in(gu, noon, photograph_uid=page)

    assert (Spoiled.objects.get().anew, out.used) == (0, 6)


def test_a_seal_that_rests_goes_out_again_for_what_is_made_anew_and_ends_early_at_any_time(
    out: Out, made: str, wang: Person, gu: Person, jian: Person, noon: datetime
) -> None:
    page = spoil(wang, noon, made, impressions=2)
    actions.commit(jian, noon, turn_uid=made, counted=6)
    actions.end_use(wang, noon, use_uid=out.uid, ending=Ending.PAUSE)
    assert not UseEntry.objects.exists()
    assert out.permit in list(queries.permits_at_hand(gu, noon))
    actions.put_back(gu, noon, use_uid=out.uid, place="1号柜")
    actions.take_in(gu, noon, photograph_uid=page)
    actions.begin_use(wang, noon, permit_uid=out.permit.uid)

    use = HandUse.objects.get(ended_at=None)
    actions.end_use(wang, noon, use_uid=use.uid, ending=Ending.EARLY, reason="其余不再需要")

    assert (UseEntry.objects.get().impressions, out.used) == (6, 4)


Says = Callable[[Out, str, dict[str, Person], datetime], object]


@pytest.mark.parametrize(
    ("says", "refused"),
    [
        (lambda _, made, who, at: spoil(who["jian"], at, made), NotEntitled),
        (lambda _, made, who, at: spoil(who["wang"], at, made, impressions=7), SpoiledTooMany),
        (lambda _, made, who, at: _unexplained(who["wang"], at, made), SpoiledUnexplained),
        (lambda _, made, who, at: _twice(who["wang"], at, made), OutOfTurn),
        (lambda _, made, who, at: actions.take_in(who["gu"], at, photograph_uid=_shown(who, at, made)), OutOfTurn),
        (lambda _, made, who, at: actions.take_in(who["wang"], at, photograph_uid=_shown(who, at, made)), NotEntitled),
        (lambda out, made, who, at: _late(out, who, at, made), OutOfTurn),
    ],
)
def test_what_is_not_theirs_or_cannot_be_is_refused_and_gives_nothing_back(
    says: Says, refused: type[Refused], out: Out, made: str, wang: Person, gu: Person, jian: Person, noon: datetime
) -> None:
    with pytest.raises(refused):
        says(out, made, {"wang": wang, "gu": gu, "jian": jian}, noon)

    assert (out.used, Spoiled.objects.filter(anew__gt=0).count()) == (6, 0)


def _shown(who: dict[str, Person], at: datetime, made: str) -> str:
    return photographed(who["wang"], at, made)


def _unexplained(wang: Person, at: datetime, made: str) -> None:
    actions.spoil(wang, at, photograph_uid=photographed(wang, at, made), impressions=1, reason=" ")


def _twice(wang: Person, at: datetime, made: str) -> None:
    page = spoil(wang, at, made)
    actions.spoil(wang, at, photograph_uid=page, impressions=1, reason="再说一次")


def _late(out: Out, who: dict[str, Person], at: datetime, made: str) -> None:
    page = _shown(who, at, made)
    actions.commit(who["jian"], at, turn_uid=made, counted=6)
    assert UseEntry.objects.filter(line=out.line).exists()
    actions.spoil(who["wang"], at, photograph_uid=page, impressions=1, reason="补报")


def test_a_page_is_taken_in_once(out: Out, made: str, wang: Person, gu: Person, noon: datetime) -> None:
    page = spoil(wang, noon, made)
    actions.take_in(gu, noon, photograph_uid=page)

    with pytest.raises(OutOfTurn):
        actions.take_in(gu, noon, photograph_uid=page)

    assert out.used == 5
    fact = last_fact_about("hand.taken-in", "permit", out.permit.uid)
    assert fact is not None
    assert fact.data["anew"] == 1


@pytest.mark.invariant("T26", column="database")
@pytest.mark.parametrize(
    ("fence", "said"),
    [
        ("one_is_made_anew_for_one_that_was_handed_in", {"anew": 2}),
        ("no_more_is_made_anew_than_allowed", {"impressions": 3, "anew": 3}),
        ("spoiled_page_is_handed_in_to_another", {"taken_in_by": "wang"}),
        ("spoiled_page_is_handed_in_to_the_keeper", {"taken_in_by": "jian"}),
        ("no_more_is_spoiled_than_made", {"impressions": 7}),
        ("spoiled_is_marked_by_its_operator", {"said_by": "jian"}),
        ("spoiled_says_why", {"reason": ""}),
        ("something_is_spoiled", {"impressions": 0}),
    ],
)
def test_the_database_takes_no_spoiled_page_that_the_rules_would_not(
    fence: str, said: dict[str, object], out: Out, made: str, wang: Person, gu: Person, jian: Person, noon: datetime
) -> None:
    shown = Spoiled(impressions=1, reason="模糊", said_by=wang, said_at=noon, taken_in_by=gu, taken_in_at=noon)
    page = photographed(wang, noon, made)
    use = HandUse.objects.get(uid=out.uid)
    shown.turn = use.turns.get()
    shown.photograph = shown.turn.photographs.get(uid=page)
    people = {"wang": wang, "gu": gu, "jian": jian}
    for name, value in said.items():
        setattr(shown, name, people.get(str(value), value))

    with forbidden(fence):
        shown.save(force_insert=True)


@pytest.mark.invariant("T26", column="database")
def test_nothing_goes_back_for_a_page_that_nobody_handed_in_and_a_page_stays_as_it_was_said(
    out: Out, made: str, wang: Person, gu: Person, noon: datetime
) -> None:
    page = spoil(wang, noon, made)
    with forbidden("impressions_go_back_by_a_turn"):
        Permit.objects.filter(pk=out.permit.pk).update(used=5)
    with forbidden("spoiled_stays"):
        Spoiled.objects.update(impressions=2)
    actions.take_in(gu, noon, photograph_uid=page)
    with forbidden("spoiled_stays"):
        Spoiled.objects.update(anew=0)


def test_too_many_spoiled_pages_are_an_alarm(out: Out, made: str, wang: Person, zhao: Person, noon: datetime) -> None:
    for page in (1, 2, 3):
        spoil(wang, noon, made, page=page)

    actions.watch_alarms(noon + timedelta(minutes=10))

    (alarm,) = out.permit.seal.incidents.filter(alarm__kind=AlarmKind.RESTAMPS.value)
    assert (alarm.owner, recorded().count("hand.spoiled")) == (zhao, 3)
