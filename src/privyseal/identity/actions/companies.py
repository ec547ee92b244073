"""Companies: registered by one, examined by another."""

from datetime import datetime

from django.db import IntegrityError, transaction
from stdnum.cn import uscc as credit_code
from stdnum.exceptions import ValidationError as NumberError

from privyseal.identity import queries
from privyseal.identity.actions.people import AlreadyRegistered
from privyseal.identity.models import Company, Person
from privyseal.identity.names import plain_name
from privyseal.identity.rules import Power, check_confirmation
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn, Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command


class WrongCreditCode(Refused):
    code = "wrong-credit-code"


@command("company.register")
def register_company(
    actor: Person, at: datetime, *, name: str, name_en: str, uscc: str, legal_representative: str, licence_sha256: str
) -> str:
    """Enter a company with the digest of its licence; return its uid."""
    queries.require(actor, at, Power.SECURITY, None)
    try:
        with transaction.atomic():
            company = Company.objects.create(
                name=plain_name(name),
                name_en=name_en.strip(),
                uscc=check_credit_code(uscc),
                legal_representative=plain_name(legal_representative),
                licence_sha256=licence_sha256,
                registered_by=actor,
                registered_at=at,
            )
    except IntegrityError as error:
        raise AlreadyRegistered from error
    book.record("company.registered", by=actor, at=at, company=company.uid, licence_sha256=licence_sha256)
    return company.uid


@command("company.verify")
def verify_company(actor: Person, at: datetime, *, company_uid: str, licence_sha256: str) -> str:
    """Confirm that the company is who it says, having examined this licence: by another person than its registrar."""
    powers = queries.powers_of(actor, at)
    if not (powers.has(Power.SECURITY, None) or powers.has(Power.AUDIT, None)):
        raise NotEntitled(power=Power.SECURITY)
    company = Company.objects.select_for_update().filter(uid=company_uid).first()
    if company is None or company.licence_sha256 != licence_sha256:
        raise NotFound(company=company_uid)
    check_confirmation(confirmer=actor.pk, grantor=company.registered_by_id, beneficiary=0)
    if company.verified_at:
        raise OutOfTurn(company=company_uid)
    company.verified_by, company.verified_at = actor, at
    company.save(update_fields=["verified_by", "verified_at"])
    book.record("company.verified", by=actor, at=at, company=company.uid, licence_sha256=licence_sha256)
    return company.uid


def check_credit_code(text: str) -> str:
    """Return the unified social credit code in its one form, GB 32100-2015 with check digits, or refuse."""
    try:
        return credit_code.validate(text)
    except NumberError as error:
        raise WrongCreditCode from error
