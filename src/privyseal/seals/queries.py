"""The register, as far as an actor may see it."""

from datetime import datetime

from django.db.models import F, QuerySet

from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotFound
from privyseal.seals.models import Permit, PermitPart, Seal, SealVersion
from privyseal.seals.rules import SealState
from privyseal.signer.statement import Purpose


def visible_to(actor: Person, at: datetime) -> QuerySet[Seal]:
    """Return the seals of the companies an actor works for; all of them for the auditor."""
    powers = identity.powers_of(actor, at)
    seals = Seal.objects.select_related("company").order_by("number", "pk")
    if powers.reads_everything:
        return seals
    return seals.filter(company_id__in=powers.companies(Power.MANAGE, Power.USE, Power.APPROVE, Power.CUSTODY))


def seals_visible_to(actor: Person, at: datetime) -> QuerySet[Seal]:
    return visible_to(actor, at)


def seal_visible_to(actor: Person, at: datetime, uid: str) -> Seal:
    seal = visible_to(actor, at).filter(uid=uid).first()
    if seal is None:
        raise NotFound(seal=uid)
    return seal


def usable_seals(actor: Person, at: datetime) -> QuerySet[Seal]:
    """Return the seals in force that an actor may apply to use."""
    companies = identity.powers_of(actor, at).companies(Power.USE)
    return visible_to(actor, at).filter(company_id__in=companies, state=SealState.ACTIVE.value)


def versions_of(actor: Person, at: datetime, uid: str) -> QuerySet[SealVersion]:
    seals = visible_to(actor, at).filter(uid=uid).order_by()
    return SealVersion.objects.filter(seal__in=seals).order_by("-version", "pk")


def permits_of_seal(actor: Person, at: datetime, seal: Seal) -> QuerySet[Permit]:
    seals = visible_to(actor, at).filter(pk=seal.pk).order_by()
    return Permit.objects.filter(seal__in=seals).order_by("-issued_at", "pk")


def permits_of_application(actor: Person, at: datetime, application_uid: str) -> QuerySet[Permit]:
    seals = visible_to(actor, at).order_by()
    permits = Permit.objects.filter(seal__in=seals, application_uid=application_uid)
    return permits.select_related("seal").prefetch_related("lines").order_by("pk")


def open_permits_for(actor: Person, at: datetime) -> QuerySet[Permit]:
    """Return the permits an actor holds and could still carry out."""
    seals = visible_to(actor, at).order_by()
    held = PermitPart.objects.filter(person=actor, part=PermitPart.Part.HOLDER).values("permit")
    still = Permit.objects.filter(pk__in=held, seal__in=seals, revoked_at=None, expires_at__gt=at)
    return still.filter(used__lt=F("impressions")).select_related("seal").order_by("issued_at", "pk")


def open_acts_for(actor: Person, at: datetime, seal: Seal) -> QuerySet[Permit]:
    """Return the permits to make or resume this seal that an actor holds."""
    return open_permits_for(actor, at).filter(seal=seal, purpose__in=[Purpose.MAKE, Purpose.RESUME])
