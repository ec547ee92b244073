"""Who may do what, at a given time."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any, Final, TypeVar

from django.db import connection
from django.db.models import Model, Q, QuerySet

from privyseal.identity import keys
from privyseal.identity.models import Grant, Person, PostHolding
from privyseal.identity.rules import (
    INSTALLATION_POWERS,
    TAKE_NO_PART,
    Held,
    Office,
    Place,
    Power,
    check_act,
    check_takes_part,
    may_act,
)
from privyseal.ledger.rewording import asked_with

Row = TypeVar("Row", bound=Model)

_KEPT_IN_MIND: Final = 10_000  # whoever has powers over a whole group is asked for hundreds by every page
_REMEMBERED: Final[ContextVar[dict[int, "Powers"] | None]] = ContextVar("remembered powers", default=None)
_SEES_EVERYTHING: Final = frozenset({Power.AUDIT})
_HELD: Final = ("power", "company_id", "unit_id", "seal_uid")
# The two questions of every request and every vote, written once: to build them anew costs more than to answer them.
_IN_FORCE: Final = (
    "revoked_at IS NULL AND confirmed_at <= %(at)s AND starts_at <= %(at)s AND (ends_at IS NULL OR ends_at > %(at)s)"
)
_OF_PERSON: Final = f"SELECT {', '.join(_HELD)} FROM power_grant WHERE person_id = %(person)s AND {_IN_FORCE}"  # noqa: S608
_OF_WHOEVER_HAS: Final = f"""
    SELECT person_id, {", ".join(_HELD)} FROM power_grant WHERE {_IN_FORCE} AND person_id IN (
        SELECT person_id FROM power_grant JOIN person ON person.id = person_id
        WHERE power = %(power)s AND company_id = %(company)s AND is_active AND {_IN_FORCE}
        AND (%(among)s::bigint[] IS NULL OR person_id = ANY(%(among)s::bigint[])))
"""  # noqa: S608
# A text of its own: no index finds what is in a company, or in none.
_OF_WHOEVER_HAS_IN_NONE: Final = _OF_WHOEVER_HAS.replace("company_id = %(company)s", "company_id IS NULL")
_KNOWS_EVERYBODY: Final = frozenset({Power.AUDIT, Power.SECURITY})


@dataclass(frozen=True, slots=True)
class HeldFor:
    """A power that somebody holds or is going to hold, and its term."""

    held: Held
    starts_at: datetime
    ends_at: datetime | None

    def meets(self, starts_at: datetime, ends_at: datetime | None) -> bool:
        """Return whether the term and this one have a moment in common."""
        return (self.ends_at is None or self.ends_at > starts_at) and (ends_at is None or self.starts_at < ends_at)


@dataclass(frozen=True)
class Powers:
    """The powers in force for one person at one time."""

    held: frozenset[Held]

    @cached_property
    def _companies(self) -> Mapping[Power, frozenset[int | None]]:
        """Where each power is held, put together once: a page asks many times for what is held in 500 companies."""
        return _companies_of(self.held)

    @cached_property
    def _whole(self) -> Mapping[Power, frozenset[int | None]]:
        return _companies_of(held for held in self.held if held.covers(Place(held.company)))

    @cached_property
    def _built(self) -> dict[str, QuerySet[Any, Any]]:
        return {}

    def built_once(self, name: str, build: Callable[[], QuerySet[Row]]) -> QuerySet[Row]:
        """Return a question that rests on these powers and whose they are alone; it is built when first asked for."""
        if name not in self._built:
            self._built[name] = build()
        return self._built[name].all()

    @cached_property
    def _found(self) -> dict[str, frozenset[int]]:
        return {}

    def found_once(self, name: str, find: Callable[[], Collection[int]]) -> frozenset[int]:
        """Return keys of what belongs to whose powers these are; they are looked for when first asked for."""
        if name not in self._found:
            self._found[name] = frozenset(find())
        return self._found[name]

    @cached_property
    def shown(self) -> set[str]:
        """The uids of what was found to be visible by these powers, which is not to be asked again of them."""
        return set()

    def anywhere(self, power: Power) -> bool:
        return power in self._companies

    def has(self, power: Power, company_id: int | None) -> bool:
        """Return whether the power is held over the whole company, or over the installation; a narrowed one is not."""
        return self.over(power, Place(company_id))

    def over(self, power: Power, place: Place) -> bool:
        return may_act(power, place, held=self.held)

    def companies(self, *powers: Power) -> frozenset[int]:
        """Return the companies in which any of these powers is held; any power at all if none is named."""
        return _joined(self._companies, powers or tuple(self._companies))

    @cached_property
    def each(self) -> tuple[tuple[Power, frozenset[int], bool], ...]:
        """In which companies each power is held whole, and whether it is over the installation."""
        return tuple((power, self.whole_companies(power), Held(power, None) in self.held) for power in Power)

    @cached_property
    def narrowed(self) -> tuple[Held, ...]:
        """What is held over a unit or a single seal, in the order of powers."""
        narrowed = (one for one in self.held if one.unit is not None or one.seal is not None)
        return tuple(sorted(narrowed, key=lambda one: one.power))

    def whole_companies(self, *powers: Power) -> frozenset[int]:
        """Return the companies in which any of these powers is held over everything."""
        return _joined(self._whole, powers)

    def single_seals(self, *powers: Power) -> frozenset[str]:
        """Return the seals, by uid, to which any of these powers is narrowed."""
        return frozenset(held.seal for held in self.held if held.seal is not None and held.power in powers)

    def single_units(self, *powers: Power) -> frozenset[int]:
        """Return the units to which any of these powers is narrowed; it reaches those below them as well."""
        return frozenset(held.unit for held in self.held if held.unit is not None and held.power in powers)

    @property
    def takes_part(self) -> bool:
        """Return whether whoever holds these may play the parts they were given in what happens to a seal."""
        return not any(power in TAKE_NO_PART for power in self._companies)

    @property
    def reads_everything(self) -> bool:
        return not _SEES_EVERYTHING.isdisjoint(self._companies)

    @property
    def knows_everybody(self) -> bool:
        return not _KNOWS_EVERYBODY.isdisjoint(self._companies)


def _companies_of(those: Iterable[Held]) -> Mapping[Power, frozenset[int | None]]:
    found: dict[Power, set[int | None]] = defaultdict(set)
    for held in those:
        found[held.power].add(held.company)
    return {power: frozenset(companies) for power, companies in found.items()}


def _joined(found: Mapping[Power, frozenset[int | None]], powers: Collection[Power]) -> frozenset[int]:
    joined = frozenset[int | None]().union(*(found.get(power, ()) for power in powers))
    return frozenset(company for company in joined if company is not None)


def powers_of(person: Person, at: datetime) -> Powers:
    """Return what the person may do now: one read by an index."""
    if not person.is_active:
        return Powers(frozenset())
    remembered = _REMEMBERED.get()
    if remembered is None:
        return _read(person, at)
    if person.pk not in remembered:
        remembered[person.pk] = _read(person, at)
    return remembered[person.pk]


@contextmanager
def powers_remembered() -> Iterator[None]:
    """Read each person's powers once, as they are when first asked for: for a request that only shows something.

    Inside another one they are those that it remembers.
    """
    if _REMEMBERED.get() is not None:
        yield
        return
    token = _REMEMBERED.set({})
    try:
        yield
    finally:
        _REMEMBERED.reset(token)


@contextmanager
def standing_in(person: Person, powers: Powers) -> Iterator[None]:
    """Have these be the powers of somebody who stands for others, and nobody else's be asked."""
    token = _REMEMBERED.set({person.pk: powers})
    try:
        yield
    finally:
        _REMEMBERED.reset(token)


def _read(person: Person, at: datetime) -> Powers:
    with connection.cursor() as cursor:
        cursor.execute(_OF_PERSON, {"person": person.pk, "at": at})
        return Powers(frozenset(_one_held(*row) for row in cursor.fetchall()))


def powers_of_each(people: Collection[int], at: datetime) -> dict[int, frozenset[Held]]:
    """Return what each of these people holds now, as far as they are still here."""
    held: dict[int, set[Held]] = defaultdict(set)
    grants = grants_in_force(at).filter(keys.among("person_id", people), person__is_active=True)
    for person, *one in grants.values_list("person_id", *_HELD):
        held[person].add(_one_held(*one))
    return {person: frozenset(held[person]) for person in people}


def require(person: Person, at: datetime, power: Power, place: Place | int | None) -> None:
    """Return if the person holds the power over the place now, or refuse; a number is the whole of that company."""
    asked = place if isinstance(place, Place) else Place(place)
    check_act(power, asked, held=powers_of(person, at).held)


def require_within(person: Person, at: datetime, power: Power, company_id: int) -> None:
    """Return if the person holds the power over at least a part of the company now, or refuse."""
    held = powers_of(person, at).held
    mine = next((one for one in held if one.power is power and one.company == company_id), None)
    units = frozenset({mine.unit} if mine is not None and mine.unit is not None else set())
    check_act(power, Place(company_id, mine.seal if mine else None, units), held=held)


def require_part(person: Person, at: datetime) -> None:
    """Return if the person may play a part in what happens to a seal now, or refuse: the auditor watches."""
    check_takes_part(powers_of(person, at).held)


def grants_in_force(at: datetime) -> QuerySet[Grant]:
    open_ended = Q(ends_at=None) | Q(ends_at__gt=at)
    return Grant.objects.filter(open_ended, confirmed_at__lte=at, starts_at__lte=at, revoked_at=None).order_by("pk")


def holds_an_office(person_id: int, at: datetime) -> bool:
    """Return whether somebody runs, secures or audits the installation now."""
    return grants_in_force(at).filter(person=person_id, power__in=INSTALLATION_POWERS).exists()


def grants_visible_to(actor: Person, at: datetime) -> QuerySet[Grant]:
    """Return the powers in force that an actor may know of: all for auditor and security, one's own for the others."""
    grants = grants_in_force(at).select_related("person", "company")
    return grants if powers_of(actor, at).knows_everybody else grants.filter(person=actor)


def grants_of(actor: Person, at: datetime, person: Person) -> list[Grant]:
    """Return those of one person."""
    is_known = powers_of(actor, at).knows_everybody or person.pk == actor.pk
    return asked_with(_grants_of, at, person.pk) if is_known else []


def _grants_of(at: datetime, person: int) -> QuerySet[Grant]:
    return grants_in_force(at).select_related("person", "company").filter(person=person)


def holdings_in_force(at: datetime) -> QuerySet[PostHolding]:
    """Return who holds which post at this time, deputies included."""
    open_ended = Q(ends_at=None) | Q(ends_at__gt=at)
    return PostHolding.objects.filter(open_ended, starts_at__lte=at, revoked_at=None).order_by("pk")


def offices_to_come(people: Collection[int], at: datetime) -> dict[tuple[int, int], list[Office]]:
    """Return the offices that each of these people has now or is going to have, by person and company."""
    offices: dict[tuple[int, int], list[Office]] = defaultdict(list)
    held = PostHolding.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), keys.among("person_id", people))
    held = held.filter(revoked_at=None).order_by("pk")
    for person, company, office in held.values_list("person_id", "post__company_id", "post__office"):
        offices[person, company].append(Office(office))
    return offices


def people_with(
    power: Power, place: Place | int, at: datetime, *, among: Collection[int] | None = None
) -> frozenset[int]:
    """Return who may act by the power over the place; with ``among``, who of these may."""
    asked = place if isinstance(place, Place) else Place(place)
    meant = {"power": power.value, "company": asked.company, "at": at, "among": None if among is None else list(among)}
    held: dict[int, set[Held]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(_OF_WHOEVER_HAS_IN_NONE if asked.company is None else _OF_WHOEVER_HAS, meant)
        for person, *narrowed in cursor.fetchall():
            held[person].add(_one_held(*narrowed))
    return frozenset(person for person, all_held in held.items() if may_act(power, asked, held=all_held))


def people_in_charge(at: datetime) -> frozenset[int]:
    """Return who holds any power now but that of using a seal, wherever it reaches."""
    grants = grants_in_force(at).exclude(power=Power.USE.value).filter(person__is_active=True)
    return frozenset(grants.order_by().values_list("person_id", flat=True))


def held_or_coming(person: Person, *, starts_at: datetime, ends_at: datetime | None) -> list[Held]:
    """Return what would stand beside a new grant of this term: unconfirmed and future grants count as held."""
    return [one.held for one in terms_of([person.pk])[person.pk] if one.meets(starts_at, ends_at)]


def terms_of(people: Collection[int]) -> dict[int, list[HeldFor]]:
    """Return what each of these people holds or is going to hold, and for how long; unconfirmed grants count too."""
    held: dict[int, list[HeldFor]] = defaultdict(list)
    grants = Grant.objects.filter(keys.among("person_id", people), revoked_at=None).order_by("pk")
    for person, starts_at, ends_at, *one in grants.values_list("person_id", "starts_at", "ends_at", *_HELD):
        held[person].append(HeldFor(_one_held(*one), starts_at, ends_at))
    return held


@lru_cache(_KEPT_IN_MIND)
def _one_held(power: str, company: int | None, unit: int | None, seal: str | None) -> Held:
    return Held(Power(power), company, unit, seal)
