"""Something found over a rubber seal becomes one incident with its owner, however often it is found."""

from datetime import datetime

from privyseal.custody.models import Alarm, AlarmRule
from privyseal.custody.rules.alarms import AlarmKind, Thresholds, incident_of
from privyseal.identity.models import Person
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.actions.incidents import open_incident
from privyseal.seals.models import Incident, Seal


@transaction_required
def raise_alarm(actor: Actor, at: datetime, *, kind: AlarmKind, cause: str, seal: Seal) -> Incident:
    """Open the incident of this cause, or return the one it has already; the caller has locked the seal."""
    known = Alarm.objects.select_related("incident").filter(kind=kind.value, cause=cause).first()
    if known is not None:
        return known.incident
    opener = actor if isinstance(actor, Person) else None
    incident = open_incident(
        actor, at, kind=incident_of(kind), company=seal.company, seal=seal, owner=seal.created_by, opener=opener
    )
    Alarm.objects.create(incident=incident, kind=kind.value, cause=cause, raised_at=at)
    book.record("alarm.raised", by=actor, at=at, incident=incident.uid, seal=seal.uid, of=kind.value, cause=cause)
    return incident


def thresholds_of(company_id: int) -> Thresholds:
    rule = AlarmRule.objects.filter(company=company_id).first()
    return rule.thresholds() if rule else Thresholds()
