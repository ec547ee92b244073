"""Seal all documents of one approved application together, each a use of its own: intend, touch the key, confirm."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from privyseal.identity.models import Person
from privyseal.kernel import steps
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import NotFound, Refused
from privyseal.kernel.quorum import CosignersStale
from privyseal.kernel.steps import Step
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.sealing import authorities
from privyseal.sealing.actions.sealing import (
    AlreadySealed,
    fail_sealing,
    finish_sealing,
)
from privyseal.sealing.models import Intent
from privyseal.sealing.saying import intended_fact, sealed_fact
from privyseal.seals import permits
from privyseal.seals.actions import evidence_of
from privyseal.seals.entering_uses import enter_each
from privyseal.seals.models import Permit, PermitLine
from privyseal.seals.rules import SealKind
from privyseal.seals.rules.permits import SealNotElectronic
from privyseal.signer.answers import Sealed
from privyseal.signer.client import Client, SignerUnavailable
from privyseal.signer.proving import digests
from privyseal.signer.statement import Purpose, assurance_of
from privyseal.signer.terms import MAX_DOCUMENTS

_MOST_BYTES: Final = 20_000_000
"""Of documents in one call; a larger one goes alone, from its file."""

_BEGUN: Final = "SELECT 1 FROM intent WHERE line_id = ANY(%s) AND state <> 'failed' LIMIT 1"
_END: Final = """
    UPDATE intent SET state = 'sealed', ended_at = %s, result_sha256 = made.result
    FROM unnest(%s::bigint[], %s::text[]) AS made (id, result) WHERE intent.id = made.id AND intent.state = 'intended'
"""


def seal_each(actor: Person, at: datetime, *, permit_uid: str, signer: Client) -> None:
    """Put every seal that was approved on every document of an application that no seal was begun on yet, or refuse.

    (1) intend: all permits are spent and all intents recorded in one commit, or nothing is; (2) the signer is asked for
    many documents in one call, and judges, counts and refuses each by itself; (3) confirm: what it sealed is recorded
    in one commit. What it refuses ends as failed, and keeps none of the others; what is left open the sweep finishes.
    """
    uids = intend_each(actor, at, permit_uid=permit_uid)  # (1)
    finish_each(actor, at, intent_uids=uids, signer=signer)  # (2) (3)


@command("document.seal-each")
def intend_each(actor: Person, at: datetime, *, permit_uid: str) -> list[str]:
    """Spend the permits and say what is about to be sealed, before any key is touched; return all open intents."""
    waiting = permits.for_use(permit_uid)
    if waiting.joint_uid is not None:
        raise NotFound(permit=permit_uid)  # companies seal in turns, each document by itself
    lines = _not_begun(waiting)
    for digest in {line.document_sha256 for line in lines}:
        settings.BLOBS.check(digest)
    seals = {seal.pk: seal for seal in permits.share_lock([line.permit.seal_id for line in lines] or [waiting.seal_id])}
    by_permit: dict[int, list[PermitLine]] = defaultdict(list)
    for line in lines:
        line.permit.seal = seals[line.permit.seal_id]
        if line.permit.seal.kind != SealKind.ELECTRONIC.value:
            raise SealNotElectronic(seal=line.permit.seal.uid)
        by_permit[line.permit_id].append(line)
    for _, of_permit in sorted(by_permit.items()):
        one = of_permit[0].permit
        taken = sum(line.impressions for line in of_permit)
        permits.spend_locked(one, one.seal, by=actor, at=at, impressions=taken)
    _intend(actor, at, waiting, lines)
    return list(_open(waiting, actor).values_list("uid", flat=True))


def finish_each(actor: Actor, at: datetime, *, intent_uids: Sequence[str], signer: Client) -> None:
    """Bring open intents to their ends, those before others first; what the signer refuses, it refuses alone."""
    while ready := _ready(intent_uids):
        for together in _calls(ready):
            if len(together) > 1 and authorities.stamper() is None:
                _finish_together(actor, at, together, signer=signer)
            else:
                _finish_alone(actor, at, together, signer=signer)


@command("document.confirm-sealed-each")
def confirm_each(actor: Actor, at: datetime, *, results: Mapping[str, str]) -> int:
    """Put results on record and the uses into the register; return how many. What has ended stays as it is."""
    locked = Intent.objects.select_for_update(of=("self",)).filter(uid__in=results, state=Intent.State.INTENDED)
    ended = list(_with_all(locked.order_by("pk")))
    for intent in ended:
        intent.line.permit = intent.permit
    entered = enter_each(at, [(intent.operator, intent.line, intent.permit.seal) for intent in ended])
    with connection.cursor() as cursor:
        cursor.execute(_END, [at, [one.pk for one in ended], [results[one.uid] for one in ended]])
    said = _said_of({intent.permit_id: intent.permit for intent in ended}.values())
    facts = [
        sealed_fact(intent, results[intent.uid], {**said[intent.permit_id], **number})
        for intent, number in zip(ended, entered, strict=True)
    ]
    book.record_each("document.sealed", facts, by=actor, at=at)
    steps.reached(Step.CONFIRMING)
    return len(ended)


@transaction_required
def _not_begun(waiting: Permit) -> list[PermitLine]:
    """Return what the application's permits allow on documents that no seal was begun on."""
    lines = PermitLine.objects.filter(permit__application_uid=waiting.application_uid, permit__purpose=Purpose.USE)
    begun = lines.filter(intents__isnull=False).values("document_sha256")
    left = lines.exclude(document_sha256__in=begun).select_related("permit").defer("permit__evidence")
    return list(left.order_by("turn", "pk"))


@transaction_required
def _intend(actor: Person, at: datetime, waiting: Permit, lines: Sequence[PermitLine]) -> None:
    """Write the intents, each after the one on the same document before it."""
    with connection.cursor() as cursor:
        cursor.execute(_BEGUN, [[line.pk for line in lines]])
        if cursor.fetchone():
            raise AlreadySealed(permit=waiting.uid)
    last: dict[str, Intent] = {}
    for turn in sorted({line.turn for line in lines}):
        intents = [
            Intent(permit=line.permit, line=line, operator=actor, intended_at=at, after=last.get(line.document_sha256))
            for line in lines
            if line.turn == turn
        ]
        Intent.objects.bulk_create(intents)
        last |= {intent.line.document_sha256: intent for intent in intents}
        book.record_each("document.seal.intended", map(intended_fact, intents), by=actor, at=at)
    steps.reached(Step.INTENDING)


def _open(waiting: Permit, actor: Person) -> QuerySet[Intent]:
    own = Intent.objects.filter(permit__application_uid=waiting.application_uid, operator=actor)
    return own.filter(permit__purpose=Purpose.USE, state=Intent.State.INTENDED).order_by("pk")


def _with_all(intents: QuerySet[Intent]) -> QuerySet[Intent]:
    return intents.select_related("permit", "permit__seal", "line", "operator", "after")


def _ready(intent_uids: Sequence[str]) -> list[Intent]:
    """Return the open ones among these on which no other open one is waited for."""
    waiting = _with_all(Intent.objects.filter(uid__in=intent_uids, state=Intent.State.INTENDED)).order_by("pk")
    return [one for one in waiting if one.after is None or one.after.state == Intent.State.SEALED]


def _calls(ready: Iterable[Intent]) -> Iterator[list[Intent]]:
    """Return what goes to the signer in one call: of one permit and operator, so many and so large."""
    together: list[Intent] = []
    size = 0
    for intent in sorted(ready, key=lambda one: (one.permit_id, one.operator_id, one.pk)):
        more = settings.BLOBS.size(_before(intent))
        is_alike = together and together[0].permit_id == intent.permit_id
        is_alike = is_alike and together[0].operator_id == intent.operator_id
        if together and (not is_alike or len(together) == MAX_DOCUMENTS or size + more > _MOST_BYTES):
            yield together
            together, size = [], 0
        together.append(intent)
        size += more
    if together:
        yield together


def _finish_together(actor: Actor, at: datetime, together: Sequence[Intent], *, signer: Client) -> None:
    permit, operator = together[0].permit, together[0].operator
    asked = [(one.uid, f"Seal_{one.uid[:12]}", settings.BLOBS.get(_before(one))) for one in together]
    steps.reached(Step.INTENDED)
    try:
        outcomes = signer.seal_each(operator=operator.pseudonym, approved=evidence_of(permit), each=asked)
    except (SignerUnavailable, CosignersStale):
        raise  # all stay open, and nothing was counted
    except Refused:
        _finish_alone(actor, at, together, signer=signer)  # a no to the call says nothing of the documents
        return
    steps.reached(Step.ANSWERED)
    made = [
        (intent, outcome.appended)
        for intent, outcome in zip(together, outcomes, strict=True)
        if isinstance(outcome, Sealed)
    ]
    stored = settings.BLOBS.append_each([(_before(intent), appended) for intent, appended in made])
    results = {intent.uid: result for (intent, _), result in zip(made, stored, strict=True)}
    steps.reached(Step.STORED)
    if results:
        confirm_each(actor, at, results=results)
    steps.reached(Step.CONFIRMED)
    for intent, outcome in zip(together, outcomes, strict=True):
        if isinstance(outcome, Refused):
            fail_sealing(actor, at, intent_uid=intent.uid, failure=outcome.code)


def _finish_alone(actor: Actor, at: datetime, intents: Iterable[Intent], *, signer: Client) -> None:
    for intent in intents:
        try:
            finish_sealing(actor, at, intent_uid=intent.uid, signer=signer)
        except (SignerUnavailable, CosignersStale):
            raise
        except Refused:
            if Intent.objects.filter(uid=intent.uid, state=Intent.State.INTENDED).exists():
                raise  # not even ended: it would be asked again and again


def _before(intent: Intent) -> str:
    """Return the file that an intent seals."""
    digest: str = intent.after.result_sha256 if intent.after else intent.line.document_sha256
    return digest


def _said_of(of: Iterable[Permit]) -> dict[int, dict[str, Json]]:
    """Return what every use under these permits says of its approval."""
    approved = {permit.pk: evidence_of(permit) for permit in of}
    return {key: {"assurance": assurance_of(said), "votes": digests(said)} for key, said in approved.items()}
