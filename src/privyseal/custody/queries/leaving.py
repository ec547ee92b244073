"""What somebody leaves behind with rubber seals, or would, and what becomes of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from privyseal.custody.behind import OUTSIDE, UNDER_WAY
from privyseal.custody.models import Blank, HandUse, StockTake, TakeOut
from privyseal.custody.owing import unseen
from privyseal.custody.rules.blanks import Became
from privyseal.custody.rules.leaving import Becomes, Left, becomes
from privyseal.identity import queries as identity
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotEntitled
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
    trips = TakeOut.objects.filter(Q(bearer=person) | Q(companion=person), stage__in=UNDER_WAY)
    for trip in trips.select_related("seal__company").order_by("pk"):
        yield Left.OUT if trip.stage in OUTSIDE else Left.BOOKED, trip.seal, trip.seal.company
    counts = StockTake.objects.filter(Q(counter=person) | Q(witness=person), ended_at=None)
    for take in counts.select_related("company").order_by("pk"):
        yield Left.COUNT, None, take.company
    owned = Incident.objects.filter(owner=person, ended_at=None, company__isnull=False)
    for incident in owned.select_related("seal", "company").order_by("pk"):
        yield Left.OWNED, incident.seal, incident.company
    owed = unseen().filter(use__operator=person, use__ended_at__isnull=False).order_by().values("use")
    for use in HandUse.objects.filter(pk__in=owed).select_related("seal__company").order_by("pk"):
        yield Left.DEBT, use.seal, use.seal.company
    out = Blank.objects.filter(turn__use__operator=person, became=Became.OUT.value)
    for blank in out.select_related("permit__seal__company").order_by("pk"):
        yield Left.BLANK, blank.permit.seal, blank.permit.seal.company
    covers = Custody.objects.filter(Q(keeper=person) | Q(covers_for=person), until=None, due_at__isnull=False)
    for cover in covers.select_related("seal__company").order_by("pk"):
        yield Left.COVER, cover.seal, cover.seal.company
