"""Something found over a rubber seal becomes one incident with its owner, however often it is found."""

from collections.abc import Collection
from datetime import datetime

from privyseal.custody.models import Alarm, AlarmRule
from privyseal.custody.rules.alarms import AlarmKind, Thresholds, incident_of
from privyseal.identity import queries as identity
from privyseal.identity.keys import among
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Place, Power
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.actions.incidents import open_incident
from privyseal.seals.models import Incident, Seal


@transaction_required
def raise_alarm(actor: Actor, at: datetime, *, kind: AlarmKind, cause: str, seal: Seal) -> Incident:
    """Open the incident of this cause, or return the one it has already; the caller has locked the seal."""
    return _opened(actor, at, kind=kind, cause=cause, company=seal.company, seal=seal, owner=_answering(seal, at))


@transaction_required
def raise_over_company(
    actor: Actor, at: datetime, *, kind: AlarmKind, cause: str, company: Company, owner: Person
) -> Incident:
    """Do the same where what was found is no seal of the company."""
    return _opened(actor, at, kind=kind, cause=cause, company=company, seal=None, owner=owner)


def _opened(
    actor: Actor, at: datetime, *, kind: AlarmKind, cause: str, company: Company, seal: Seal | None, owner: Person
) -> Incident:
    known = Alarm.objects.select_related("incident").filter(kind=kind.value, cause=cause).first()
    if known is not None:
        return known.incident
    opener = actor if isinstance(actor, Person) else None
    incident = open_incident(actor, at, kind=incident_of(kind), company=company, seal=seal, owner=owner, opener=opener)
    Alarm.objects.create(incident=incident, kind=kind.value, cause=cause, raised_at=at)
    book.record(
        "alarm.raised",
        by=actor,
        at=at,
        incident=incident.uid,
        seal=seal.uid if seal else None,
        of=kind.value,
        cause=cause,
    )
    return incident


def _answering(seal: Seal, at: datetime) -> Person:
    """Return who entered the seal, or a manager of its company where they have left."""
    if seal.created_by.is_active:
        return seal.created_by
    return answering_in(seal.company_id, at) or seal.created_by


def answering_in(company_id: int, at: datetime) -> Person | None:
    """Return a manager of a company, the one who was there first; none where nobody manages it."""
    managers = identity.people_with(Power.MANAGE, Place(company_id), at)
    return Person.objects.filter(pk__in=managers, is_active=True).order_by("pk").first()


def thresholds_of(company_id: int) -> Thresholds:
    rule = AlarmRule.objects.filter(company=company_id).first()
    return rule.thresholds() if rule else Thresholds()


def stock_take_days(companies: Collection[int]) -> dict[int, int]:
    """Return after how many days the seals of a place are to be counted again, by company."""
    ruled = dict(AlarmRule.objects.filter(among("company_id", companies)).values_list("company_id", "stock_take_days"))
    return {company: ruled.get(company, Thresholds().stock_take_days) for company in companies}
