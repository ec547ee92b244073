"""Names as they may be shown: one normal form, nothing invisible in them; and which of them look alike."""

import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from privyseal.kernel.errors import Refused

ERASED: Final = "■"
"""What stands in the place of the name of somebody who was erased."""

_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
# Letters and signs by category that show nothing: fillers of Hangul, the blank of Braille, variation selectors.
_BLANK: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f")
_SELECTORS: Final = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
# Bidi_Control of Unicode: marks, embeddings, overrides and isolates.
_TURNING: Final = dict.fromkeys((0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_DATA: Final = "confusables.txt"
# A skeleton keeps letters, digits and marks: names are not told apart by spaces, brackets or dots.
_LEFT_OUT: Final = frozenset("PSZ")


class NameNotPlain(Refused):
    code = "name-not-plain"


class NameLooksTaken(Refused):
    """Another name is there already that a reader could take for this one."""

    code = "name-looks-taken"


def plain_name(text: str) -> str:
    """Return the name in NFC without surrounding space, or refuse one that is empty or hides characters."""
    name = unicodedata.normalize("NFC", text).strip()
    if not name or any(_is_invisible(character) for character in name):
        raise NameNotPlain
    return name


def without_invisible(text: str) -> str:
    """Return what of a text is there for the eye: lines and blanks stay, what shows nothing or turns the rest goes."""
    return "".join(each for each in text if each.isspace() or not _is_invisible(each))


def without_turning(text: str) -> str:
    """Return a text without the signs that have what follows read the other way round, also behind its end."""
    return text.translate(_TURNING)


def skeleton(name: str) -> str:
    """Return what is left of a name for the eye: two names with one skeleton look alike.

    After UTS 39: widths and compatible forms are folded, each character is replaced by what it is taken for, case and
    whatever is neither letter nor digit is dropped. It is for comparing alone, and may change with the table.
    """
    folded = _taken_for(unicodedata.normalize("NFKC", name))
    seen = _taken_for(unicodedata.normalize("NFKC", folded.casefold()))
    kept = "".join(each for each in seen if unicodedata.category(each)[0] not in _LEFT_OUT and not _is_invisible(each))
    # A name of signs alone stands for itself.
    return kept or name


def _is_invisible(character: str) -> bool:
    is_selector = any(ord(character) in selectors for selectors in _SELECTORS)
    return unicodedata.category(character) in _INVISIBLE or character in _BLANK or is_selector


def _taken_for(text: str) -> str:
    alike = _alike()
    return "".join(alike.get(character, character) for character in text)


@cache
def _alike() -> Mapping[str, str]:
    """Read the table: a code point, and the code points that it looks like."""
    rows = files("privyseal.identity").joinpath(_DATA).read_text(encoding="utf-8").splitlines()
    points = [row.split() for row in rows if not row.startswith("#")]
    return {chr(int(one, 16)): "".join(chr(int(point, 16)) for point in like) for one, *like in points}
