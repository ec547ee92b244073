"""Chinese names found by the first letters of their pinyin, as people type them: ``gz`` finds 公章."""

import re
from typing import Any, ClassVar, Final

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.fields.array import ArrayContains  # type: ignore[attr-defined]  # the stubs leave it out
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

# One letter finds half of all names.
_TYPED: Final = re.compile(r"[a-z][a-z0-9]{1,31}", re.IGNORECASE | re.ASCII)
_A_PAIR: Final = 2


class Initials(Func):
    """The first letters of a name, by a function of our own in the database."""

    function = "INITIALS"
    output_field: ClassVar[Any] = TextField()


class SplitPart(Func):
    function = "SPLIT_PART"
    output_field: ClassVar[Any] = TextField()


class InitialPairs(Func):
    """Every two neighbours of these letters: what an index finds them by."""

    function = "INITIAL_PAIRS"
    output_field: ClassVar[Any] = ArrayField(TextField())


def begins_like(field: str, words: str) -> Q | None:
    """Return the condition that the first letters of a name contain these ones; None where none were typed."""
    if not _TYPED.fullmatch(words):
        return None
    typed = Value(words.lower())
    return Q(GreaterThan(StrIndex(Initials(F(field)), typed), 0)) & Q(
        ArrayContains(InitialPairs(field), InitialPairs(typed))
    )


def contains(field: str, words: str) -> Q | None:
    """Return the condition that a short text contains the words, large or small; None where no two letters touch.

    Whatever contains them contains their first letters: an index of these says where to look. The letters by other
    readings stand in a second row, and what would lie between the two in no text that goes on.
    """
    telling = max(words.split(), key=len, default="")
    if len(telling) < _A_PAIR:
        return None
    first_row = SplitPart(Initials(Value(telling)), Value(" "), Value(1))
    return Q((f"{field}__icontains", words)) & Q(ArrayContains(InitialPairs(field), InitialPairs(first_row)))
