"""When an application may be decided on one page with others."""

import pytest

from privyseal.approvals.rules import State
from privyseal.approvals.rules.together import DecidedMeanwhile, NotTogether, VotedMeanwhile, check_together
from privyseal.kernel.errors import Refused

PENDING = State.PENDING


@pytest.mark.parametrize("lets", [(True,), (True, True)])
def test_it_may_where_every_seat_of_the_stage_lets_it(lets: tuple[bool, ...]) -> None:
    check_together(PENDING, has_voted=False, lets=lets, asks_passkey=False)


@pytest.mark.parametrize(
    ("state", "has_voted", "lets", "asks_passkey", "why"),
    [
        (PENDING, False, (False,), False, NotTogether),
        (PENDING, False, (True, False), False, NotTogether),
        (PENDING, False, (), False, NotTogether),
        (PENDING, False, (True,), True, NotTogether),
        (PENDING, True, (True,), False, VotedMeanwhile),
        *((state, False, (True,), False, DecidedMeanwhile) for state in State if state is not PENDING),
    ],
)
def test_it_may_not_where_one_seat_or_a_key_does_not_let_it_or_it_is_over(
    state: State,
    has_voted: bool,  # noqa: FBT001  the rule's own name of what is looked at
    lets: tuple[bool, ...],
    asks_passkey: bool,  # noqa: FBT001  the rule's own name of what is looked at
    why: type[Refused],
) -> None:
    with pytest.raises(why):
        check_together(state, has_voted=has_voted, lets=lets, asks_passkey=asks_passkey)
