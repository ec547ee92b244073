"""How many phrases somebody keeps, and how long one is: more would be a list to search, and no tap."""

from collections.abc import Sequence
from typing import Final

from privyseal.kernel.errors import Refused

MOST_OWN: Final = 12
MOST_OF_COMPANY: Final = 6
LONGEST: Final = 60


class PhrasesNotPossible(Refused):
    """More phrases than are kept, or one that is too long."""

    code = "phrases-not-possible"


def in_lines(text: str, *, most: int) -> list[str]:
    """Return the phrases that stand in lines, in their order and each once, or refuse: phrases-not-possible."""
    found = list(dict.fromkeys(said for line in text.splitlines() if (said := " ".join(line.split()))))
    if len(found) > most or any(len(one) > LONGEST for one in found):
        raise PhrasesNotPossible(most=most, letters=LONGEST)
    return found


def offered(own: Sequence[str], companies: Sequence[Sequence[str]]) -> list[str]:
    """Return what is offered: one's own first, then what the companies offer everybody, each once."""
    return list(dict.fromkeys((*own, *(one for texts in companies for one in texts))))
