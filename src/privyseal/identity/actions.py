"""Everything that changes who is who and who may do what."""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from stdnum.cn import uscc as credit_code
from stdnum.exceptions import ValidationError as NumberError

from privyseal.identity import queries
from privyseal.identity.models import Company, Grant, Person
from privyseal.identity.names import plain_name
from privyseal.identity.rules import Held, Power, check_confirmation, check_grant
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn, Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required


class WrongCreditCode(Refused):
    code = "wrong-credit-code"


class AlreadyRegistered(Refused):
    code = "already-registered"


class WeakPassword(Refused):
    code = "weak-password"


@command("person.enrol")
def enrol_person(actor: Person, at: datetime, *, login: str, name: str, password: str) -> str:
    """Create an account without any power; return its pseudonym."""
    queries.require(actor, at, Power.SECURITY, None)
    person = create_person(login=login, name=name, password=password)
    book.record("person.enrolled", by=actor, at=at, person=person.pseudonym)
    return person.pseudonym


@command("power.grant")
def grant_power(
    actor: Person,
    at: datetime,
    *,
    person_pseudonym: str,
    power: Power,
    company_uid: str | None = None,
    ends_at: datetime | None = None,
) -> int:
    """Give a power that comes into force when a second person confirms it; return the grant's id."""
    queries.require(actor, at, Power.SECURITY, None)
    person = _locked_person(person_pseudonym)
    company = queries.company_visible_to(actor, at, company_uid) if company_uid else None
    wanted = Held(power, company.pk if company else None)
    check_grant(wanted, beneficiary=person.pk, grantor=actor.pk, held=_held_or_coming(person, at))
    grant = Grant.objects.create(
        person=person, power=power, company=company, granted_by=actor, granted_at=at, starts_at=at, ends_at=ends_at
    )
    book.record(
        "power.granted",
        by=actor,
        at=at,
        grant=grant.pk,
        person=person.pseudonym,
        company=company.uid if company else None,
        power=power.value,
    )
    return grant.pk


@command("power.confirm")
def confirm_grant(actor: Person, at: datetime, *, grant_id: int) -> int:
    """Bring a grant into force: by a second security person or the auditor."""
    powers = queries.powers_of(actor, at)
    if not (powers.has(Power.SECURITY, None) or powers.has(Power.AUDIT, None)):
        raise NotEntitled(power=Power.SECURITY)
    grant = Grant.objects.select_for_update().select_related("person").filter(pk=grant_id).first()
    if grant is None:
        raise NotFound(grant=grant_id)
    check_confirmation(confirmer=actor.pk, grantor=grant.granted_by_id, beneficiary=grant.person_id)
    if grant.confirmed_at or grant.revoked_at:
        raise OutOfTurn(grant=grant_id)
    grant.confirmed_by, grant.confirmed_at = actor, at
    grant.save(update_fields=["confirmed_by", "confirmed_at"])
    book.record("power.confirmed", by=actor, at=at, grant=grant.pk, person=grant.person.pseudonym, power=grant.power)
    return grant.pk


@command("power.end")
def end_grant(actor: Person, at: datetime, *, grant_id: int) -> int:
    """End a power at once; one security person suffices, since this goes toward safety."""
    queries.require(actor, at, Power.SECURITY, None)
    grant = Grant.objects.select_for_update().select_related("person").filter(pk=grant_id, revoked_at=None).first()
    if grant is None:
        raise NotFound(grant=grant_id)
    grant.revoked_at = at
    grant.save(update_fields=["revoked_at"])
    book.record("power.ended", by=actor, at=at, grant=grant.pk, person=grant.person.pseudonym, power=grant.power)
    return grant.pk


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


@command("person.sign-in")
def record_sign_in(actor: Person, at: datetime) -> None:
    book.record("person.signed-in", by=actor, at=at)


@command("person.sign-out")
def record_sign_out(actor: Person, at: datetime) -> None:
    book.record("person.signed-out", by=actor, at=at)


@command("person.set-language")
def set_language(actor: Person, at: datetime, *, language: str) -> None:
    actor.language = language
    actor.save(update_fields=["language"])
    book.record("person.language-set", by=actor, at=at, language=language)


@transaction_required
def create_person(*, login: str, name: str, password: str) -> Person:
    """Create an account, or refuse: weak-password, already-registered."""
    person = Person(login=login.strip(), name=plain_name(name))
    check_password(password, person)
    person.set_password(password)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyRegistered from error
    return person


def check_password(password: str, person: Person) -> None:
    """Return if the password may guard this account, or refuse."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise WeakPassword from error


def check_credit_code(text: str) -> str:
    """Return the unified social credit code in its one form, GB 32100-2015 with check digits, or refuse."""
    try:
        return credit_code.validate(text)
    except NumberError as error:
        raise WrongCreditCode from error


def _locked_person(pseudonym: str) -> Person:
    person = Person.objects.select_for_update().filter(pseudonym=pseudonym, is_active=True).first()
    if person is None:
        raise NotFound(person=pseudonym)
    return person


def _held_or_coming(person: Person, at: datetime) -> list[Held]:
    """Return what would stand beside a new grant: unconfirmed and future grants count as held."""
    rows = Grant.objects.filter(person=person, revoked_at=None).exclude(ends_at__lte=at).order_by("pk")
    return [Held(Power(power), company) for power, company in rows.values_list("power", "company_id")]
