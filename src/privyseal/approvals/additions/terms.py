"""What an addition to an approved use says: to which statement it adds, which documents, until when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from privyseal.approvals.models import Application, Line
from privyseal.signer.statement import Purpose
from privyseal.signer.terms import AddsTo

# What the terms of an addition say: the new end, and by seal the digest of the statement that it adds to.
UNTIL: Final = "until"
STATEMENTS: Final = "statements"


def ends_at(application: Application) -> datetime:
    """Return until when there may be sealed with it: what it asks for, where it asks for a later end."""
    until = application.terms.get(UNTIL)
    return application.expires_at if until is None else datetime.fromisoformat(until)


def adds_to(application: Application, seal_uid: str, own: Sequence[Line]) -> AddsTo | None:
    """Return what the statement of an addition says that it adds to; nothing where it is none."""
    if application.adds_to is None:
        return None
    is_more = application.purpose == Purpose.TOP_UP.value
    return AddsTo(
        application=application.adds_to.uid,
        statement_sha256=application.terms[STATEMENTS][seal_uid],
        documents=tuple(line.document_sha256 for line in own if line.document_sha256 and is_more),
    )
