"""How a company's written seal rules come into force."""

from typing import Final

from privyseal.kernel.errors import DutiesNotSeparate, OutOfTurn, Refused

LONGEST_TITLE: Final = 100
LONGEST_TEXT: Final = 50_000


class RulesEmpty(Refused):
    """Rules have a title and a text, and both have an end."""

    code = "rules-empty"


class RulesChanged(Refused):
    """What was shown to whoever publishes is not what stands there now."""

    code = "rules-changed"


def check_text(title: str, text: str) -> None:
    if not (0 < len(title.strip()) <= LONGEST_TITLE and 0 < len(text.strip()) <= LONGEST_TEXT):
        raise RulesEmpty(title=len(title.strip()), text=len(text.strip()))


def check_publication(*, actor: int, author: int, is_published: bool, is_shown: bool) -> None:
    """Return if this person may publish exactly what they were shown, or refuse: nobody publishes their own."""
    if is_published:
        raise OutOfTurn
    if actor == author:
        raise DutiesNotSeparate
    if not is_shown:
        raise RulesChanged
