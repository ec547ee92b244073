"""A company changes its name: asked for with the new licence, examined by a second person."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from privyseal.identity import queries
from privyseal.identity.actions.companies import ReasonMissing, check_name_is_free
from privyseal.identity.locks import locked_company
from privyseal.identity.models import Person, Renaming
from privyseal.identity.names import plain_name, skeleton
from privyseal.identity.rules import (
    MAY_EXAMINE,
    EvidenceMissing,
    Power,
    RenamingUnderWay,
    check_renaming,
    check_renaming_examination,
)
from privyseal.kernel.errors import NotEntitled, NotFound
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required


@dataclass(frozen=True, slots=True, kw_only=True)
class NewName:
    """The name that a company has by its new licence, since when, and until when its old seals may still be used."""

    name: str
    name_en: str
    licence_sha256: str
    changed_on: date
    old_seals_until: date


@command("company.ask-renaming")
def ask_renaming(actor: Person, at: datetime, *, company_uid: str, new: NewName) -> str:
    """Ask that a verified company bears another name; return the renaming's uid. Nothing changes yet."""
    queries.require(actor, at, Power.SECURITY, None)
    company = locked_company(company_uid)
    name = plain_name(new.name)
    check_renaming(
        company.standing,
        is_same=name == company.name,
        changed_on=new.changed_on,
        old_seals_until=new.old_seals_until,
        today=localdate(at),
    )
    check_name_is_free(name, of=company)
    if not new.licence_sha256:
        raise EvidenceMissing
    try:
        with transaction.atomic():
            renaming = Renaming.objects.create(
                company=company,
                old_name=company.name,
                old_skeleton=company.skeleton,
                old_licence_sha256=company.licence_sha256,
                name=name,
                skeleton=skeleton(name),
                name_en=new.name_en.strip(),
                licence_sha256=new.licence_sha256,
                changed_on=new.changed_on,
                old_seals_until=new.old_seals_until,
                asked_by=actor,
                asked_at=at,
            )
    except IntegrityError as error:
        raise RenamingUnderWay(company=company.uid) from error
    book.record("company.renaming-asked", by=actor, at=at, **_about(renaming))
    return renaming.uid


@command("company.confirm-renaming")
def confirm_renaming(actor: Person, at: datetime, *, renaming_uid: str, licence_sha256: str) -> str:
    """Give the company its new name, having examined exactly this licence: by a second person."""
    renaming = _to_examine(actor, at, renaming_uid, licence_sha256)
    company = renaming.company
    check_name_is_free(renaming.name, of=company)
    company.name, company.skeleton, company.name_en = renaming.name, renaming.skeleton, renaming.name_en
    company.licence_sha256 = renaming.licence_sha256
    company.renamed_at, company.old_seals_until = at, renaming.old_seals_until
    company.save(update_fields=["name", "skeleton", "name_en", "licence_sha256", "renamed_at", "old_seals_until"])
    renaming.confirmed_by, renaming.confirmed_at = actor, at
    renaming.save(update_fields=["confirmed_by", "confirmed_at"])
    book.record("company.renamed", by=actor, at=at, **_about(renaming))
    return company.uid


@command("company.reject-renaming")
def reject_renaming(actor: Person, at: datetime, *, renaming_uid: str, licence_sha256: str, reason: str) -> str:
    """Find that this licence does not show the new name, and say why: by a second person."""
    if not reason.strip():
        raise ReasonMissing
    renaming = _to_examine(actor, at, renaming_uid, licence_sha256)
    renaming.rejected_by, renaming.rejected_at, renaming.rejection = actor, at, reason.strip()
    renaming.save(update_fields=["rejected_by", "rejected_at", "rejection"])
    book.record("company.renaming-rejected", by=actor, at=at, **_about(renaming))
    return renaming.company.uid


@transaction_required
def _to_examine(actor: Person, at: datetime, uid: str, licence_sha256: str) -> Renaming:
    """Return the open renaming, with its company locked, if this person may examine it and was shown its licence."""
    powers = queries.powers_of(actor, at)
    if not any(powers.has(power, None) for power in MAY_EXAMINE):
        raise NotEntitled(power=Power.SECURITY)
    found = Renaming.objects.select_related("company").filter(uid=uid).first()
    if found is None or found.licence_sha256 != licence_sha256:
        raise NotFound
    company = locked_company(found.company.uid)
    renaming = Renaming.objects.select_for_update().get(pk=found.pk)
    check_renaming_examination(
        is_open=renaming.confirmed_at is None and renaming.rejected_at is None,
        examiner=actor.pk,
        asked_by=renaming.asked_by_id,
    )
    renaming.company = company
    return renaming


def _about(renaming: Renaming) -> dict[str, str]:
    return {
        "company": renaming.company.uid,
        "renaming": renaming.uid,
        "licence_sha256": renaming.licence_sha256,
        "changed_on": renaming.changed_on.isoformat(),
        "old_seals_until": renaming.old_seals_until.isoformat(),
    }
