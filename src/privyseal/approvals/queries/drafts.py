"""Drafts: whoever writes one sees it, and nobody else, not even an auditor."""

import json
from datetime import datetime

from django.db.models import QuerySet

from privyseal.approvals.models import Draft
from privyseal.identity.models import Person


def drafts_visible_to(actor: Person, at: datetime) -> QuerySet[Draft]:
    """Return one's own drafts, the last one first."""
    del at  # one's own, whenever
    return Draft.objects.filter(person=actor).select_related("company").order_by("-saved_at", "-pk")


def said_so_far(actor: Person, at: datetime, company_uid: str, document_sha256: str) -> dict[str, str]:
    """Return what one's own draft about a document says by field; nothing where there is none."""
    own = drafts_visible_to(actor, at).filter(company__uid=company_uid, document_sha256=document_sha256).first()
    return {} if own is None else json.loads(own.said)


def alike_so_far(actor: Person, at: datetime, company_uid: str, document_sha256: str) -> list[str]:
    """Return the digests of what is to be sealed as the document of one's own draft is, in the order they came."""
    own = drafts_visible_to(actor, at).filter(company__uid=company_uid, document_sha256=document_sha256).first()
    return (own.alike or "").split() if own is not None else []
