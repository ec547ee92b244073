"""Permits, as far as an actor may see their seals."""

from datetime import datetime

from django.db.models import Exists, F, OuterRef, QuerySet

from privyseal.identity.models import Person
from privyseal.seals.models import Permit, PermitPart, Seal
from privyseal.seals.queries.register import this_one_visible_to, visible_to
from privyseal.signer.statement import Purpose


def permits_of_seal(actor: Person, at: datetime, seal: Seal) -> QuerySet[Permit]:
    return Permit.objects.filter(seal__in=this_one_visible_to(actor, at, seal.uid)).order_by("-issued_at", "pk")


def permits_of_application(actor: Person, at: datetime, application_uid: str) -> QuerySet[Permit]:
    seals = visible_to(actor, at).order_by()
    permits = Permit.objects.filter(seal__in=seals, application_uid=application_uid)
    return permits.select_related("seal", "ended_by").prefetch_related("lines", "additions").order_by("pk")


def open_permits_for(actor: Person, at: datetime) -> QuerySet[Permit]:
    """Return the permits an actor holds and could still carry out."""
    seal = visible_to(actor, at).filter(pk=OuterRef("seal")).order_by()
    return _held_open(actor, at).filter(Exists(seal))


def open_acts_for(actor: Person, at: datetime, seal: Seal) -> QuerySet[Permit]:
    """Return the permits to do something to this seal itself that an actor holds."""
    found = _held_open(actor, at).filter(seal__in=this_one_visible_to(actor, at, seal.uid))
    return found.exclude(purpose__in=[Purpose.USE.value, Purpose.STANDING.value])


def _held_open(actor: Person, at: datetime) -> QuerySet[Permit]:
    held = PermitPart.objects.filter(permit=OuterRef("pk"), person=actor, part=PermitPart.Part.HOLDER)
    still = Permit.objects.filter(Exists(held), revoked_at=None, expires_at__gt=at, used__lt=F("impressions"))
    return still.select_related("seal").order_by("issued_at", "pk")
