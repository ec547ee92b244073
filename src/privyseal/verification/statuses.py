"""What a stranger learns of a seal: whether it is in force, or was on some day, and since when it has been what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from django.utils.timezone import localdate, make_aware

from privyseal.identity.queries import earlier_names_of
from privyseal.kernel.errors import NotFound
from privyseal.ledger.queries import facts_about
from privyseal.seals.models import Seal
from privyseal.seals.queries import published_seals, seal_of_number
from privyseal.seals.queries.outside import watch_of
from privyseal.seals.rules import SealNotInForce, SealState, check_in_force
from privyseal.verification.checks import count_check

_KIND: Final = "seal."
_MOST: Final = 1_000


class Force(StrEnum):
    """Whether a seal was in force on a day. Of today it says how things are now."""

    WHOLE = "in-force"
    PART = "part-of-the-day"
    NONE = "not-in-force"


@dataclass(frozen=True, slots=True)
class Status:
    """A seal, whether it was in force on a day, the earlier names of its company, and each state it has been in.

    ``revoked_since`` is since when the certificate that it has now is revoked by an authority outside.
    """

    seal: Seal
    earlier_names: tuple[str, ...]
    on: date
    force: Force
    history: Sequence[tuple[SealState, datetime]]
    revoked_since: datetime | None = None


def published() -> list[tuple[Seal, datetime]]:
    """Return what everybody is told is void or out of its company's hands, and since when, the latest first."""
    return published_seals()[:_MOST]


def status_of_number(uscc: str, number: str, *, on: date | None, address: str, at: datetime) -> Status:
    """Return how a seal stands, or stood on a day that is past, or refuse: too-many-checks, not-found."""
    count_check("status", address, at)
    seal = seal_of_number(uscc, number)
    if seal is None or seal.state == SealState.DRAFT.value:
        raise NotFound
    history, day = _history(seal), on or localdate(at)
    watch = watch_of(seal)
    states = [SealState(seal.state)] if day >= localdate(at) else states_on(day, history)
    return Status(
        seal=seal,
        earlier_names=tuple(earlier_names_of([seal.company_id])[seal.company_id]),
        on=day,
        force=force_of(states, since=seal.starts_on, until=seal.ends_on, on=day),
        history=history,
        revoked_since=watch.revoked_since if watch else None,
    )


def states_on(day: date, history: Sequence[tuple[SealState, datetime]]) -> list[SealState]:
    """Return the states of a day of our calendar, that with which it began first; none where there was none yet."""
    begins, ends = (make_aware(datetime.combine(one, time())) for one in (day, day + timedelta(days=1)))
    before = [state for state, since in history if since <= begins]
    return [*before[-1:], *(state for state, since in history if begins < since < ends)]


def force_of(states: Sequence[SealState], *, since: date | None, until: date | None, on: date) -> Force:
    """Return whether a seal that was in these states on a day, and is valid between two days, was in force on it."""
    in_force = [_is_in_force(state, since=since, until=until, on=on) for state in states]
    if not any(in_force):
        return Force.NONE
    return Force.WHOLE if all(in_force) else Force.PART


def _is_in_force(state: SealState, *, since: date | None, until: date | None, on: date) -> bool:
    try:
        check_in_force(state, since=since, until=until, on=on)
    except SealNotInForce:
        return False
    return True


def _history(seal: Seal) -> list[tuple[SealState, datetime]]:
    """Return the states of a seal from its facts, oldest first; a state that only repeats is left out."""
    states = {f"{_KIND}{state}": state for state in SealState}
    found: list[tuple[SealState, datetime]] = []
    for fact in facts_about("seal", seal.uid, kind=_KIND):
        state = states.get(fact.kind)
        if state is not None and (not found or found[-1][0] is not state):
            found.append((state, fact.at))
    return found
