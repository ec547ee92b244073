"""Tables that somebody brought to be entered: which files nobody needs any more, and which name somebody."""

import html
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from io import BytesIO
from typing import Final
from zipfile import ZipFile

from django.conf import settings
from django.db.models import Q

from privyseal.approvals.models import Application, Draft, Line
from privyseal.identity.actions import TableWorkDied
from privyseal.identity.models import TableImport
from privyseal.identity.rules import Import
from privyseal.keeping.traces import matching
from privyseal.kernel.errors import NotFound, Refused
from privyseal.sealing.models import Document

KEPT: Final = timedelta(days=14)
"""How long a table waits for whoever brought it to enter it, or to have it read again."""

_BETWEEN: Final = re.compile(r"</(?:\w+:)?(?:c|v|si|is|comment)>")
_TAG: Final = re.compile(r"<[^>]*>")


def tables_over(at: datetime) -> list[int]:
    """Return the imports whose file nobody needs, and those whose file was let go and is not deleted yet."""
    died = Q(state=Import.REFUSED, refusal__code=TableWorkDied.code)
    over = (
        Q(state__in=[Import.ENTERED, Import.WRONG])
        | Q(state=Import.REFUSED) & ~died
        | (Q(state=Import.FINE) | died) & Q(brought_at__lt=at - KEPT)
    )
    found = TableImport.objects.filter(Q(let_go_at__isnull=False) | over, deleted_at=None)
    return list(found.order_by("pk").values_list("pk", flat=True))


def tables_naming(words: Sequence[str]) -> list[int]:
    """Return the imports whose file is kept and names somebody in any part of it."""
    kept = TableImport.objects.filter(deleted_at=None).order_by("pk").values_list("pk", "sha256")
    named = {sha256: _names(sha256, words) for sha256 in {sha256 for _pk, sha256 in kept}}
    return [pk for pk, sha256 in kept if named.get(sha256)]


def is_table_needed(sha256: str) -> bool:
    """Return whether the same bytes are another import's, or somebody's document."""
    return (
        TableImport.objects.filter(sha256=sha256, let_go_at=None).exists()
        or Document.objects.filter(sha256=sha256).exists()
        or Line.objects.filter(document_sha256=sha256).exists()
        or Draft.objects.filter(document_sha256=sha256).exists()
        or Application.objects.filter(attached__contains=[{"sha256": sha256}]).exists()
    )


def _names(sha256: str, words: Sequence[str]) -> bool:
    """Tell whether one of the words stands in a file; one that cannot be read may name anybody."""
    if not words:
        return False
    try:
        texts = _texts(settings.BLOBS.get(sha256))
    except NotFound:
        return False
    except Refused:
        return True
    sought = re.compile("|".join(map(matching, words)), re.IGNORECASE)
    return any(sought.search(text) for text in texts)


def _texts(data: bytes) -> list[str]:
    """Return the words of every part of an XLSX file: cells, comments, and who made it."""
    from privyseal.identity import sheets  # noqa: PLC0415  openpyxl: an eighth of a start, 13 MB; few read tables

    sheets.check_container(data)
    with ZipFile(BytesIO(data)) as container:
        parts = [container.read(part).decode(errors="replace") for part in container.infolist()]
    return [html.unescape(_TAG.sub("", _BETWEEN.sub("\n", part))) for part in parts]
