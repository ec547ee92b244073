"""What people who have left, or one person who may be leaving, have in hand with rubber seals."""

from datetime import datetime
from typing import Any, Final

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from privyseal.custody.models import Alarm, Blank, HandUse, StockTake, TakeOut
from privyseal.custody.owing import unseen
from privyseal.custody.rules.alarms import AlarmKind
from privyseal.custody.rules.blanks import Became
from privyseal.custody.rules.stock import Count
from privyseal.custody.rules.takeout import Stage
from privyseal.identity import queries as identity
from privyseal.identity.models import Grant, Membership
from privyseal.identity.rules import Power
from privyseal.seals.models import Incident

UNDER_WAY: Final = (Stage.BOOKED.value, Stage.GIVEN.value, Stage.OUT.value, Stage.BROUGHT.value)
OUTSIDE: Final = (Stage.OUT.value, Stage.BROUGHT.value)


def has_left(who: str, company: str) -> Q:
    """Return a condition: this person has left the group, or had a part in this company and has none there any more."""
    person, there = OuterRef(who), {"company": OuterRef(company)}
    memberships, grants = (
        Membership.objects.filter(person=person, **there),
        Grant.objects.filter(person=person, **there),
    )
    was_there = Exists(memberships.order_by()) | Exists(grants.order_by())
    is_there = Exists(memberships.filter(left_on=None).order_by()) | Exists(grants.filter(revoked_at=None).order_by())
    return Q(**{f"{who}__is_active": False}) | (Q(was_there) & ~Q(is_there))


def take_outs_left(at: datetime) -> QuerySet[TakeOut]:
    """Return the take-outs under way whose bearer, or whose companion before it began, has nothing there any more."""
    here = identity.grants_in_force(at).filter(company=OuterRef("seal__company")).order_by()
    no_bearer, no_companion = (~Exists(here.filter(person=OuterRef(who))) for who in ("bearer", "companion"))
    gone = Q(no_bearer, stage__in=UNDER_WAY) | Q(no_companion, stage__in=[Stage.BOOKED.value, Stage.GIVEN.value])
    known = _raised(AlarmKind.NOT_RETURNED, "take-out ")
    return TakeOut.objects.filter(gone).exclude(Exists(known), stage__in=OUTSIDE).order_by("pk")


def counts_left() -> QuerySet[StockTake]:
    """Return the stock-takes that are going on whose counter or witness has left the company."""
    gone = has_left("counter", "company") | (Q(witness__isnull=False) & has_left("witness", "company"))
    return StockTake.objects.filter(gone, count=Count.OPEN.value).order_by("pk")


def incidents_left(at: datetime) -> QuerySet[Incident]:
    """Return the open incidents whose owner has left, of companies that somebody else manages."""
    managed = identity.grants_in_force(at).filter(company=OuterRef("company"), power=Power.MANAGE).order_by()
    left = Incident.objects.filter(Exists(managed.filter(person__is_active=True)), has_left("owner", "company"))
    return left.filter(ended_at=None).order_by("pk")


def debts_left() -> QuerySet[HandUse]:
    """Return the uses of which photographs are owed by somebody who has left, and nobody answers for it yet."""
    owed = unseen().filter(use__ended_at__isnull=False).order_by().values("use")
    known = _raised(AlarmKind.EVIDENCE_DEBT, "hand-use ")
    return HandUse.objects.filter(~Exists(known), has_left("operator", "seal__company"), pk__in=owed).order_by("pk")


def blanks_left() -> list[str]:
    """Return the causes of blanks that are out with somebody who has left, and for which nobody answers yet."""
    out = Blank.objects.filter(has_left("turn__use__operator", "permit__seal__company"), became=Became.OUT.value)
    causes = [blank.cause for blank in out.select_related("permit").order_by("pk")]
    known = Alarm.objects.filter(kind=AlarmKind.BLANKS.value, cause__in=causes).order_by()
    answered = set(known.values_list("cause", flat=True))
    return [cause for cause in causes if cause not in answered]


def _raised(kind: AlarmKind, prefix: str) -> QuerySet[Alarm, Any]:
    cause = Concat(Value(prefix), OuterRef("uid"), output_field=CharField())
    return Alarm.objects.filter(kind=kind.value, cause=cause).order_by()
