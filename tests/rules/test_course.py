"""What may be done about an application while it waits: the rules alone, and random courses of it."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privyseal.approvals.rules import State
from privyseal.approvals.rules.course import (
    MAY,
    MOST_FURTHER,
    Course,
    Further,
    GoesInACircle,
    Handed,
    TooManyAsked,
    Turn,
    UrgedAlready,
    check_asked,
    plan_course,
    waits_for,
    whom_to_urge,
    with_courses,
)
from privyseal.approvals.rules.seats import (
    SeatOpen,
    are_filled,
    can_be_filled,
    everybody,
    first_missing,
    leaves_enough,
)
from privyseal.kernel.errors import OutOfTurn, Refused
from tests.rules.test_policies import SEATS

NOON: Final = datetime(2026, 11, 26, 12, tzinfo=UTC)
PEOPLE: Final = frozenset(range(1, 6))


def test_every_course_has_one_row() -> None:
    assert sorted(row.course for row in MAY) == sorted(Course)


@pytest.mark.parametrize("course", Course)
@pytest.mark.parametrize("state", [State.REJECTED, State.WITHDRAWN])
def test_nothing_is_done_about_what_has_ended(course: Course, state: State) -> None:
    with pytest.raises(OutOfTurn):
        plan_course(state, course, actor=1, cast={}, entitled=PEOPLE)


def test_whoever_was_reminded_is_left_in_peace_for_four_hours() -> None:
    with pytest.raises(UrgedAlready):
        whom_to_urge(NOON + timedelta(hours=4, microseconds=-1), last={1: NOON})
    assert whom_to_urge(NOON + timedelta(hours=4), last={1: NOON}) == {1}
    assert whom_to_urge(NOON + timedelta(hours=1), last={1: NOON, 2: None}) == {2}


def test_as_many_are_asked_further_as_a_stage_bears() -> None:
    further = [Further(1, asked, Turn.BEFORE) for asked in range(2, 2 + MOST_FURTHER)]

    with pytest.raises(TooManyAsked):
        check_asked(99, apart=frozenset(), voted=frozenset(), handed=(), further=further)
    with pytest.raises(GoesInACircle):
        check_asked(2, apart=frozenset(), voted=frozenset(), handed=(), further=further)


def test_one_more_who_may_no_longer_approve_is_asked_of_nobody() -> None:
    seats = with_courses(
        [SeatOpen(1, frozenset({1}))], approvers=frozenset({1}), handed=(), further=[Further(1, 2, Turn.BEFORE)]
    )

    assert seats == [SeatOpen(1, frozenset({1}))]
    assert not waits_for(1, seats, voted=frozenset(), further=[Further(1, 2, Turn.BEFORE)])


class Journey:
    """An application on its way through random hands."""

    def __init__(self, stages: list[list[SeatOpen]], data: st.DataObject) -> None:
        self.asked, self.data, self.at = stages, data, 0
        self.yes: list[tuple[int, int]] = []
        self.handed: dict[int, list[Handed]] = defaultdict(list)
        self.further: dict[int, list[Further]] = defaultdict(list)

    @property
    def left(self) -> list[list[SeatOpen]]:
        return [
            with_courses(seats, approvers=PEOPLE, handed=self.handed[number], further=self.further[number])
            for number, seats in enumerate(self.asked)
        ][self.at :]

    @property
    def voted(self) -> frozenset[int]:
        return frozenset(person for person, _ in self.yes)

    @property
    def here(self) -> frozenset[int]:
        return frozenset(person for person, stage in self.yes if stage == self.at)

    @property
    def waiting(self) -> list[int]:
        """Return whose turn it is."""
        seats, further = self.left[0], self.further[self.at]
        turn = everybody(seats) - self.voted
        return sorted(one for one in turn if not waits_for(one, seats, voted=self.voted, further=further))

    @property
    def able(self) -> list[int]:
        """Return who could say yes now without leaving a later stage with nobody."""
        left, voted, here = self.left, self.voted, self.here
        return [one for one in self.waiting if leaves_enough(left, voted=voted, here=here, actor=one, counts_for=one)]

    def vote(self) -> None:
        self.yes.append((self.data.draw(st.sampled_from(self.able)), self.at))
        if are_filled(self.left[0], self.here):
            self.at += 1

    def send_back(self) -> None:
        if self.at:
            self.at = self.data.draw(st.integers(0, self.at - 1))
            self.yes = [(person, stage) for person, stage in self.yes if stage < self.at]

    def ask(self, *, is_forward: bool) -> None:
        """Ask somebody besides or instead of one whose turn it is, as far as the rules let them."""
        by, whom = self.data.draw(st.sampled_from(self.waiting)), self.data.draw(st.sampled_from(sorted(PEOPLE)))
        handed, further = self.handed[self.at], self.further[self.at]
        said = {"voted": self.voted, "here": self.here}
        try:
            check_asked(whom, apart=frozenset(), voted=self.voted | {by}, handed=handed, further=further)
        except Refused:
            return
        before, slots = can_be_filled(self.left, **said), sum(seat.slots for seat in self.left[0])
        kept = (list(handed), list(further))
        if is_forward:
            handed.append(Handed(by, whom))
        else:
            further.append(Further(by, whom, self.data.draw(st.sampled_from(Turn))))
        is_own = not is_forward or by not in everybody(self.left[0])
        if not is_own or (before and not can_be_filled(self.left, **said)):
            self.handed[self.at], self.further[self.at] = kept
        assert sum(seat.slots for seat in self.left[0]) >= slots


@given(st.lists(SEATS, min_size=1, max_size=3), st.data())
@pytest.mark.invariant("S5", column="rule")
def test_whatever_is_done_on_its_way_somebody_can_act_and_nobody_fills_two_seats(
    stages: list[list[SeatOpen]], data: st.DataObject
) -> None:
    if first_missing([seat for stage in stages for seat in stage], PEOPLE) is not None:
        return
    journey = Journey(stages, data)
    for act in data.draw(st.lists(st.sampled_from(("vote", "vote", "return", "ask", "forward")), max_size=20)):
        if journey.at == len(stages):
            break
        assert journey.able, "nobody can act"
        if act == "vote":
            journey.vote()
        elif act == "return":
            journey.send_back()
        else:
            journey.ask(is_forward=act == "forward")

    assert len(journey.voted) == len(journey.yes)
