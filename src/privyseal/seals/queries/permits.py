"""Permits, as far as an actor may see their seals."""

from datetime import datetime

from django.db.models import Exists, F, OuterRef, QuerySet

from privyseal.identity.again import asked_for
from privyseal.identity.keys import among
from privyseal.identity.models import Person
from privyseal.ledger.beside import put_beside
from privyseal.ledger.rewording import Most, asked_with
from privyseal.seals.models import Permit, PermitAddition, PermitLine, PermitPart, Seal
from privyseal.seals.queries.register import key_visible_to, visible_to
from privyseal.signer.statement import Purpose


def permits_of_seal(actor: Person, at: datetime, seal: Seal, *, most: int) -> list[Permit]:
    """Return the last permits for a seal: what each is for, how far it is used and until when it holds."""
    return asked_with(_of_seal, key_visible_to(actor, at, seal), Most(most))


def _of_seal(seal: int, most: Most) -> QuerySet[Permit]:
    # What the signer checked is long, and nobody reads it here.
    found = Permit.objects.filter(seal=seal).only("uid", "purpose", "used", "impressions", "expires_at")
    return found.order_by("-issued_at", "pk")[:most]


def permits_of_application(actor: Person, at: datetime, application_uid: str) -> list[Permit]:
    permits = asked_for(_of_application, actor, at, application_uid)
    if keys := frozenset(permit.pk for permit in permits):
        put_beside(permits, "lines", asked_with(_lines_of, keys))
        put_beside(permits, "additions", asked_with(_additions_of, keys))
    return permits


def _of_application(actor: Person, at: datetime, application_uid: str) -> QuerySet[Permit]:
    seals = visible_to(actor, at).order_by()
    permits = Permit.objects.filter(seal__in=seals, application_uid=application_uid)
    return permits.select_related("seal", "ended_by").order_by("pk")


def _lines_of(permits: frozenset[int]) -> QuerySet[PermitLine]:
    return PermitLine.objects.filter(among("permit_id", permits)).order_by("pk")


def _additions_of(permits: frozenset[int]) -> QuerySet[PermitAddition]:
    return PermitAddition.objects.filter(among("permit_id", permits)).order_by("pk")


def open_permits_for(actor: Person, at: datetime) -> QuerySet[Permit]:
    """Return the permits an actor holds and could still carry out."""
    seal = visible_to(actor, at).filter(pk=OuterRef("seal")).order_by()
    return _held_open(actor.pk, at).filter(Exists(seal))


def open_acts_for(actor: Person, at: datetime, seal: Seal) -> list[Permit]:
    """Return the permits to do something to this seal itself that an actor holds."""
    return asked_with(_acts_on, actor.pk, at, key_visible_to(actor, at, seal))


def _acts_on(actor: int, at: datetime, seal: int) -> QuerySet[Permit]:
    return _held_open(actor, at).filter(seal=seal).exclude(purpose__in=[Purpose.USE.value, Purpose.STANDING.value])


def _held_open(actor: int, at: datetime) -> QuerySet[Permit]:
    held = PermitPart.objects.filter(permit=OuterRef("pk"), person=actor, part=PermitPart.Part.HOLDER)
    still = Permit.objects.filter(Exists(held), revoked_at=None, expires_at__gt=at, used__lt=F("impressions"))
    return still.select_related("seal").order_by("issued_at", "pk")
