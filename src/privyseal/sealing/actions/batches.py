"""Seal all documents of one approved application together, each a use of its own: intend, touch the key, confirm."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from privyseal.identity.models import DigestField, Person, new_uid
from privyseal.identity.models.joined import built, columns
from privyseal.kernel import steps
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import NotFound, Refused
from privyseal.kernel.quorum import CosignersStale
from privyseal.kernel.steps import Step
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import listed, transaction_required
from privyseal.sealing import authorities
from privyseal.sealing.actions.sealing import (
    AlreadySealed,
    fail_sealing,
    finish_sealing,
)
from privyseal.sealing.actions.turns import seal_in_turns
from privyseal.sealing.models import Intent
from privyseal.sealing.saying import intended_under, of_intended, of_sealed, sealed_under
from privyseal.seals import permits
from privyseal.seals.actions import evidence_of
from privyseal.seals.entering_uses import Made, enter_each
from privyseal.seals.models import Permit, Seal
from privyseal.seals.rules import SealKind
from privyseal.seals.rules.permits import SealNotElectronic
from privyseal.signer.answers import Outcome, Sealed
from privyseal.signer.client import Client, SignerUnavailable
from privyseal.signer.proving import digests
from privyseal.signer.statement import Approved, Purpose, assurance_of

_MOST_BYTES: Final = 20_000_000
"""Of documents in one call; a larger one goes alone, from its file."""
_AT_ONCE: Final = 25
"""Documents in one call: so many are made while those before them are put on record."""

# Only what is needed is asked for: rows of fifty documents with all that hangs on them took a quarter of the time.
_WAITING: Final = """
    SELECT intent.uid, intent.permit_id, intent.operator_id,
        coalesce(before.result_sha256, encode(line.document_sha256, 'hex'))
    FROM intent JOIN permit_line line ON line.id = intent.line_id LEFT JOIN intent before ON before.id = intent.after_id
    WHERE intent.uid = ANY(%s) AND intent.state = 'intended' AND (before.id IS NULL OR before.state = 'sealed')
    ORDER BY intent.permit_id, intent.operator_id, intent.id
"""
_NOT_BEGUN: Final = """
    SELECT line.id, line.permit_id, encode(line.document_sha256, 'hex'), line.impressions, line.turn
    FROM permit_line line JOIN permit ON permit.id = line.permit_id
    WHERE permit.application_uid = %s AND permit.purpose = 'use' AND NOT EXISTS (
        SELECT 1 FROM permit_line same JOIN permit beside ON beside.id = same.permit_id
            JOIN intent ON intent.line_id = same.id
        WHERE beside.application_uid = permit.application_uid AND beside.purpose = 'use'
            AND same.document_sha256 = line.document_sha256
    ) ORDER BY line.turn, line.id
"""
_BEGUN: Final = "SELECT 1 FROM intent WHERE line_id = ANY(%s) AND state <> 'failed' LIMIT 1"
_INTEND: Final = """
    INSERT INTO intent (uid, permit_id, line_id, operator_id, state, intended_at, result_sha256, failure, after_id)
    SELECT uid, permit, line, %s, 'intended', %s, '', '', nullif(after, 0)
    FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[]) AS one (uid, permit, line, after)
    RETURNING line_id, id
"""
_INTENDED: Final = """
    SELECT intent.id, intent.uid, intent.permit_id, intent.line_id, intent.operator_id,
        encode(line.document_sha256, 'hex'), line.impressions
    FROM intent JOIN permit_line line ON line.id = intent.line_id
    WHERE intent.uid = ANY(%s) AND intent.state = 'intended' ORDER BY intent.id FOR UPDATE OF intent
"""
_PERMITS: Final = f"""
    SELECT {columns(Permit, "permit")}, {columns(Seal, "seal")}
    FROM permit JOIN seal ON seal.id = permit.seal_id WHERE permit.id = ANY(%s)
"""  # noqa: S608 - our own tables' names
_PEOPLE: Final = f"SELECT {columns(Person, 'person')} FROM person WHERE id = ANY(%s)"  # noqa: S608 - the same
_END: Final = """
    UPDATE intent SET state = 'sealed', ended_at = %s, result_sha256 = made.result
    FROM unnest(%s::bigint[], %s::text[]) AS made (id, result) WHERE intent.id = made.id AND intent.state = 'intended'
"""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a permit on which no seal was begun yet."""

    pk: int
    permit: Permit
    document_sha256: str
    impressions: int
    turn: int


@dataclass(frozen=True, slots=True)
class _Intended:
    """An open intent, with no more than its fact and the register say of it."""

    pk: int
    uid: str
    permit: Permit
    line_id: int
    operator: Person
    document_sha256: str
    impressions: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open intent, and the file that it seals: the approved one, or what the seal before it made."""

    uid: str
    permit_id: int
    operator_id: int
    before: str


class _Answer(NamedTuple):
    """The documents that were sent to the signer in one call, and what became of each."""

    documents: Sequence[bytes]
    outcomes: Sequence[Outcome]


def seal_each(actor: Person, at: datetime, *, permit_uid: str, signer: Client) -> None:
    """Put every seal that was approved on every document of an application that no seal was begun on yet, or refuse.

    (1) intend: all permits are spent and all intents recorded in one commit, or nothing is; (2) the signer is asked for
    many documents in one call, and judges, counts and refuses each by itself; (3) confirm: what it sealed is recorded
    in one commit. What it refuses ends as failed, and keeps none of the others; what is left open the sweep finishes.
    Seals of several companies go on in turns, and so each document by itself.
    """
    if Permit.objects.filter(uid=permit_uid, joint_uid__isnull=False).exists():
        seal_in_turns(actor, at, permit_uid=permit_uid, signer=signer)
        return
    uids = intend_each(actor, at, permit_uid=permit_uid)  # (1)
    finish_each(actor, at, intent_uids=uids, signer=signer)  # (2) (3)


@command("document.seal-each")
def intend_each(actor: Person, at: datetime, *, permit_uid: str) -> list[str]:
    """Spend the permits and say what is about to be sealed, before any key is touched; return all open intents."""
    waiting = permits.for_use(permit_uid)
    if waiting.joint_uid is not None:
        raise NotFound(permit=permit_uid)  # companies seal in turns, each document by itself
    lines = _not_begun(waiting.application_uid)
    for digest in {line.document_sha256 for line in lines}:
        settings.BLOBS.check(digest)
    seals = {seal.pk: seal for seal in permits.share_lock([line.permit.seal_id for line in lines] or [waiting.seal_id])}
    by_permit: dict[int, list[_Line]] = defaultdict(list)
    for line in lines:
        by_permit[line.permit.pk].append(line)
    for line, *_ in by_permit.values():
        line.permit.seal = seals[line.permit.seal_id]
        if line.permit.seal.kind != SealKind.ELECTRONIC.value:
            raise SealNotElectronic(seal=line.permit.seal.uid)
    for _, of_permit in sorted(by_permit.items()):
        one = of_permit[0].permit
        taken = sum(line.impressions for line in of_permit)
        permits.spend_locked(one, one.seal, by=actor, at=at, impressions=taken)
    _intend(actor, at, waiting, lines)
    return list(_open(waiting, actor).values_list("uid", flat=True))


def finish_each(actor: Actor, at: datetime, *, intent_uids: Sequence[str], signer: Client) -> None:
    """Bring open intents to their ends, those before others first; what the signer refuses, it refuses alone.

    While the results of one call are put on record the signer is asked already for the next: each has a processor.
    """
    signer.meet()
    with ThreadPoolExecutor(1, "asking") as asking:
        while ready := _ready(intent_uids):
            _finish(actor, at, ready, asking, signer=signer)


def _finish(actor: Actor, at: datetime, ready: Sequence[Waiting], asking: Executor, *, signer: Client) -> None:
    people = _people({one.operator_id for one in ready})
    approved = {key: evidence_of(permit) for key, permit in _permits({one.permit_id for one in ready}).items()}
    asked: list[tuple[Sequence[Waiting], Future[_Answer]]] = []
    for together in _calls(ready):
        if len(together) == 1 or authorities.stamper() is not None:
            _finish_alone(actor, at, together, signer=signer)
            continue
        one = together[0]
        ask = partial(_ask, together, people[one.operator_id].pseudonym, approved[one.permit_id], signer=signer)
        asked.append((together, asking.submit(ask)))
        while len(asked) > 1:
            _keep(actor, at, *asked.pop(0), signer=signer)
    for each in asked:
        _keep(actor, at, *each, signer=signer)


@command("document.confirm-sealed-each")
def confirm_each(actor: Actor, at: datetime, *, results: Mapping[str, str]) -> int:
    """Put results on record and the uses into the register; return how many. What has ended stays as it is."""
    ended = _locked(results)
    entered = enter_each(at, [Made(one.line_id, one.operator.pk, one.impressions, one.permit) for one in ended])
    made = [results[one.uid] for one in ended]
    with connection.cursor() as cursor:
        cursor.execute(_END, [at, listed(one.pk for one in ended), listed(made)])
    said = _said_of(ended)
    facts = [
        {
            **of_sealed(said[one.permit.pk, one.operator.pk], one.uid, one.document_sha256, result, one.impressions),
            **number,
        }
        for one, result, number in zip(ended, made, entered, strict=True)
    ]
    book.record_each("document.sealed", facts, by=actor, at=at)
    steps.reached(Step.CONFIRMING)
    return len(ended)


@transaction_required
def _not_begun(application_uid: str) -> list[_Line]:
    """Return the lines that no seal was begun on, and their permits without what was said on these."""
    with connection.cursor() as cursor:
        cursor.execute(_NOT_BEGUN, [DigestField().get_prep_value(application_uid)])
        rows = cursor.fetchall()
    permits_of = Permit.objects.defer("evidence").in_bulk({permit for _, permit, *_ in rows})
    return [_Line(pk, permits_of[permit], *more) for pk, permit, *more in rows]


@transaction_required
def _intend(actor: Person, at: datetime, waiting: Permit, lines: Sequence[_Line]) -> None:
    """Write the intents, each after the one on the same document before it."""
    with connection.cursor() as cursor:
        cursor.execute(_BEGUN, [listed(line.pk for line in lines)])
        if cursor.fetchone():
            raise AlreadySealed(permit=waiting.uid)
    under = {line.permit.pk: intended_under(line.permit) for line in lines}
    last: dict[str, int] = {}
    for turn in sorted({line.turn for line in lines}):
        those = [line for line in lines if line.turn == turn]
        uids = [new_uid() for _ in those]
        keys = _insert(actor, at, uids, those, [last.get(line.document_sha256, 0) for line in those])
        last |= {line.document_sha256: keys[line.pk] for line in those}
        facts = (
            of_intended(under[line.permit.pk], uid, line.document_sha256, line.impressions)
            for uid, line in zip(uids, those, strict=True)
        )
        book.record_each("document.seal.intended", facts, by=actor, at=at)
    steps.reached(Step.INTENDING)


def _insert(
    actor: Person, at: datetime, uids: Sequence[str], lines: Sequence[_Line], after: Sequence[int]
) -> dict[int, int]:
    """Write intents; return the key of each by that of its line."""
    columns_of = [listed(uids), listed(line.permit.pk for line in lines), listed(line.pk for line in lines)]
    with connection.cursor() as cursor:
        cursor.execute(_INTEND, [actor.pk, at, *columns_of, listed(after)])
        return dict(cursor.fetchall())


def _open(waiting: Permit, actor: Person) -> QuerySet[Intent]:
    own = Intent.objects.filter(permit__application_uid=waiting.application_uid, operator=actor)
    return own.filter(permit__purpose=Purpose.USE, state=Intent.State.INTENDED).order_by("pk")


@transaction_required
def _locked(uids: Iterable[str]) -> list[_Intended]:
    """Return the open intents, ours until the end."""
    with connection.cursor() as cursor:
        cursor.execute(_INTENDED, [listed(uids)])
        rows = cursor.fetchall()
    permits_of, people = _permits({row[2] for row in rows}), _people({row[4] for row in rows})
    return [
        _Intended(pk, uid, permits_of[permit], line, people[operator], *more)
        for pk, uid, permit, line, operator, *more in rows
    ]


def _permits(keys: Collection[int]) -> dict[int, Permit]:
    """Return permits with their seals, by their keys."""
    found: dict[int, Permit] = {}
    with connection.cursor() as cursor:
        cursor.execute(_PERMITS, [listed(keys)])
        for row in cursor.fetchall():
            values = iter(row)
            permit, permit.seal = built(Permit, values), built(Seal, values)
            found[permit.pk] = permit
    return found


def _people(keys: Collection[int]) -> dict[int, Person]:
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [listed(keys)])
        return {person.pk: person for person in (built(Person, iter(row)) for row in cursor.fetchall())}


def _ready(intent_uids: Sequence[str]) -> list[Waiting]:
    """Return the open ones among these on which no other open one is waited for, those of one permit together."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [listed(intent_uids)])
        return [Waiting(*row) for row in cursor.fetchall()]


def _calls(ready: Iterable[Waiting]) -> Iterator[list[Waiting]]:
    """Return what goes to the signer in one call: of one permit and operator, so many and so large."""
    together: list[Waiting] = []
    size = 0
    for one in ready:
        more = settings.BLOBS.size(one.before)
        is_alike = together and (together[0].permit_id, together[0].operator_id) == (one.permit_id, one.operator_id)
        if together and (not is_alike or len(together) == _AT_ONCE or size + more > _MOST_BYTES):
            yield together
            together, size = [], 0
        together.append(one)
        size += more
    if together:
        yield together


def _ask(together: Sequence[Waiting], operator: str, approved: Sequence[Approved], *, signer: Client) -> _Answer:
    """Ask the signer for one call's documents; nothing of the database is touched here."""
    documents = [settings.BLOBS.get(one.before) for one in together]
    asked = [(one.uid, f"Seal_{one.uid[:12]}", document) for one, document in zip(together, documents, strict=True)]
    steps.reached(Step.INTENDED)
    outcomes = signer.seal_each(operator=operator, approved=approved, each=asked)
    steps.reached(Step.ANSWERED)
    return _Answer(documents, outcomes)


def _keep(actor: Actor, at: datetime, together: Sequence[Waiting], answer: Future[_Answer], *, signer: Client) -> None:
    """Store what the signer made and put it on record, or refuse as it did."""
    try:
        documents, outcomes = answer.result()
    except (SignerUnavailable, CosignersStale):
        raise  # all stay open, and nothing was counted
    except Refused:
        _finish_alone(actor, at, together, signer=signer)  # a no to the call says nothing of the documents
        return
    made = [
        (one.uid, (one.before, document, outcome.appended))
        for one, document, outcome in zip(together, documents, outcomes, strict=True)
        if isinstance(outcome, Sealed)
    ]
    stored = settings.BLOBS.append_each([appended for _, appended in made])
    results = {uid: result for (uid, _), result in zip(made, stored, strict=True)}
    steps.reached(Step.STORED)
    if results:
        confirm_each(actor, at, results=results)
    steps.reached(Step.CONFIRMED)
    for one, outcome in zip(together, outcomes, strict=True):
        if isinstance(outcome, Refused):
            fail_sealing(actor, at, intent_uid=one.uid, failure=outcome.code)


def _finish_alone(actor: Actor, at: datetime, intents: Iterable[Waiting], *, signer: Client) -> None:
    for intent in intents:
        try:
            finish_sealing(actor, at, intent_uid=intent.uid, signer=signer)
        except (SignerUnavailable, CosignersStale):
            raise
        except Refused:
            if Intent.objects.filter(uid=intent.uid, state=Intent.State.INTENDED).exists():
                raise  # not even ended: it would be asked again and again


def _said_of(ended: Iterable[_Intended]) -> dict[tuple[int, int], dict[str, Json]]:
    """Return what every use under one permit by one person says alike, of its approval too."""
    said: dict[tuple[int, int], dict[str, Json]] = {}
    for (permit, operator), one in {(one.permit.pk, one.operator.pk): one for one in ended}.items():
        approved = evidence_of(one.permit)
        of_approval = {"assurance": assurance_of(approved), "votes": digests(approved)}
        said[permit, operator] = {**sealed_under(one.permit, one.operator), **of_approval}
    return said
