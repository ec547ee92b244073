"""What somebody can decide now, and what of it beside other applications on one page."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from privyseal.approvals.models import Application, Casting, JointCasting, Line, SeatAsked, Vote
from privyseal.approvals.queries.charters import charters_at_the_key
from privyseal.approvals.queries.turns import Standing, detours_here, seat_for, standing_of
from privyseal.approvals.rules import State
from privyseal.approvals.rules.course import Course, Turn
from privyseal.identity import queries as identity
from privyseal.identity.again import asked_for
from privyseal.identity.keys import HowMany, among
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.seals.models import Seal
from privyseal.signer.statement import Purpose

# What is due first; what has no deadline comes after it.
IN_TURN: Final = ("due_at", "submitted_at", "pk")


def decided_together(actor: Person, at: datetime, *, most: int, only: Collection[str] = ()) -> list[Application]:
    """Return what an actor may decide beside others, the due first: their policy lets it, no key asks a passkey.

    Where it is said which ones alone are meant, of those.
    """
    powers = identity.powers_of(actor, at)
    if not powers.anywhere(Power.APPROVE):
        return []
    if not asked_for(_has_seats_for_several, actor, at):
        return []
    here = SeatAsked.objects.filter(application=OuterRef("pk"), stage=OuterRef("stage")).order_by()
    let = SeatAsked.objects.filter(is_together=True).order_by().values("application")
    found = to_decide(actor, at, powers, standing_of(actor, at)).filter(
        ~Exists(here.filter(is_together=False)), pk__in=let
    )
    if only:
        found = found.filter(uid__in=only)
    rows = found.select_related("company", "applicant").prefetch_related("lines__seal").order_by(*IN_TURN)
    return _without_passkeys(list(rows[:most]))


def _has_seats_for_several(actor: Person, at: datetime) -> QuerySet[SeatAsked, int]:
    """Return one seat, if any, of what waits where the actor decides, that may be filled beside others."""
    powers = identity.powers_of(actor, at)
    here = among("application__company_id", powers.companies(Power.APPROVE))
    seats = SeatAsked.objects.filter(here, application__state=State.PENDING.value, is_together=True)
    return seats.order_by().values_list("pk", flat=True)[:1]


def _without_passkeys(applications: list[Application]) -> list[Application]:
    """Leave those out whose seals' keys ask for a passkey; the charters are asked for once a purpose."""
    seals: dict[str, dict[int, Seal]] = {}
    for one in applications:
        seals.setdefault(one.purpose, {}).update({line.seal.pk: line.seal for line in one.lines.all()})
    held = {purpose: charters_at_the_key(purpose, list(these.values())) for purpose, these in seals.items()}
    asking = {(purpose, uid) for purpose, of in held.items() for uid, one in of.items() if one.asks_passkey}
    return [one for one in applications if not any((one.purpose, line.seal.uid) in asking for line in one.lines.all())]


def to_decide(
    actor: Person, at: datetime, powers: identity.Powers, standing: Standing, how_many: HowMany = HowMany.FEW
) -> QuerySet[Application]:
    """Return what waits for a yes that an actor may give, in a few companies or in many."""
    may_decide = among("company_id", powers.whole_companies(Power.APPROVE), how_many)
    if narrowed := _of_narrowed(powers):
        may_decide |= narrowed & among("company_id", powers.companies(Power.APPROVE), how_many)
    mine = Casting.objects.filter(application=OuterRef("pk"), person=actor).exclude(is_approver=True)
    elsewhere = JointCasting.objects.filter(joint=OuterRef("joint"), person=actor).exclude(is_approver=True)
    voted = Vote.objects.filter(Q(person=actor) | Q(for_person=actor), application=OuterRef("pk"))
    gave = detours_here(Course.FORWARD).filter(by=actor)
    waits = detours_here(Course.ASK_FURTHER).filter(by=actor, turn=Turn.BEFORE.value)
    decided = Vote.objects.filter(application=OuterRef("application"), person=OuterRef("person"))
    pending = Application.objects.filter(
        may_decide, seat_for(actor, at, standing), state=State.PENDING, expires_at__gt=at
    )
    pending = pending.filter(~Exists(mine), ~Exists(voted)).exclude(Exists(elsewhere), joint__isnull=False)
    beyond = JointCasting.objects.filter(joint=OuterRef("adds_to__joint"), person=actor).exclude(is_approver=True)
    pending = pending.exclude(Exists(beyond), adds_to__isnull=False)
    pending = pending.exclude(Exists(gave) | Exists(waits.exclude(Exists(decided))), detours_made__gt=0)
    return pending.exclude(standing.ties.include("applicant", F("submitted_at")))


def _of_narrowed(powers: identity.Powers) -> Q:
    """Return the condition that narrowed powers suffice to decide on every line; none where nothing is narrowed."""
    single = powers.single_seals(Power.APPROVE)
    units = identity.units_below(powers.single_units(Power.APPROVE))
    lines = Line.objects.filter(application=OuterRef("pk"))
    may_decide = Q(~Exists(lines.exclude(seal__uid__in=single))) if single else Q()
    if units:
        reached = Q(seal__uid__in=single) | Q(seal__unit__in=units)
        # To decide that a seal goes elsewhere takes the unit to which it goes as well.
        there = Q(terms__unit__in=list(identity.uids_of_units(units)))
        may_decide |= Q(~Exists(lines.exclude(reached))) & (~Q(purpose=Purpose.ASSIGN.value) | there)
    return may_decide
