"""Whether a paper that somebody photographed bears what was approved: asked among all pages that are kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Min

from privyseal.custody.models import PagePrint
from privyseal.custody.printing import likeliest_pages
from privyseal.custody.queries import permits_visible_to
from privyseal.identity import attempts
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotEntitled, Refused
from privyseal.paper.verdict import Print
from privyseal.pdf.photographed import alike, print_of_photo
from privyseal.seals.models import PermitLine
from privyseal.seals.rules import SealKind
from privyseal.signer.statement import Purpose

LOOKS_A_MINUTE: Final = 6
LOOKS: Final = "stamp-looks"
_MOST_SHOWN: Final = 5


class TooManyLooks(Refused):
    """One person asked about more photographs within a minute than are looked up."""

    code = "too-many-looks"


@dataclass(frozen=True, slots=True)
class ApprovedUse:
    """That there was an approved use, of which company and since when; ``permit_uid`` for whoever may see it."""

    company: str
    approved_at: datetime
    permit_uid: str | None


def approved_uses_of(actor: Person, at: datetime, photo: bytes) -> list[ApprovedUse]:
    """Return the approved uses of rubber seals on a page like the photographed one, the last first; or refuse.

    Whoever has a part in any company may ask, so many times a minute; what they may not see is not shown to them.
    """
    powers = identity.powers_of(actor, at)
    if not powers.companies() and not powers.reads_everything:
        raise NotEntitled(power=Power.USE.value)
    if attempts.count(LOOKS, actor.pseudonym, at) > LOOKS_A_MINUTE:
        raise TooManyLooks(most=LOOKS_A_MINUTE)
    documents = _documents_like(print_of_photo(photo))
    lines = PermitLine.objects.filter(
        document_sha256__in=documents, permit__purpose=Purpose.USE.value, permit__seal__kind=SealKind.PHYSICAL.value
    )
    found = (
        lines.order_by()
        .values("permit", "permit__uid", "permit__seal__company__name")
        .annotate(since=Min("permit__issued_at"))
    )
    rows = sorted(found, key=lambda row: row["since"], reverse=True)[:_MOST_SHOWN]
    visible = set(
        permits_visible_to(actor, at).filter(pk__in=[row["permit"] for row in rows]).values_list("uid", flat=True)
    )
    return [
        ApprovedUse(
            company=row["permit__seal__company__name"],
            approved_at=row["since"],
            permit_uid=row["permit__uid"] if row["permit__uid"] in visible else None,
        )
        for row in rows
    ]


def _documents_like(taken: Print) -> set[str]:
    pages = PagePrint.objects.in_bulk(likeliest_pages(taken.words))
    tried = list(pages.values())
    return {tried[place].document_sha256 for place in alike(taken, [bytes(page.points) for page in tried])}
