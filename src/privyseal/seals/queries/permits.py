"""Permits, as far as an actor may see their seals."""

from datetime import datetime

from django.db.models import Exists, F, OuterRef, QuerySet

from privyseal.identity.models import Person
from privyseal.seals.models import Permit, PermitPart, Seal
from privyseal.seals.queries.register import visible_to
from privyseal.signer.statement import Purpose


def permits_of_seal(actor: Person, at: datetime, seal: Seal) -> QuerySet[Permit]:
    seals = visible_to(actor, at).filter(pk=seal.pk).order_by()
    return Permit.objects.filter(seal__in=seals).order_by("-issued_at", "pk")


def permits_of_application(actor: Person, at: datetime, application_uid: str) -> QuerySet[Permit]:
    seals = visible_to(actor, at).order_by()
    permits = Permit.objects.filter(seal__in=seals, application_uid=application_uid)
    return permits.select_related("seal", "ended_by").prefetch_related("lines", "additions").order_by("pk")


def open_permits_for(actor: Person, at: datetime) -> QuerySet[Permit]:
    """Return the permits an actor holds and could still carry out."""
    held = PermitPart.objects.filter(permit=OuterRef("pk"), person=actor, part=PermitPart.Part.HOLDER)
    seal = visible_to(actor, at).filter(pk=OuterRef("seal")).order_by()
    still = Permit.objects.filter(Exists(held), Exists(seal), revoked_at=None, expires_at__gt=at)
    return still.filter(used__lt=F("impressions")).select_related("seal").order_by("issued_at", "pk")


def open_acts_for(actor: Person, at: datetime, seal: Seal) -> QuerySet[Permit]:
    """Return the permits to do something to this seal itself that an actor holds."""
    return (
        open_permits_for(actor, at).filter(seal=seal).exclude(purpose__in=[Purpose.USE.value, Purpose.STANDING.value])
    )
