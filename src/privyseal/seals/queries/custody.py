"""Who keeps what, and whose word is waited for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotFound
from privyseal.ledger.rewording import Most, asked_with
from privyseal.seals.accepting import act_by_words, is_new_rubber_awaited
from privyseal.seals.models import Attestation, Custody, Permit, PermitPart, Photo, Seal, SealVersion
from privyseal.seals.queries.register import key_visible_to, this_one_visible_to, visible_to
from privyseal.seals.rules import Act, Proof, Role, SealState, Word, needed
from privyseal.signer.statement import Purpose

_BY_WORDS: Final = (Purpose.HAND_OVER, Purpose.COVER, Purpose.COLLECT, Purpose.DESTROY)


@dataclass(frozen=True, slots=True)
class WordAsked:
    """A word that one person is asked for on one permit."""

    permit: Permit
    act: Act
    role: Role
    proof: Proof
    is_return: bool


def custodies_visible_to(actor: Person, at: datetime) -> QuerySet[Custody]:
    return _custodies().filter(seal__in=visible_to(actor, at).order_by())


def custodies_of_seal(actor: Person, at: datetime, seal: Seal, *, most: int | None = None) -> list[Custody]:
    """Return who kept a seal, whoever keeps it now first."""
    return asked_with(_of_seal, key_visible_to(actor, at, seal), None if most is None else Most(most))


def _of_seal(seal: int, most: Most | None) -> QuerySet[Custody]:
    found = Custody.objects.filter(seal=seal).select_related("keeper", "covers_for")
    return found.order_by("-since", "-pk")[:most]


def open_custodies_of(actor: Person, at: datetime, person: Person) -> QuerySet[Custody]:
    """Return what a person keeps now, as far as the actor may see it: what a leaver has to hand over."""
    return custodies_visible_to(actor, at).filter(keeper=person, until=None)


def overdue_covers(actor: Person, at: datetime) -> QuerySet[Custody]:
    """Return the leave covers that should have ended."""
    return custodies_visible_to(actor, at).filter(until=None, due_at__lte=at)


def attestations_of(actor: Person, at: datetime, permit: Permit) -> QuerySet[Attestation]:
    seals = visible_to(actor, at).order_by()
    given = Attestation.objects.filter(permit=permit, permit__seal__in=seals).select_related("person")
    return given.order_by("at", "pk")


def photo_visible_to(actor: Person, at: datetime, seal_uid: str, sha256: str) -> Photo:
    seals = visible_to(actor, at).filter(uid=seal_uid).order_by()
    photo = Photo.objects.filter(seal__in=seals, sha256=sha256).first()
    if photo is None:
        raise NotFound(sha256=sha256)
    return photo


def words_asked_of(actor: Person, at: datetime, seal: Seal) -> list[WordAsked]:
    """Return the words on this seal that the actor is asked for now."""
    if not identity.powers_of(actor, at).takes_part:
        return []
    custody = next(iter(asked_with(_kept_now, key_visible_to(actor, at, seal))), None)
    returning = custody.permit_id if custody and custody.due_at else None
    has_it = custody is not None and actor.pk in {custody.keeper_id, custody.covers_for_id}
    permits = asked_with(_by_words_on, at, seal.pk, returning, None if has_it else actor.pk)
    return [asked for permit in permits for asked in _asked(actor, permit, custody)]


def _kept_now(seal: int) -> QuerySet[Custody]:
    return Custody.objects.filter(seal=seal, until=None).order_by("pk")


def _by_words_on(at: datetime, seal: int, returning: int | None, named: int | None) -> QuerySet[Permit]:
    """Return the permits on which words are asked for a seal, or for its return; those that name somebody."""
    open_now = Q(purpose__in=_BY_WORDS, used=0, revoked_at=None, starts_at__lte=at, expires_at__gt=at)
    accepting = Q(purpose=Purpose.MAKE.value, seal__state=SealState.MADE.value) | is_new_rubber_awaited()
    found = Permit.objects.filter(open_now | accepting | Q(pk=returning), seal=seal).order_by("pk")
    if named is None:
        return found
    parts = PermitPart.objects.filter(permit=OuterRef("pk"), person=named)
    return found.filter(Exists(parts.filter(part__in=[PermitPart.Part.RECEIVER, PermitPart.Part.WITNESS])))


def keeper_of(actor: Person, at: datetime, seal: Seal) -> Person:
    """Return who keeps the seal now, or refuse one that nobody keeps."""
    custody = next((one for one in custodies_of_seal(actor, at, seal) if one.until is None), None)
    if custody is None:
        raise NotFound(seal=seal.uid)
    return custody.keeper


def old_rubber_asked_of(actor: Person, at: datetime, seal: Seal) -> Permit | None:
    """Return the permit whose old rubber the actor is asked to see destroyed, if there is one."""
    if not identity.powers_of(actor, at).takes_part:
        return None
    seen = this_one_visible_to(actor, at, seal.uid)
    open_end = SealVersion.objects.filter(seal__in=seen, hand_in_by__isnull=False, destroyed_at=None).order_by()
    permits = Permit.objects.filter(purpose=Purpose.CHANGE.value, seal=seal, used=1)
    named = permits.filter(
        parts__person=actor,
        parts__part=PermitPart.Part.WITNESS,
        seal_version__in=open_end.values("version"),
    )
    return (
        named.exclude(attestations__in=Attestation.objects.filter(person=actor, is_return=True)).order_by("pk").last()
    )


def _custodies() -> QuerySet[Custody]:
    return Custody.objects.select_related("seal", "keeper", "covers_for").order_by("-since", "-pk")


def _asked(actor: Person, permit: Permit, custody: Custody | None) -> list[WordAsked]:
    is_return = custody is not None and custody.due_at is not None and custody.permit_id == permit.pk
    act = act_by_words(permit)
    if permit.attestations.filter(person=actor, is_return=is_return).exists():
        return []
    rows = needed(act, has_keeper=custody is not None)
    return [
        WordAsked(permit, act, row.role, row.proof, is_return)
        for row in rows
        if _is_asked(actor, permit, row, custody, is_return=is_return)
    ]


def _is_asked(actor: Person, permit: Permit, row: Word, custody: Custody | None, *, is_return: bool) -> bool:
    if row.role is Role.GIVER:
        return custody is not None and custody.keeper_id == actor.pk
    if row.role is Role.RECEIVER and is_return:
        return custody is not None and custody.covers_for_id == actor.pk
    part = PermitPart.Part.RECEIVER if row.role is Role.RECEIVER else PermitPart.Part.WITNESS
    return permit.parts.filter(person=actor, part=part).exists()
