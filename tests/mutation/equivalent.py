"""Changes that are no other behaviour, each with its reason: the end of the module, the line, the change, why."""

from typing import Final

_ID: Final = "if not isinstance(value, str) or not 0 < len(value) <= most * 4 // 3 + 2:"
_SLOWER: Final = "what is not taken for plain is written the slower way, to the same bytes"
EQUIVALENT: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("changes", "raise ChangeUnreadable from error", "nothing raised", "the next line raises the same"),
    ("statement", "@lru_cache(maxsize=_REMEMBERED)", "*", "how much is remembered for speed"),
    ("passkeys", _ID, "4 is 5", "what passes this quick look is decoded and measured again"),
    ("passkeys", _ID, "LtE is Lt", "the quick look lets two more pass than the longest has"),
    ("passkeys", _ID, "FloorDiv is Mult", "what passes this quick look is decoded and measured again"),
    ("protocol", "_CHUNK_BYTES: Final = 1 << 20", "*", "how much is read at a time"),
    ("authority", "_MOST_REVOKED: Final = 1_000_000", "*", "room between the numbers of two lists, never filled"),
    ("alike", "first = documents[0]", "0 is 1", "all of them are compared with it, whichever it is"),
    ("canonical", "if kind is dict:", "Is is IsNot", _SLOWER),
    ("canonical", "return True", "*", _SLOWER),
    ("canonical", 'return -_LARGEST <= cast("int", value) <= _LARGEST', "LtE is Lt", _SLOWER),
)


def reason(module: str, line: str, what: str) -> str | None:
    """Return why this change needs no test, where that is known."""
    for end, of_line, change, why in EQUIVALENT:
        if module.endswith(f".{end}") and line.strip() == of_line and change in ("*", what):
            return why
    return None
