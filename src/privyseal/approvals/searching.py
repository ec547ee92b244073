"""Words in texts without spaces, found by an index: every two neighbouring characters of a text are a key of it."""

import re
from typing import Any, ClassVar, Final

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.fields.array import ArrayContains  # type: ignore[attr-defined]  # the stubs leave it out
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Lower, StrIndex
from django.db.models.lookups import GreaterThan


class Bigrams(Func):
    """Every two neighbouring characters of a text, in small letters, by a function of our own in the database."""

    function = "BIGRAMS"
    output_field: ClassVar[Any] = ArrayField(TextField())


_UID_DIGITS: Final = 32
_DIGITS: Final = re.compile(f"[0-9a-f]{{1,{_UID_DIGITS}}}")
_ENDING: Final = re.compile(r"\.\w{1,5}\Z")


def contains(field: str, words: str, telling: str) -> Q:
    """Return the condition that a text contains the words; without what is telling of them every text is read."""
    # Not LIKE: the planner takes whatever is like something for rare, and would gather all of a common word.
    said = Q(GreaterThan(StrIndex(Lower(F(field)), Lower(Value(words))), 0))
    return said & Q(ArrayContains(Bigrams(field), Bigrams(Value(telling)))) if telling else said


def telling(words: str) -> str:
    """Return what an index finds of the words; nothing of one character alone, which has no key.

    The ending of a file is left out: what every name has only costs time to look up.
    """
    stem = _ENDING.sub("", words)
    return next((said for said in (stem, words) if len(said) > 1), "")


def numbers_from(words: str) -> tuple[str, str] | None:
    """Return the first and last uid that begin with what was typed; None where no uid does."""
    if not _DIGITS.fullmatch(words):
        return None
    return words.ljust(_UID_DIGITS, "0"), words.ljust(_UID_DIGITS, "f")
