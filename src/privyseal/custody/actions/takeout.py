"""A rubber seal is given out of the company, reported on, and taken back, each by two people's word."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef

from privyseal.custody.actions.uses import SWEEP
from privyseal.custody.booking import about, outside, release
from privyseal.custody.entering import end
from privyseal.custody.holding import hands_of, keeper_now, locked_take_out
from privyseal.custody.late import note_late
from privyseal.custody.lying import note_put_back
from privyseal.custody.models import HandUse, PlaceReport, TakeOut
from privyseal.custody.raising import raise_alarm, thresholds_of
from privyseal.custody.rules import Ending, Hand, PlaceMissing, SealIsOut, TurnOpen, check_apart
from privyseal.custody.rules.alarms import AlarmKind
from privyseal.custody.rules.late import Waiting
from privyseal.custody.rules.takeout import (
    SOON,
    Act,
    Fence,
    Late,
    Point,
    Reported,
    Stage,
    WhereaboutsMissing,
    drawn_closer,
    is_alarming,
    lateness,
    metres_between,
    plan,
)
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import NotEntitled, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command
from privyseal.ledger.cosigned import check_fresh
from privyseal.ledger.transactions import transaction_required
from privyseal.seals import permits
from privyseal.seals.models import Filing, Permit, Photo, UseEntry

_LONGEST_PLACE: Final = 100
_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where a seal is said to be: by the telephone, in words, or both."""

    words: str = ""
    point: Point | None = None
    accuracy_metres: int = 0
    has_arrived: bool = False


@command("take-out.give")
def give_out(
    actor: Person,
    at: datetime,
    *,
    take_out_uid: str,
    photo_sha256: str,
    fence: Fence | None = None,
    done_at: datetime | None = None,
) -> str:
    """Hand the seal over to its bearer, with a photograph of its face: whoever keeps it, for a permit in its window.

    With a ``fence`` it may go less far than was approved; without one, as far.
    """
    one = locked_take_out(take_out_uid)
    one.stage = _planned(actor, at, one, Act.GIVE, photo_sha256=photo_sha256).value
    permits.check_open(one.permit, at=at)
    if _is_away(one):
        raise SealIsOut(seal=one.seal.uid)
    one.given_by, one.given_at, one.given_sha256 = actor, at, photo_sha256
    one.fence = drawn_closer(one.fence, fence)
    one.save(
        update_fields=[
            "stage", "given_by", "given_at", "given_sha256", "fence_latitude", "fence_longitude", "fence_metres"
        ]
    )  # fmt: skip
    book.record("take-out.given", by=actor, at=at, **about(one), photo_sha256=photo_sha256)
    note_late(actor, at, act=Waiting.GIVE, permit=one.permit, done_at=done_at)
    return one.uid


@command("take-out.receive")
def receive(actor: Person, at: datetime, *, take_out_uid: str, done_at: datetime | None = None) -> str:
    """Receive the seal from its keeper: the bearer answers for it from now on."""
    one = locked_take_out(take_out_uid)
    one.stage = _planned(actor, at, one, Act.RECEIVE).value
    check_fresh(at)
    permits.check_stands(one.permit, one.seal, at=at)
    permits.check_open(one.permit, at=at)
    if _is_away(one):
        raise SealIsOut(seal=one.seal.uid)
    one.received_at = at
    one.save(update_fields=["stage", "received_at"])
    book.record("take-out.received", by=actor, at=at, **about(one))
    note_late(actor, at, act=Waiting.RECEIVE, permit=one.permit, done_at=done_at)
    return one.uid


@command("take-out.report")
def report_place(
    actor: Person, at: datetime, *, take_out_uid: str, said: Whereabouts, done_at: datetime | None = None
) -> int:
    """Say where the seal is while it is out: bearer or companion. Elsewhere than approved is one incident a leaving."""
    one = locked_take_out(take_out_uid)
    if actor.pk not in {one.bearer_id, one.companion_id}:
        raise NotEntitled(part=Hand.OPERATOR.value)
    if one.stage not in {Stage.OUT.value, Stage.BROUGHT.value}:
        raise OutOfTurn(take_out=one.uid, stage=one.stage)
    words = said.words.strip()[:_LONGEST_PLACE]
    if not words and said.point is None:
        raise WhereaboutsMissing(take_out=one.uid)
    off = metres_between(said.point, one.fence.point) if said.point and one.fence else None
    before = _reported(one)
    made = PlaceReport.objects.create(
        take_out=one,
        by=actor,
        at=at,
        words=words,
        latitude=said.point.latitude if said.point else None,
        longitude=said.point.longitude if said.point else None,
        accuracy_metres=said.accuracy_metres if said.point else None,
        has_arrived=said.has_arrived,
        metres_off=off,
    )
    # Where people are stays out of the record that nobody can shorten: the digest ties the row to it.
    where = f"{words}|{made.latitude}|{made.longitude}|{made.accuracy_metres}"
    book.record("take-out.reported", by=actor, at=at, **about(one), place_sha256=sha256(where.encode()))
    now = None if off is None else Reported(off, said.accuracy_metres, said.has_arrived)
    if now and one.fence and is_alarming(now, before, one.fence):
        raise_alarm(actor, at, kind=AlarmKind.PLACE, cause=f"place {made.pk} {one.uid}", seal=one.seal)
    note_late(actor, at, act=Waiting.REPORT, permit=one.permit, done_at=done_at)
    return made.pk


@command("take-out.machine-left")
def machine_left(actor: Actor, at: datetime, *, take_out_uid: str, cause: str) -> str:
    """Say that the machine with the seal in it left the fence: one incident a leaving, however often it is said."""
    one = locked_take_out(take_out_uid)
    return raise_alarm(actor, at, kind=AlarmKind.PLACE, cause=cause, seal=one.seal).uid


@command("take-out.bring")
def bring_back(actor: Person, at: datetime, *, take_out_uid: str, done_at: datetime | None = None) -> str:
    """Say that the seal is back in the house: what was taken for stamping has to be settled before."""
    one = locked_take_out(take_out_uid)
    one.stage = _planned(actor, at, one, Act.BRING).value
    for use in HandUse.objects.select_related("permit__seal", "operator", "keeper", "supervisor").filter(
        permit=one.permit, ended_at=None
    ):
        end(actor, at, use, ending=Ending.PAUSE)
    one.brought_at = at
    one.save(update_fields=["stage", "brought_at"])
    book.record("take-out.brought", by=actor, at=at, **about(one))
    note_late(actor, at, act=Waiting.BRING, permit=one.permit, done_at=done_at)
    return one.uid


@command("take-out.take-back")
def take_back(
    actor: Person,
    at: datetime,
    *,
    take_out_uid: str,
    photo_sha256: str,
    place: str,
    done_at: datetime | None = None,
) -> str:
    """Take the seal back with a photograph of its face: whoever keeps it now. Its permit is over with that."""
    one = locked_take_out(take_out_uid)
    one.stage = _planned(actor, at, one, Act.TAKE_BACK, photo_sha256=photo_sha256).value
    said = place.strip()[:_LONGEST_PLACE]
    if not said:
        raise PlaceMissing(take_out=one.uid)
    if HandUse.objects.filter(permit=one.permit, ended_at=None).exists():
        raise TurnOpen(take_out=one.uid)
    one.taken_by, one.taken_at, one.taken_sha256 = actor, at, photo_sha256
    one.save(update_fields=["stage", "taken_by", "taken_at", "taken_sha256"])
    Permit.objects.filter(pk=one.permit_id, revoked_at=None, expires_at__gt=at).update(revoked_at=at)
    is_in_place = note_put_back(one.seal, at, said=said)
    book.record(
        "take-out.taken-back",
        by=actor,
        at=at,
        **about(one),
        photo_sha256=photo_sha256,
        is_in_place=is_in_place,
        text_sha256=sha256(said.encode()),
    )
    if not is_in_place:
        raise_alarm(actor, at, kind=AlarmKind.PLACE, cause=f"back {one.uid}", seal=one.seal)
    note_late(actor, at, act=Waiting.TAKE_BACK, permit=one.permit, done_at=done_at)
    return one.uid


def watch_take_outs(at: datetime) -> int:
    """Say of each seal that is not back what time says of it, give up what nobody took, close what is filed."""
    open_now = TakeOut.objects.exclude(stage__in=[Stage.CLOSED.value, Stage.RELEASED.value])
    out = open_now.filter(stage__in=[Stage.OUT.value, Stage.BROUGHT.value], due_at__lte=at + SOON)
    dead = open_now.filter(stage__in=[Stage.BOOKED.value, Stage.GIVEN.value], due_at__lte=at)
    owed = Filing.objects.filter(entry__line__permit=OuterRef("permit"), filed_at=None, waived_at=None)
    unsettled = HandUse.objects.filter(permit=OuterRef("permit"), turns__committed__gt=0).exclude(
        permit__lines__entry__isnull=False
    )
    back = open_now.filter(~Exists(owed), ~Exists(unsettled), stage=Stage.BACK.value)
    found = out.exclude(late=Late.NOT_RETURNED.value).union(dead, back).values_list("uid", flat=True)
    uids = sorted(found[:_AT_ONCE])
    for uid in uids:
        _go_on(SWEEP, at, take_out_uid=uid)
    return len(uids)


@command("take-out.watch")
def _go_on(actor: Actor, at: datetime, *, take_out_uid: str) -> None:
    """Say what time says of one take-out; a second time changes nothing."""
    one = locked_take_out(take_out_uid)
    stage = Stage(one.stage)
    if stage in {Stage.OUT, Stage.BROUGHT}:
        _say_late(actor, at, one)
    elif stage in {Stage.BOOKED, Stage.GIVEN} and one.due_at <= at:
        release(actor, at, one)
    elif stage is Stage.BACK and not _owes(one):
        one.stage, one.closed_at = Stage.CLOSED.value, at
        one.save(update_fields=["stage", "closed_at"])
        book.record("take-out.closed", by=actor, at=at, **about(one))


@transaction_required
def _say_late(actor: Actor, at: datetime, one: TakeOut) -> None:
    said = lateness(one.due_at, at, by=thresholds_of(one.seal.company_id))
    known = list(Late).index(Late(one.late)) + 1 if one.late else 0
    for late in said[known:]:
        one.late = late.value
        one.save(update_fields=["late"])
        book.record(f"take-out.{late.value}", by=actor, at=at, **about(one), due_at=one.due_at.isoformat())
        if late is Late.NOT_RETURNED:
            raise_alarm(actor, at, kind=AlarmKind.NOT_RETURNED, cause=f"take-out {one.uid}", seal=one.seal)


def _owes(one: TakeOut) -> bool:
    """Return whether something that was stamped outside is not in the file yet."""
    made = HandUse.objects.filter(permit=one.permit, turns__committed__gt=0).exists()
    if made and not UseEntry.objects.filter(line__permit=one.permit).exists():
        return True
    return Filing.objects.filter(entry__line__permit=one.permit, filed_at=None, waived_at=None).exists()


def _is_away(one: TakeOut) -> bool:
    """Return whether the seal is out of its place: for another trip, or for a use in the house."""
    other = outside(one.seal)
    in_use = HandUse.objects.filter(seal=one.seal, keeper_at__isnull=False, returned_at=None)
    return (other is not None and other.pk != one.pk) or in_use.exists()


@transaction_required
def _planned(actor: Person, at: datetime, one: TakeOut, act: Act, *, photo_sha256: str = "") -> Stage:
    """Return where the take-out is after somebody's word, or refuse what is not theirs to say."""
    identity.require_part(actor, at)
    hands = {Hand.OPERATOR} if actor.pk == one.bearer_id else set()
    if keeper_now(one.seal) == actor.pk:
        hands.add(Hand.KEEPER)
    has_photo = Photo.objects.filter(seal=one.seal, sha256=photo_sha256).exists()
    stage = plan(Stage(one.stage), act, hands=frozenset(hands), has_photo=has_photo)
    if Hand.KEEPER in hands:
        others = {**hands_of(one.permit), Hand.OPERATOR: {one.bearer_id}, Hand.SUPERVISOR: {one.companion_id}}
        check_apart(Hand.KEEPER, actor.pk, hands=others)
    return stage


def _reported(one: TakeOut) -> list[Reported]:
    """Return the reports that say how far from the approved place the seal was, the last one first."""
    found = PlaceReport.objects.filter(take_out=one, metres_off__isnull=False).order_by("-at", "-pk")
    return [Reported(one.metres_off or 0, one.accuracy_metres or 0, one.has_arrived) for one in found]
