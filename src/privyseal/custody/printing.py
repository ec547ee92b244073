"""What is kept of the pages of documents, so that photographs of them are found: made once, when first needed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef

from privyseal.custody.models import PagePrint
from privyseal.paper.verdict import Print
from privyseal.pdf.photographed import prints_of
from privyseal.seals.models import PermitLine
from privyseal.seals.rules import SealKind
from privyseal.signer.statement import Purpose

_AT_ONCE: Final = 6
_MOST_TRIED: Final = 24
_LEAST_COMMON: Final = 3
_MOST_WORDS: Final = 1_000
_LATELY: Final = timedelta(days=2)
# Word by word, for the index: asked for all at once, PostgreSQL reads every page.
_LIKELIEST: Final = """
    SELECT kept.id FROM unnest(%(words)s::integer[]) AS word JOIN page_print AS kept ON kept.words @> ARRAY[word]
    GROUP BY kept.id HAVING count(*) >= %(least)s ORDER BY count(*) DESC, kept.id LIMIT %(most)s
"""


def likeliest_pages(words: tuple[int, ...]) -> list[int]:
    """Return the pages that have most words in common with a photograph, most first.

    One that shows a part of a page has thousands, which few pages have: as many are looked up as others have at most.
    """
    asked = words[:: -(-len(words) // _MOST_WORDS) or 1]
    with connection.cursor() as cursor:
        cursor.execute(_LIKELIEST, {"words": list(asked), "least": _LEAST_COMMON, "most": _MOST_TRIED})
        return [page for (page,) in cursor.fetchall()]


def documents_to_keep(at: datetime) -> list[str]:
    """Return the documents that were approved for rubber seals lately and whose pages are not kept."""
    lines = PermitLine.objects.filter(
        permit__purpose=Purpose.USE.value,
        permit__seal__kind=SealKind.PHYSICAL.value,
        permit__issued_at__gte=at - _LATELY,
    )
    kept = PagePrint.objects.filter(document_sha256=OuterRef("document_sha256"))
    found = lines.filter(~Exists(kept)).order_by("document_sha256").values_list("document_sha256", flat=True)
    return list(found.distinct())


def points_of(document_sha256: str) -> list[bytes]:
    """Return the points of a document's pages in their order, after keeping those that are not kept yet."""
    keep_pages(document_sha256)
    kept = PagePrint.objects.filter(document_sha256=document_sha256).order_by("page")
    return [bytes(points) for points in kept.values_list("points", flat=True)]


def keep_pages(document_sha256: str) -> None:
    """Keep the pages that are not kept yet, a few at a time; whoever is stopped goes on where it was."""
    known = PagePrint.objects.filter(document_sha256=document_sha256).count()
    with settings.BLOBS.lent(document_sha256) as file:
        while prints := prints_of(file, first=known + 1, last=known + _AT_ONCE):
            _keep(document_sha256, prints, after=known)
            known += len(prints)


def _keep(document_sha256: str, prints: Sequence[Print], *, after: int) -> None:
    rows = [
        PagePrint(document_sha256=document_sha256, page=after + number, points=each.points, words=list(each.words))
        for number, each in enumerate(prints, start=1)
    ]
    # Two jobs may be at the same document: what they make of a page is the same.
    PagePrint.objects.bulk_create(rows, batch_size=_AT_ONCE, ignore_conflicts=True)
