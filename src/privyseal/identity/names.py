"""Names as they may be shown: one normal form, nothing invisible in them."""

import unicodedata
from typing import Final

from privyseal.kernel.errors import Refused

_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


class NameNotPlain(Refused):
    code = "name-not-plain"


def plain_name(text: str) -> str:
    """Return the name in NFC without surrounding space, or refuse one that is empty or hides characters."""
    name = unicodedata.normalize("NFC", text).strip()
    if not name or any(unicodedata.category(character) in _INVISIBLE for character in name):
        raise NameNotPlain
    return name
