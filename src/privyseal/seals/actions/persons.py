"""Whose name a seal bears, and the end of the mandates that this person gave."""

from datetime import datetime
from uuid import UUID

from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, NotFound, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.seals import queries
from privyseal.seals.actions.stopping import tell_signer
from privyseal.seals.models import Mandate, Permit, Seal, SealPerson
from privyseal.seals.places import place_of
from privyseal.seals.queries.persons import mandate_visible_to
from privyseal.seals.rules import SealType
from privyseal.seals.rules.persons import SealBearsNobodysName, WhoseSealIsKnown
from privyseal.seals.together import end_others, locked
from privyseal.signer.client import Client


@command("seal.name-person")
def name_person(actor: Person, at: datetime, *, seal_uid: str, person_pseudonym: str) -> str:
    """Say whose name a personal seal bears; somebody else who approves there has to agree."""
    seal = queries.seal_visible_to(actor, at, seal_uid)
    identity.require(actor, at, Power.MANAGE, place_of(seal))
    if seal.type != SealType.PERSONAL.value:
        raise SealBearsNobodysName(seal=seal.uid)
    person = identity.person_visible_to(actor, at, person_pseudonym)
    if person == actor:
        raise DutiesNotSeparate(seal=seal.uid)
    identity.require_part(person, at)
    _locked(seal)
    if SealPerson.objects.filter(seal=seal, confirmed_at__isnull=False).exists():
        raise WhoseSealIsKnown(seal=seal.uid)
    named = {"person": person, "named_by": actor, "named_at": at}
    SealPerson.objects.update_or_create(seal=seal, defaults=named)
    book.record("seal.person-named", by=actor, at=at, seal=seal.uid, person=person.pseudonym)
    return seal.uid


@command("seal.confirm-person")
def confirm_person(actor: Person, at: datetime, *, seal_uid: str, person_pseudonym: str) -> str:
    """Agree that the seal bears the name of the person shown: from now on and for life."""
    seal = queries.seal_visible_to(actor, at, seal_uid)
    identity.require(actor, at, Power.APPROVE, place_of(seal))
    _locked(seal)
    named = SealPerson.objects.select_related("person").filter(seal=seal, confirmed_at=None).first()
    if named is None or named.person.pseudonym != person_pseudonym:
        raise OutOfTurn(seal=seal.uid)
    if actor.pk in {named.named_by_id, named.person_id}:
        raise DutiesNotSeparate(seal=seal.uid)
    named.confirmed_by, named.confirmed_at = actor, at
    named.save(update_fields=["confirmed_by", "confirmed_at"])
    book.record("seal.person-confirmed", by=actor, at=at, seal=seal.uid, person=person_pseudonym)
    return seal.uid


def revoke(actor: Person, at: datetime, *, command_id: UUID, mandate_uid: str, signer: Client) -> str:
    """Take one's mandate back in the register, then at the key."""
    revoked = revoke_mandate.once(command_id, actor, at, mandate_uid=mandate_uid)
    tell_signer(at, signer=signer)
    return revoked


@command("mandate.revoke")
def revoke_mandate(actor: Person, at: datetime, *, mandate_uid: str) -> str:
    """Take one's mandate back at once, and with it every permit that rests on it and is not used up."""
    seen = mandate_visible_to(actor, at, mandate_uid)
    mandate = Mandate.objects.select_for_update(of=("self",)).select_related("seal").get(pk=seen.pk)
    if mandate.given_by_id != actor.pk:
        raise NotEntitled(mandate=mandate.uid)
    if mandate.is_revoked:
        raise OutOfTurn(mandate=mandate.uid)
    mandate.revoked_at = at
    mandate.save(update_fields=["revoked_at"])
    resting = locked(Permit.objects.filter(mandate=mandate))
    ended = [permit.uid for permit in resting]
    Permit.objects.filter(pk__in=[permit.pk for permit in resting]).update(revoked_at=at)
    end_others(actor, at, resting)
    book.record("mandate.revoked", by=actor, at=at, **_about(mandate), permits=ended)
    return mandate.uid


@transaction_required
def _locked(seal: Seal) -> None:
    if not Seal.objects.select_for_update(of=("self",)).filter(pk=seal.pk).exists():
        raise NotFound(seal=seal.uid)


def _about(mandate: Mandate) -> dict[str, str]:
    return {"mandate": mandate.uid, "seal": mandate.seal.uid, "person": mandate.given_by.pseudonym}
