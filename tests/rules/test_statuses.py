"""Whether a seal was in force on a day, from the states it has been in."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest

from privyseal.seals.rules import SealState
from privyseal.verification.statuses import Force, force_of, states_on

DAY: Final = date(2026, 11, 20)
# Midnight in Shanghai, where the days of this installation begin.
MIDNIGHT: Final = datetime(2026, 11, 19, 16, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
ACTIVE, LOST = SealState.ACTIVE, SealState.LOST


@pytest.mark.parametrize(
    ("history", "states"),
    [
        ([], []),
        ([(ACTIVE, MIDNIGHT - 5 * HOUR)], [ACTIVE]),
        ([(ACTIVE, MIDNIGHT)], [ACTIVE]),
        ([(ACTIVE, MIDNIGHT + HOUR)], [ACTIVE]),
        ([(ACTIVE, MIDNIGHT + 24 * HOUR)], []),
        ([(ACTIVE, MIDNIGHT - HOUR), (LOST, MIDNIGHT + HOUR), (ACTIVE, MIDNIGHT + 30 * HOUR)], [ACTIVE, LOST]),
        ([(ACTIVE, MIDNIGHT - 2 * HOUR), (LOST, MIDNIGHT - HOUR)], [LOST]),
    ],
)
def test_a_day_has_the_state_it_began_with_and_those_that_came(
    history: list[tuple[SealState, datetime]], states: list[SealState]
) -> None:
    assert states_on(DAY, history) == states


@pytest.mark.parametrize(
    ("states", "since", "until", "force"),
    [
        ([ACTIVE], None, None, Force.WHOLE),
        ([ACTIVE, LOST], None, None, Force.PART),
        ([LOST, ACTIVE, LOST], None, None, Force.PART),
        ([LOST], None, None, Force.NONE),
        ([], None, None, Force.NONE),
        ([ACTIVE], DAY, DAY, Force.WHOLE),
        ([ACTIVE], DAY + timedelta(days=1), None, Force.NONE),
        ([ACTIVE], None, DAY - timedelta(days=1), Force.NONE),
    ],
)
def test_a_seal_was_in_force_all_day_for_a_part_of_it_or_not(
    states: list[SealState], since: date | None, until: date | None, force: Force
) -> None:
    assert force_of(states, since=since, until=until, on=DAY) is force
