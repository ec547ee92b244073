"""Physical acts: each person it takes gives their word, and the last word carries it out."""

from datetime import datetime
from io import BytesIO
from typing import Final

from django.conf import settings

from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.kernel.errors import OutOfTurn, Refused
from privyseal.kernel.file_kinds import BEGINS, PHOTOGRAPH, Kind
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.seals import permits
from privyseal.seals.accepting import act_by_words, is_new_rubber_awaited
from privyseal.seals.actions.moving import KeeperMissing, about, locked_act, move
from privyseal.seals.actions.renewing import renew
from privyseal.seals.keeping import check_may_keep
from privyseal.seals.models import Attestation, Custody, Permit, PermitPart, Photo, Seal, SealVersion
from privyseal.seals.queries.custody import photo_visible_to
from privyseal.seals.queries.register import seal_visible_to
from privyseal.seals.rules import (
    STAMPS_NOTHING,
    Act,
    Leave,
    ProofMissing,
    Role,
    SealKind,
    SealState,
    SealType,
    are_all_said,
    check_proof,
    plan,
    plan_word,
)
from privyseal.signer.statement import Purpose

MOST_BYTES: Final = PHOTOGRAPH.most_bytes
_KINDS: Final = {BEGINS[Kind.JPEG]: "image/jpeg", BEGINS[Kind.PNG]: "image/png"}


class NotAPhoto(Refused):
    """Neither JPEG nor PNG, or larger than a telephone makes them."""

    code = "not-a-photo"


def receive_photo(actor: Person, at: datetime, *, seal_uid: str, data: bytes) -> str:
    """Keep a picture of a seal or an imprint; return its digest."""
    kind = next((kind for magic, kind in _KINDS.items() if data.startswith(magic)), None)
    if kind is None or len(data) > MOST_BYTES:
        raise NotAPhoto(size=len(data))
    seal_visible_to(actor, at, seal_uid)
    digest: str = settings.VAULT.put(BytesIO(data))
    return enter_photo(actor, at, seal_uid=seal_uid, digest=digest, kind=kind, size=len(data))


@command("seal.photograph")
def enter_photo(actor: Person, at: datetime, *, seal_uid: str, digest: str, kind: str, size: int) -> str:
    """Put a picture on record, once a seal."""
    seal = seal_visible_to(actor, at, seal_uid)
    identity.require_part(actor, at)
    _, is_new = Photo.objects.get_or_create(
        sha256=digest, seal=seal, defaults={"kind": kind, "size": size, "received_by": actor, "received_at": at}
    )
    if is_new:
        book.record("seal.photographed", by=actor, at=at, seal=seal.uid, photo_sha256=digest)
    return digest


@command("seal.look-at-photo")
def look_at_photo(actor: Person, at: datetime, *, seal_uid: str, sha256: str) -> str:
    """Put on record that somebody looks at a picture of a seal; return its digest."""
    seen = photo_visible_to(actor, at, seal_uid, sha256)
    book.record("seal.photo-seen", by=actor, at=at, seal=seal_uid, photo_sha256=seen.sha256)
    return seen.sha256


@command("seal.attest")
def attest(
    actor: Person,
    at: datetime,
    *,
    permit_uid: str,
    role: Role,
    photo_sha256: str = "",
    counter: int | None = None,
    filing_number: str = "",
) -> bool:
    """Give one's word on a physical act; return whether it was the last one, which carries the act out."""
    seal, permit = locked_act(permit_uid)
    identity.require_part(actor, at)
    custody = Custody.objects.select_related("keeper", "covers_for").filter(seal=seal, until=None).first()
    act, is_return = act_by_words(permit), _is_return(permit, custody)
    if act is Act.ACCEPT:
        _check_awaited(seal, permit)
    # (1) the act is possible now, by this permit, and this person's word is asked for
    plan(SealState(seal.state), act, leave=Leave.PERMIT_AND_WORDS, kind=SealKind(seal.kind))
    if not is_return and act is not Act.ACCEPT:
        permits.check_open(permit, at=at)
    given = Attestation.objects.filter(permit=permit, is_return=is_return).order_by("pk")
    said = [(Role(word.role), word.person_id) for word in given]
    named = _named(permit, role, custody, is_return=is_return)
    word = plan_word(act, role, actor=actor.pk, named=named, said=said)
    # (2) it comes with its proof
    check_proof(word, has_photo=Photo.objects.filter(seal=seal, sha256=photo_sha256).exists(), counter=counter)
    if role is Role.RECEIVER:
        check_may_keep(actor, at, seal=seal)
    if act is Act.ACCEPT and role is Role.RECEIVER:
        _check_filed(seal, filing_number)
    if permit.purpose == Purpose.MAKE.value and role is Role.RECEIVER:
        _file(seal, filing_number=filing_number, imprint_sha256=photo_sha256)
    # (3) it stands, and the last one carries the act out
    Attestation.objects.create(
        permit=permit,
        person=actor,
        role=role.value,
        is_return=is_return,
        photo_sha256=photo_sha256,
        counter=counter,
        filing_number=filing_number.strip()[:64],
        at=at,
    )
    book.record(
        "seal.attested",
        by=actor,
        at=at,
        seal=seal.uid,
        **about(permit),
        act=act.value,
        role=role.value,
        is_return=is_return,
        photo_sha256=photo_sha256,
        counter=counter,
    )
    said.append((role, actor.pk))
    if act is Act.DESTROY or not are_all_said(act, has_keeper=custody is not None, said=[each for each, _ in said]):
        return False
    _perform(actor, at, seal, permit, act, custody, is_return=is_return)
    return True


@transaction_required
def _perform(
    actor: Person, at: datetime, seal: Seal, permit: Permit, act: Act, custody: Custody | None, *, is_return: bool
) -> None:
    if permit.purpose == Purpose.CHANGE.value:
        renew(actor, at, seal=seal, permit=permit)
        return
    receiver = _receiver(permit, is_return=is_return)
    said = {"seal": seal.uid, "person": receiver.pseudonym, **about(permit)}
    if is_return:
        _give(at, seal, custody, receiver, permit)
        book.record("seal.cover-ended", by=actor, at=at, **said)
    elif act is Act.COVER:
        permits.spend_by_words(permit, seal, at=at)
        _cover(at, seal, custody, receiver, permit)
        book.record("seal.covered", by=actor, at=at, **said, due_at=permit.terms["due_at"])
    else:
        if act is not Act.ACCEPT:
            permits.spend_by_words(permit, seal, at=at)
        _give(at, seal, custody, receiver, permit)
        book.record("seal.kept", by=actor, at=at, **said)
        if act in {Act.ACCEPT, Act.COLLECT}:
            move(actor, at, seal=seal, act=act, leave=Leave.PERMIT_AND_WORDS, **about(permit))
    if is_return or act is not Act.COVER:
        permit.finished_at = at
        permit.save(update_fields=["finished_at"])


def _receiver(permit: Permit, *, is_return: bool) -> Person:
    words = Attestation.objects.select_related("person").filter(permit=permit, is_return=is_return)
    return words.get(role=Role.RECEIVER.value).person


def _cover(at: datetime, seal: Seal, custody: Custody | None, receiver: Person, permit: Permit) -> None:
    if custody is None:
        raise KeeperMissing(seal=seal.uid)
    due_at = datetime.fromisoformat(permit.terms["due_at"])
    _give(at, seal, custody, receiver, permit, due_at=due_at, covers_for=custody.keeper)


def _give(
    at: datetime,
    seal: Seal,
    custody: Custody | None,
    receiver: Person,
    permit: Permit,
    *,
    due_at: datetime | None = None,
    covers_for: Person | None = None,
) -> None:
    """End the open custody and open the next one in the same moment."""
    if custody is not None:
        custody.until = at
        custody.save(update_fields=["until"])
    Custody.objects.create(seal=seal, keeper=receiver, permit=permit, since=at, due_at=due_at, covers_for=covers_for)
    if seal.hand_in_by is not None:
        seal.hand_in_by = None
        seal.save(update_fields=["hand_in_by"])


def _check_awaited(seal: Seal, permit: Permit) -> None:
    """Return if something that a maker made by this permit waits to be accepted, or refuse."""
    is_first = permit.purpose == Purpose.MAKE.value and seal.state == SealState.MADE.value
    if not is_first and not Permit.objects.filter(is_new_rubber_awaited(), pk=permit.pk).exists():
        raise OutOfTurn(state=seal.state, act=Act.ACCEPT.value)


def _check_filed(seal: Seal, filing_number: str) -> None:
    """Return if the number is there under which the police filed it, where it stamps at all, or refuse."""
    if not filing_number.strip() and SealType(seal.type) not in STAMPS_NOTHING:
        raise ProofMissing(proof="filing-number")


def _file(seal: Seal, *, filing_number: str, imprint_sha256: str) -> None:
    """Keep the first imprint, and the number under which the police filed it."""
    SealVersion.objects.filter(seal=seal, voided_at=None).update(
        filing_number=filing_number.strip()[:64], imprint_sha256=imprint_sha256
    )


def _is_return(permit: Permit, custody: Custody | None) -> bool:
    """Return whether the seal goes back by the permit under which somebody covers for its keeper."""
    return custody is not None and custody.due_at is not None and custody.permit_id == permit.pk


def _named(permit: Permit, role: Role, custody: Custody | None, *, is_return: bool) -> frozenset[int]:
    """Return whose word is asked for in this role."""
    if role is Role.GIVER:
        return frozenset({custody.keeper_id} if custody else ())
    if role is Role.RECEIVER and is_return and custody is not None and custody.covers_for_id is not None:
        return frozenset({custody.covers_for_id})
    if role is Role.RECEIVER and permit.purpose == Purpose.CHANGE.value and custody is not None:
        # The new rubber goes to whoever keeps the seal, as long as they are the one who was named.
        return frozenset(permit.parts.filter(person=custody.keeper_id).values_list("person_id", flat=True))
    part = PermitPart.Part.RECEIVER if role is Role.RECEIVER else PermitPart.Part.WITNESS
    return frozenset(permit.parts.filter(part=part).values_list("person_id", flat=True))
