"""Helping somebody who has lost their second factor: never alone, never for oneself, and never unseen by its owner."""

from datetime import datetime

from privyseal.identity import queries
from privyseal.identity.actions.factors import forget_factors_of
from privyseal.identity.actions.powers import check_may_confirm
from privyseal.identity.actions.sessions import forget_sessions_of
from privyseal.identity.locks import locked_person
from privyseal.identity.models import FactorReset, Person
from privyseal.identity.rules import Power, check_appointment, check_confirmation
from privyseal.kernel.errors import NotFound
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required


@command("factor.ask-reset")
def ask_factor_reset(actor: Person, at: datetime, *, person_pseudonym: str) -> str:
    """Ask that somebody else's second factors be taken away; return the reset's uid. One that was open ends."""
    queries.require(actor, at, Power.SECURITY, None)
    person = locked_person(person_pseudonym)
    check_appointment(person=person.pk, appointer=actor.pk)
    if not queries.has_second_factor(person):
        raise NotFound(person=person.pseudonym)
    FactorReset.objects.filter(person=person, done_at=None, stopped_at=None).update(stopped_at=at)
    reset = FactorReset.objects.create(person=person, asked_by=actor, asked_at=at)
    book.record("factor.reset-asked", by=actor, at=at, person=person.pseudonym)
    return reset.uid


@command("factor.confirm-reset")
def confirm_factor_reset(actor: Person, at: datetime, *, reset_uid: str) -> int:
    """Take the factors away, having asked their owner; whoever is signed in to the account is put out."""
    check_may_confirm(actor, at)
    reset = _open(reset_uid)
    check_confirmation(confirmer=actor.pk, grantor=reset.asked_by_id, beneficiary=reset.person_id)
    reset.done_by, reset.done_at = actor, at
    reset.save(update_fields=["done_by", "done_at"])
    forgotten = forget_factors_of(reset.person)
    forget_sessions_of(reset.person)
    book.record("factor.reset", by=actor, at=at, person=reset.person.pseudonym, forgotten=forgotten)
    return forgotten


@command("factor.stop-reset")
def stop_factor_reset(actor: Person, at: datetime, *, reset_uid: str) -> str:
    """Keep the factors: its owner may always say so, and one security person."""
    reset = _open(reset_uid)
    if reset.person != actor:
        queries.require(actor, at, Power.SECURITY, None)
    reset.stopped_at = at
    reset.save(update_fields=["stopped_at"])
    book.record("factor.reset-stopped", by=actor, at=at, person=reset.person.pseudonym)
    return reset.uid


@transaction_required
def _open(uid: str) -> FactorReset:
    resets = FactorReset.objects.select_for_update(of=("self",)).select_related("person")
    reset = resets.filter(uid=uid, done_at=None, stopped_at=None).first()
    if reset is None:
        raise NotFound(reset=uid)
    return reset
