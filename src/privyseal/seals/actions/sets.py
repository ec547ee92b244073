"""Sets of seals that do not share a keeper: one manager names one, it takes two people to end it."""

from collections.abc import Sequence
from datetime import datetime

from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.names import plain_name
from privyseal.identity.rules import Power
from privyseal.kernel.errors import DutiesNotSeparate, NotFound, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.seals import queries
from privyseal.seals.models import Custody, KeeperSet, Seal
from privyseal.seals.places import place_of
from privyseal.seals.rules import check_set


@command("keeper-set.make")
def make_set(actor: Person, at: datetime, *, company_uid: str, name: str, numbers: Sequence[str]) -> str:
    """Let no two of these seals share a keeper from now on: toward safety, at once; return the set's uid."""
    company = identity.company_visible_to(actor, at, company_uid)
    identity.require(actor, at, Power.MANAGE, company.pk)
    visible = queries.visible_to(actor, at).order_by().values("pk")
    locked = Seal.objects.select_for_update(of=("self",)).filter(number__in=numbers, pk__in=visible)
    seals = list(locked.order_by("pk"))
    if len(seals) < len(set(numbers)):
        raise NotFound(found=len(seals))
    for seal in seals:
        identity.require(actor, at, Power.MANAGE, place_of(seal))
    kept = Custody.objects.filter(seal__in=seals, until=None).order_by("pk")
    check_set([seal.pk for seal in seals], keepers=list(kept.values_list("keeper_id", flat=True)))
    made = KeeperSet.objects.create(company=company, name=plain_name(name), made_by=actor, made_at=at)
    made.seals.add(*seals)
    book.record("keeper-set.made", by=actor, at=at, **_about(made), seals=[seal.uid for seal in seals])
    return made.uid


@command("keeper-set.propose-end")
def propose_set_end(actor: Person, at: datetime, *, set_uid: str) -> str:
    """Say that the seals of a set could share a keeper again; somebody who approves has to agree."""
    found = _locked(actor, at, set_uid)
    identity.require(actor, at, Power.MANAGE, found.company_id)
    if found.ending_by_id is not None:
        raise OutOfTurn(set=set_uid)
    found.ending_by = actor
    found.save(update_fields=["ending_by"])
    book.record("keeper-set.end-proposed", by=actor, at=at, **_about(found))
    return found.uid


@command("keeper-set.end")
def end_set(actor: Person, at: datetime, *, set_uid: str) -> str:
    """End a set whose end was proposed: by a second person, who approves in its company."""
    found = _locked(actor, at, set_uid)
    identity.require(actor, at, Power.APPROVE, found.company_id)
    if found.ending_by_id is None:
        raise OutOfTurn(set=set_uid)
    if found.ending_by_id == actor.pk:
        raise DutiesNotSeparate(set=set_uid)
    found.ended_by, found.ended_at = actor, at
    found.save(update_fields=["ended_by", "ended_at"])
    book.record("keeper-set.ended", by=actor, at=at, **_about(found))
    return found.uid


@transaction_required
def _locked(actor: Person, at: datetime, uid: str) -> KeeperSet:
    queries.set_visible_to(actor, at, uid)
    found = KeeperSet.objects.select_for_update(of=("self",)).select_related("company").filter(uid=uid, ended_at=None)
    locked = found.first()
    if locked is None:
        raise NotFound(set=uid)
    return locked


def _about(found: KeeperSet) -> dict[str, str]:
    return {"set": found.uid, "company": found.company.uid}
