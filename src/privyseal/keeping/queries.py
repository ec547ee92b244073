"""What is held, what was asked and who was erased, as far as an actor may see it."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q, QuerySet

from privyseal.approvals.numbers import numbered
from privyseal.approvals.queries import applications_visible_to
from privyseal.identity import queries as identity
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Office, Power
from privyseal.keeping.models import Clearance, Erasure, Hold
from privyseal.keeping.rules import MAY_HOLD, Held, may_hold
from privyseal.kernel.errors import NotEntitled, NotFound
from privyseal.seals.queries import seals_visible_to

_LEAST_OF_UID, _UID = 8, 32


def check_may_hold(actor: Person, at: datetime, company_id: int | None) -> None:
    """Return if the actor may place or lift a hold in this company, or on a person where none is named; or refuse."""
    powers = [row.power for row in MAY_HOLD if row.power and identity.powers_of(actor, at).has(row.power, None)]
    held = _offices_of(actor, at)
    offices = held.get(company_id, set()) if company_id is not None else set().union(*held.values())
    if not may_hold(powers=powers, offices=offices):
        raise NotEntitled(power=Power.AUDIT.value)


def may_hold_anywhere(actor: Person, at: datetime) -> bool:
    powers = identity.powers_of(actor, at)
    offices: set[Office] = set().union(*_offices_of(actor, at).values())
    return may_hold(powers=[power for power in Power if powers.has(power, None)], offices=offices)


def may_see(actor: Person, at: datetime) -> bool:
    powers = identity.powers_of(actor, at)
    return powers.knows_everybody or bool(powers.whole_companies(Power.MANAGE)) or may_hold_anywhere(actor, at)


def called(actor: Person, at: datetime, about: Held, which: str, *, company_uid: str) -> str:
    """Return the uid or pseudonym of what an actor may see and calls by number or login, or refuse."""
    word = which.strip()
    found: str | None = ""
    if about is Held.PERSON:
        people = identity.people_visible_to(actor, at).filter(login=word)
        found = people.values_list("pseudonym", flat=True).order_by("pk").first()
    elif about is Held.SEAL:
        seals = seals_visible_to(actor, at).filter(company__uid=company_uid, number=word)
        found = seals.values_list("uid", flat=True).order_by("pk").first()
    elif about is Held.APPLICATION:
        named = applications_visible_to(actor, at).filter(company__uid=company_uid).order_by("pk")
        found = next((one.uid for meant in _meant(word) for one in named.filter(meant)[:1]), None)
    if found is None:
        raise NotFound(which=about.value)
    return found


def _meant(word: str) -> Iterator[Q]:
    """Yield how an application is found by what it is called: its number, else the beginning of its uid."""
    if (number := numbered(word)) is not None:
        yield number
    if len(word) >= _LEAST_OF_UID:
        yield Q(uid__range=(word.ljust(_UID, "0"), word.ljust(_UID, "f")))


def companies_to_hold_in(actor: Person, at: datetime) -> QuerySet[Company]:
    """Return the companies in which the actor may place a hold."""
    if identity.powers_of(actor, at).has(Power.AUDIT, None):
        return Company.objects.order_by("name", "pk")
    entitled = [company for company, offices in _offices_of(actor, at).items() if may_hold(powers=[], offices=offices)]
    return Company.objects.filter(pk__in=entitled).order_by("name", "pk")


def holds_visible_to(actor: Person, at: datetime) -> QuerySet[Hold]:
    """Return the holds an actor may see, those in force first: all for auditor and security, else their companies'."""
    found = Hold.objects.select_related("company", "seal", "person", "placed_by", "lift_asked_by", "lifted_by")
    found = found.order_by("lifted_at", "-placed_at", "-pk")
    powers = identity.powers_of(actor, at)
    if powers.knows_everybody:
        return found
    entitled = companies_to_hold_in(actor, at).order_by().values("pk")
    managed = powers.whole_companies(Power.MANAGE)
    return found.filter(Q(company__in=entitled) | Q(company__in=managed) | Q(person__isnull=False, placed_by=actor))


def hold_visible_to(actor: Person, at: datetime, uid: str) -> Hold:
    found = holds_visible_to(actor, at).filter(uid=uid).first()
    if found is None:
        raise NotFound(hold=uid)
    return found


def erasures_visible_to(actor: Person, at: datetime) -> QuerySet[Erasure]:
    """Return who is to be erased and who was, the last asked first, for security and the auditor."""
    found = Erasure.objects.select_related("person", "asked_by", "decided_by", "blotting").order_by("-asked_at", "-pk")
    return found if identity.powers_of(actor, at).knows_everybody else found.none()


def erasure_visible_to(actor: Person, at: datetime, uid: str) -> Erasure:
    found = erasures_visible_to(actor, at).filter(uid=uid).first()
    if found is None:
        raise NotFound(erasure=uid)
    return found


def companies_to_clear(actor: Person, at: datetime) -> QuerySet[Company]:
    """Return the companies in which the actor may ask that what is over is deleted."""
    managed = identity.powers_of(actor, at).whole_companies(Power.MANAGE)
    return Company.objects.filter(pk__in=managed).order_by("name", "pk")


def clearances_visible_to(actor: Person, at: datetime) -> QuerySet[Clearance]:
    """Return the lists of what is over, the last asked first: of whoever manages the company, all for the auditor."""
    found = Clearance.objects.select_related("company", "asked_by", "decided_by").order_by("-asked_at", "-pk")
    powers = identity.powers_of(actor, at)
    if powers.reads_everything:
        return found
    return found.filter(company__in=powers.whole_companies(Power.MANAGE))


def clearance_visible_to(actor: Person, at: datetime, uid: str) -> Clearance:
    found = clearances_visible_to(actor, at).filter(uid=uid).first()
    if found is None:
        raise NotFound(clearance=uid)
    return found


def _offices_of(person: Person, at: datetime) -> dict[int, set[Office]]:
    """Return which offices somebody holds now, by company."""
    found: dict[int, set[Office]] = {}
    held = identity.holdings_in_force(at).filter(person=person).values_list("post__company", "post__office")
    for company, office in held:
        found.setdefault(company, set()).add(Office(office))
    return found
