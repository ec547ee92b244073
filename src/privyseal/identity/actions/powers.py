"""Giving powers to people and ending them."""

from datetime import datetime

from privyseal.identity import queries
from privyseal.identity.locks import locked_person
from privyseal.identity.models import Grant, Person
from privyseal.identity.rules import Held, Power, check_confirmation, check_grant
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required


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
    person = locked_person(person_pseudonym)
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
    close_grant(actor, at, grant=grant)
    return grant.pk


@transaction_required
def close_grant(actor: Person, at: datetime, *, grant: Grant) -> None:
    """End a locked grant and record it."""
    grant.revoked_at = at
    grant.save(update_fields=["revoked_at"])
    book.record("power.ended", by=actor, at=at, grant=grant.pk, person=grant.person.pseudonym, power=grant.power)


def _held_or_coming(person: Person, at: datetime) -> list[Held]:
    """Return what would stand beside a new grant: unconfirmed and future grants count as held."""
    rows = Grant.objects.filter(person=person, revoked_at=None).exclude(ends_at__lte=at).order_by("pk")
    return [Held(Power(power), company) for power, company in rows.values_list("power", "company_id")]
