"""Where a line of a report may end: between Chinese characters and between words, and never before a closing mark."""

import re
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

Measure: TypeAlias = Callable[[str], float]
_BEGINS_NO_LINE: Final = "，。、；：！？）》】”’…·"
_ENDS_NO_LINE: Final = "（《【“‘"
_WIDE: Final = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
# What stays together: one Chinese character or one run of others, with the marks that open before and close after it.
_PIECE: Final = re.compile(
    rf"[{_ENDS_NO_LINE}]*(?:[{_WIDE}]|[^{_WIDE}{_BEGINS_NO_LINE}{_ENDS_NO_LINE}\s]+)?[{_BEGINS_NO_LINE}]*\s*"
)


def broken(text: str, width: float, measure: Measure) -> str:
    """Return the text with an end of line wherever the next piece would not fit."""
    return "\n".join(line for paragraph in text.split("\n") for line in _lines(paragraph, width, measure))


def _lines(text: str, width: float, measure: Measure) -> Iterator[str]:
    line = ""
    for piece in filter(None, _PIECE.findall(text)):
        for part in _fitting(piece, width, measure):
            if line and measure((line + part).rstrip()) > width:
                yield line.rstrip()
                line = ""
            line += part
    yield line.rstrip()


def _fitting(piece: str, width: float, measure: Measure) -> Iterator[str]:
    """Yield the piece, and one that is wider than a whole line in parts that are not, such as a digest."""
    while measure(piece.rstrip()) > width and len(piece) > 1:
        over = (count for count in range(2, len(piece) + 1) if measure(piece[:count]) > width)
        most = next(over, len(piece) + 1) - 1
        yield piece[:most]
        piece = piece[most:]
    yield piece
