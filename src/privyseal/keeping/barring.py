"""What keeps somebody from being erased, asked of the database."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db.models import Q

from privyseal.approvals.models import Application
from privyseal.approvals.rules import State
from privyseal.identity import queries as identity
from privyseal.identity.models import Membership, Person
from privyseal.keeping.holds import covers_person, had_part
from privyseal.keeping.models import Erasure
from privyseal.keeping.rules import Bar, Decision
from privyseal.seals.models import Custody, Incident, IncidentSeal, Seal, SealPerson
from privyseal.seals.rules import SealState
from privyseal.seals.rules.incidents import IncidentKind

_NAMED: Final = ("account_of", "owner", "opened_by", "opinion_by", "proposed_by")
_SEAL_ENDED: Final = (SealState.DESTROYED.value, SealState.VOID.value)


def is_erased(person: Person) -> bool:
    return Erasure.objects.filter(person=person, decision=Decision.AGREED.value).exists()


def is_stopped(person: Person) -> bool:
    """Return whether a hold or an open incident stops the blotting of somebody who is erased already."""
    return covers_person(person) or is_investigated(person)


def bars_to(person: Person, at: datetime, *, deciders: frozenset[int]) -> set[Bar]:
    """Return everything that keeps somebody from being erased by these people."""
    return set(_bars(person, at, deciders))


def _bars(person: Person, at: datetime, deciders: frozenset[int]) -> Iterator[Bar]:
    if person.pk in deciders:
        yield Bar.OWN
    here = (
        person.is_active
        or identity.grants_in_force(at).filter(person=person).exists()
        or identity.holdings_in_force(at).filter(person=person).exists()
        or Membership.objects.filter(person=person, left_on=None).exists()
        or Custody.objects.filter(keeper=person, until=None).exists()
    )
    if here:
        yield Bar.HERE
    if covers_person(person):
        yield Bar.HOLD
    if is_investigated(person):
        yield Bar.INCIDENT
    if Application.objects.filter(applicant=person, state=State.PENDING.value).exists():
        yield Bar.UNDECIDED
    if SealPerson.objects.filter(person=person).exclude(seal__state__in=_SEAL_ENDED).exists():
        yield Bar.SEAL


def is_investigated(person: Person) -> bool:
    """Return whether an open incident names somebody, or is of a seal, a frozen company, in which they had a part."""
    named, open_ = Q(*((name, person) for name in _NAMED), _connector=Q.OR), Incident.objects.filter(ended_at=None)
    if open_.filter(named).exists():
        return True
    real = open_.filter(is_drill=False).order_by()
    frozen = real.filter(kind=IncidentKind.FREEZE.value, seal=None, company__isnull=False)
    stopped = IncidentSeal.objects.filter(incident__in=real.values("pk")).order_by()
    seals = Q(pk__in=real.filter(seal__isnull=False).values("seal")) | Q(pk__in=stopped.values("seal"))
    of_seals = Seal.objects.filter(seals).order_by().values("pk")
    return had_part(person, companies=frozen.values("company"), seals=of_seals)
