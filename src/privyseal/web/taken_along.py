"""Lists that somebody takes along: exactly what is looked for, as a file for a spreadsheet, and on record."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.timezone import now

from privyseal.approvals import actions
from privyseal.identity.models import Company
from privyseal.web.capabilities import SignedIn
from privyseal.web.tables import Ending, long_table_file

MOST_TAKEN: Final = 10_000
T = TypeVar("T")


def list_file(
    request: SignedIn,
    ending: str,
    *,
    register: str,
    name: str,
    header: Sequence[object],
    find: Callable[[], Sequence[T]],
    company_of: Callable[[T], Company | None],
    cells: Callable[[Sequence[T]], Iterable[Sequence[object]]],
) -> HttpResponseBase:
    """Answer with the rows that are found, once it is on record of each company how many of them are its own."""
    if ending not in set(Ending):
        raise Http404
    found = find()
    record_copies(request, map(company_of, found), register=register, form=ending)
    return long_table_file(name, Ending(ending), [str(column) for column in header], cells(found))


def record_copies(request: SignedIn, of: Iterable[Company | None], *, register: str, form: str) -> None:
    """Put on record of each company how many rows of it leave; ``of`` says whose each row is."""
    for company, count in Counter(of).items():
        record_copy(request, company, register=register, form=form, rows=count)


def record_copy(request: SignedIn, company: Company | None, *, register: str, form: str, rows: int) -> None:
    """Put on record that a copy leaves us; of an auditor every page that they open is on record anyhow."""
    if not request.powers.reads_everything:
        actions.record_copy(request.user, now(), company=company, register=register, form=form, rows=rows)
