"""What an application is called on the phone and on paper: the year it was submitted in, and a running number."""

import re
from dataclasses import dataclass
from typing import Final
from unicodedata import normalize

# Letters before the year, the year in brackets or before 年 or a dash, the number, and 号: or the number alone.
_TYPED: Final = re.compile(
    r"(?:[^\W\d]{0,6}\s?[〔\[(【]?(?P<year>2\d{3})[〕\])】年\s/–—-]+第?)?(?P<running>[1-9]\d{0,8})号?"
)


@dataclass(frozen=True, slots=True)
class Number:
    """``running`` is of no other application of the installation, and so of no other in its company and year."""

    year: int
    running: int


def typed(words: str) -> tuple[int | None, int] | None:
    """Return year and running number as somebody typed them, in any of the usual forms; None where it is neither."""
    found = _TYPED.fullmatch(normalize("NFKC", words).strip())
    if found is None:
        return None
    return int(found["year"]) if found["year"] else None, int(found["running"])
