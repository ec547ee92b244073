"""PDF values: whole objects built from what is written, for who has to compare or to understand them."""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from privyseal.pdf.accepted import NotSealable
from privyseal.pdf.reading import syntax
from privyseal.pdf.reading.syntax import DEEPEST, Data, refuse


class Reference(NamedTuple):
    number: int
    generation: int = 0


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream object: its dictionary, and its bytes as they stand in the file."""

    entries: "dict[str, Value]"
    raw: bytes


Value: TypeAlias = "bool | int | float | str | bytes | Reference | list[Value] | dict[str, Value] | Stream | None"
"""Names are ``str`` (each byte one character, without slash), strings are ``bytes``, null is None."""

_TOKEN: Final = re.compile(
    syntax.GAP.pattern
    + rb"(?:(?P<reference>"
    + syntax.REFERENCE.pattern
    + rb")|(?P<number>[+-]?(?:\d++\.?+\d*+|\.\d++))(?![^\0\t\n\f\r ()<>\[\]{}/%])"
    + rb"|(?P<name>/[^\0\t\n\f\r ()<>\[\]{}/%]*+)|(?P<word>true|false|null)(?![^\0\t\n\f\r ()<>\[\]{}/%])"
    + rb"|(?P<mark><<|>>|\[|\])|(?P<hex><[0-9A-Fa-f\0\t\n\f\r ]*+>)|(?P<string>\())"
)
_WORDS: Final[dict[bytes, bool | None]] = {b"true": True, b"false": False, b"null": None}
_WHITE: Final = b"\0\t\n\f\r "
_ESCAPED: Final = re.compile(rb"\\([0-7]{1,3}|\r\n|.)|\r\n?", re.DOTALL)
_DELIMITER: Final = re.compile(rb"[()\\]")
_LETTERS: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_LONGEST_NUMBER: Final = 40


def parsed(data: Data, at: int = 0) -> tuple[Value, int]:
    """Return the value behind this place and where it ends, or refuse."""
    waiting: list[tuple[bytes, list[Value]]] = []
    while token := _TOKEN.match(data, at):
        kind, text, at = str(token.lastgroup), token[str(token.lastgroup)], token.end()
        value: Value
        if text in {b"<<", b"["} and kind == "mark":
            if len(waiting) >= DEEPEST:
                refuse("nesting")
            waiting.append((text, []))
            continue
        if kind == "mark":
            value = _closed(text, waiting)
        elif kind == "string":
            _, end = syntax.span(data, at - 1)
            value, at = _literal(data[at : end - 1]), end
        else:
            value = _single(kind, text)
        if not waiting:
            return value, at
        waiting[-1][1].append(value)
    raise NotSealable(reason="syntax")


def text_of(string: bytes) -> str:
    """Return a text string (ISO 32000-2, 7.9.2.2) as characters; what cannot be read is replaced."""
    if string.startswith(b"\xfe\xff"):
        return string[2:].decode("utf-16-be", "replace")
    if string.startswith(b"\xef\xbb\xbf"):
        return string[3:].decode("utf-8", "replace")
    return string.decode("latin-1")


def text(characters: str) -> bytes:
    """Return a text string as it is written in a file."""
    if characters.isascii() and characters.isprintable():
        plain = characters.encode("ascii")
        return b"(%b)" % (_DELIMITER.sub(rb"\\\g<0>", plain) if _DELIMITER.search(plain) else plain)
    return b"<FEFF%b>" % characters.encode("utf-16-be").hex().upper().encode("ascii")


def _closed(mark: bytes, waiting: list[tuple[bytes, list[Value]]]) -> Value:
    opened, members = waiting.pop() if waiting else (b"", [])
    if opened + mark == b"[]":
        return members
    if opened + mark != b"<<>>" or len(members) % 2:
        refuse("syntax")
    found: dict[str, Value] = {}
    for name, value in zip(members[::2], members[1::2], strict=True):
        if not isinstance(name, str):
            refuse("syntax")
        if name in found:
            refuse("name-twice")
        found[name] = value
    return found


def _single(kind: str, text: bytes) -> Value:
    match kind:
        case "reference":
            found = syntax.reference(text)
            return Reference(*found) if found else None
        case "number":
            if len(text) > _LONGEST_NUMBER:
                refuse("number")
            return float(text) if b"." in text else int(text)
        case "name":
            return syntax.name_of(text)
        case "hex":
            digits = text[1:-1].translate(None, _WHITE)
            return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
    return _WORDS[text]


def _literal(written: bytes) -> bytes:
    if b"\\" not in written and b"\r" not in written:
        return written
    return _ESCAPED.sub(_unescaped, written)


def _unescaped(found: re.Match[bytes]) -> bytes:
    escaped = found[1]
    if escaped is None:
        return b"\n"
    if escaped[:1] in b"01234567":
        return bytes((int(escaped, 8) & 0xFF,))
    return b"" if escaped in {b"\n", b"\r", b"\r\n"} else _LETTERS.get(escaped, escaped)
