"""A new rubber in the place of an old one: accepted by two, and the old one destroyed before two."""

from datetime import datetime, timedelta
from typing import Final

from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.names import skeleton
from privyseal.kernel.errors import NotEntitled, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.actions.entering import check_name_is_free
from privyseal.seals.actions.moving import about, locked_act
from privyseal.seals.models import Attestation, Permit, PermitPart, Photo, Seal, SealVersion
from privyseal.seals.rules import ProofMissing, Role

SEE_IT_END: Final = 2


@transaction_required
def renew(actor: Person, at: datetime, *, seal: Seal, permit: Permit) -> None:
    """Let the accepted rubber take the old one's place, which is void in the same moment and to be handed in."""
    check_name_is_free(seal.company, permit.terms["name"], of=seal)
    filed = Attestation.objects.get(permit=permit, role=Role.RECEIVER.value, is_return=False)
    hand_in_by = at + timedelta(days=permit.terms["hand_in_days"])
    SealVersion.objects.filter(seal=seal, voided_at=None).update(voided_at=at, hand_in_by=hand_in_by)
    seal.version, seal.name = seal.version + 1, permit.terms["name"]
    seal.skeleton = skeleton(seal.name)
    seal.save(update_fields=["version", "name", "skeleton"])
    SealVersion.objects.create(
        seal=seal,
        version=seal.version,
        name=seal.name,
        face=seal.face,
        maker=permit.terms["maker"],
        maker_licence=permit.terms["maker_licence"],
        filing_number=filed.filing_number,
        imprint_sha256=filed.photo_sha256,
        made_at=at,
    )
    book.record("seal.changed", by=actor, at=at, seal=seal.uid, **about(permit), version=seal.version)


@command("seal.see-old-rubber-end")
def see_old_rubber_end(actor: Person, at: datetime, *, permit_uid: str, photo_sha256: str) -> bool:
    """Say, with a picture, that one saw the old rubber destroyed; return whether that was the second word."""
    seal, permit = locked_act(permit_uid)
    identity.require_part(actor, at)
    if not permit.parts.filter(person=actor, part=PermitPart.Part.WITNESS).exists():
        raise NotEntitled(part=Role.WITNESS.value)
    old = SealVersion.objects.filter(seal=seal, version=permit.seal_version, hand_in_by__isnull=False)
    words = Attestation.objects.filter(permit=permit, is_return=True)
    if not old.filter(destroyed_at=None).exists() or words.filter(person=actor).exists():
        raise OutOfTurn(permit=permit.uid)
    if not Photo.objects.filter(seal=seal, sha256=photo_sha256).exists():
        raise ProofMissing(proof="photo")
    Attestation.objects.create(
        permit=permit, person=actor, role=Role.WITNESS.value, is_return=True, photo_sha256=photo_sha256, at=at
    )
    book.record("seal.old-rubber-seen", by=actor, at=at, seal=seal.uid, **about(permit), photo_sha256=photo_sha256)
    if words.count() < SEE_IT_END:
        return False
    old.update(destroyed_at=at)
    book.record("seal.old-rubber-destroyed", by=actor, at=at, seal=seal.uid, **about(permit))
    return True
