"""What waits for somebody, by key: every page of theirs shows how much it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from privyseal.approvals.awaited import Concerned, concerned_by, waiting_for_nobody_else
from privyseal.approvals.models import Application
from privyseal.approvals.queries.deciding import IN_TURN, to_decide
from privyseal.approvals.queries.turns import Standing, standing_of
from privyseal.approvals.rules import State
from privyseal.approvals.ties import Ties
from privyseal.identity import queries as identity
from privyseal.identity.again import asked_for
from privyseal.identity.keys import HowMany, among
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
    # Apart from what is decided: of this everybody has another amount, so both would be planned anew for each page.
    concerned = concerned_by(actor)
    to_carry_out = asked_for(_first_to_carry_out, actor, at, Most(most), *concerned) if any(concerned) else []
    companies = powers.companies(Power.APPROVE)
    if not companies:
        return to_carry_out
    how_many = HowMany.of(companies)
    standing = standing_of(actor, at)
    keys = list(dict.fromkeys([*to_carry_out, *_decided(actor, at, powers, standing, how_many, most=most)]))
    if len(keys) >= most or not asked_with(_beyond, companies, how_many, Most(_LOOKED_AHEAD * most)):
        return keys
    found = _first_of(_to_decide(actor, at, powers, standing, how_many, most=most, ahead=False), most)
    return list(dict.fromkeys([*to_carry_out, *found]))


def _decided(
    actor: Person, at: datetime, powers: identity.Powers, standing: Standing, how_many: HowMany, *, most: int
) -> list[int]:
    # Who decides for others or was tied to somebody is asked in words of their own: the hours of one and since when
    # something waits of the other stand in them.
    if standing.given or standing.ties.ended:
        return list(_first_of(_to_decide(actor, at, powers, standing, how_many, most=most, ahead=True), most))
    posts, tied = frozenset(standing.posts), standing.ties.now
    return asked_for(_first_to_decide, actor, at, posts, tied, how_many, Most(most))


def _first_to_carry_out(actor: Person, at: datetime, most: int, *kinds: bool) -> QuerySet[Application, int]:
    found = waiting_for_nobody_else(actor, at, Concerned(*kinds), most=most)
    return _first_of([each.order_by(*IN_TURN) for each in found], most)


def _first_to_decide(
    actor: Person, at: datetime, posts: frozenset[int], tied: frozenset[int], how_many: HowMany, most: int
) -> QuerySet[Application, int]:
    standing = Standing(Ties(actor.pk, at, tied), tuple(posts))
    powers = identity.powers_of(actor, at)
    return _first_of(_to_decide(actor, at, powers, standing, how_many, most=most, ahead=True), most)


def _to_decide(
    actor: Person,
    at: datetime,
    powers: identity.Powers,
    standing: Standing,
    how_many: HowMany,
    *,
    most: int,
    ahead: bool,
) -> list[QuerySet[Application]]:
    pending = to_decide(actor, at, powers, standing, how_many)
    # Apart, each is found in its order by an index of its own, which stops at the bound.
    dated = pending.filter(due_at__isnull=False).order_by(*IN_TURN)
    undated = pending.filter(due_at=None).order_by("submitted_at", "pk")
    # Whether somebody may decide is asked of what waits longest first, not of all that waits.
    longest = _undated(powers.companies(Power.APPROVE), how_many).values("pk")[: _LOOKED_AHEAD * most]
    return [dated, undated.filter(pk__in=longest) if ahead else undated]


def _undated(companies: frozenset[int], how_many: HowMany) -> QuerySet[Application]:
    pending = Application.objects.filter(among("company_id", companies, how_many), state=State.PENDING)
    return pending.filter(due_at=None).order_by("submitted_at", "pk")


def _beyond(companies: frozenset[int], how_many: HowMany, looked_through: int) -> QuerySet[Application, int]:
    """Return one more than is looked through, if there is one."""
    return _undated(companies, how_many).values_list("pk", flat=True)[looked_through : looked_through + 1]


def _first_of(found: Sequence[QuerySet[Application]], most: int) -> QuerySet[Application, int]:
    first, *others = (each.values_list("pk", flat=True)[:most] for each in found)
    return first.union(*others) if others else first
