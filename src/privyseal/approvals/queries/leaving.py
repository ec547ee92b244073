"""What somebody who leaves has begun and not ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet

from privyseal.approvals.models import Application
from privyseal.approvals.rules import State
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotEntitled
from privyseal.ledger.rewording import asked_with
from privyseal.seals.models import Custody, Permit, PermitPart


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """What waits for somebody who may be leaving: undecided applications, permits they hold, seals they keep."""

    applications: Sequence[Application]
    permits: Sequence[Permit]
    custodies: Sequence[Custody]


def left_open(actor: Person, at: datetime, pseudonym: str) -> LeftOpen:
    """Return what somebody leaves open: to themselves, auditor and security, who learn that it is, not what it says."""
    person = identity.person_visible_to(actor, at, pseudonym)
    if person != actor and not identity.powers_of(actor, at).knows_everybody:
        raise NotEntitled(power=Power.SECURITY.value)
    return LeftOpen(
        asked_with(_pending_of, person.pk, at), asked_with(_held_by, person.pk, at), asked_with(_kept_by, person.pk)
    )


def _pending_of(person: int, at: datetime) -> QuerySet[Application]:
    pending = Application.objects.filter(applicant=person, state=State.PENDING.value, expires_at__gt=at)
    return pending.select_related("company").order_by("submitted_at", "pk")


def _held_by(person: int, at: datetime) -> QuerySet[Permit]:
    held = PermitPart.objects.filter(person=person, part=PermitPart.Part.HOLDER).order_by().values("permit")
    permits = Permit.objects.filter(pk__in=held, used__lt=F("impressions"), revoked_at=None, expires_at__gt=at)
    return permits.select_related("seal__company").order_by("issued_at", "pk")


def _kept_by(person: int) -> QuerySet[Custody]:
    return Custody.objects.filter(keeper=person, until=None).select_related("seal__company").order_by("since", "pk")
