"""When somebody may decide an application on one page with others."""

from collections.abc import Collection

from privyseal.approvals.rules import State
from privyseal.kernel.errors import Refused


class NotTogether(Refused):
    """No row of the policy lets this be decided beside others, or a key asks for more than a tick."""

    code = "not-together"


class DecidedMeanwhile(Refused):
    code = "decided-meanwhile"


class VotedMeanwhile(Refused):
    """This person has decided on it, here or elsewhere, and others still have to."""

    code = "voted-meanwhile"


def check_together(state: State, *, has_voted: bool, lets: Collection[bool], asks_passkey: bool) -> None:
    """Return if one person may decide it beside others, or refuse.

    ``lets`` says of each seat of the stage if the row that asked for it lets it: one that does not keeps all of them.
    """
    if state is not State.PENDING:
        raise DecidedMeanwhile
    if has_voted:
        raise VotedMeanwhile
    if asks_passkey or not lets or not all(lets):
        raise NotTogether
