"""Reports as PDF: headings, words, tables and pictures, with text that can be searched and copied.

Everything here is of our own making: a picture is one that the confined process has written.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final, TypeAlias

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # the library ships no types
from fpdf import FPDF
from fpdf.enums import WrapMode, XPos, YPos
from fpdf.fonts import FontFace

from privyseal.pdf.report_font import SmallFont
from privyseal.pdf.report_lines import broken

_FONT: Final = "sans"
_MARGIN_MM: Final = 18.0
_TEXT_PT: Final = 10.0
_SMALL_PT: Final = 8.0
_TITLE_PT: Final = 18.0
_HEADING_PT: Final = 13.0
_LINE_MM: Final = 5.4
_CELL_MM: Final = 0.7  # above and below what stands in a cell
_MOST_LINES: Final = 40  # of a row, which stands on one page
_PICTURE_MM: Final = 80.0
_GREY: Final = (90, 90, 90)
_SHADE: Final = (236, 236, 236)
_TO_SPARE_MM: Final = 0.2  # so that nothing is broken a second time
_AT_FOOT: Final = frozenset("0123456789/· {}nb")
_SMALL_FONTS: Final = {is_wide: SmallFont(is_wide=is_wide) for is_wide in (True, False)}


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a part; ``on_new_page`` where it begins one."""

    words: str
    on_new_page: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """One paragraph."""

    text: str
    is_small: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a header; ``widths`` are in proportion to each other."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was made here, in JPEG or PNG, and what is said beneath."""

    data: bytes
    words: str


Block: TypeAlias = Heading | Words | Table | Picture


class _Paper(FPDF):
    """A4 with the report's name and the page's number at the foot."""

    def __init__(self, title: str, language: str, font: Path) -> None:
        super().__init__(format="A4")
        self._name = title
        self.add_font(_FONT, fname=font)
        self.font: TTFont = self.fonts[_FONT].ttfont  # type: ignore[union-attr]  # no font of PDF's own
        self.font.recalcBBoxes = False  # the larger box of the font it was cut from holds as well
        self.set_margins(_MARGIN_MM, _MARGIN_MM)
        self.set_auto_page_break(auto=True, margin=_MARGIN_MM)
        self.set_title(title)
        self.set_lang(language)
        self.set_creator("Privyseal")

    def footer(self) -> None:
        self.set_y(-_MARGIN_MM + 6)
        self.set_font(_FONT, size=_SMALL_PT)
        self.set_text_color(*_GREY)
        self.cell(0, 5, f"{self._name}  ·  {self.page_no()} / {{nb}}", align="C")
        self.set_text_color(0)

    def said(self, text: str, size: float, line: float = _LINE_MM) -> None:
        self.set_font(_FONT, size=size)
        shown = self.fitted(text, self.epw)
        self.multi_cell(0, line, shown, new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L", wrapmode=WrapMode.CHAR)

    def fitted(self, text: str, width: float) -> str:
        """Return the text in lines that fit between the margins of a cell so wide."""
        return broken(text, width - 2 * self.c_margin - _TO_SPARE_MM, self.get_string_width)


def report(title: str, blocks: Iterable[Block], *, language: str, made_at: datetime) -> bytes:
    """Return an A4 report as PDF, its text in an embedded font that covers GB2312.

    ``language`` is a tag of BCP 47; ``made_at`` is aware, and becomes the file's date of creation.
    """
    content = list(blocks)
    with NamedTemporaryFile(suffix=".otf") as font:
        small = _SMALL_FONTS[language.startswith("zh")]
        font.write(small.covering(_AT_FOOT.union(title, *map(_characters, content))))
        font.flush()
        paper = _Paper(title, language, Path(font.name))
        paper.set_creation_date(made_at)
        paper.add_page()
        paper.said(title, _TITLE_PT, 9)
        for block in content:
            _write(paper, block)
        with closing(paper.font):
            return bytes(paper.output())


def _characters(block: Block) -> set[str]:
    match block:
        case Table(header, rows):
            return set().union(*header, *(cell for row in rows for cell in row))
        case Words(text):
            return set(text)
        case Heading(words) | Picture(_, words):
            return set(words)


def _write(paper: _Paper, block: Block) -> None:
    match block:
        case Heading(words, on_new_page):
            if on_new_page:
                paper.add_page()
            else:
                paper.ln(4)
            paper.said(words, _HEADING_PT, 7)
            paper.ln(1)
        case Words(text, is_small):
            paper.said(text, _SMALL_PT if is_small else _TEXT_PT)
            paper.ln(1.5)
        case Table():
            _write_table(paper, block)
        case Picture(data, words):
            # A picture and what is said of it stay together.
            if paper.will_page_break(_PICTURE_MM + _LINE_MM):
                paper.add_page()
            paper.image(BytesIO(data), h=_PICTURE_MM, w=paper.epw, keep_aspect_ratio=True)
            paper.said(words, _SMALL_PT)
            paper.ln(3)


def _write_table(paper: _Paper, block: Table) -> None:
    paper.set_font(_FONT, size=_SMALL_PT)
    with paper.table(
        col_widths=tuple(block.widths),
        headings_style=FontFace(fill_color=_SHADE),
        line_height=_LINE_MM - 1,
        padding=(_CELL_MM, 0),
        wrapmode=WrapMode.CHAR,
        text_align="LEFT",
    ) as table:
        for cells in (block.header, *block.rows):
            for part in _parts(paper, cells, block.widths):
                row = table.row()
                for words in part:
                    row.cell(words)
    paper.ln(2)


def _parts(paper: _Paper, cells: Sequence[str], widths: Sequence[int]) -> Iterator[list[str]]:
    """Yield the cells of a row, and of one that is higher than a page what goes on below it, row by row."""
    lines = [
        paper.fitted(cell, paper.epw * width / sum(widths)).split("\n")
        for cell, width in zip(cells, widths, strict=True)
    ]
    for first in range(0, max(map(len, lines)), _MOST_LINES):
        yield ["\n".join(each[first : first + _MOST_LINES]) for each in lines]
