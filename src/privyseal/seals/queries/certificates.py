"""Certificates of seals as anybody may know them who has one in a file."""

from datetime import datetime

from django.db.models import QuerySet

from privyseal.identity.models import Person
from privyseal.kernel.errors import NotFound
from privyseal.seals.models import OutsideCertificate, Seal, SealVersion
from privyseal.seals.queries.register import seal_visible_to, this_one_visible_to


def certificate_of(serial: str) -> SealVersion:
    """Return the version of a seal whose certificate has this number, with its seal; or refuse."""
    version = (
        SealVersion.objects.select_related("seal", "watch").filter(serial=serial, certificate__isnull=False).first()
    )
    if version is None or not serial:
        raise NotFound(serial=serial)
    return version


def chain_above(version: SealVersion) -> bytes:
    """Return what stands above a certificate from outside, up to its root (PEM); nothing above one of the house."""
    outside = OutsideCertificate.objects.filter(version=version).first()
    return bytes(outside.chain or b"") if outside else b""


def awaited_certificate(actor: Person, at: datetime, seal_uid: str, permit_uid: str) -> OutsideCertificate:
    """Return the certificate that a making of a seal waits for, to whoever sees the seal; or refuse."""
    seal = seal_visible_to(actor, at, seal_uid)
    found = awaited_certificates(actor, at, seal).filter(permit__uid=permit_uid).first()
    if found is None:
        raise NotFound(permit=permit_uid)
    return found


def awaited_certificates(actor: Person, at: datetime, seal: Seal) -> QuerySet[OutsideCertificate]:
    """Return what the makings of a seal wait for that an actor sees: one at most."""
    awaited = OutsideCertificate.objects.filter(permit__seal__in=this_one_visible_to(actor, at, seal.uid))
    return (
        awaited.filter(permit__finished_at=None, given_up_at=None)
        .select_related("permit__seal")
        .order_by("asked_at", "pk")
    )
