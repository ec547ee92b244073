"""What waits for somebody, by key: every page of theirs shows how much it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from privyseal.approvals.awaited import Concerned, concerned_by, waiting_for_nobody_else
from privyseal.approvals.models import Application
from privyseal.approvals.queries.deciding import IN_TURN, to_decide
from privyseal.approvals.queries.turns import NOBODYS, Standing, standing_of
from privyseal.approvals.rules import State
from privyseal.approvals.ties import Ties
from privyseal.identity import queries as identity
from privyseal.identity.again import asked_for
from privyseal.identity.keys import among
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.ledger.rewording import Most, asked_with

# How many times more than can be shown are looked through for what somebody may decide, before all are.
_LOOKED_AHEAD: Final = 4


def keys_waiting_for(actor: Person, at: datetime, *, most: int) -> list[int]:
    """Return what an actor can decide and carry out, by key: what is due first up to a bound."""
    with identity.powers_remembered():  # words are kept for the powers that they were found by
        return _keys(actor, at, identity.powers_of(actor, at), most=most)


def _keys(actor: Person, at: datetime, powers: identity.Powers, *, most: int) -> list[int]:
    concerned = concerned_by(actor)
    decides = powers.anywhere(Power.APPROVE)
    if not decides and not any(concerned):
        return []
    standing = standing_of(actor, at) if decides else NOBODYS
    keys = _asked(actor, at, powers, concerned, standing, most=most)
    if not decides or len(keys) >= most:
        return keys
    if not asked_with(_beyond, powers.companies(Power.APPROVE), Most(_LOOKED_AHEAD * most)):
        return keys
    found = _questions(actor, at, powers, concerned, standing, most=most, ahead=False)
    return list(_first_of(found, most))


def _asked(
    actor: Person, at: datetime, powers: identity.Powers, concerned: Concerned, standing: Standing, *, most: int
) -> list[int]:
    # Who decides for others or was tied to somebody is asked in words of their own: the hours of one and since when
    # something waits of the other stand in them.
    if standing.given or standing.ties.ended:
        return list(_first_of(_questions(actor, at, powers, concerned, standing, most=most, ahead=True), most))
    return asked_for(_first_ahead, actor, at, frozenset(standing.posts), standing.ties.now, Most(most), *concerned)


def _first_ahead(
    actor: Person, at: datetime, posts: frozenset[int], tied: frozenset[int], most: int, *kinds: bool
) -> QuerySet[Application, int]:
    concerned = Concerned(*kinds)
    standing = Standing(Ties(actor.pk, at, tied), tuple(posts))
    powers = identity.powers_of(actor, at)
    return _first_of(_questions(actor, at, powers, concerned, standing, most=most, ahead=True), most)


def _questions(
    actor: Person,
    at: datetime,
    powers: identity.Powers,
    concerned: Concerned,
    standing: Standing,
    *,
    most: int,
    ahead: bool,
) -> list[QuerySet[Application]]:
    found = [each.order_by(*IN_TURN) for each in waiting_for_nobody_else(actor, at, concerned, most=most)]
    if not powers.anywhere(Power.APPROVE):
        return found
    pending = to_decide(actor, at, powers, standing)
    # Apart, each is found in its order by an index of its own, which stops at the bound.
    found.append(pending.filter(due_at__isnull=False).order_by(*IN_TURN))
    undated = pending.filter(due_at=None).order_by("submitted_at", "pk")
    # Whether somebody may decide is asked of what waits longest first, not of all that waits.
    longest = _undated(powers.companies(Power.APPROVE)).values("pk")[: _LOOKED_AHEAD * most]
    return [*found, undated.filter(pk__in=longest) if ahead else undated]


def _undated(companies: frozenset[int]) -> QuerySet[Application]:
    pending = Application.objects.filter(among("company_id", companies), state=State.PENDING)
    return pending.filter(due_at=None).order_by("submitted_at", "pk")


def _beyond(companies: frozenset[int], looked_through: int) -> QuerySet[Application, int]:
    """Return one more than is looked through, if there is one."""
    return _undated(companies).values_list("pk", flat=True)[looked_through : looked_through + 1]


def _first_of(found: Sequence[QuerySet[Application]], most: int) -> QuerySet[Application, int]:
    first, *others = (each.values_list("pk", flat=True)[:most] for each in found)
    return first.union(*others) if others else first
