"""What was sealed under a certificate that its authority outside had already revoked, as the seal's page lists it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.http import urlencode

from privyseal.approvals.queries.registers import uses_after_revocation
from privyseal.identity.models import Person
from privyseal.seals.models import Seal, SealVersion, UseEntry
from privyseal.web.shown.registers import number_of

_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class AfterRevocation:
    """The uses from between a revocation outside and its news.

    ``books`` are the years in which there are any, with how many, and where the register lists, saves and prints them.
    """

    since: datetime
    uses: Sequence[tuple[UseEntry, str]]
    books: Sequence[tuple[int, int, str]]
    is_cut: bool


def show_after_revocation(
    reader: Person, at: datetime, seal: Seal, versions: Iterable[SealVersion]
) -> AfterRevocation | None:
    """Return what a reader may see of it; None where no certificate of the seal was revoked outside."""
    watches = (version.watch for version in versions if hasattr(version, "watch"))
    times = [watch.revoked_since for watch in watches if watch.revoked_since]
    if not times:
        return None
    found = uses_after_revocation(reader, at, seal, since=min(times))
    years = Counter(found.order_by().values_list("book__year", flat=True))
    asked = {"company": seal.company.uid, "seal": seal.uid, "is_after_revocation": "on"}
    books = [
        (year, count, f"{reverse('register-of-uses')}?{urlencode(asked | {'year': year})}")
        for year, count in sorted(years.items())
    ]
    uses = [(entry, number_of(entry.book.year, entry.number)) for entry in found[:_MOST]]
    return AfterRevocation(min(times), uses, books, is_cut=years.total() > _MOST)
