"""Work that is counted by the volume: large turns where the category says so, and lots say what is photographed."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.db import connection

from privyseal.approvals.models import Application
from privyseal.approvals.wishes import LineWish
from privyseal.custody import actions
from privyseal.custody.actions.sightings import enter_sighting
from privyseal.custody.models import HandUse, Photograph, Sample, Sighting, Turn
from privyseal.custody.owing import owed_of
from privyseal.custody.rules import Ending, Hand, TurnTooLarge
from privyseal.custody.rules.photographs import PhotographsOwed, SampleNotAsked
from privyseal.identity.models import Company, Person
from privyseal.ledger.actors import Service
from privyseal.ledger.queries import last_fact_about
from privyseal.paper.verdict import Seen, Sight
from privyseal.pdf import confined
from privyseal.pdf.confined import Task
from privyseal.pdf.spots import Range, Spread
from privyseal.seals.models import Permit, Seal
from tests.actions.keepers import forbidden
from tests.by_hand import Out, line, stamped_page, watched
from tests.conftest import apply, bring, permit_of, recorded, say_yes
from tests.pdfs import one_page

pytestmark = pytest.mark.documents

COMPARER = Service("comparer")


@pytest.fixture
def bid(stamp: Seal, contract: str, wang: Person, gu: Person, jian: Person, li: Person, noon: datetime) -> Out:
    """A seal that is out for two volumes of a hundred and fifty impressions, as a category for bids would have it."""
    wish = line(stamp, contract, copies=150)
    application = apply(wang, noon, stamp, contract, lines=(wish,), papers=watched(jian))
    say_yes(li, noon, application)
    terms = {"photographs": {"asks": "sample", "retention": "permanent"}, "volume": 150, "made_anew": 2}
    Permit.objects.filter(application_uid=application).update(terms=terms)
    permit = permit_of(application)
    uid = actions.begin_use(wang, noon, permit_uid=permit.uid)
    actions.confirm_use(gu, noon, use_uid=uid, hand=Hand.KEEPER)
    actions.confirm_use(jian, noon, use_uid=uid, hand=Hand.SUPERVISOR)
    return Out(uid, permit, permit.lines.get().pk)


def volume(bid: Out, wang: Person, jian: Person, at: datetime, *, impressions: int = 150) -> Turn:
    """Take, make and count one volume."""
    uid = actions.reserve(wang, at, use_uid=bid.uid, line_id=bid.line, impressions=impressions)
    actions.fire(wang, at, turn_uid=uid, made=impressions)
    assert not Sample.objects.filter(turn__uid=uid).exists()
    actions.commit(jian, at, turn_uid=uid, counted=impressions)
    return Turn.objects.get(uid=uid)


def shown(person: Person, at: datetime, turn: Turn, *, sample: int | None, page: int) -> str:
    kept = actions.Kept(sha256=f"{page:064x}", small_sha256=f"{page:064x}", kind="image/jpeg", size=9)
    return actions.enter_photograph(person, at, turn_uid=turn.uid, kept=kept, impressions=1, sample=sample)


def test_a_volume_is_one_turn_where_the_permit_says_so_and_its_samples_are_drawn_after_both_counts(
    bid: Out, wang: Person, jian: Person, noon: datetime
) -> None:
    turns = [volume(bid, wang, jian, noon), volume(bid, wang, jian, noon)]

    drawn = [list(turn.samples.order_by("number").values_list("number", flat=True)) for turn in turns]
    assert [(turn.is_sampled, turn.to_show, len(numbers)) for turn, numbers in zip(turns, drawn, strict=True)] == [
        (True, 2, 2),
        (True, 2, 2),
    ]
    assert all(1 <= number <= 150 for numbers in drawn for number in numbers)
    fact = last_fact_about("hand.sample-drawn", "permit", bid.permit.uid)
    assert fact is not None
    assert fact.data["drawn"] == drawn[1]
    assert (HandUse.objects.get(uid=bid.uid).ending, owed_of(HandUse.objects.get(uid=bid.uid))) == ("count", 4)


@pytest.mark.invariant("T28", column="database")
def test_only_what_was_drawn_pays_for_a_volume_and_each_once(
    bid: Out, stamp: Seal, contract: str, wang: Person, jian: Person, noon: datetime
) -> None:
    turn = volume(bid, wang, jian, noon)
    first, second = turn.samples.order_by("number").values_list("number", flat=True)
    other = next(number for number in range(1, 151) if number not in {first, second})
    actions.end_use(wang, noon, use_uid=bid.uid, ending=Ending.PAUSE)
    use = HandUse.objects.get(uid=bid.uid)

    for page in (1, 2, 3):
        shown(jian, noon, turn, sample=None, page=page)
    with pytest.raises(SampleNotAsked):
        shown(jian, noon, turn, sample=other, page=4)
    assert owed_of(use) == 2
    with pytest.raises(PhotographsOwed):
        apply(wang, noon, stamp, contract, lines=(line(stamp, contract),), papers=watched(jian))
    with forbidden("applicant_owes_no_photographs"):
        _applied(Application.objects.get())

    shown(jian, noon, turn, sample=first, page=5)
    with pytest.raises(SampleNotAsked):
        shown(jian, noon, turn, sample=first, page=6)
    shown(wang, noon, turn, sample=second, page=7)

    assert owed_of(use) == 0
    _applied(Application.objects.get())


def test_what_was_drawn_is_shown_by_its_own_page_and_any_other_leaves_it_owed(
    bid: Out, wang: Person, jian: Person, noon: datetime
) -> None:
    turn = volume(bid, wang, jian, noon)
    first, second = turn.samples.order_by("number")
    photo = shown(wang, noon, turn, sample=first.number, page=1)
    blurred = shown(wang, noon, turn, sample=second.number, page=2)

    enter_sighting(COMPARER, noon, photograph_uid=blurred, seen=Seen(Sight.UNREADABLE))
    enter_sighting(COMPARER, noon, photograph_uid=photo, seen=Seen(Sight.SAME, 2, 99, 100))

    assert [(one.page, one.copy) for one in (first, second)] == [(1, (one.number + 1) // 2) for one in (first, second)]
    assert list(turn.samples.filter(photograph=None).values_list("number", flat=True)) == [first.number]
    assert Sighting.objects.get(photograph__uid=photo).drawn_page == 1
    fact = last_fact_about("hand.page-compared", "permit", bid.permit.uid)
    assert fact is not None
    assert fact.data["drawn_page"] == 1
    with forbidden("sample_is_shown_once"):
        turn.samples.filter(pk=second.pk).update(photograph=None)

    again = shown(wang, noon, turn, sample=first.number, page=3)
    enter_sighting(COMPARER, noon, photograph_uid=again, seen=Seen(Sight.SAME, 1, 99, 100))

    assert not turn.samples.filter(photograph=None).exists()


def _applied(before: Application) -> None:
    """Write another application of the same applicant past the rules."""
    before.pk, before.uid = None, "b" * 64
    before.state = Application._meta.get_field("state").get_default()  # noqa: SLF001  a documented name of Django
    before.decided_at = None
    before.save(force_insert=True)


def test_more_than_a_volume_is_not_taken_nor_a_volume_where_no_category_says_so(
    bid: Out, wang: Person, noon: datetime
) -> None:
    with pytest.raises(TurnTooLarge):
        actions.reserve(wang, noon, use_uid=bid.uid, line_id=bid.line, impressions=151)
    with forbidden("turn_is_no_larger_than_allowed"):
        Turn.objects.create(use=HandUse.objects.get(uid=bid.uid), line_id=bid.line, reserved=151, reserved_at=noon)
    Permit.objects.filter(pk=bid.permit.pk).update(terms={})
    with pytest.raises(TurnTooLarge):
        actions.reserve(wang, noon, use_uid=bid.uid, line_id=bid.line, impressions=101)

    assert not Turn.objects.exists()


def test_a_spoiled_page_of_a_volume_is_made_anew_and_the_use_ends_early_with_its_samples_owed(
    bid: Out, wang: Person, gu: Person, jian: Person, noon: datetime
) -> None:
    turn = volume(bid, wang, jian, noon)
    page = shown(wang, noon, turn, sample=None, page=1)
    actions.spoil(wang, noon, photograph_uid=page, impressions=1, reason="印迹模糊")
    actions.take_in(gu, noon, photograph_uid=page)
    assert Permit.objects.get(pk=bid.permit.pk).used == 149
    anew = volume(bid, wang, jian, noon, impressions=1)

    actions.end_use(wang, noon, use_uid=bid.uid, ending=Ending.EARLY, reason="其余不再需要")

    assert (anew.to_show, owed_of(HandUse.objects.get(uid=bid.uid)), recorded()[-1]) == (1, 3, "hand.entered")


@pytest.mark.invariant("T28", column="database")
def test_the_database_draws_as_many_as_have_to_be_shown_and_no_other(
    bid: Out, wang: Person, jian: Person, noon: datetime
) -> None:
    turn = volume(bid, wang, jian, noon)
    other = shown(wang, noon, volume(bid, wang, jian, noon, impressions=1), sample=None, page=1)

    with forbidden("no_more_is_drawn_than_shown"):
        Sample.objects.create(turn=turn, number=150)
    with forbidden("sample_is_shown_once"):
        turn.samples.update(number=1)
    with forbidden("sample_is_shown_once"):
        turn.samples.update(photograph=Photograph.objects.get(uid=other))
    with forbidden("sampled_turn_has_its_samples"):
        _settled_without_samples(bid, noon)


def _settled_without_samples(bid: Out, at: datetime) -> None:
    made = Turn.objects.create(use=HandUse.objects.get(uid=bid.uid), line_id=bid.line, reserved=1, reserved_at=at)
    Turn.objects.filter(pk=made.pk).update(
        phase="committed", made=1, counted=1, committed=1, to_show=1, settled_at=at, settled_by=made.use.operator
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_picture_of_the_camera_shows_what_was_drawn(bid: Out, wang: Person, jian: Person, noon: datetime) -> None:
    turn = volume(bid, wang, jian, noon)
    first = turn.samples.order_by("number").values_list("number", flat=True)[0]
    taken = actions.Taken(data=stamped_page(), impressions=1, sample=first)

    uid = actions.photograph(wang, noon, command_id=uuid4(), turn_uid=turn.uid, taken=taken)

    assert list(turn.samples.filter(photograph__uid=uid).values_list("number", flat=True)) == [first]


def test_a_bid_of_two_thousand_pages_in_six_copies_is_six_volumes(
    company: Company, stamp: Seal, wang: Person, gu: Person, jian: Person, li: Person, noon: datetime
) -> None:
    document = bring(wang, noon, company, confined.run(Task.ACCEPT, one_page("Bid", pages=2_000)))
    every_page = Spread((Range(1, 2_000),), 150_000, 60_000)
    wish = LineWish(stamp.uid, document, "others", (every_page,), copies=6)
    application = apply(wang, noon, stamp, document, lines=(wish,), papers=watched(jian))
    say_yes(li, noon, application)
    terms = {"photographs": {"asks": "sample", "retention": "permanent"}, "volume": 2_000, "made_anew": 2}
    Permit.objects.filter(application_uid=application).update(terms=terms)
    permit = permit_of(application)
    uid = actions.begin_use(wang, noon, permit_uid=permit.uid)
    actions.confirm_use(gu, noon, use_uid=uid, hand=Hand.KEEPER)
    actions.confirm_use(jian, noon, use_uid=uid, hand=Hand.SUPERVISOR)
    out = Out(uid, permit, permit.lines.get().pk)

    turns = [volume(out, wang, jian, noon, impressions=2_000) for _ in range(6)]

    assert (permit.impressions, sum(turn.committed for turn in turns)) == (12_000, 12_000)
    assert HandUse.objects.get(uid=uid).ending == "count"
    assert {turn.samples.count() for turn in turns} == {turns[0].to_show}
    drawn = [(sample.page or 0, sample.copy or 0) for turn in turns for sample in turn.samples.all()]
    assert all(1 <= page <= 2_000 and 1 <= copy <= 6 for page, copy in drawn)
