"""Keep what somebody is still writing, and let go of it."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from privyseal.approvals.models import Draft
from privyseal.approvals.queries.drafts import drafts_visible_to
from privyseal.identity import queries as identity
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotFound, Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.sealing import queries as sealing

MOST_DRAFTS: Final = 50
_LONGEST: Final = 50_000


class TooManyDrafts(Refused):
    code = "too-many-drafts"


class DraftTooLong(Refused):
    code = "draft-too-long"


@command("draft.keep")
def keep_draft(actor: Person, at: datetime, *, company_uid: str, document_sha256: str, said: Mapping[str, str]) -> str:
    """Keep a form as it stands, in place of what was kept of it, and return the draft's uid.

    That a draft was begun is on record, and that it was let go; each stroke of its writing is not.
    """
    company = identity.company_visible_to(actor, at, company_uid)
    identity.require_within(actor, at, Power.USE, company.pk)
    document = sealing.document_visible_to(actor, at, document_sha256)
    words = json.dumps(dict(said), ensure_ascii=False)
    if len(words) > _LONGEST:
        raise DraftTooLong
    own = drafts_visible_to(actor, at)
    kept = own.select_for_update(of=("self",)).filter(company=company, document_sha256=document.sha256).first()
    if kept is not None:
        kept.said, kept.saved_at = words, at
        kept.save(update_fields=["said", "saved_at"])
        return kept.uid
    if own.count() >= MOST_DRAFTS:
        raise TooManyDrafts(most=MOST_DRAFTS)
    kept = Draft(
        person=actor,
        company=company,
        document_sha256=document.sha256,
        document_name=document.name,
        said=words,
        saved_at=at,
    )
    kept.save(force_insert=True)
    book.record("draft.begun", by=actor, at=at, company=company.uid, document=document.sha256)
    return kept.uid


@command("draft.drop")
def drop_draft(actor: Person, at: datetime, *, draft_uid: str) -> None:
    """Let go of one's own draft."""
    draft = drafts_visible_to(actor, at).select_for_update(of=("self",)).filter(uid=draft_uid).first()
    if draft is None:
        raise NotFound(draft=draft_uid)
    book.record("draft.dropped", by=actor, at=at, company=draft.company.uid, document=draft.document_sha256)
    draft.delete()


@transaction_required
def let_go(actor: Person, at: datetime, *, company: Company, documents: Iterable[str]) -> None:
    """Let go of the actor's drafts about documents for which they have applied."""
    drafts_visible_to(actor, at).filter(company=company, document_sha256__in=set(documents)).delete()
