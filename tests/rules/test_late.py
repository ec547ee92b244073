"""What may wait for a network, and how long."""

from datetime import UTC, datetime, timedelta

import pytest

from privyseal.custody.rules.late import LATE_AFTER, MAY_WAIT, WaitedTooLong, Waiting, late_since

NOON = datetime(2026, 7, 1, 4, tzinfo=UTC)
_A_WEEK = timedelta(days=7)
SAID_TOGETHER = [Waiting.CONFIRM, Waiting.GIVE, Waiting.RECEIVE]


def test_every_act_that_may_wait_has_its_row() -> None:
    assert [row.act for row in MAY_WAIT] == list(Waiting)


@pytest.mark.parametrize("act", list(Waiting))
def test_what_comes_at_once_or_from_a_clock_ahead_is_not_late(act: Waiting) -> None:
    for done_at in (None, NOON, NOON - LATE_AFTER, NOON + timedelta(hours=1)):
        assert late_since(act, done_at=done_at, at=NOON) is None


@pytest.mark.parametrize("act", [act for act in Waiting if act not in SAID_TOGETHER])
def test_what_was_done_is_late_however_long_it_waited(act: Waiting) -> None:
    assert late_since(act, done_at=NOON - _A_WEEK, at=NOON) == NOON - _A_WEEK


@pytest.mark.parametrize("act", SAID_TOGETHER)
def test_what_two_people_say_in_each_others_presence_is_good_for_a_quarter_of_an_hour(act: Waiting) -> None:
    said = NOON - timedelta(minutes=15)

    assert late_since(act, done_at=said, at=NOON) == said
    with pytest.raises(WaitedTooLong):
        late_since(act, done_at=said - timedelta(seconds=1), at=NOON)
