"""Second factors that nobody enrolled here: each account that has one becomes an incident of those who grant powers."""

from datetime import datetime, timedelta

from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Place, Power
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command
from privyseal.seals.actions.denying import SWEEP
from privyseal.seals.models import Incident
from privyseal.seals.rules.incidents import IncidentKind, handling_of


def watch_factors(at: datetime) -> int:
    """Open an incident for every account with a second factor that bears no mark of ours; return how many are new."""
    known = Incident.objects.filter(account_of__isnull=False, ended_at=None).order_by()
    seen = set(known.values_list("account_of__pseudonym", flat=True))
    found = [person for person in identity.owners_of_strange_factors() if person.pseudonym not in seen]
    for person in found:
        open_over_factor(SWEEP, at, person_pseudonym=person.pseudonym)
    return len(found)


@command("incident.open-over-factor")
def open_over_factor(actor: Actor, at: datetime, *, person_pseudonym: str) -> str:
    """Open the incident of an account with a forged second factor; one that is open already stays the only one."""
    person = Person.objects.select_for_update().get(pseudonym=person_pseudonym)
    known = Incident.objects.filter(account_of=person, ended_at=None).first()
    if known is not None:
        return known.uid
    kind = IncidentKind.FORGED_FACTOR
    incident = Incident.objects.create(
        kind=kind.value,
        account_of=person,
        owner=_owner(person, at),
        opened_at=at,
        due_at=at + timedelta(days=handling_of(kind).days),
    )
    book.record(
        "incident.factor-forged",
        by=actor,
        at=at,
        incident=incident.uid,
        person=person.pseudonym,
        owner=incident.owner.pseudonym,
    )
    return incident.uid


def _owner(person: Person, at: datetime) -> Person:
    """Return who answers for it: a security person whom it is not about, or else the auditor."""
    able = (identity.people_with(power, Place(None), at) - {person.pk} for power in (Power.SECURITY, Power.AUDIT))
    keys = [key for office in able for key in sorted(office)]
    return Person.objects.get(pk=keys[0])
