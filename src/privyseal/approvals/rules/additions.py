"""More impressions for a use that was approved, or a later end: who asks, how many agree."""

from privyseal.kernel.errors import Refused
from privyseal.seals.rules.additions import AdditionNotPossible


class AdditionWaits(Refused):
    """Such an addition was asked for already and is not decided."""

    code = "addition-waits"


class NothingToAdd(Refused):
    """Each file is sealed once, and no impression was lost that could be given back."""

    code = "nothing-to-add"


class FewerThanBefore(Refused):
    """Not as many people say yes to more as said yes to what was approved first."""

    code = "fewer-than-before"


def check_copies(copies: int, *, most: int) -> None:
    """Return if so many copies of a paper may be stamped by one permit in all, or refuse."""
    if not 1 <= copies <= most:
        raise AdditionNotPossible(impressions=copies)


def check_as_many(*, say_yes: int, said_yes: int) -> None:
    """Return if as many people say yes to an addition as said yes to what it adds to, or refuse."""
    if say_yes < said_yes:
        raise FewerThanBefore(needed=said_yes, able=say_yes)
