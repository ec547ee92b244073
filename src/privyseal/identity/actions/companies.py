"""Companies: registered by one, proved with evidence, examined by another."""

from datetime import datetime

from django.db import IntegrityError, transaction
from stdnum.cn import uscc as credit_code
from stdnum.exceptions import ValidationError as NumberError

from privyseal.identity import queries
from privyseal.identity.actions.people import AlreadyRegistered
from privyseal.identity.locks import locked_company
from privyseal.identity.models import Company, Person, Renaming
from privyseal.identity.names import NameLooksTaken, plain_name, skeleton
from privyseal.identity.rules import MAY_EXAMINE, Power, Proof, check_evidence, check_examination
from privyseal.kernel.errors import NotEntitled, NotFound, Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required


class WrongCreditCode(Refused):
    code = "wrong-credit-code"


class ReasonMissing(Refused):
    code = "rejection-without-reason"


@command("company.register")
def register_company(
    actor: Person,
    at: datetime,
    *,
    name: str,
    name_en: str,
    uscc: str,
    legal_representative: str,
    licence_sha256: str = "",
    representative_sha256: str = "",
) -> str:
    """Enter a company with the digests of its proofs, as far as they are there; return its uid."""
    queries.require(actor, at, Power.SECURITY, None)
    name = plain_name(name)
    check_name_is_free(name)
    try:
        with transaction.atomic():
            company = Company.objects.create(
                name=name,
                skeleton=skeleton(name),
                name_en=name_en.strip(),
                uscc=check_credit_code(uscc),
                legal_representative=plain_name(legal_representative),
                licence_sha256=licence_sha256,
                representative_sha256=representative_sha256,
                registered_by=actor,
                registered_at=at,
            )
    except IntegrityError as error:
        raise AlreadyRegistered from error
    book.record("company.registered", by=actor, at=at, company=company.uid, **_digests(company))
    return company.uid


@command("company.bring-evidence")
def bring_evidence(actor: Person, at: datetime, *, company_uid: str, proof: Proof, sha256: str) -> str:
    """Bring a proof of who the company is, in place of any before; what was rejected can be examined again."""
    queries.require(actor, at, Power.SECURITY, None)
    company = locked_company(company_uid)
    check_evidence(company.standing)
    column = {Proof.LICENCE: "licence_sha256", Proof.REPRESENTATIVE: "representative_sha256"}[proof]
    setattr(company, column, sha256)
    company.evidence_by, company.evidence_at = actor, at
    company.rejected_by, company.rejected_at, company.rejection = None, None, ""
    changed = [column, "evidence_by", "evidence_at", "rejected_by", "rejected_at", "rejection"]
    company.save(update_fields=changed)
    book.record(
        "company.evidence-brought", by=actor, at=at, company=company.uid, proof=proof.value, **_digests(company)
    )
    return company.uid


@command("company.verify")
def verify_company(
    actor: Person, at: datetime, *, company_uid: str, licence_sha256: str, representative_sha256: str
) -> str:
    """Find, having examined exactly these proofs, that the company is who it says: by a second person."""
    company = _to_examine(actor, at, company_uid, (licence_sha256, representative_sha256))
    company.verified_by, company.verified_at = actor, at
    company.save(update_fields=["verified_by", "verified_at"])
    book.record("company.verified", by=actor, at=at, company=company.uid, **_digests(company))
    return company.uid


@command("company.reject")
def reject_company(
    actor: Person, at: datetime, *, company_uid: str, licence_sha256: str, representative_sha256: str, reason: str
) -> str:
    """Find that these proofs do not show who the company is, and say why: by a second person."""
    if not reason.strip():
        raise ReasonMissing
    company = _to_examine(actor, at, company_uid, (licence_sha256, representative_sha256))
    company.rejected_by, company.rejected_at, company.rejection = actor, at, reason.strip()
    company.save(update_fields=["rejected_by", "rejected_at", "rejection"])
    book.record(
        "company.rejected",
        by=actor,
        at=at,
        company=company.uid,
        reason_length=len(company.rejection),
        **_digests(company),
    )
    return company.uid


def check_credit_code(text: str) -> str:
    """Return the unified social credit code in its one form, GB 32100-2015 with check digits, or refuse."""
    try:
        return credit_code.validate(text)
    except NumberError as error:
        raise WrongCreditCode from error


@transaction_required
def check_name_is_free(name: str, *, of: Company | None = None) -> None:
    """Return if no other company has or had this name or one that a reader could take for it, or refuse."""
    look = skeleton(name)
    alike = Company.objects.filter(skeleton=look).first()
    if alike is not None and alike != of:
        raise AlreadyRegistered if alike.name == name else NameLooksTaken(company=alike.uid)
    former = Renaming.objects.filter(old_skeleton=look, confirmed_at__isnull=False).select_related("company")
    for renaming in former.order_by("pk"):
        if renaming.company != of:
            raise NameLooksTaken(company=renaming.company.uid)


@transaction_required
def _to_examine(actor: Person, at: datetime, uid: str, shown: tuple[str, str]) -> Company:
    """Return the company, locked, if this person may examine it and was shown the proofs that it has now."""
    powers = queries.powers_of(actor, at)
    if not any(powers.has(power, None) for power in MAY_EXAMINE):
        raise NotEntitled(power=Power.SECURITY)
    company = locked_company(uid)
    if (company.licence_sha256, company.representative_sha256) != shown:
        raise NotFound(company=uid)
    check_examination(
        company.standing, examiner=actor.pk, registrar=company.registered_by_id, brought_by=company.evidence_by_id
    )
    return company


def _digests(company: Company) -> dict[str, str]:
    return {"licence_sha256": company.licence_sha256, "representative_sha256": company.representative_sha256}
