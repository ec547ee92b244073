"""Toward safety: one person, at once. The register first, then the key; a signer that is down is told by the sweep."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db.models import F, QuerySet
from django.utils.timezone import localdate

from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import NotEntitled, Refused
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.actions.denying import SWEEP, deny_at_signer
from privyseal.seals.actions.moving import locked_seal, move
from privyseal.seals.models import Permit, Seal
from privyseal.seals.places import place_of
from privyseal.seals.rules import OUT_OF_HAND, Act, Leave, SealKind, SealState, may_alone
from privyseal.seals.rules.incidents import Tie, may_report
from privyseal.seals.together import end_others
from privyseal.signer.client import Client
from privyseal.signer.statement import Purpose

# The key is told of these; a draft has no key, and an end is told by whoever brings it about.
_AT_REST: Final = (SealState.SUSPENDED, SealState.COLLECTED, SealState.RETIRED, *sorted(OUT_OF_HAND))
# What would bring a resting seal back.
_WAKES: Final = (Purpose.RESUME, Purpose.UNFREEZE)
# What a seal out of hand still needs: to be found, or to be declared void.
_OUTLIVES_LOSS: Final = (Purpose.FIND, Purpose.INVALIDATE)


@command("seal.suspend")
def suspend_seal(actor: Person, at: datetime, *, seal_uid: str, reason: str) -> str:
    """Stop a seal at once, for every use not yet intended: one entitled person suffices."""
    return stop(actor, at, seal=locked_seal(seal_uid), act=Act.SUSPEND, reason=reason)


@transaction_required
def stop(actor: Person, at: datetime, *, seal: Seal, act: Act, reason: str, ties: Collection[Tie] = frozenset()) -> str:
    """Do what takes one person, ending the permits that would undo it, or refuse; return the state.

    ``ties`` are how the actor has the seal in hand, which suffices to say that it is not any more.
    """
    powers = identity.powers_of(actor, at)
    has_power = any(powers.over(power, place_of(seal)) or powers.has(power, None) for power in may_alone(act))
    if not has_power and not may_report(act, ties=ties):
        raise NotEntitled(power=Power.MANAGE.value)
    if act is Act.SUSPEND:
        revoked = keep_at_rest([seal], at)
    else:
        running = _running_on([seal]).exclude(purpose__in=_OUTLIVES_LOSS)
        of_uses = list(
            running.filter(purpose=Purpose.USE.value, used__lt=F("impressions"), seal__kind=SealKind.ELECTRONIC.value)
        )
        # Those of one act first, all of them in one order: another seal of the act may be lost in the same moment.
        revoked = end_others(actor, at, of_uses) + running.update(revoked_at=at)
    move(actor, at, seal=seal, act=act, leave=Leave.ONE_PERSON, reason_sha256=sha256(reason.encode()), revoked=revoked)
    return seal.state


@transaction_required
def keep_at_rest(seals: Collection[Seal], at: datetime) -> int:
    """End every permit that would wake one of these seals, what is under way by it too; return how many."""
    return _running_on(seals).filter(purpose__in=_WAKES).update(revoked_at=at)


def _running_on(seals: Collection[Seal]) -> QuerySet[Permit]:
    return Permit.objects.filter(seal__in=seals, revoked_at=None, finished_at=None).order_by()


def suspend(actor: Person, at: datetime, *, seal_uid: str, reason: str, signer: Client) -> str:
    """Suspend in the register, then at the key."""
    state = suspend_seal(actor, at, seal_uid=seal_uid, reason=reason)
    tell_signer(at, signer=signer)
    return state


def tell_signer(at: datetime, *, signer: Client) -> int:
    """Suspend at the key every seal at rest in the register, and deny what was ended; return how many were told."""
    told = deny_at_signer(at, signer=signer)
    for uid, kind, uscc in list(_untold().values_list("uid", "kind", "company__uscc")):
        try:
            signer.suspend(seal=uid, company=uscc if kind == SealKind.PHYSICAL.value else "")
        except Refused:
            continue
        _note_told(SWEEP, at, seal_uid=uid)
        told += 1
    return told


def expire_seals(at: datetime) -> int:
    """Put to rest every seal whose last day is over; return how many."""
    over = Seal.objects.filter(state=SealState.ACTIVE.value, ends_on__lt=localdate(at)).order_by("pk")
    uids = list(over.values_list("uid", flat=True)[:500])
    for uid in uids:
        _expire(SWEEP, at, seal_uid=uid)
    return len(uids)


@command("seal.expire")
def _expire(actor: Actor, at: datetime, *, seal_uid: str) -> str:
    seal = locked_seal(seal_uid)
    if seal.state == SealState.ACTIVE.value and seal.ends_on is not None and seal.ends_on < localdate(at):
        move(actor, at, seal=seal, act=Act.EXPIRE, leave=Leave.DATE)
    return seal.state


@command("seal.signer-told")
def _note_told(actor: Actor, at: datetime, *, seal_uid: str) -> None:
    if _untold().filter(uid=seal_uid).order_by().update(signer_state=SealState.SUSPENDED.value):
        book.record("seal.suspended-at-signer", by=actor, at=at, seal=seal_uid)


def _untold() -> QuerySet[Seal]:
    """Return the seals at rest of which the key is to be told; of rubber those that it knows by a machine."""
    resting = Seal.objects.filter(state__in=[state.value for state in _AT_REST])
    return resting.filter(signer_state=SealState.ACTIVE.value).order_by("pk")
