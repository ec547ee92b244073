"""The first page: what waits for me, and what became of my own applications."""

from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from privyseal.approvals import queries
from privyseal.approvals.models import Application
from privyseal.approvals.queries.deciding import decided_together
from privyseal.approvals.queries.filing import waivers_to_decide
from privyseal.custody.queries import permits_at_hand
from privyseal.custody.queries.photographs import debts_visible_to
from privyseal.custody.queries.stock import stock_takes_at_hand
from privyseal.custody.queries.takeout import take_outs_at_hand
from privyseal.identity.again import asked_for
from privyseal.identity.models import FactorReset, Grant, Person
from privyseal.identity.queries import own_grants_ending_soon, resets_about
from privyseal.identity.rules import Power
from privyseal.sealing.queries import samples_to_review
from privyseal.seals.queries import seals_ending_soon, seals_to_change, sightings_to_make
from privyseal.seals.rules import Act, may_alone
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.context import MOST_COUNTED
from privyseal.web.forms import CommandForm
from privyseal.web.shown import applications
from privyseal.web.shown import powers as shown_powers

_MOST: Final = 20
_LATEST: Final = 10
_SEVERAL: Final = 2


@capability("signed-in")
@require_safe
def home(request: SignedIn) -> HttpResponse:
    at = now()
    waiting = queries.waiting_for(request.user, at, most=_MOST, counted=MOST_COUNTED + 1)
    request.waiting = waiting.count
    beside = decided_together(request.user, at, most=_MOST)
    together = {one.uid for one in beside} if len(beside) >= _SEVERAL else set[str]()
    own = asked_for(_own, request.user, at, queries.keys_of_own(request.user, at, limit=_LATEST))
    powers = request.powers
    at_hand = list(permits_at_hand(request.user, at)[:_MOST])
    take_outs = list(take_outs_at_hand(request.user, at)[:_MOST])
    shown = {
        "resets": asked_for(_resets, request.user, at),
        "command": CommandForm(),
        "waiting": applications.rows_to_do(asked_for(_in_turn, request.user, at, waiting.keys), at, ticked=together),
        "most": _MOST if waiting.count > _MOST else 0,
        "own": applications.rows(own, at),
        "may_miss": bool(at_hand or take_outs) or any(powers.anywhere(power) for power in may_alone(Act.LOSE)),
        "may_apply": powers.anywhere(Power.USE) or powers.anywhere(Power.MANAGE),
        "is_together": bool(together),
        "may_approve": powers.anywhere(Power.APPROVE),
        "ending": shown_powers.rows(asked_for(_ending, request.user, at), at, may=frozenset()),
        "to_change": list(seals_to_change(request.user, at)[:_MOST]),
        "to_photograph": list(sightings_to_make(request.user, at)[:_MOST]),
        "owed": debts_visible_to(request.user, at, of=request.user)[:_MOST],
        "at_hand": at_hand,
        "take_outs": take_outs,
        "stock_takes": list(stock_takes_at_hand(request.user, at)[:_MOST]),
        "to_waive": waivers_to_decide(request.user, at)[:_MOST] if powers.anywhere(Power.APPROVE) else (),
        "to_review": list(samples_to_review(request.user, at)[:_MOST]),
        "expiring": list(seals_ending_soon(request.user, at)[:_MOST]),
    }
    return render(request, "web/home.html", shown)


def _in_turn(actor: Person, at: datetime, keys: frozenset[int]) -> QuerySet[Application]:
    return applications.with_lines(queries.in_turn(actor, at, keys))[:_MOST]


def _own(actor: Person, at: datetime, keys: frozenset[int]) -> QuerySet[Application]:
    return applications.with_lines(queries.own_among(actor, at, keys))


def _resets(actor: Person, at: datetime) -> QuerySet[FactorReset]:
    return resets_about(actor, at)[:_MOST]


def _ending(actor: Person, at: datetime) -> QuerySet[Grant]:
    return own_grants_ending_soon(actor, at)[:_MOST]
