"""Erasing somebody who has left: asked for by security, decided by the auditor, and from then on nobody finds them.

A job blots what others wrote of them.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.keeping.barring import bars_to, is_erased, is_investigated
from privyseal.keeping.forgetting import forget, leave_rest, words_of
from privyseal.keeping.locks import before_holds, erase_in_turn, locked_anybody
from privyseal.keeping.models import Erasure
from privyseal.keeping.rules import (
    AlreadyErased,
    Decision,
    ErasureUnderWay,
    IncidentMeanwhile,
    check_erasure,
    check_reason,
    check_second,
)
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import NotFound
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import is_nothing_looked_into, transaction_required


@command("erasure.ask")
def ask_erasure(actor: Person, at: datetime, *, person_pseudonym: str, reason: str) -> str:
    """Ask that somebody who has left becomes unfindable, and say why; return the erasure's uid. Nothing goes yet."""
    identity.require(actor, at, Power.SECURITY, None)
    said, person = check_reason(reason), locked_anybody(person_pseudonym)
    if is_erased(person):
        raise AlreadyErased(person=person.pseudonym)
    check_erasure(bars_to(person, at, deciders=frozenset({actor.pk})))
    try:
        with transaction.atomic():
            erasure = Erasure.objects.create(person=person, reason=said, asked_by=actor, asked_at=at)
    except IntegrityError as error:
        raise ErasureUnderWay(person=person.pseudonym) from error
    book.record(
        "erasure.asked",
        by=actor,
        at=at,
        erasure=erasure.uid,
        person=person.pseudonym,
        text_sha256=sha256(said.encode()),
    )
    return erasure.uid


@command("erasure.decide")
def decide_erasure(actor: Person, at: datetime, *, erasure_uid: str, decision: Decision) -> str:
    """Say yes or no to an erasure that security asked for; return the person's pseudonym.

    With a yes nobody finds them from now on, and a job blots the rest. Facts, ids and what others did stay; the fact
    of it is what a restored backup does again.
    """
    erase_in_turn()
    before_holds()
    identity.require(actor, at, Power.AUDIT, None)
    erasure = _open(erasure_uid)
    person = locked_anybody(erasure.person.pseudonym)
    check_second(actor.pk, asker=erasure.asked_by_id)
    erasure.decision, erasure.decided_by, erasure.decided_at = decision.value, actor, at
    said = {"erasure": erasure.uid, "person": person.pseudonym}
    if decision is Decision.REFUSED:
        erasure.save(update_fields=["decision", "decided_by", "decided_at"])
        book.record("erasure.refused", by=actor, at=at, **said)
        return person.pseudonym
    check_erasure(bars_to(person, at, deciders=frozenset({actor.pk, erasure.asked_by_id})))
    words = words_of(person)
    forget(person)
    erasure.save(update_fields=["decision", "decided_by", "decided_at"])
    leave_rest(erasure, words)
    book.record("person.erased", by=actor, at=at, **said, asked_by=erasure.asked_by.pseudonym)
    # The last, and it waits for nobody: whoever opens an incident may hold rows that an erasure takes.
    if not is_nothing_looked_into() or is_investigated(person):
        raise IncidentMeanwhile(person=person.pseudonym)
    return person.pseudonym


@transaction_required
def _open(uid: str) -> Erasure:
    found = Erasure.objects.select_for_update(of=("self",)).select_related("person", "asked_by")
    erasure = found.filter(uid=uid, decision="").first()
    if erasure is None:
        raise NotFound(erasure=uid)
    return erasure
