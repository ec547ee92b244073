"""Whose turn it is to decide, and for whom: their own, or as a delegate, never past a duty of either."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final

from django.db.models import F, Q, QuerySet
from django.utils.timezone import localtime

from privyseal.approvals.casting import cast_of
from privyseal.approvals.models import Application, Delegation, Vote
from privyseal.approvals.rules import POLICY, People, free_to_approve
from privyseal.approvals.rules.course import waits_for
from privyseal.approvals.rules.delegations import DaysOff, check_represented
from privyseal.approvals.rules.seats import SeatOpen, adds, decided_here, everybody
from privyseal.approvals.stages import (
    apart_from_deciding,
    approvers_of,
    detours_of,
    further_at,
    stages_of,
    types_of,
)
from privyseal.identity.queries import calendar_of
from privyseal.ledger.transactions import transaction_required
from privyseal.signer.statement import Purpose

_BOTH: Final = ("giver", "taker")


def delegations_in_force(at: datetime) -> QuerySet[Delegation]:
    """Return the delegations whose term holds; which of their hours do is asked of each.

    What somebody gave or took before they left comes back with nobody.
    """
    standing = Delegation.objects.filter(Q(ended_at=None) | Q(ended_at__gt=at), starts_at__lte=at, ends_at__gt=at)
    were_here = (Q(**{f"{who}__returned_at": None}) | Q(**{f"{who}__returned_at__lt": F("given_at")}) for who in _BOTH)
    return standing.filter(*were_here).order_by("pk")


def holds_now(given: Delegation, at: datetime) -> bool:
    """Tell whether the hours of a delegation hold, by the working days of its company where they matter."""
    local, hours = localtime(at), given.hours
    if hours.days_off is DaysOff.ALIKE:
        return hours.holds(local)
    return hours.holds(local, is_day_off=not calendar_of(given.company_id).is_worked(local.date()))


def voters_of(application: Application, at: datetime, *, among: Collection[int] | None = None) -> People:
    """Return whose turn it is, or whose of these people: who could fill a seat, or decide for one who could."""
    given = None if among is None else _given_to(application, at, among)
    # Whoever waits for others, or stands in the place of one, is found beside them.
    asked_of = None if application.detours_made or given else among
    seats = decided_here(
        stages_of(application, at, asked=application.seats.all(), among=asked_of)[application.stage - 1]
    )
    votes, cast = list(application.votes.all()), cast_of(application)
    gone = gone_of(votes)
    free = free_to_approve(everybody(seats), cast=cast) - gone
    if application.detours_made:
        further = further_at(detours_of(application), application.stage)
        free = frozenset(one for one in free if not waits_for(one, seats, voted=gone, further=further))
    if given is None or given:
        free |= _takers_for(application, at, free) - gone
    return free if among is None else free & frozenset(among)


def _given_to(application: Application, at: datetime, takers: Collection[int]) -> list[Delegation]:
    if application.policy == POLICY:
        return []
    return _covering(application, at, delegations_in_force(at).filter(taker__in=list(takers)))


def _takers_for(application: Application, at: datetime, givers: People) -> People:
    """Return who may decide for one of these people, and may approve here themselves; past no duty of either."""
    if application.policy == POLICY or not givers:
        return frozenset()
    given = _covering(application, at, delegations_in_force(at).filter(giver__in=givers))
    apart = apart_from_deciding(application, at) if given else frozenset()
    takers = {one.taker_id for one in given if not {one.giver_id, one.taker_id} & apart}
    return approvers_of(application, at, among=takers) if takers else frozenset()


@transaction_required
def represented_by(actor: int, at: datetime, application: Application, seats: Sequence[SeatOpen]) -> int | None:
    """Return for whom the actor decides: nobody where their own yes fills a seat or they may decide for nobody.

    Refuses where the duty of either forbids it.
    """
    votes = list(application.votes.all())
    counted = counted_of(vote for vote in votes if vote.stage == application.stage)
    if application.policy == POLICY or (actor in everybody(seats) and adds(seats, counted, actor)):
        return None
    # Whoever ends one of them meanwhile waits, or has already ended it.
    standing = delegations_in_force(at).filter(taker=actor).select_for_update(of=("self",))
    given = _covering(application, at, standing)
    givers = [one.giver_id for one in given if one.giver_id in everybody(seats) - gone_of(votes)]
    if not givers or not approvers_of(application, at, among={actor}):
        return None
    apart = apart_from_deciding(application, at)
    able = [one for one in givers if one not in apart] or givers
    giver = next((one for one in able if adds(seats, counted, one)), able[0])
    check_represented(giver, actor, apart=apart)
    return giver


def counted_of(votes: Iterable[Vote]) -> People:
    """Return whom votes count for: those who are represented, and those who voted for themselves."""
    return frozenset(vote.for_person_id or vote.person_id for vote in votes)


def ways_of(votes: Iterable[Vote]) -> dict[int, str]:
    """Return by which outside system each vote was given, by whose it is and for whom; empty for here."""
    return {person: vote.way for vote in votes for person in (vote.person_id, vote.for_person_id) if person is not None}


def gone_of(votes: Iterable[Vote]) -> People:
    """Return who cannot decide any more: whoever voted, and whoever somebody voted for."""
    return frozenset(person for vote in votes for person in (vote.person_id, vote.for_person_id) if person is not None)


def _covering(application: Application, at: datetime, given: QuerySet[Delegation]) -> list[Delegation]:
    purpose = Purpose(application.purpose)
    seals = [types_of(line.seal) for line in application.lines.all()]
    return [
        one
        for one in given.filter(company=application.company_id)
        if holds_now(one, at) and one.scope.covers(purpose, seals, application.amount)
    ]
