"""What a stream unfolds to, within a budget: the filters that structure is written with."""

import zlib
from collections.abc import Mapping
from typing import Final

from privyseal.pdf.reading import syntax
from privyseal.pdf.reading.syntax import refuse

MOST_UNFOLDED: Final = 64_000_000
_FLATE: Final = frozenset({b"/FlateDecode", b"/Fl"})
_FIRST_PNG: Final = 10
_TIFF: Final = 2
_WIDEST: Final = 4096
_NONE, _SUB, _UP, _AVERAGE, _PAETH = range(5)


def unfolded(entries: Mapping[bytes, bytes], raw: bytes) -> bytes:
    """Return the content of a stream that is deflated once or not at all, or refuse."""
    names = _members(entries.get(b"/Filter"))
    if not names:
        return raw
    if len(names) > 1 or names[0] not in _FLATE:
        refuse("filter")
    parameters = _members(entries.get(b"/DecodeParms", entries.get(b"/DP")))
    content = _inflated(raw)
    if not parameters or parameters[0] == b"null":
        return content
    return _predicted(content, syntax.entries(parameters[0])[0])


def _members(value: bytes | None) -> list[bytes]:
    if value is None or value == b"null":
        return []
    return syntax.items(value) if value[:1] == b"[" else [value]


def _inflated(raw: bytes) -> bytes:
    unfold = zlib.decompressobj()
    try:
        content = unfold.decompress(raw, MOST_UNFOLDED)
    except zlib.error:
        refuse("deflate")
    if unfold.unconsumed_tail or not unfold.eof:
        refuse("deflate")
    return content


def _predicted(content: bytes, parameters: Mapping[bytes, bytes]) -> bytes:
    def number(name: bytes, usual: int) -> int:
        written = parameters.get(name, b"%d" % usual)
        return int(written) if written.isdigit() and len(written) < 6 else refuse("predictor")  # noqa: PLR2004  five digits

    predictor, width = number(b"/Predictor", 1), number(b"/Columns", 1)
    if predictor == 1:
        return content
    is_bytes = number(b"/Colors", 1) == 1 and number(b"/BitsPerComponent", 8) == 8  # noqa: PLR2004  a byte
    if predictor < _FIRST_PNG or not is_bytes or not 0 < width <= _WIDEST:
        refuse("predictor")
    kinds = set(content[:: width + 1])
    if len(content) % (width + 1) or not kinds <= set(range(5)):
        refuse("predictor")
    if kinds <= {_NONE}:
        return b"".join(content[at : at + width] for at in range(1, len(content), width + 1))
    return _summed(content, width) if kinds == {_UP} else _row_by_row(content, width)


def _summed(content: bytes, width: int) -> bytes:
    """Undo the Up predictor, column by column."""
    result = bytearray(len(content) // (width + 1) * width)
    for column in range(width):
        differences = content[column + 1 :: width + 1]
        if any(differences):
            result[column::width] = _running_sums(differences)
    return bytes(result)


def _running_sums(differences: bytes) -> bytes:
    """Return, at each place, the sum modulo 256 of all bytes so far.

    All sums grow at once in one large integer of 16-bit lanes, over distances that double: six times faster
    than byte after byte.
    """
    lanes = bytearray(2 * len(differences))
    lanes[::2] = differences
    sums = int.from_bytes(lanes, "little")
    low_bytes = int.from_bytes(b"\xff\0" * len(differences), "little")
    distance = 1
    while distance < len(differences):
        sums = (sums + (sums << 16 * distance)) & low_bytes
        distance *= 2
    return sums.to_bytes(len(lanes), "little")[::2]


def _row_by_row(content: bytes, width: int) -> bytes:
    rows, above = [], bytes(width)
    for start in range(0, len(content), width + 1):
        row = bytearray(content[start + 1 : start + 1 + width])
        kind = content[start]
        for at in range(width if kind else 0):
            left, up = row[at - 1] if at else 0, above[at]
            corner = above[at - 1] if at else 0
            row[at] = (row[at] + _guess(kind, left, up, corner)) & 0xFF
        above = bytes(row)
        rows.append(above)
    return b"".join(rows)


def _guess(kind: int, left: int, up: int, corner: int) -> int:
    match kind:
        case 1:
            return left
        case 2:
            return up
        case 3:
            return (left + up) // 2
    distances = [(abs(up - corner), 0, left), (abs(left - corner), 1, up), (abs(left + up - 2 * corner), 2, corner)]
    return min(distances)[2]
