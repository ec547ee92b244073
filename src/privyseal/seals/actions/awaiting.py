"""What becomes of a certificate from outside in the record: asked for, brought, refused, given up, used."""

from datetime import datetime

from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.actions.moving import about, locked_act
from privyseal.seals.models import OutsideCertificate, Permit, Seal, SealVersion
from privyseal.seals.places import place_of
from privyseal.signer.answers import Made
from privyseal.signer.outside import pem


@command("seal.await-certificate")
def await_certificate(actor: Actor, at: datetime, *, permit_uid: str, request: bytes) -> None:
    """Write down what the certificate is asked for with; the same request again changes nothing."""
    seal, permit = locked_act(permit_uid)
    if permit.finished_at is not None:
        return
    found, is_new = OutsideCertificate.objects.get_or_create(
        permit=permit, defaults={"request": request, "asked_at": at}
    )
    found.brought_by, found.brought_at = None, None
    is_other = bytes(found.request) != request
    if is_other:  # the signer came back from a copy without that key, and has made another
        found.request, found.asked_at = request, at
    found.save(update_fields=["request", "asked_at", "brought_by", "brought_at"])
    if is_new or is_other:
        book.record(
            "seal.certificate-asked", by=actor, at=at, seal=seal.uid, **about(permit), request_sha256=sha256(request)
        )


@command("seal.bring-certificate")
def note_brought(actor: Person, at: datetime, *, permit_uid: str, certificate_sha256: str) -> str:
    """Say who brings which certificate, before the signer looks at it; return the seal."""
    seal, permit, found = _awaited(actor, at, permit_uid)
    found.brought_by, found.brought_at = actor, at
    found.save(update_fields=["brought_by", "brought_at"])
    said = {"seal": seal.uid, **about(permit), "certificate_sha256": certificate_sha256}
    book.record("seal.certificate-brought", by=actor, at=at, **said)
    return seal.uid


@command("seal.refuse-certificate")
def note_refused(actor: Person, at: datetime, *, permit_uid: str, failure: str) -> None:
    """Put on record why the signer did not take what was brought; it goes on waiting."""
    seal, permit = locked_act(permit_uid)
    OutsideCertificate.objects.filter(permit=permit, version=None).update(brought_by=None, brought_at=None)
    book.record("seal.certificate-refused", by=actor, at=at, seal=seal.uid, **about(permit), code=failure)


@command("seal.give-up-certificate")
def note_given_up(actor: Person, at: datetime, *, permit_uid: str) -> str:
    """Say that nobody waits for the certificate any more; return the seal. The signer is told next."""
    seal, permit, found = _awaited(actor, at, permit_uid)
    found.given_up_at = at
    found.save(update_fields=["given_up_at"])
    book.record("seal.certificate-given-up", by=actor, at=at, seal=seal.uid, **about(permit))
    return seal.uid


@transaction_required
def keep_chain_of(permit: Permit, version: SealVersion, made: Made) -> None:
    """Keep what stands above a certificate from outside; above one of the house stands its own authority."""
    if made.chain:
        found = OutsideCertificate.objects.get(permit=permit)
        found.version, found.chain = version, pem(made.chain)
        found.save(update_fields=["version", "chain"])


@transaction_required
def _awaited(actor: Person, at: datetime, permit_uid: str) -> tuple[Seal, Permit, OutsideCertificate]:
    """Return what waits for its certificate, or refuse who does not manage the seal."""
    seal, permit = locked_act(permit_uid)
    identity.require(actor, at, Power.MANAGE, place_of(seal))
    found = OutsideCertificate.objects.filter(permit=permit, version=None, given_up_at=None).first()
    if found is None or permit.finished_at is not None:
        raise OutOfTurn(permit=permit_uid)
    return seal, permit, found
