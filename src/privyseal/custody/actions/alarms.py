"""What is found over rubber seals becomes incidents, once a cause; companies say from when on."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.timezone import localdate, localtime

from privyseal.custody.actions.uses import SWEEP
from privyseal.custody.models import Alarm, AlarmRule, Blank, HandUse, Turn
from privyseal.custody.owing import unseen
from privyseal.custody.raising import raise_alarm, thresholds_of
from privyseal.custody.rules.alarms import AlarmKind, Thresholds, check_thresholds, is_off_hours
from privyseal.custody.rules.blanks import Became
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.queries.calendars import calendar_of
from privyseal.identity.rules import Power
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command
from privyseal.seals.actions.moving import locked_seal
from privyseal.seals.models import IdleRule, Permit, Seal, SealUses
from privyseal.seals.queries.idle import USUAL_IDLE_DAYS
from privyseal.seals.rules import SealKind, SealState
from privyseal.signer.statement import Purpose

# What was over longer ago was seen, or is seen in the register; a sweep looks no further back.
_BACK: Final = timedelta(days=30)
_NIGHTS: Final = timedelta(days=2)
_AT_ONCE: Final = 200


@command("alarm.set-thresholds")
def set_thresholds(actor: Person, at: datetime, *, company_uid: str, said: Thresholds) -> str:
    """Say from when on a company that one manages calls something an incident."""
    company = identity.company_visible_to(actor, at, company_uid)
    identity.require(actor, at, Power.MANAGE, company.pk)
    check_thresholds(said)
    AlarmRule.objects.update_or_create(company=company, defaults={**asdict(said), "set_by": actor, "set_at": at})
    book.record("alarm.thresholds-set", by=actor, at=at, company=company.uid, **asdict(said))
    return company.uid


def watch_alarms(at: datetime) -> int:
    """Raise every alarm that time and what happened bring; return how many are new. A cause is found once."""
    found = [(kind, cause, seal) for kind, look in _LOOKS.items() for cause, seal in _unknown(kind, list(look(at)))]
    for kind, cause, seal in found:
        _raise(SWEEP, at, kind=kind, cause=cause, seal_uid=seal)
    return len(found)


@command("alarm.raise")
def _raise(actor: Actor, at: datetime, *, kind: AlarmKind, cause: str, seal_uid: str) -> str:
    return raise_alarm(actor, at, kind=kind, cause=cause, seal=locked_seal(seal_uid)).uid


def _unknown(kind: AlarmKind, found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    causes = [cause for cause, _ in found]
    known = set(Alarm.objects.filter(kind=kind.value, cause__in=causes).order_by().values_list("cause", flat=True))
    return [one for one in found if one[0] not in known][:_AT_ONCE]


def _unused(at: datetime) -> Iterator[tuple[str, str]]:
    """Find approved uses of rubber seals of which nothing was stamped, some days into their time or after it."""
    permits = Permit.objects.filter(
        purpose=Purpose.USE.value, used=0, revoked_at=None, seal__kind=SealKind.PHYSICAL.value,
        starts_at__lt=at, expires_at__gt=at - _BACK,
    )  # fmt: skip
    for permit in permits.select_related("seal").order_by("expires_at", "pk"):
        days = timedelta(days=thresholds_of(permit.seal.company_id).unused_days)
        if at >= min(permit.starts_at + days, permit.expires_at):
            yield f"permit {permit.uid}", permit.seal.uid


def _idle(at: datetime) -> Iterator[tuple[str, str]]:
    """Find rubber seals in force that nobody has used for as long as their company calls idle."""
    ruled = dict(IdleRule.objects.order_by("pk").values_list("company_id", "days"))
    used = SealUses.objects.filter(
        seal=OuterRef("pk"), last_at__gte=at - timedelta(days=min(ruled.values(), default=1))
    )
    seals = Seal.objects.filter(~Exists(used), kind=SealKind.PHYSICAL.value, state=SealState.ACTIVE.value)
    for seal in seals.prefetch_related("uses").order_by("pk"):
        last = max((use.last_at for use in seal.uses.all()), default=seal.created_at)
        if at - last >= timedelta(days=ruled.get(seal.company_id, USUAL_IDLE_DAYS)):
            yield f"seal {seal.uid} since {localdate(last).isoformat()}", seal.uid


def _off_hours(at: datetime) -> Iterator[tuple[str, str]]:
    """Find uses in which impressions were taken outside the company's hours."""
    turns = Turn.objects.filter(reserved_at__gt=at - _NIGHTS, reserved_at__lte=at)
    for turn in turns.select_related("use__seal").order_by("reserved_at", "pk"):
        calendar, moment = calendar_of(turn.use.seal.company_id), localtime(turn.reserved_at)
        is_worked = calendar.is_worked(moment.date())
        if is_off_hours(moment.time(), is_worked=is_worked, opens=calendar.opens, closes=calendar.closes):
            yield f"hand-use {turn.use.uid}", turn.use.seal.uid


def _debt(at: datetime) -> Iterator[tuple[str, str]]:
    """Find uses of which photographs are still owed some days after they ended."""
    for turn in unseen().filter(use__ended_at__lte=at).select_related("use__seal").order_by("pk"):
        days, ended = thresholds_of(turn.use.seal.company_id).debt_days, turn.use.ended_at
        if ended is not None and at - ended >= timedelta(days=days):
            yield f"hand-use {turn.use.uid}", turn.use.seal.uid


def _not_back(at: datetime) -> Iterator[tuple[str, str]]:
    """Find seals that were given out in the house, and that are not in their place long after the time of their use."""
    uses = HandUse.objects.filter(keeper_at__isnull=False, returned_at=None, asked_at__lte=at)
    for use in uses.select_related("seal", "permit").order_by("asked_at", "pk"):
        over_at = use.ended_at or use.permit.revoked_at or use.permit.expires_at
        if at >= over_at + timedelta(minutes=thresholds_of(use.seal.company_id).not_returned_minutes):
            yield f"hand-use {use.uid}", use.seal.uid


def _restamps(at: datetime) -> Iterator[tuple[str, str]]:
    """Find permits under which impressions went back or were spoiled again and again."""
    turns = Count("hand_uses__turns", filter=Q(hand_uses__turns__released__gt=0), distinct=True)
    pages = Count("hand_uses__turns__spoiled", distinct=True)
    permits = Permit.objects.filter(
        Q(hand_uses__turns__released__gt=0) | Q(hand_uses__turns__spoiled__isnull=False), expires_at__gt=at - _BACK
    )
    for permit in permits.annotate(went_back=turns + pages).select_related("seal").order_by("pk"):
        if permit.went_back >= thresholds_of(permit.seal.company_id).restamps:
            yield f"permit {permit.uid}", permit.seal.uid


def _blanks(at: datetime) -> Iterator[tuple[str, str]]:
    """Find blanks that were stamped and are not accounted for by their day."""
    late = Blank.objects.filter(became=Became.OUT.value, due_at__lte=at).select_related("permit__seal")
    for blank in late.order_by("due_at", "pk"):
        yield blank.cause, blank.permit.seal.uid


_LOOKS: Final[dict[AlarmKind, Callable[[datetime], Iterator[tuple[str, str]]]]] = {
    AlarmKind.NOT_RETURNED: _not_back,
    AlarmKind.UNUSED: _unused,
    AlarmKind.IDLE: _idle,
    AlarmKind.OFF_HOURS: _off_hours,
    AlarmKind.EVIDENCE_DEBT: _debt,
    AlarmKind.RESTAMPS: _restamps,
    AlarmKind.BLANKS: _blanks,
}
