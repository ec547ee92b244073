"""Rubber seals outside the company, as far as an actor may see them."""

from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from privyseal.custody.models import PlaceReport, TakeOut
from privyseal.custody.queries import permits_visible_to
from privyseal.custody.rules.takeout import FENCE, Stage
from privyseal.identity.keys import those_known
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotFound
from privyseal.ledger.rewording import asked_with
from privyseal.seals.models import Custody, Permit

_OPEN: Final = (Stage.BOOKED.value, Stage.GIVEN.value, Stage.OUT.value, Stage.BROUGHT.value)


def take_outs_visible_to(actor: Person, at: datetime) -> QuerySet[TakeOut]:
    """Return the take-outs of the permits that an actor may see, the last due first."""
    # Asked of each: together with the take-outs, of which there are few, all permits would be gathered.
    seen = permits_visible_to(actor, at).filter(pk=OuterRef("permit")).order_by()
    found = TakeOut.objects.filter(Exists(seen))
    found = found.select_related("seal__company", "permit", "bearer", "companion", "given_by", "taken_by")
    return found.order_by("-due_at", "-pk")


def take_out_visible_to(actor: Person, at: datetime, uid: str) -> TakeOut:
    one = take_outs_visible_to(actor, at).filter(uid=uid).first()
    if one is None:
        raise NotFound(take_out=uid)
    return one


def is_fenced(actor: Person, at: datetime, permit: Permit) -> bool:
    """Return whether a permit's seal may be used at one place only, as was approved or as whoever gave it out said."""
    closer = take_outs_visible_to(actor, at).filter(permit=permit, fence_metres__isnull=False)
    return FENCE in permit.terms or closer.exists()


def take_outs_at_hand(actor: Person, at: datetime) -> QuerySet[TakeOut]:
    """Return the open take-outs in which somebody has a part, or whose seal they keep."""
    return those_known(TakeOut, asked_with(_open_with, actor.pk), lambda: take_outs_visible_to(actor, at))


def _open_with(actor: int) -> QuerySet[TakeOut, int]:
    kept = Custody.objects.filter(seal=OuterRef("seal"), keeper=actor, until=None)
    mine = TakeOut.objects.filter(Q(bearer=actor) | Q(companion=actor) | Q(Exists(kept)), stage__in=_OPEN)
    return mine.order_by().values_list("pk", flat=True)


def take_outs_listed(actor: Person, at: datetime, *, of_all: bool) -> QuerySet[TakeOut]:
    """Return the open take-outs in which somebody has a part, or every one that they may see."""
    return take_outs_visible_to(actor, at) if of_all else take_outs_at_hand(actor, at)


def take_outs_between(actor: Person, at: datetime, begins: datetime, ends: datetime) -> QuerySet[TakeOut]:
    """Return what was, is or is to be outside between two moments and may be seen, the first out first."""
    seen = take_outs_visible_to(actor, at).filter(starts_at__lt=ends).exclude(stage=Stage.RELEASED.value)
    stays = Q(stage__in=[Stage.OUT.value, Stage.BROUGHT.value]) if begins <= at else Q()
    is_out = Q(due_at__gte=begins) | Q(taken_at__gte=begins)
    return seen.filter(is_out | stays if stays else is_out).order_by("starts_at", "pk")


def take_outs_of_application(actor: Person, at: datetime, application_uid: str) -> QuerySet[TakeOut]:
    return take_outs_visible_to(actor, at).filter(permit__application_uid=application_uid)


def reports_of(actor: Person, at: datetime, one: TakeOut) -> QuerySet[PlaceReport]:
    """Return where a seal was said to be, the last first."""
    seen = take_outs_visible_to(actor, at).filter(pk=one.pk).order_by().values("pk")
    return PlaceReport.objects.filter(take_out__in=seen).select_related("by").order_by("-at", "-pk")
