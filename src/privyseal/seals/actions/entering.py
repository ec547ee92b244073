"""Enter a seal: one that is applied for, or one that exists already."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from django.db import connection
from django.db.models import Max
from django.utils.timezone import localdate

from privyseal.identity import queries as identity
from privyseal.identity.keys import ROWS_AT_ONCE
from privyseal.identity.locks import locked_unit
from privyseal.identity.models import Company, Person, Unit
from privyseal.identity.names import plain_name, skeleton
from privyseal.identity.rules import Place, Power
from privyseal.kernel.errors import NotEntitled, Refused
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.pdf import face as faces
from privyseal.seals.actions.moving import move
from privyseal.seals.actions.types import own_type_of
from privyseal.seals.keeping import check_may_keep_each
from privyseal.seals.models import Custody, Seal, SealVersion
from privyseal.seals.places import places_of
from privyseal.seals.rules import (
    FINAL,
    Act,
    Leave,
    SealKind,
    SealState,
    SealType,
    check_kind,
    check_period,
    may_alone,
    numbered,
    plan,
)

_NUMBER_LOCK: Final = 0x5EA1_0002


class CompanyNotVerified(Refused):
    code = "company-not-verified"


class SealNameTaken(Refused):
    code = "seal-name-taken"


class FaceMissing(Refused):
    """An electronic seal is its face and its key."""

    code = "face-missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealWish:
    """A seal that is to be: its name, type and kind, its unit, its face where it is drawn, and its last day."""

    name: str
    type: SealType
    kind: SealKind = SealKind.ELECTRONIC
    unit: Unit | None = None
    own_type_uid: str = ""
    starts_on: date | None = None
    face: Mapping[str, Any] | None = None
    ends_on: date | None = None
    replaces: Seal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingSeal:
    """A physical seal as it is found: who has it now, and under which number the police filed it."""

    name: str
    type: SealType
    keeper_pseudonym: str
    unit_uid: str = ""
    own_type_uid: str = ""
    maker: str = ""
    filing_number: str = ""
    made_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A seal that exists, whose it is and who keeps it."""

    company: Company
    unit: Unit | None
    keeper: Person
    existing: ExistingSeal

    @property
    def wish(self) -> SealWish:
        said = self.existing
        return SealWish(
            name=said.name,
            type=said.type,
            kind=SealKind.PHYSICAL,
            unit=self.unit,
            own_type_uid=said.own_type_uid,
            ends_on=said.ends_on,
        )


@transaction_required
def draft_seal(actor: Person, at: datetime, *, company: Company, wish: SealWish) -> Seal:
    """Enter a seal that is applied for; only a verified company can own one. Its number is the next one, for life."""
    seal = _drafted(actor, at, company, wish)
    _number([seal])
    check_name_is_free(company, seal.name)
    seal.save(force_insert=True)
    return seal


@transaction_required
def unit_of(company: Company, uid: str) -> Unit | None:
    """Return the open unit of the company, which stays open meanwhile; none is the company itself."""
    return locked_unit(uid, company) if uid else None


@transaction_required
def check_name_is_free(company: Company, name: str, *, of: Seal | None = None) -> None:
    """Return if no other living seal of the company has this name or one that looks like it, or refuse."""
    living = Seal.objects.filter(company=company, skeleton=skeleton(name)).exclude(state__in=FINAL)
    if (living.exclude(pk=of.pk) if of else living).exists():
        raise SealNameTaken(company=company.uid)


@transaction_required
def abandon_draft(actor: Actor, at: datetime, *, seal_id: int) -> None:
    """End a seal whose making was rejected or withdrawn."""
    seal = Seal.objects.select_for_update().get(pk=seal_id)
    move(actor, at, seal=seal, act=Act.ABANDON, leave=Leave.REJECTION)


@command("seal.enter")
def enter_existing(actor: Person, at: datetime, *, company_uid: str, existing: ExistingSeal) -> str:
    """Enter a physical seal that exists, with its keeper, at rest; return its uid. Using it takes an approval."""
    company = identity.company_visible_to(actor, at, company_uid)
    unit = unit_of(company, existing.unit_uid)
    keeper = identity.people_visible_to(actor, at).filter(pseudonym=existing.keeper_pseudonym).first()
    if keeper is None:
        raise NotEntitled(power=Power.CUSTODY.value)
    (seal,) = enter_each(actor, at, entries=[Entry(company, unit, keeper, existing)])
    return seal.uid


@transaction_required
def enter_each(actor: Person, at: datetime, *, entries: Sequence[Entry]) -> list[Seal]:
    """Enter physical seals that exist, each with its keeper, at rest, or refuse them all; units stay open meanwhile."""
    planned = plan(SealState.DRAFT, Act.ENTER, leave=Leave.ONE_PERSON, kind=SealKind.PHYSICAL)
    seals = [_drafted(actor, at, entry.company, entry.wish) for entry in entries]
    _check_may_enter(actor, at, seals)
    check_may_keep_each([(entry.keeper, seal) for entry, seal in zip(entries, seals, strict=True)], at)
    _number(seals)
    for seal in seals:
        seal.state = planned.end.value
    _check_names_are_free(seals)
    Seal.objects.bulk_create(seals, batch_size=ROWS_AT_ONCE)
    versions = [
        SealVersion(
            seal=seal,
            version=1,
            name=seal.name,
            maker=entry.existing.maker,
            filing_number=entry.existing.filing_number,
            made_at=_made_at(entry.existing, at),
        )
        for entry, seal in zip(entries, seals, strict=True)
    ]
    SealVersion.objects.bulk_create(versions, batch_size=ROWS_AT_ONCE)
    kept = [Custody(seal=seal, keeper=entry.keeper, since=at) for entry, seal in zip(entries, seals, strict=True)]
    Custody.objects.bulk_create(kept, batch_size=ROWS_AT_ONCE)
    entered = (
        {"seal": seal.uid, "act": planned.act.value, "state": planned.end.value, "number": seal.number}
        for seal in seals
    )
    book.record_each(f"seal.{planned.end.value}", entered, by=actor, at=at)
    held = ({"seal": each.seal.uid, "person": each.keeper.pseudonym} for each in kept)
    book.record_each("seal.kept", held, by=actor, at=at)
    return seals


def _check_may_enter(actor: Person, at: datetime, seals: Sequence[Seal]) -> None:
    """Return if the actor may enter seals into these companies and units, or refuse: a single seal gives no right."""
    powers = identity.powers_of(actor, at)
    for place in {Place(place.company, units=place.units) for place in places_of(seals)}:
        if not any(powers.over(power, place) for power in may_alone(Act.ENTER)):
            raise NotEntitled(power=Power.MANAGE.value)


def _check_names_are_free(seals: Sequence[Seal]) -> None:
    """Return if each name is free and looks like none of the others, or refuse."""
    living = Seal.objects.filter(company__in={seal.company_id for seal in seals}).exclude(state__in=FINAL).order_by()
    taken = set(living.filter(skeleton__in={seal.skeleton for seal in seals}).values_list("company_id", "skeleton"))
    for seal in seals:
        if (seal.company_id, seal.skeleton) in taken:
            raise SealNameTaken(company=seal.company.uid)
        taken.add((seal.company_id, seal.skeleton))


def _drafted(actor: Person, at: datetime, company: Company, wish: SealWish) -> Seal:
    """Return a seal as it is wished for, without its number, or refuse what there cannot be."""
    if company.verified_at is None:
        raise CompanyNotVerified(company=company.uid)
    check_kind(wish.kind, wish.type)
    check_period(localdate(at), wish.ends_on)
    check_period(wish.starts_on, wish.ends_on)
    if wish.face is None and wish.kind is SealKind.ELECTRONIC:
        raise FaceMissing
    name, drawn = plain_name(wish.name), None if wish.face is None else faces.Face.from_json(wish.face)
    return Seal(
        company=company,
        unit=wish.unit,
        name=name,
        skeleton=skeleton(name),
        type=wish.type.value,
        own_type=own_type_of(
            company, wish.own_type_uid, like=wish.type, kind=wish.kind, has_unit=wish.unit is not None
        ),
        kind=wish.kind.value,
        face=None if drawn is None else drawn.to_json(),
        face_sha256="" if drawn is None else faces.digest(drawn),
        starts_on=wish.starts_on,
        ends_on=wish.ends_on,
        replaces=wish.replaces,
        created_by=actor,
        created_at=at,
    )


def _made_at(existing: ExistingSeal, at: datetime) -> datetime:
    return at if existing.made_on is None else datetime.combine(existing.made_on, time.min, at.tzinfo)


def _number(seals: Sequence[Seal]) -> None:
    """Give each the next number of all, and the next place of its company: no row is ever deleted, none left out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NUMBER_LOCK])
    there = Seal.objects.count()
    owners = Seal.objects.filter(company__in={seal.company_id for seal in seals}).order_by()
    places = Counter(dict(owners.values_list("company").annotate(Max("place"))))
    for count, seal in enumerate(seals, start=there + 1):
        places[seal.company_id] += 1
        seal.number = numbered(count, prefix=seal.own_type.prefix if seal.own_type else "")
        seal.place = places[seal.company_id]
