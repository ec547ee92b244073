"""Look through a document for what is easily overlooked. Runs only in the confined process, as ``render`` does."""

import ctypes
import re
import time
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Final

import pypdfium2  # type: ignore[import-untyped]  # pypdfium2 ships no types
from pypdfium2 import raw

from privyseal.pdf import proposing
from privyseal.pdf.looks import LONGEST_TITLE, LONGEST_WORDS, MOST_NOTES, Hint, Look, Note, Seen
from privyseal.pdf.reading.syntax import Data
from privyseal.pdf.viewer import opened

_SECONDS: Final = 4.0
_MOST_CHARACTERS: Final = 200_000
_MOST_OBJECTS: Final = 200
_DRAWN: Final = {
    raw.FPDF_PAGEOBJ_PATH,
    raw.FPDF_PAGEOBJ_IMAGE,
    raw.FPDF_PAGEOBJ_SHADING,
    raw.FPDF_PAGEOBJ_FORM,
}
# A page that says no more than which page it is.
_PAGE_NUMBER: Final = re.compile(r"[-—第共页页page/of0-9.]*")
# Lines to be signed by hand stay empty until then.
_SIGNED_BY_HAND: Final = re.compile(r"(?:签字|签名|签章|盖章|签署)[)\]:]{0,3}$")
_UNFILLED: Final = re.compile(r"_{2,}|﹍{2,}|【】|(?<![0-9〇零一二三四五六七八九十生])年月日?")
_DAY: Final = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(?:年|[-/.])([01]?[0-9])(?:月|[-/.])([0-3]?[0-9])日?(?![0-9])")
_SIGNATORY: Final = re.compile(r"[甲乙丙丁]方(?:\((?:盖章|公章|签章)\))?[:](?P<name>[\w()]{2,40}?公司)")


def look(data: Data, *, owner: str) -> Look:
    """Return what to look at on as many pages as are read in four seconds; ``owner`` is whose seal it is to bear."""
    until, wanted = time.monotonic() + _SECONDS, _plain(owner)
    notes: list[Note] = []
    has_words = names_owner = names_company = False
    pages, title, heading, amount, originals = 0, "", "", "", 0
    hints: list[Hint] = []
    with opened(data) as document:
        for number in range(1, len(document) + 1):
            page = document[number - 1]
            written = _words_of(page)
            words = _plain(written)
            notes += _notes(page, number, words)
            if len(hints) < proposing.MOST_HINTS:
                hints += proposing.hints(page, number, written)
            page.close()
            heading = proposing.heading(written) if number == 1 else heading
            amount = amount or proposing.amount(words)
            originals = originals or proposing.originals(words)
            title = words[:LONGEST_TITLE] if number == 1 else title
            has_words = has_words or bool(words)
            names_owner = names_owner or (bool(wanted) and wanted in words)
            names_company = names_company or "公司" in words
            pages = number
            if time.monotonic() > until or len(notes) > MOST_NOTES:
                break
    return Look(
        pages,
        has_words,
        names_owner,
        names_company,
        tuple(notes[:MOST_NOTES]),
        title,
        heading,
        amount,
        originals,
        tuple(hints[: proposing.MOST_HINTS]),
    )


def _notes(page: pypdfium2.PdfPage, number: int, words: str) -> Iterator[Note]:
    if _PAGE_NUMBER.fullmatch(words) and not _draws(page):
        yield Note(Seen.EMPTY_PAGE, number)
    for unfilled in _UNFILLED.finditer(words):
        before = words[max(unfilled.start() - 10, 0) : unfilled.start()]
        if not _SIGNED_BY_HAND.search(before):
            yield Note(Seen.UNFILLED, number, (before + unfilled[0])[-LONGEST_WORDS:])
    for found in _DAY.finditer(words):
        if day := _day(found):
            yield Note(Seen.DAY, number, day)
    for found in _SIGNATORY.finditer(words):
        yield Note(Seen.SIGNATORY, number, found["name"])


def _day(found: re.Match[str]) -> str:
    try:
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        return ""


def _draws(page: pypdfium2.PdfPage) -> bool:
    if raw.FPDFPage_GetAnnotCount(page):
        return True
    for index in range(min(raw.FPDFPage_CountObjects(page), _MOST_OBJECTS)):
        if raw.FPDFPageObj_GetType(raw.FPDFPage_GetObject(page, index)) in _DRAWN:
            return True
    return False


def _words_of(page: pypdfium2.PdfPage) -> str:
    """Return the words of a page, all at once: character by character takes ten times as long."""
    text = page.get_textpage()
    most = min(text.count_chars(), _MOST_CHARACTERS)
    kept = (ctypes.c_ushort * (most + 1))()
    raw.FPDFText_GetText(text, 0, most, kept)
    text.close()
    return bytes(kept).decode("utf-16-le", errors="ignore").rstrip("\0")


def _plain(words: str) -> str:
    folded = unicodedata.normalize("NFKC", words).casefold()
    return "".join(each for each in folded if not each.isspace() and each.isprintable())
