"""Enter a seal: one that is applied for, or one that exists already."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from django.db import connection
from django.utils.timezone import localdate

from privyseal.identity import queries as identity
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
from privyseal.seals.keeping import check_may_keep
from privyseal.seals.models import Custody, Seal, SealVersion
from privyseal.seals.rules import (
    FINAL,
    Act,
    Leave,
    SealKind,
    SealType,
    check_kind,
    check_period,
    may_alone,
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
    maker: str = ""
    filing_number: str = ""
    made_on: date | None = None
    ends_on: date | None = None


@transaction_required
def draft_seal(actor: Person, at: datetime, *, company: Company, wish: SealWish) -> Seal:
    """Enter a seal that is applied for; only a verified company can own one. Its number is the next one, for life."""
    if company.verified_at is None:
        raise CompanyNotVerified(company=company.uid)
    check_kind(wish.kind, wish.type)
    check_period(localdate(at), wish.ends_on)
    if wish.face is None and wish.kind is SealKind.ELECTRONIC:
        raise FaceMissing
    name = plain_name(wish.name)
    number = _next_number()
    check_name_is_free(company, name)
    drawn = None if wish.face is None else faces.Face.from_json(wish.face)
    return Seal.objects.create(
        company=company,
        unit=wish.unit,
        number=number,
        name=name,
        skeleton=skeleton(name),
        type=wish.type.value,
        kind=wish.kind.value,
        face=None if drawn is None else drawn.to_json(),
        face_sha256="" if drawn is None else faces.digest(drawn),
        ends_on=wish.ends_on,
        replaces=wish.replaces,
        created_by=actor,
        created_at=at,
    )


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
    powers, unit = identity.powers_of(actor, at), unit_of(company, existing.unit_uid)
    place = Place(company.pk, units=identity.units_above(unit.pk if unit else None))
    if not any(powers.over(power, place) for power in may_alone(Act.ENTER)):
        raise NotEntitled(power=Power.MANAGE.value)
    kind = SealKind.PHYSICAL
    wish = SealWish(name=existing.name, type=existing.type, kind=kind, unit=unit, ends_on=existing.ends_on)
    seal = draft_seal(actor, at, company=company, wish=wish)
    keeper = identity.people_visible_to(actor, at).filter(pseudonym=existing.keeper_pseudonym).first()
    if keeper is None:
        raise NotEntitled(power=Power.CUSTODY.value)
    check_may_keep(keeper, at, seal=seal)
    SealVersion.objects.create(
        seal=seal,
        version=1,
        name=seal.name,
        maker=existing.maker,
        filing_number=existing.filing_number,
        made_at=at if existing.made_on is None else datetime.combine(existing.made_on, time.min, at.tzinfo),
    )
    Custody.objects.create(seal=seal, keeper=keeper, since=at)
    move(actor, at, seal=seal, act=Act.ENTER, leave=Leave.ONE_PERSON, number=seal.number)
    book.record("seal.kept", by=actor, at=at, seal=seal.uid, person=keeper.pseudonym)
    return seal.uid


def _next_number() -> str:
    """Return the number after the last one: no row is ever deleted, so that none is used again or left out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NUMBER_LOCK])
    return f"S{Seal.objects.count() + 1:05d}"
