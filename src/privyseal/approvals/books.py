"""Where a book of the register of uses stands, and what is in it."""

from typing import Final

from django.db.models import QuerySet

from privyseal.identity.models import Company
from privyseal.ledger.rewording import asked_with
from privyseal.seals.models import UseBook, UseEntry

# All rows of a book are of one company, and none says what type its seal is of.
_IN_A_ROW: Final = ("book", "seal", "operator", "line__permit", "filing")


def in_book(seen: QuerySet[UseEntry], book: int) -> QuerySet[UseEntry]:
    # The book's key alone: its index then delimits what is looked through.
    return seen.filter(book=book).select_related(None).select_related(*_IN_A_ROW).order_by("-number")


def book_of(company: Company, year: int) -> tuple[int, int]:
    """Return the key of a book and how many uses it has; neither where there is none."""
    return next(((key, uses) for each, key, uses in books_of(company.pk) if each == year), (0, 0))


def books_of(company: int) -> list[tuple[int, int, int]]:
    """Return the year, the key and the number of uses of each book of a company, the last one first."""
    return asked_with(_books_of, company)


def _books_of(company: int) -> QuerySet[UseBook, tuple[int, int, int]]:
    return UseBook.objects.filter(company=company).order_by("-year").values_list("year", "pk", "uses")
