"""Keep what somebody is still writing, and let go of it."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from privyseal.approvals.models import Draft
from privyseal.approvals.queries.drafts import drafts_visible_to
from privyseal.approvals.wishes import DocumentTwice, TooManyLines
from privyseal.identity import queries as identity
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotFound, Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.sealing import queries as sealing
from privyseal.sealing.models import Document
from privyseal.signer.alike import MAX_ALIKE

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
    kept = _of(actor, at, company, document)
    kept.said, kept.saved_at = words, at
    kept.save(update_fields=["said", "saved_at"])
    return kept.uid


@command("draft.take-alike")
def take_alike(actor: Person, at: datetime, *, company_uid: str, document_sha256: str, alike: str) -> str:
    """Note one more document that is to be sealed as the draft's own is; again, the same. Return the draft's uid."""
    company = identity.company_visible_to(actor, at, company_uid)
    identity.require_within(actor, at, Power.USE, company.pk)
    document = sealing.document_visible_to(actor, at, document_sha256)
    further = sealing.document_visible_to(actor, at, alike)
    if further.sha256 == document.sha256:
        raise DocumentTwice(document=further.sha256)
    kept = _of(actor, at, company, document)
    known = (kept.alike or "").split()
    if further.sha256 not in known:
        if len(known) + 1 >= MAX_ALIKE:
            raise TooManyLines(lines=len(known) + 2, most=MAX_ALIKE)
        kept.alike, kept.saved_at = " ".join([*known, further.sha256]), at
        kept.save(update_fields=["alike", "saved_at"])
    return kept.uid


@command("draft.leave-alike")
def leave_alike(actor: Person, at: datetime, *, company_uid: str, document_sha256: str, alike: str) -> None:
    """Leave a document out that was to be sealed as the draft's own is; all of them where none is named."""
    company = identity.company_visible_to(actor, at, company_uid)
    kept = _known(actor, at, company, sealing.document_visible_to(actor, at, document_sha256))
    if kept is None:
        return
    left = [one for one in (kept.alike or "").split() if alike and one != alike]
    kept.alike, kept.saved_at = " ".join(left) or None, at
    kept.save(update_fields=["alike", "saved_at"])


@transaction_required
def _known(actor: Person, at: datetime, company: Company, document: Document) -> Draft | None:
    own = drafts_visible_to(actor, at).select_for_update(of=("self",))
    return own.filter(company=company, document_sha256=document.sha256).first()


@transaction_required
def _of(actor: Person, at: datetime, company: Company, document: Document) -> Draft:
    """Return the actor's draft about a document, for this transaction alone; begun where there is none."""
    kept = _known(actor, at, company, document)
    if kept is not None:
        return kept
    if drafts_visible_to(actor, at).count() >= MOST_DRAFTS:
        raise TooManyDrafts(most=MOST_DRAFTS)
    kept = Draft(
        person=actor,
        company=company,
        document_sha256=document.sha256,
        document_name=document.name,
        said="{}",
        saved_at=at,
    )
    kept.save(force_insert=True)
    book.record("draft.begun", by=actor, at=at, company=company.uid, document=document.sha256)
    return kept


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
