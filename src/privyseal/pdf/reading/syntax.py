"""PDF syntax without building values: where a value ends, and what stands in a dictionary, as bytes of the file.

Every pattern is possessive and every loop moves forward: the time is linear in what is read, the depth is bounded.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import chain
from mmap import mmap
from typing import Final, NoReturn, TypeAlias

from privyseal.pdf.accepted import NotSealable

Data: TypeAlias = bytes | mmap
"""A whole file, in memory or left on the disk."""

Entries: TypeAlias = dict[bytes, bytes]
"""A dictionary as written: names with their slash, values as bytes that can be written again as they are."""

DEEPEST: Final = 64
"""How deep arrays and dictionaries may stand in each other, and pages in their tree."""

# Before Python 3.11.5, (?:...)*+ goes on from the middle of a repetition that failed there; (?>(?:...)*) does not, and
# is written wherever one can fail after its first byte.
_WHITE: Final = rb"[\0\t\n\f\r ]"
_REGULAR: Final = rb"[^\0\t\n\f\r ()<>\[\]{}/%]"
_SPACE: Final = _WHITE + rb"*+"
_GAP: Final = _SPACE + rb"(?:%[^\r\n]*+" + _SPACE + rb")*+"
_REFERENCE: Final = rb"(\d{1,10}+)" + _GAP + rb"(\d{1,5}+)" + _GAP + rb"R(?!" + _REGULAR + rb")"
_FLAT: Final = rb"[^\[\]()<>{}%]*+"
_HEX: Final = rb"<[0-9A-Fa-f\0\t\n\f\r ]*+>"
_SIMPLE: Final = (
    rb"(?:/" + _REGULAR + rb"*+|" + _REFERENCE.replace(rb"(\d", rb"(?:\d") + rb"|" + _REGULAR + rb"++"
    rb"|\([^()\\]*+\)|" + _HEX + rb"|\[" + _FLAT + rb"(?>(?:" + _HEX + _FLAT + rb")*)\]"
    rb"|<<" + _FLAT + rb"(?>(?:<<" + _FLAT + rb">>" + _FLAT + rb")*)>>)"
)  # fmt: skip
"""A value with hardly anything nested in it: no literal strings, hexadecimal ones in arrays, dictionaries in one."""

GAP: Final = re.compile(_GAP)
REFERENCE: Final = re.compile(_REFERENCE)
_VALUE: Final = re.compile(_GAP + rb"(" + _SIMPLE + rb")")
_ENTRY: Final = re.compile(_GAP + rb"(?:(/" + _REGULAR + rb"*+)" + _GAP + rb"(?:(" + _SIMPLE + rb")|(?=[(<\[]))|(>>))")
_PLAIN_NAME: Final = rb"/[^\0\t\n\f\r ()<>\[\]{}/%#]*+(?!#)"
_UNCOMMENTED: Final = _SIMPLE.replace(_GAP, _SPACE)
PLAIN: Final = rb"<<((?>(?:" + _SPACE + _PLAIN_NAME + _SPACE + _UNCOMMENTED + rb")*))" + _SPACE + rb">>"
"""A dictionary of names without escapes and of simple values, as most are, uncommented; the group is what it holds."""

_PLAIN: Final = re.compile(_GAP + PLAIN)
_PAIR: Final = re.compile(_SPACE + rb"(/" + _REGULAR + rb"*+)" + _SPACE + rb"(" + _UNCOMMENTED + rb")")
_REFERENCES: Final = re.compile(rb"\[" + _GAP + rb"(?>(?:" + _REFERENCE + _GAP + rb")*)\]")
_USUAL_REFERENCES: Final = re.compile(rb"\[[\n\r ]?(?>(?:\d{1,10} \d{1,5} R(?:[\n\r ]|(?=\])))*)\]")
"""The same with one space between the words of a reference, as most are written: four times as fast."""

_LONGEST_NUMBER: Final = 10
_OPENING: Final = re.compile(_GAP + rb"<<")
_STRUCTURE: Final = re.compile(rb"[^()<>\[\]%]*+(<<|>>|\[|\]|\(|<[0-9A-Fa-f\0\t\n\f\r ]*+>|%[^\r\n]*+)")
_PARENTHESIS: Final = re.compile(rb"[^()\\]*+(?>(?:\\.[^()\\]*+)*)([()])", re.DOTALL)
_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_ODD: Final = re.compile(rb"[^!-~]|[()<>\[\]{}/%#]")
_CLOSING: Final = {b"<<": b">>", b"[": b"]"}


def refuse(reason: str) -> NoReturn:
    """Refuse the file for what was met while reading it."""
    raise NotSealable(reason=reason)


def after_gap(data: Data, at: int) -> int:
    """Return where the next thing stands behind white space and comments."""
    gap = GAP.match(data, at)
    return gap.end() if gap else at


def span(data: Data, at: int) -> tuple[int, int]:
    """Return where the value behind this place begins and ends, or refuse."""
    simple = _VALUE.match(data, at)
    if simple:
        return simple.span(1)
    start = after_gap(data, at)
    if data[start : start + 1] not in {b"(", b"[", b"<"}:
        refuse("syntax")
    return start, _end_of_nested(data, start)


def entries(data: Data, at: int = 0) -> tuple[Entries, int]:
    """Return what stands in the dictionary behind this place and where it ends, or refuse."""
    plain = _PLAIN.match(data, at)
    if plain is None:
        return _entries_one_by_one(data, at)
    return plain_entries(plain[1]), plain.end()


def plain_entries(inside: bytes) -> Entries:
    """Return what stands in a dictionary that matches ``PLAIN``, whose group this is, or refuse."""
    pairs = _PAIR.findall(inside)
    found = dict(pairs)
    return found if len(found) == len(pairs) else refuse("name-twice")


def _entries_one_by_one(data: Data, at: int) -> tuple[Entries, int]:
    opening = _OPENING.match(data, at)
    if opening is None:
        refuse("no-dictionary")
    found: Entries = {}
    at = opening.end()
    while entry := _ENTRY.match(data, at):
        name, value, end = entry.groups()
        at = entry.end()
        if end:
            return found, at
        if value is None:
            start, at = at, _end_of_nested(data, at)
            value = data[start:at]
        if b"#" in name:
            name = written_name(name_of(name))
        if name in found:
            refuse("name-twice")
        found[name] = value
    refuse("syntax")


def items(array: bytes) -> list[bytes]:
    """Return the members of an array as written, or refuse."""
    if array[:1] != b"[":
        refuse("no-array")
    found, at, end = [], after_gap(array, 1), len(array) - 1
    while at < end:
        start, at = span(array, at)
        found.append(array[start:at])
        at = after_gap(array, at)
    return found


def references(array: bytes) -> list[tuple[int, int]]:
    """Return the members of an array of nothing but references, or refuse."""
    numbers = list(map(int, reference_numbers(array)))
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def reference_numbers(array: bytes) -> Sequence[bytes]:
    """Return number and generation of each member in turn, as written; or refuse an array of anything else."""
    is_usual = _USUAL_REFERENCES.fullmatch(array)
    if not is_usual and not _REFERENCES.fullmatch(array):
        refuse("no-references")
    words = array[1:-1].split()
    if is_usual:
        del words[2::3]
        return words
    if b"%" in array or b"\0" in array or len(words) != 3 * array.count(b"R"):  # not three words each
        return [word for found in REFERENCE.findall(b" ".join(items(array))) for word in found]
    del words[2::3]
    return words


def reference(value: bytes | None) -> tuple[int, int] | None:
    """Return number and generation where this value is a reference, and None otherwise."""
    if value is None or value[-1:] != b"R":
        return None
    number = value.removesuffix(b" 0 R")
    if number.isdigit() and len(number) <= _LONGEST_NUMBER:
        return int(number), 0
    found = REFERENCE.fullmatch(value)
    return (int(found[1]), int(found[2])) if found else None


def name_of(written: bytes) -> str:
    """Return a name without slash and escapes; each byte is one character."""
    plain = written[1:]
    if b"#" in plain:
        plain = _ESCAPE.sub(lambda found: bytes((int(found[1], 16),)), plain)
    return plain.decode("latin-1")


def written_name(name: str) -> bytes:
    """Return a name as it is written in a file."""
    return b"/" + _ODD.sub(lambda found: b"#%02X" % found[0][0], name.encode("latin-1"))


def dictionary(found: Mapping[bytes, bytes]) -> bytes:
    """Return a dictionary as it is written in a file."""
    return b"<<%b>>" % b" ".join(chain.from_iterable(found.items()))


def _end_of_nested(data: Data, at: int) -> int:
    """Return where the string, array or dictionary that begins here ends, or refuse."""
    open_now: list[bytes] = []
    while found := _STRUCTURE.match(data, at):
        mark, at = found[1], found.end()
        if mark in _CLOSING:
            if len(open_now) >= DEEPEST:
                refuse("nesting")
            open_now.append(_CLOSING[mark])
        elif mark == b"(":
            at = _end_of_string(data, at)
        elif mark in {b">>", b"]"} and (not open_now or open_now.pop() != mark):
            refuse("syntax")
        if not open_now and mark[:1] != b"%":
            return at
    refuse("syntax")


def _end_of_string(data: Data, at: int) -> int:
    depth = 1
    while depth:
        found = _PARENTHESIS.match(data, at)
        if found is None:
            refuse("syntax")
        depth += 1 if found[1] == b"(" else -1
        at = found.end()
    return at
