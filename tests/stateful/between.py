"""What may only change one way, between a state of the tables and the next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What may only change one way."""

    seals: Mapping[int, str]
    permits: Mapping[int, tuple[int, bool]]
    intents: Mapping[int, str]
    applications: Mapping[int, str]


_MADE_OR_RESUMED: Final = (
    "SELECT p.seal_id FROM permit p JOIN permit_part q ON q.permit_id = p.id AND q.part = 'approver'"
    " WHERE p.purpose <> 'use' AND p.used = 1 AND p.finished_at IS NOT NULL AND p.revoked_at IS NULL"
)
FINAL: Final = {"void", "destroyed"}
BEFORE_USE: Final = {"draft", "made", "suspended", "collected"}


def snapshot(connection: psycopg.Connection[Any]) -> Snapshot:
    permits = connection.execute("SELECT id, used, revoked_at IS NOT NULL FROM permit").fetchall()
    return Snapshot(
        seals=dict(connection.execute("SELECT id, state FROM seal").fetchall()),
        permits={permit: (used, is_revoked) for permit, used, is_revoked in permits},
        intents=dict(connection.execute("SELECT id, state FROM intent").fetchall()),
        applications=dict(connection.execute("SELECT id, state FROM application").fetchall()),
    )


def broken_between(before: Snapshot, after: Snapshot, connection: psycopg.Connection[Any]) -> Sequence[str]:
    """Return the promises that the step from one state to the next breaks."""
    found = []
    moved = [(seal, old, after.seals.get(seal)) for seal, old in before.seals.items() if after.seals.get(seal) != old]
    if any(old in FINAL or new in {None, "draft"} for _, old, new in moved):
        found.append("T3")
    woken = {seal for seal, old, new in moved if new == "active"}
    if any(old not in BEFORE_USE for seal, old, _ in moved if seal in woken):
        found.append("T3")
    if woken and not woken <= {seal for (seal,) in connection.execute(_MADE_OR_RESUMED)}:
        found.append("T4")
    for permit, (used, is_revoked) in before.permits.items():
        used_now, is_revoked_now = after.permits.get(permit, (0, False))
        if used_now < used or is_revoked > is_revoked_now or (is_revoked and used_now != used):
            found.append("T5")
    if any(state != "intended" and after.intents.get(intent) != state for intent, state in before.intents.items()):
        found.append("T11")
    if any(state != "pending" and after.applications.get(one) != state for one, state in before.applications.items()):
        found.append("T3")
    return found
