"""Out of the company and back: whose word, with what, and what time alone says."""

from datetime import UTC, datetime, time, timedelta

import pytest

from privyseal.custody.rules import Hand
from privyseal.custody.rules.alarms import Thresholds, ThresholdsNotPossible, check_thresholds, is_off_hours
from privyseal.custody.rules.takeout import (
    CLOCKS,
    MOVES,
    Act,
    FaceNotShown,
    Fence,
    FenceWidened,
    Late,
    Point,
    Reported,
    Stage,
    drawn_closer,
    is_alarming,
    lateness,
    metres_between,
    plan,
)
from privyseal.kernel.errors import NotEntitled, OutOfTurn

DUE = datetime(2026, 11, 26, 9, tzinfo=UTC)


def test_a_seal_goes_out_and_comes_back_by_each_row_alone() -> None:
    for stage in Stage:
        for act in Act:
            for hand in Hand:
                row = next((row for row in MOVES if (row.start, row.act) == (stage, act)), None)
                if row is None:
                    with pytest.raises(OutOfTurn):
                        plan(stage, act, hands=frozenset(Hand), has_photo=True)
                elif row.by is hand:
                    assert plan(stage, act, hands=frozenset({hand}), has_photo=True) is row.end
                else:
                    with pytest.raises(NotEntitled):
                        plan(stage, act, hands=frozenset({hand}), has_photo=True)


def test_its_face_is_shown_on_the_way_out_and_on_the_way_back() -> None:
    assert [row.act for row in MOVES if row.takes_photo] == [Act.GIVE, Act.TAKE_BACK]
    with pytest.raises(FaceNotShown):
        plan(Stage.BOOKED, Act.GIVE, hands=frozenset({Hand.KEEPER}), has_photo=False)


@pytest.mark.parametrize(
    ("minutes", "said"), [(-61, 0), (-60, 1), (-1, 1), (0, 2), (119, 2), (120, 3), (1_439, 3), (1_440, 4), (99_999, 4)]
)
def test_time_alone_says_more_and_more(minutes: int, said: int) -> None:
    found = lateness(DUE, DUE + timedelta(minutes=minutes), by=Thresholds())

    assert found == [row.late for row in CLOCKS][:said]
    assert list(Late) == [row.late for row in CLOCKS]


def test_whoever_gives_it_out_draws_the_fence_closer_and_nowhere_else() -> None:
    approved = Fence(point=Point(31_230_400, 121_473_700), metres=500)
    closer = Fence(point=approved.point, metres=1)

    assert [drawn_closer(approved, None), drawn_closer(approved, approved), drawn_closer(approved, closer)] == [
        approved,
        approved,
        closer,
    ]
    assert (drawn_closer(None, closer), drawn_closer(None, None)) == (closer, None)
    for wider in (Fence(point=approved.point, metres=501), Fence(point=Point(31_230_401, 121_473_700), metres=1)):
        with pytest.raises(FenceWidened):
            drawn_closer(approved, wider)


@pytest.mark.parametrize(
    ("said", "raised"),
    [
        ("i o o o", [1]),  # one leaving
        ("o i o i i o", [0, 2, 5]),  # each leaving
        ("e o e", [1]),  # what the telephone is not sure of is no leaving, and no coming back that is known to be none
        ("o o A A o", [0, 2]),  # to have arrived elsewhere is something else than to be on the way
        ("A o A", [0]),
        ("A i A", [0, 2]),
    ],
)
def test_each_leaving_is_an_alarm_once(said: str, raised: list[int]) -> None:
    """``i`` is inside, ``e`` just as far beyond as the telephone may be wrong, ``o`` outside, ``A`` arrived there."""
    fence = Fence(point=Point(0, 0), metres=500)
    known = {
        "i": Reported(500, 0, has_arrived=True),
        "e": Reported(530, 30, has_arrived=False),
        "o": Reported(531, 30, has_arrived=False),
        "A": Reported(531, 30, has_arrived=True),
    }
    reports = [known[one] for one in said.split()]

    assert [at for at, now in enumerate(reports) if is_alarming(now, reports[:at][::-1], fence)] == raised


def test_distances_are_those_of_the_map() -> None:
    tiananmen, badaling = Point(39_908_700, 116_397_500), Point(40_354_000, 116_020_000)

    assert metres_between(tiananmen, tiananmen) == 0
    assert 58_000 < metres_between(tiananmen, badaling) < 60_000
    assert metres_between(Point(0, 0), Point(0, 180_000_000)) == 20_015_087


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ({"lost_risk_minutes": 0}, "lost_risk_minutes"),
        ({"not_returned_minutes": 60}, "not_returned_minutes"),
        ({"unused_days": 366}, "unused_days"),
        ({"restamps": 0}, "restamps"),
        ({"debt_reminder_minutes": 0}, "debt_reminder_minutes"),
        ({"debt_days": 0}, "debt_days"),
    ],
)
def test_thresholds_that_cannot_be_meant_are_refused(said: dict[str, int], part: str) -> None:
    check_thresholds(Thresholds())
    with pytest.raises(ThresholdsNotPossible) as refused:
        check_thresholds(Thresholds(**said))
    assert refused.value.facts["part"] == part


def test_hours_are_those_of_a_working_day() -> None:
    hours = {"opens": time(9), "closes": time(18)}
    off = [is_off_hours(time(hour), is_worked=True, **hours) for hour in (8, 9, 17, 18)]

    assert off == [True, False, False, True]
    assert is_off_hours(time(12), is_worked=False, **hours)
