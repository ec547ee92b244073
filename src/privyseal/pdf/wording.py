"""Where words and dates stand in a document. Runs only in the confined process, as ``render`` does."""

import ctypes
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pypdfium2  # type: ignore[import-untyped]  # pypdfium2 ships no types
from pypdfium2 import raw

from privyseal.pdf.asking import AtWords, Found, OverDate
from privyseal.pdf.placement import PageSize
from privyseal.pdf.reading.syntax import Data
from privyseal.pdf.viewer import opened

MOST_KEPT: Final = 1_000
_MOST_CHARACTERS: Final = 200_000

_DIGIT: Final = "[0-9〇○零一二三四五六七八九]"
_DAY: Final = "[0-9一二三四五六七八九十廿]"
_DATES: Final = re.compile(
    rf"(?P<upto>(?:{_DIGIT}{{4}}|_*)年(?:{_DAY}{{1,3}}|_*)月)(?:{_DAY}{{1,3}}|_*)日?"
    r"|(?P<month>(?:19|20)[0-9]{2}[-/.][01]?[0-9])[-/.][0-3]?[0-9]"
)


@dataclass(frozen=True, slots=True)
class _Text:
    """The visible characters of a page in their order, and the box of each in the page's own points."""

    characters: str
    boxes: Sequence[tuple[float, float, float, float]]


def find(data: Data, wish: AtWords | OverDate, pages: Sequence[PageSize]) -> tuple[Found, ...]:
    """Return where the words, or the years and months of dates, stand, in the order of the text; at most 1,000."""
    found: list[Found] = []
    with opened(data) as document:
        for number, size in enumerate(pages[: len(document)], start=1):
            page = document[number - 1]
            found += _on_page(page, number, size, wish)
            page.close()
            if len(found) >= MOST_KEPT:
                break
    return tuple(found[:MOST_KEPT])


def _on_page(page: pypdfium2.PdfPage, number: int, size: PageSize, wish: AtWords | OverDate) -> Iterator[Found]:
    text = _text_of(page)
    spans = _dates(text.characters) if isinstance(wish, OverDate) else _words(text.characters, wish.words)
    for start, end in spans:
        boxes = text.boxes[start:end]
        left, bottom = min(box[0] for box in boxes), min(box[1] for box in boxes)
        right, top = max(box[2] for box in boxes), max(box[3] for box in boxes)
        corners = [_seen(page, size, x, y) for x, y in ((left, bottom), (right, top))]
        (one_x, one_y), (other_x, other_y) = corners
        yield Found(number, min(one_x, other_x), min(one_y, other_y), max(one_x, other_x), max(one_y, other_y))


def _text_of(page: pypdfium2.PdfPage) -> _Text:
    text = page.get_textpage()
    characters: list[str] = []
    boxes: list[tuple[float, float, float, float]] = []
    for index in range(min(text.count_chars(), _MOST_CHARACTERS)):
        plain = _plain(chr(raw.FPDFText_GetUnicode(text, index)))
        if plain:
            box = text.get_charbox(index)
            characters.append(plain)
            boxes.extend([box] * len(plain))
    text.close()
    return _Text("".join(characters), boxes)


def _plain(text: str) -> str:
    """Return text as it is compared: no blanks, no difference of width, compatibility or case."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if not character.isspace() and character.isprintable())


def _words(characters: str, words: str) -> Iterator[tuple[int, int]]:
    wanted = _plain(words)
    at = characters.find(wanted) if wanted else -1
    while at >= 0:
        yield at, at + len(wanted)
        at = characters.find(wanted, at + len(wanted))


def _dates(characters: str) -> Iterator[tuple[int, int]]:
    for date in _DATES.finditer(characters):
        yield date.span("upto" if date["upto"] else "month")


def _seen(page: pypdfium2.PdfPage, size: PageSize, x: float, y: float) -> tuple[int, int]:
    """Return a point of the page's own as a reader sees it, in micrometres from the lower left."""
    across, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page, 0, 0, size.width, size.height, 0, x, y, across, down)
    return across.value, size.height - down.value
