"""The pages of a document, and where seals will stand on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from privyseal.approvals.models import Line
from privyseal.pdf.accepted import MAX_PAGES
from privyseal.pdf.face import Face
from privyseal.pdf.placement import PageSize
from privyseal.sealing.models import Document

PAGES_AT_ONCE: Final = 20
_DPI: Final = 110
_MOST_PIXELS_ALONG: Final = 2_000
_MICROMETRES_AN_INCH: Final = 25_400


@dataclass(frozen=True, slots=True)
class Mark:
    """A face on a page, in micrometres from the upper left corner, as an image is drawn."""

    url: str
    left: int
    top: int
    width: int
    height: int
    seal_name: str


@dataclass(frozen=True, slots=True)
class Sheet:
    number: int
    url: str
    width: int
    height: int
    marks: tuple[Mark, ...]

    @property
    def pixels_across(self) -> int:
        return self.width * dots_an_inch(self.width, self.height) // _MICROMETRES_AN_INCH

    @property
    def pixels_along(self) -> int:
        return self.height * dots_an_inch(self.width, self.height) // _MICROMETRES_AN_INCH


@dataclass(frozen=True, slots=True)
class Shown:
    """Some pages of one document; ``earlier`` and ``later`` are the pages to go on from."""

    document: Document
    sheets: tuple[Sheet, ...]
    pages: int
    earlier: int | None
    later: int | None


def dots_an_inch(width: int, height: int) -> int:
    """Return how finely a page is drawn: well to read, and a poster no larger than a screen needs."""
    return max(1, min(_DPI, _MOST_PIXELS_ALONG * _MICROMETRES_AN_INCH // max(width, height, 1)))


def first_page(request: HttpRequest) -> int:
    """Return the page that the reader wants to go on from."""
    asked = request.GET.get("page", "1")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= len(str(MAX_PAGES)) else 1


def show(document: Document, lines: Sequence[Line] = (), *, first: int = 1) -> Shown:
    pages = [PageSize(**page) for page in document.pages]
    first = min(max(first, 1), len(pages))
    last = min(first + PAGES_AT_ONCE - 1, len(pages))
    sheets = tuple(_sheet(document, number, pages[number - 1], lines) for number in range(first, last + 1))
    return Shown(
        document=document,
        sheets=sheets,
        pages=len(pages),
        earlier=max(first - PAGES_AT_ONCE, 1) if first > 1 else None,
        later=last + 1 if last < len(pages) else None,
    )


def _sheet(document: Document, number: int, size: PageSize, lines: Sequence[Line]) -> Sheet:
    here = [line for line in lines if line.document_sha256 == document.sha256 and line.page == number]
    return Sheet(
        number=number,
        url=reverse("document-page", args=[document.sha256, number]),
        width=size.width,
        height=size.height,
        marks=tuple(_mark(line, size) for line in here),
    )


def _mark(line: Line, size: PageSize) -> Mark:
    face = Face.from_json(line.seal.face).size
    return Mark(
        url=reverse("seal-face", args=[line.seal.uid]),
        left=line.x - face.width // 2,
        top=size.height - line.y - face.height // 2,
        width=face.width,
        height=face.height,
        seal_name=line.seal.name,
    )
