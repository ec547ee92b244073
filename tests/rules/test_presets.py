"""What presets take of a firm."""

import pytest

from privyseal.approvals.rules.presets import PRESETS, Preset, check_enough, fewest_people
from privyseal.identity.rules import Power, TooFewPeople, propose


def test_a_small_firm_of_the_fewest_people_seats_every_duty_and_one_person_fewer_is_refused() -> None:
    table = PRESETS[Preset.SMALL_FIRM]
    least = fewest_people(table)
    people = [f"p{number}" for number in range(least)]

    # One of them is the second who approves, where two have to; the others take everything else.
    seats = propose({}, people=people[:-1], headquarters=False)

    assert set(seats) == set(Power)
    check_enough(table, people=least)
    with pytest.raises(TooFewPeople):
        check_enough(table, people=least - 1)
    with pytest.raises(TooFewPeople):
        propose({}, people=people[:-2], headquarters=False)


def test_a_preset_that_asks_more_people_says_more() -> None:
    assert [fewest_people(PRESETS[preset]) for preset in Preset] == [7, 8, 9]
