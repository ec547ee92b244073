"""What an applicant is told of a document before it is sent in: acknowledged, or refused where the category says so."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import Refused
from privyseal.pdf.looks import Look, Seen
from privyseal.signer.bound import Binding

LONG_BEFORE: Final = timedelta(days=30)


class About(StrEnum):
    EMPTY_PAGE = "empty-page"
    UNFILLED = "unfilled"
    DATED_LATER = "dated-later"
    DATED_LONG_BEFORE = "dated-long-before"
    OTHER_YEAR = "other-year"
    OWNER_NOT_NAMED = "owner-not-named"
    OTHER_SIGNATORY = "other-signatory"
    NOT_READ = "not-read"
    PAPER_ONLY = "paper-only"
    NOT_SHOWN = "not-shown"


class RemarksNotRead(Refused):
    """There is something about the document that the applicant has not acknowledged."""

    code = "remarks-not-read"


class DocumentNotReady(Refused):
    """The category refuses a document about which there is this to say."""

    code = "document-not-ready"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about one document; page 0 is the whole of it."""

    about: About
    page: int = 0
    words: str = ""

    def to_json(self) -> dict[str, Json]:
        return {"about": self.about.value, "page": self.page, "words": self.words}


def remarks_on(look: Look, *, pages: int, owner: str, starts_on: date, ends_on: date) -> list[Remark]:
    """Return what is to be said of a document of so many pages that is to bear its owner's seal on one of these days."""
    said = [Remark(_PLAIN[note.seen], note.page, note.words) for note in look.notes if note.seen in _PLAIN]
    said += _dated(look, starts_on, ends_on)
    said += _signed(look, owner)
    if look.pages < pages or not look.has_words:
        said.append(Remark(About.NOT_READ, look.pages + 1 if look.has_words else 0))
    return said


def remark_on_binding(binding: Binding) -> list[Remark]:
    """Return what is to be said of what is no file: approvers see photographs of it, or nothing."""
    return {
        Binding.FILE: [],
        Binding.PAPER: [Remark(About.PAPER_ONLY)],
        Binding.SECRET: [Remark(About.NOT_SHOWN)],
    }[binding]


def _dated(look: Look, starts_on: date, ends_on: date) -> Iterator[Remark]:
    """Yield what is odd about the last day that stands in the document: usually that of its signing."""
    days = [note for note in look.notes if note.seen is Seen.DAY]
    if days:
        last = days[-1]
        day = date.fromisoformat(last.words)
        if day > ends_on:
            yield Remark(About.DATED_LATER, last.page, last.words)
        elif day < starts_on - LONG_BEFORE:
            yield Remark(About.DATED_LONG_BEFORE, last.page, last.words)
        if day.year not in {starts_on.year, ends_on.year}:
            yield Remark(About.OTHER_YEAR, last.page, last.words)
    if starts_on.year != ends_on.year:
        yield Remark(About.OTHER_YEAR, 0, f"{starts_on.year}-{ends_on.year}")


def _signed(look: Look, owner: str) -> Iterator[Remark]:
    signatories = [note for note in look.notes if note.seen is Seen.SIGNATORY]
    if signatories and owner not in {note.words for note in signatories}:
        yield Remark(About.OTHER_SIGNATORY, signatories[0].page, signatories[0].words)
    elif look.names_company and not look.names_owner:
        yield Remark(About.OWNER_NOT_NAMED)


_PLAIN: Final = {Seen.EMPTY_PAGE: About.EMPTY_PAGE, Seen.UNFILLED: About.UNFILLED}
