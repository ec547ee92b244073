"""Take-over campaigns and what they find, as far as an actor may see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from privyseal.identity.models import Person
from privyseal.kernel.errors import NotFound
from privyseal.seals.models import Campaign, Custody, Seal, SealVersion, Sighting
from privyseal.seals.queries.register import visible_to
from privyseal.seals.rules import FINAL, Finding, SealKind, SealType, Seen, findings


@dataclass(frozen=True, slots=True)
class Report:
    """What a campaign has found so far."""

    sightings: Sequence[Sighting]
    findings: Mapping[int, Sequence[Finding]]

    @property
    def seen(self) -> int:
        return sum(1 for sighting in self.sightings if sighting.seen_at)


def campaigns_visible_to(actor: Person, at: datetime) -> QuerySet[Campaign]:
    """Return the campaigns over seals that an actor sees, the newest first."""
    seals = visible_to(actor, at).order_by()
    campaigns = Campaign.objects.filter(pk__in=Sighting.objects.filter(seal__in=seals).order_by().values("campaign"))
    return campaigns.select_related("company").order_by("-opened_at", "-pk")


def campaign_visible_to(actor: Person, at: datetime, uid: str) -> Campaign:
    campaign = campaigns_visible_to(actor, at).filter(uid=uid).first()
    if campaign is None:
        raise NotFound(campaign=uid)
    return campaign


def sightings_visible_to(actor: Person, at: datetime, campaign: Campaign) -> QuerySet[Sighting]:
    seals = visible_to(actor, at).order_by()
    sightings = Sighting.objects.filter(campaign=campaign, seal__in=seals).select_related("seal", "keeper")
    return sightings.order_by("seal__number", "pk")


def sightings_to_make(actor: Person, at: datetime) -> QuerySet[Sighting]:
    """Return the seals that an actor keeps and has yet to photograph."""
    seals = visible_to(actor, at).order_by()
    mine = Sighting.objects.filter(keeper=actor, seal__in=seals, seen_at=None, campaign__closed_at=None)
    return mine.select_related("seal", "campaign__company").order_by("campaign__due_on", "seal__number", "pk")


def report_of(actor: Person, at: datetime, campaign: Campaign) -> Report:
    """Return what the campaign finds of the seals that the actor sees."""
    sightings = list(sightings_visible_to(actor, at, campaign))
    seals = [sighting.seal for sighting in sightings]
    living = Custody.objects.filter(seal__in=seals, until=None, keeper__is_active=True).order_by()
    kept = set(living.values_list("seal_id", flat=True))
    versions = SealVersion.objects.filter(seal__in=seals, voided_at=None).order_by("pk")
    filed = dict(versions.values_list("seal_id", "filing_number"))
    seen = [
        Seen(
            key=sighting.seal_id,
            name=sighting.seal.name,
            type=SealType(sighting.seal.type),
            filing_number=filed.get(sighting.seal_id, ""),
            is_kept=sighting.seal_id in kept,
            is_seen=sighting.seen_at is not None,
            pictures=tuple(filter(None, (sighting.seal_photo_sha256, sighting.imprint_photo_sha256))),
        )
        for sighting in sightings
    ]
    return Report(sightings, findings(seen))


def seals_to_take_over(actor: Person, at: datetime, company_id: int) -> QuerySet[Seal]:
    """Return the physical seals of a company that are not gone for good."""
    physical = visible_to(actor, at).filter(company_id=company_id, kind=SealKind.PHYSICAL.value)
    return physical.exclude(state__in=FINAL)
