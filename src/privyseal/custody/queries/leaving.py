"""What somebody leaves behind with rubber seals, or would, and what becomes of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from privyseal.custody.behind import OUTSIDE, UNDER_WAY
from privyseal.custody.models import Blank, HandUse, StockTake, TakeOut
from privyseal.custody.owing import unseen
from privyseal.custody.rules.blanks import Became
from privyseal.custody.rules.leaving import Becomes, Left, becomes
from privyseal.identity import queries as identity
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotEntitled
from privyseal.ledger.rewording import asked_with
from privyseal.seals.models import Custody, Incident, Seal


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Something that is left behind: over which seal, if it is over one, in which company, and what becomes of it."""

    left: Left
    becomes: Becomes
    seal: Seal | None
    company: str


def left_behind(actor: Person, at: datetime, pseudonym: str) -> list[LeftBehind]:
    """Return what somebody leaves behind: to themselves, auditor and security, who learn that it is."""
    person = identity.person_visible_to(actor, at, pseudonym)
    if person != actor and not identity.powers_of(actor, at).knows_everybody:
        raise NotEntitled(power=Power.SECURITY.value)
    return [
        LeftBehind(left, becomes(left), seal, company.name)
        for left, seal, company in _found(person)
        if company is not None
    ]


def _found(person: Person) -> Iterator[tuple[Left, Seal | None, Company | None]]:
    for trip in asked_with(_trips, person.pk):
        yield Left.OUT if trip.stage in OUTSIDE else Left.BOOKED, trip.seal, trip.seal.company
    for take in asked_with(_counts, person.pk):
        yield Left.COUNT, None, take.company
    for incident in asked_with(_owned, person.pk):
        yield Left.OWNED, incident.seal, incident.company
    for use in asked_with(_owing, person.pk):
        yield Left.DEBT, use.seal, use.seal.company
    for blank in asked_with(_out, person.pk):
        yield Left.BLANK, blank.permit.seal, blank.permit.seal.company
    for cover in asked_with(_covers, person.pk):
        yield Left.COVER, cover.seal, cover.seal.company


def _trips(person: int) -> QuerySet[TakeOut]:
    trips = TakeOut.objects.filter(Q(bearer=person) | Q(companion=person), stage__in=UNDER_WAY)
    return trips.select_related("seal__company").order_by("pk")


def _counts(person: int) -> QuerySet[StockTake]:
    counts = StockTake.objects.filter(Q(counter=person) | Q(witness=person), ended_at=None)
    return counts.select_related("company").order_by("pk")


def _owned(person: int) -> QuerySet[Incident]:
    owned = Incident.objects.filter(owner=person, ended_at=None, company__isnull=False)
    return owned.select_related("seal", "company").order_by("pk")


def _owing(person: int) -> QuerySet[HandUse]:
    owed = unseen().filter(use__operator=person, use__ended_at__isnull=False).order_by().values("use")
    return HandUse.objects.filter(pk__in=owed).select_related("seal__company").order_by("pk")


def _out(person: int) -> QuerySet[Blank]:
    out = Blank.objects.filter(turn__use__operator=person, became=Became.OUT.value)
    return out.select_related("permit__seal__company").order_by("pk")


def _covers(person: int) -> QuerySet[Custody]:
    covers = Custody.objects.filter(Q(keeper=person) | Q(covers_for=person), until=None, due_at__isnull=False)
    return covers.select_related("seal__company").order_by("pk")
