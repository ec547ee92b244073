"""What an applicant may ask for, line by line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from privyseal.approvals.models import Line
from privyseal.identity.models import Company, Person
from privyseal.kernel.errors import Refused
from privyseal.pdf.face import Face
from privyseal.pdf.placement import NoSuchPage, PageSize, Placement
from privyseal.sealing import queries as sealing
from privyseal.sealing.models import Document
from privyseal.seals import queries as seals
from privyseal.seals.rules import SealState, check_in_force

MOST_LINES: Final = 50


class NoLines(Refused):
    code = "no-lines"


class TooManyLines(Refused):
    code = "too-many-lines"


class DocumentTwice(Refused):
    """One document stands in two lines: later seals on the same file need applications of their own."""

    code = "document-twice"


class CountNotPossible(Refused):
    """An electronic file is sealed once: its copies are copies of the sealed file."""

    code = "count-not-possible"


class SealOfAnotherCompany(Refused):
    code = "seal-of-another-company"


@dataclass(frozen=True, slots=True)
class LineWish:
    """One document to be sealed: where (micrometres from the page's lower left corner), and who signs after us."""

    seal_uid: str
    document_sha256: str
    page: int
    x: int
    y: int
    following: str
    copies: int = 1
    impressions: int = 1


def check_lines(actor: Person, at: datetime, company: Company, wishes: Sequence[LineWish]) -> list[Line]:
    """Return unsaved lines for what may be applied for, or refuse."""
    if not wishes:
        raise NoLines
    if len(wishes) > MOST_LINES:
        raise TooManyLines(lines=len(wishes), most=MOST_LINES)
    if len({wish.document_sha256 for wish in wishes}) < len(wishes):
        raise DocumentTwice
    return [_line(actor, at, company, wish) for wish in wishes]


def _line(actor: Person, at: datetime, company: Company, wish: LineWish) -> Line:
    seal = seals.seal_visible_to(actor, at, wish.seal_uid)
    if seal.company_id != company.pk:
        raise SealOfAnotherCompany(seal=seal.uid)
    check_in_force(SealState(seal.state))
    if (wish.copies, wish.impressions) != (1, 1):
        raise CountNotPossible(copies=wish.copies, impressions=wish.impressions)
    document = sealing.document_visible_to(actor, at, wish.document_sha256)
    _page(document, wish.page).check(Placement(wish.page, wish.x, wish.y), Face.from_json(seal.face).size)
    return Line(
        seal=seal,
        document_sha256=document.sha256,
        document_name=document.name,
        page=wish.page,
        x=wish.x,
        y=wish.y,
        following=wish.following,
    )


def _page(document: Document, number: int) -> PageSize:
    if not 1 <= number <= len(document.pages):
        raise NoSuchPage(page=number, pages=len(document.pages))
    return PageSize(**document.pages[number - 1])
