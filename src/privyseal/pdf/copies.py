"""Copies that say what they are for: words faintly across every page, drawn before anybody seals them."""

from datetime import date
from typing import Final

from privyseal.pdf import figures, forms, marks
from privyseal.pdf.accepted import CopyOfSealed
from privyseal.pdf.marks import Forms, Mark
from privyseal.pdf.placement import Size
from privyseal.pdf.reading import pages
from privyseal.pdf.reading.file import PdfFile
from privyseal.pdf.revision import Revision
from privyseal.pdf.spots import Stamp

_ANY_HEIGHT: Final = 1_000
_UNTIL: Final = "{words} 有效期至{year}年{month}月{day}日"


def words_for_copy(words: str, until: date | None) -> str:
    """Return what a copy says: what it is for, and until when."""
    if until is None:
        return words
    return _UNTIL.format(words=words, year=until.year, month=until.month, day=until.day)


def check_words(words: str) -> None:
    """Return if the words can be drawn, or refuse."""
    figures.line(words, height=_ANY_HEIGHT)


def watermarked(document: bytes, words: str) -> bytes:
    """Return the revision to append that puts the words on every page, or refuse a document that is signed."""
    file = PdfFile.open(document)
    if any(forms.is_filled(file, field) for field in forms.fields(file)):
        raise CopyOfSealed
    on = marks.shown(file, range(1, pages.count(file) + 1))
    by_size: dict[Size, figures.Figure] = {}
    put_on = []
    for number, place in on.items():
        size = Size(place.frame.size.width, place.frame.size.height)
        if size not in by_size:
            by_size[size] = figures.watermark(words, size)
        put_on.append(Mark(by_size[size], Stamp(number, 0, 0, 0, size.width)))
    revision = Revision(file)
    marks.draw(revision, put_on, on, Forms(revision))
    return revision.written()
