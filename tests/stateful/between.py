"""What may only change one way, between a state of the tables and the next."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

import psycopg


class Reach(NamedTuple):
    """How far a permit reaches, and how much of that is taken."""

    used: int
    impressions: int
    expires_at: datetime
    is_revoked: bool


class Taken(NamedTuple):
    """Impressions that were taken off a permit by hand, and how many of them went back."""

    permit: int
    released: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What may only change one way; and how much was refused, which a refusal alone changes."""

    seals: Mapping[int, str]
    permits: Mapping[int, Reach]
    intents: Mapping[int, str]
    applications: Mapping[int, str]
    turns: Mapping[int, tuple[str, Taken]]
    pages: Mapping[int, Taken]
    of_units: Mapping[int, bool]
    refusals: int


# One question a state: whoever takes thousands of steps asks it twice a step.
_STATES: Final = """
    SELECT 'seal', id, state, 0, 0, NULL::timestamptz, false FROM seal
    UNION ALL SELECT 'permit', id, '', used, impressions, expires_at, revoked_at IS NOT NULL FROM permit
    UNION ALL SELECT 'intent', id, state, 0, 0, NULL, false FROM intent
    UNION ALL SELECT 'application', id, state, 0, 0, NULL, false FROM application
    UNION ALL SELECT 'turn', t.id, phase, u.permit_id, t.released, NULL, false
      FROM hand_turn t JOIN hand_use u ON u.id = t.use_id
    UNION ALL SELECT 'page', s.photograph_id, '', u.permit_id, s.anew, NULL, false
      FROM hand_spoiled s JOIN hand_turn t ON t.id = s.turn_id JOIN hand_use u ON u.id = t.use_id
    UNION ALL SELECT 'of-unit', u.id, '', 0, 0, NULL, EXISTS (WITH RECURSIVE line AS (
        SELECT m.unit_id AS unit FROM membership m JOIN person h ON h.id = m.person_id AND h.is_active
          WHERE m.person_id = u.by_id AND m.left_on IS NULL
        UNION SELECT n.parent_id FROM line JOIN unit n ON n.id = line.unit)
      SELECT FROM line WHERE line.unit = p.unit_id)
      FROM standing_use u JOIN permit p ON p.id = u.permit_id WHERE p.unit_id IS NOT NULL
    UNION ALL SELECT 'refusals', 0, '', (
        SELECT coalesce(sum(coalesce((ledger_text(body)::jsonb -> 'data' ->> 'repeated')::int, 1)), 0)
        FROM ledger_fact WHERE kind LIKE '%.refused')
      + (SELECT coalesce(sum(repeated), 0) FROM ledger_refusal_tally), 0, NULL, false
"""
_MADE_OR_RESUMED: Final = (
    "SELECT p.seal_id FROM permit p JOIN permit_part q ON q.permit_id = p.id AND q.part = 'approver'"
    " WHERE p.purpose <> 'use' AND p.used = 1 AND p.finished_at IS NOT NULL AND p.revoked_at IS NULL"
)
_ADDITIONS: Final = "SELECT permit_id, impressions_after, expires_after FROM permit_addition"
FINAL: Final = {"void", "destroyed"}
BEFORE_USE: Final = {"draft", "made", "suspended", "collected"}
UNDECIDED: Final = {"pending", "agreed"}


def _spoils(name: str, spoil: str, *, first: str = "SELECT") -> tuple[str, str, str]:
    return name, first, spoil


# Writes of which each breaks one of them where nothing forbids it: the name, what is so before, and what is written.
SPOILS: Final = (
    _spoils("T3", "UPDATE seal SET state = 'draft'"),
    _spoils("T3", "UPDATE application SET state = 'pending'"),
    _spoils("T3", "UPDATE seal SET state = 'active'", first="UPDATE seal SET state = 'lost'"),
    _spoils(
        "T4",
        "UPDATE permit SET revoked_at = now(); UPDATE seal SET state = 'active'",
        first="UPDATE seal SET state = 'suspended'",
    ),
    _spoils("T5", "UPDATE permit SET used = used - 1 WHERE used > 0"),
    _spoils("T5", "UPDATE permit SET used = used + 1", first="UPDATE permit SET revoked_at = now()"),
    _spoils("T5", "UPDATE permit SET revoked_at = NULL", first="UPDATE permit SET revoked_at = now()"),
    _spoils("T11", "UPDATE intent SET state = 'intended'"),
    _spoils(
        "T20",
        "INSERT INTO standing_use SELECT (jsonb_populate_record(u, jsonb_build_object('id', u.id + 1000,"
        "   'by_id', h.id))).* FROM standing_use u JOIN permit p ON p.id = u.permit_id AND p.unit_id IS NOT NULL"
        " JOIN person h ON h.login = 'he'",
    ),
    _spoils("T22", "UPDATE permit SET impressions = impressions + 1"),
    _spoils("T22", "UPDATE permit SET expires_at = expires_at - interval '1 second'"),
    _spoils("T25", "UPDATE hand_turn SET released = released + 1 WHERE phase = 'committed'"),
)


def snapshot(connection: psycopg.Connection[Any]) -> Snapshot:
    rows = connection.execute(_STATES).fetchall()
    named: dict[str, dict[int, str]] = {kind: {} for kind in ("seal", "intent", "application")}
    permits, turns, pages, of_units, refusals = {}, {}, {}, {}, 0
    for kind, key, state, number, second, until, is_so in rows:
        if kind == "permit":
            permits[key] = Reach(int(number), second, until, is_so)
        elif kind == "turn":
            turns[key] = (state, Taken(int(number), second))
        elif kind == "page":
            pages[key] = Taken(int(number), second)
        elif kind == "of-unit":
            of_units[key] = is_so
        elif kind == "refusals":
            refusals = int(number)
        else:
            named[kind][key] = state
    return Snapshot(named["seal"], permits, named["intent"], named["application"], turns, pages, of_units, refusals)


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
    if any(state != "intended" and after.intents.get(intent) != state for intent, state in before.intents.items()):
        found.append("T11")
    if any(_is_undecided_again(state, after.applications.get(one)) for one, state in before.applications.items()):
        found.append("T3")
    if any(not belongs for use, belongs in after.of_units.items() if use not in before.of_units):
        found.append("T20")
    return [*found, *_of_permits(before, after, connection)]


def _is_undecided_again(state: str, then: str | None) -> bool:
    """Return whether what was decided is so no more, or waits again for a company that had agreed."""
    return then != state and (state not in UNDECIDED or then in {None, "pending"})


def _of_permits(before: Snapshot, after: Snapshot, connection: psycopg.Connection[Any]) -> Iterator[str]:
    back: Counter[int] = Counter()
    for turn, (phase, taken) in after.turns.items():
        old, known = before.turns.get(turn, ("reserved", Taken(taken.permit, 0)))
        back[taken.permit] += taken.released - known.released
        if old in {"committed", "released"} and (phase, taken) != (old, known):
            yield "T25"
    for page, spoiled in after.pages.items():
        back[spoiled.permit] += spoiled.released - before.pages.get(page, Taken(spoiled.permit, 0)).released
    for permit, was in before.permits.items():
        now = after.permits.get(permit)
        if now is None or was.is_revoked > now.is_revoked or not _may_be_used(was, now, back=back[permit]):
            yield "T5"
        elif (now.impressions, now.expires_at) != (was.impressions, was.expires_at):
            added = (permit, now.impressions, now.expires_at)
            falls = now.impressions < was.impressions or now.expires_at < was.expires_at
            if falls or added not in set(connection.execute(_ADDITIONS)):
                yield "T22"


def _may_be_used(was: Reach, now: Reach, *, back: int) -> bool:
    """Return whether no more went back than turns say, and nothing was used of what had ended."""
    return was.used - back <= now.used and (now.used <= was.used or not was.is_revoked)
