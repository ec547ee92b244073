"""A company's categories: drafted by whoever manages its seals, put into force and ended by whoever grants powers."""

from datetime import datetime

from django.db.models import Max

from privyseal.approvals.models import CategoryVersion
from privyseal.approvals.queries.categories import category_visible_to
from privyseal.approvals.rules.categories import Category, check_category
from privyseal.identity import queries as identity
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import canonical, sha256
from privyseal.kernel.errors import OutOfTurn, Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required


class CategoryChanged(Refused):
    """The category is not the one that was shown."""

    code = "category-changed"


@command("category.write")
def write_category(
    actor: Person,
    at: datetime,
    *,
    company_uid: str,
    code: str,
    category: Category,
    is_for_group: bool = False,
    says_sha256: str = "",
) -> str:
    """Write the draft of a category, in place of the one there was, and return its uid.

    ``says_sha256`` is the digest of the draft that was shown, empty where there was none.
    """
    company = identity.company_visible_to(actor, at, company_uid)
    identity.require(actor, at, Power.MANAGE, company.pk)
    check_category(code, category)
    Company.objects.select_for_update().get(pk=company.pk)
    versions = CategoryVersion.objects.filter(company=company, code=code)
    draft = versions.select_for_update().filter(confirmed_at=None, ended_at=None).first()
    if says_sha256 != (draft.says_sha256 if draft else ""):
        raise CategoryChanged
    last = versions.aggregate(last=Max("version"))["last"] or 0
    written = draft or CategoryVersion(company=company, code=code, version=last + 1)
    written.says, written.is_for_group = category.to_json(), is_for_group
    written.says_sha256 = sha256(canonical({"for_group": is_for_group, "says": written.says}))
    written.written_by, written.written_at = actor, at
    if draft is None:
        written.save(force_insert=True)
    else:
        written.save(update_fields=["says", "says_sha256", "is_for_group", "written_by", "written_at"])
    book.record("category.written", by=actor, at=at, **_about(written))
    return written.uid


@command("category.discard")
def discard_category(actor: Person, at: datetime, *, category_uid: str) -> str:
    """Throw a draft away; what is in force stays so."""
    draft = _locked(actor, at, category_uid)
    identity.require(actor, at, Power.MANAGE, draft.company_id)
    if not draft.is_draft:
        raise OutOfTurn(category=draft.uid)
    draft.ended_at = at
    draft.save(update_fields=["ended_at"])
    book.record("category.discarded", by=actor, at=at, **_about(draft))
    return draft.uid


@command("category.confirm")
def confirm_category(actor: Person, at: datetime, *, category_uid: str, says_sha256: str) -> str:
    """Put a draft into force in place of what was: applications keep the version they were submitted under."""
    identity.require(actor, at, Power.SECURITY, None)
    draft = _locked(actor, at, category_uid)
    if not draft.is_draft:
        raise OutOfTurn(category=draft.uid)
    if says_sha256 != draft.says_sha256:
        raise CategoryChanged
    before = CategoryVersion.objects.filter(company=draft.company_id, code=draft.code, ended_at=None)
    before.filter(confirmed_at__isnull=False).update(ended_at=at)
    draft.confirmed_by, draft.confirmed_at = actor, at
    draft.save(update_fields=["confirmed_by", "confirmed_at"])
    book.record("category.confirmed", by=actor, at=at, **_about(draft))
    return draft.uid


@command("category.end")
def end_category(actor: Person, at: datetime, *, category_uid: str) -> str:
    """End a category that is in force: nothing more is applied for under it."""
    identity.require(actor, at, Power.SECURITY, None)
    running = _locked(actor, at, category_uid)
    if running.confirmed_at is None or running.ended_at is not None:
        raise OutOfTurn(category=running.uid)
    running.ended_at = at
    running.save(update_fields=["ended_at"])
    book.record("category.ended", by=actor, at=at, **_about(running))
    return running.uid


@transaction_required
def _locked(actor: Person, at: datetime, category_uid: str) -> CategoryVersion:
    seen = category_visible_to(actor, at, category_uid)
    return CategoryVersion.objects.select_for_update(of=("self",)).select_related("company").get(pk=seen.pk)


def _about(category: CategoryVersion) -> dict[str, str | int]:
    return {
        "category": category.uid,
        "company": category.company.uid,
        "version": category.version,
        "says_sha256": category.says_sha256,
    }
