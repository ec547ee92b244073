"""Who is told, when it goes out, and how long a channel is tried."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from privyseal.language.facts import KIND
from privyseal.notification.rules import (
    CODES_TOLD,
    DAILY_AT,
    LONGEST,
    TOLD,
    Audience,
    Quiet,
    Urgency,
    goes_out_at,
    told,
    tried_again_at,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHT = Quiet(time(22), time(7, 30))


def clock(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-26T{text}").replace(tzinfo=SHANGHAI)


def test_every_row_is_of_a_kind_that_is_recorded_and_stands_once() -> None:
    kinds = [row.kind for row in TOLD]

    assert set(kinds) <= set(KIND)
    assert len(set(kinds)) == len(kinds)


@pytest.mark.parametrize("kind", ["seal.lost", "seal.stolen", "seal.robbed", "seal.disputed"])
def test_a_loss_wakes_everybody_who_answers_for_it(kind: str) -> None:
    row = told(kind)

    assert row is not None
    assert row.urgency is Urgency.URGENT
    assert {Audience.MANAGERS, Audience.KEEPERS, Audience.HOLDERS, Audience.SECURITY, Audience.AUDIT} <= set(row.to)


def test_what_a_thief_of_an_account_would_do_is_told_even_to_whoever_did_it() -> None:
    for kind in ("factor.enrolled", "factor.removed", "person.password-changed", "address.named", "address.removed"):
        row = told(kind)
        assert row is not None
        assert row.own
        assert row.urgency is Urgency.URGENT


def test_the_auditor_hears_of_what_duties_kept_apart_refused_and_of_no_slip_of_the_pen() -> None:
    row = told("application.vote.refused", "duties-not-separate")

    assert row is not None
    assert row.to == (Audience.AUDIT,)
    assert told("application.vote.refused", "reason-missing") is None
    assert "duties-not-separate" in CODES_TOLD


def test_what_nobody_needs_to_hear_is_told_to_nobody() -> None:
    assert told("audit.page-read") is None


@pytest.mark.parametrize(
    ("at", "over"),
    [
        ("12:00:00", "12:00:00"),
        ("21:59:59", "21:59:59"),
        ("07:30:00", "07:30:00"),
        ("00:10:00", "07:30:00"),
        ("07:29:59", "07:30:00"),
    ],
)
def test_quiet_hours_hold_over_midnight(at: str, over: str) -> None:
    assert NIGHT.over_at(clock(at)) == clock(over)


def test_an_evening_in_quiet_hours_is_over_the_next_morning() -> None:
    assert NIGHT.over_at(clock("22:00:00")) == clock("07:30:00") + timedelta(days=1)


def test_equal_ends_mean_no_quiet_hours() -> None:
    assert Quiet(time(9), time(9)).over_at(clock("09:00:00")) == clock("09:00:00")


def test_what_is_urgent_goes_out_in_the_middle_of_the_night() -> None:
    assert goes_out_at(clock("03:00:00"), Urgency.URGENT, NIGHT) == clock("03:00:00")
    assert goes_out_at(clock("03:00:00"), Urgency.PROMPT, NIGHT) == clock("07:30:00")


def test_the_days_news_goes_out_together() -> None:
    evening = clock(DAILY_AT.isoformat())

    assert goes_out_at(clock("03:00:00"), Urgency.DAILY, NIGHT) == evening
    assert goes_out_at(clock("17:29:59"), Urgency.DAILY, Quiet()) == evening
    assert goes_out_at(evening, Urgency.DAILY, Quiet()) == evening + timedelta(days=1)


def test_a_channel_that_is_down_is_tried_ever_more_seldom_and_not_for_ever() -> None:
    made = at = datetime(2026, 11, 26, tzinfo=UTC)
    pauses = []
    tries = 1
    while (again := tried_again_at(at, made_at=made, tries=tries)) is not None:
        pauses.append(again - at)
        at, tries = again, tries + 1

    assert pauses == sorted(pauses)
    assert pauses[0] <= timedelta(seconds=10)
    assert timedelta(hours=1) <= at - made < LONGEST
