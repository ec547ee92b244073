"""What a stranger learns of a seal: whether it is in force, and when it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import QuerySet
from django.utils.timezone import localdate

from privyseal.identity import attempts
from privyseal.identity.queries import earlier_names_of
from privyseal.kernel.errors import NotFound
from privyseal.ledger.queries import facts_about
from privyseal.seals.models import Seal
from privyseal.seals.queries import published_seals, seal_of_number
from privyseal.seals.rules import SealNotInForce, SealState, check_in_force
from privyseal.verification.checks import TooManyChecks

_KIND: Final = "seal."


@dataclass(frozen=True, slots=True)
class Status:
    """A seal, whether it is in force at the time asked, and each state it has been in."""

    seal: Seal
    earlier_names: tuple[str, ...]
    is_in_force: bool
    history: Sequence[tuple[SealState, datetime]]


def published() -> QuerySet[Seal]:
    return published_seals()


def status_of_number(uscc: str, number: str, *, address: str, at: datetime) -> Status:
    """Return how a seal stands, or refuse: too-many-checks, not-found."""
    if attempts.count("status", address, at) > settings.VERIFICATIONS_PER_MINUTE:
        raise TooManyChecks
    seal = seal_of_number(uscc, number)
    if seal is None or seal.state == SealState.DRAFT.value:
        raise NotFound
    return Status(
        seal=seal,
        earlier_names=tuple(earlier_names_of([seal.company_id])[seal.company_id]),
        is_in_force=_is_in_force(seal, at),
        history=_history(seal),
    )


def _is_in_force(seal: Seal, at: datetime) -> bool:
    try:
        check_in_force(SealState(seal.state), since=seal.starts_on, until=seal.ends_on, on=localdate(at))
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
