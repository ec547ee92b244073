"""Take-over campaigns and what they find, as far as an actor may see them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils.timezone import localdate

from privyseal.identity.keys import among, those_known
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotFound
from privyseal.ledger.rewording import asked_with
from privyseal.seals.models import Campaign, Custody, GroupCampaign, Seal, SealVersion, Sighting
from privyseal.seals.queries.register import visible_to
from privyseal.seals.rules import FINAL, Finding, SealKind, SealType, Seen, Tally, findings


@dataclass(frozen=True, slots=True)
class Report:
    """What a campaign has found so far: its seals, who keeps each now, and what is wrong with which."""

    sightings: Sequence[Sighting]
    keepers: Mapping[int, Person]
    findings: Mapping[int, Sequence[Finding]]
    tally: Tally


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a group's campaign is."""

    companies: int
    seals: int
    seen: int
    late: int


def campaigns_visible_to(actor: Person, at: datetime) -> QuerySet[Campaign]:
    """Return the campaigns over seals that an actor sees, the newest first."""
    seals = visible_to(actor, at).order_by()
    campaigns = Campaign.objects.filter(pk__in=Sighting.objects.filter(seal__in=seals).order_by().values("campaign"))
    return campaigns.select_related("company", "group__head").order_by("-pk")


def campaign_visible_to(actor: Person, at: datetime, uid: str) -> Campaign:
    campaign = campaigns_visible_to(actor, at).filter(uid=uid).first()
    if campaign is None:
        raise NotFound(campaign=uid)
    return campaign


def group_campaigns_visible_to(actor: Person, at: datetime) -> QuerySet[GroupCampaign]:
    """Return the campaigns over groups of which an actor sees at least one company's seals, the newest first."""
    seen = campaigns_visible_to(actor, at).order_by().values("group")
    return GroupCampaign.objects.filter(pk__in=seen).select_related("head").order_by("-pk")


def group_campaign_visible_to(actor: Person, at: datetime, uid: str) -> GroupCampaign:
    group = group_campaigns_visible_to(actor, at).filter(uid=uid).first()
    if group is None:
        raise NotFound(campaign=uid)
    return group


def campaigns_within(actor: Person, at: datetime, group: GroupCampaign) -> QuerySet[Campaign]:
    """Return the companies' campaigns of a group's, as far as the actor sees them, by the companies' names."""
    return campaigns_visible_to(actor, at).filter(group=group).order_by("company__name", "pk")


def sightings_visible_to(actor: Person, at: datetime, campaigns: Sequence[Campaign]) -> QuerySet[Sighting]:
    seals = visible_to(actor, at).order_by()
    asked = among("campaign_id", [campaign.pk for campaign in campaigns])
    sightings = Sighting.objects.filter(asked, seal__in=seals).select_related("seal__own_type", "keeper")
    return sightings.order_by("seal__number", "pk")


def sightings_to_make(actor: Person, at: datetime) -> QuerySet[Sighting]:
    """Return the seals that an actor keeps now and that nobody has photographed yet."""
    unseen = asked_with(_not_photographed, actor.pk)
    mine = those_known(Sighting, unseen, lambda: Sighting.objects.filter(seal__in=visible_to(actor, at).order_by()))
    return mine.select_related("seal", "campaign__company").order_by("campaign__due_on", "seal__number", "pk")


def _not_photographed(actor: int) -> QuerySet[Sighting, int]:
    kept = Custody.objects.filter(keeper=actor, until=None).order_by().values("seal")
    unseen = Sighting.objects.filter(seal__in=kept, seen_at=None, campaign__closed_at=None)
    return unseen.order_by().values_list("pk", flat=True)


def report_of(actor: Person, at: datetime, campaign: Campaign) -> Report:
    """Return what the campaign finds of the seals that the actor sees."""
    return reports_of(actor, at, [campaign])[campaign.pk]


def reports_of(actor: Person, at: datetime, campaigns: Sequence[Campaign]) -> dict[int, Report]:
    """Return what each of these campaigns finds, by its key: in as many questions for five hundred as for one."""
    sightings = list(sightings_visible_to(actor, at, campaigns))
    companies = {campaign.pk: campaign.company_id for campaign in campaigns}
    keepers, filed = _keepers(sightings), _filings(sightings)
    seen = [
        Seen(
            key=sighting.seal_id,
            company=companies[sighting.campaign_id],
            name=sighting.seal.name,
            type=SealType(sighting.seal.type),
            filing_number=filed.get(sighting.seal_id, ""),
            is_kept=sighting.seal_id in keepers and keepers[sighting.seal_id].is_active,
            is_seen=sighting.seen_at is not None,
            pictures=tuple(filter(None, (sighting.seal_photo_sha256, sighting.imprint_photo_sha256))),
        )
        for sighting in sightings
    ]
    found = findings(seen, elsewhere=_elsewhere(campaigns, seen))
    by_campaign: dict[int, list[Sighting]] = defaultdict(list)
    for sighting in sightings:
        by_campaign[sighting.campaign_id].append(sighting)
    today = localdate(at)
    return {
        campaign.pk: _report(by_campaign[campaign.pk], keepers, found, is_over=campaign.due_on < today)
        for campaign in campaigns
    }


def progress_of(actor: Person, at: datetime, group: GroupCampaign) -> Progress:
    """Return how far a group's campaign is, over all the seals in it that the actor sees."""
    seals = visible_to(actor, at).order_by()
    sightings = Sighting.objects.filter(campaign__group=group, seal__in=seals).order_by()
    late = Q(seen_at=None, campaign__due_on__lt=localdate(at))
    return Progress(
        **sightings.aggregate(
            companies=Count("campaign", distinct=True),
            seals=Count("pk"),
            seen=Count("pk", filter=Q(seen_at__isnull=False)),
            late=Count("pk", filter=late),
        )
    )


def seals_to_take_over(actor: Person, at: datetime, company_ids: Collection[int]) -> QuerySet[Seal]:
    """Return the physical seals of companies that are not gone for good."""
    physical = visible_to(actor, at).filter(among("company_id", company_ids), kind=SealKind.PHYSICAL.value)
    return physical.exclude(state__in=FINAL)


def _report(
    sightings: Sequence[Sighting],
    keepers: Mapping[int, Person],
    found: Mapping[int, Sequence[Finding]],
    *,
    is_over: bool,
) -> Report:
    own = {sighting.seal_id: found[sighting.seal_id] for sighting in sightings if sighting.seal_id in found}
    wrong = Counter(finding for findings_of_seal in own.values() for finding in findings_of_seal)
    seen = sum(1 for sighting in sightings if sighting.seen_at)
    return Report(sightings, keepers, own, Tally(len(sightings), seen, is_over=is_over, found=wrong))


def _keepers(sightings: Sequence[Sighting]) -> dict[int, Person]:
    open_ones = Custody.objects.filter(among("seal_id", [each.seal_id for each in sightings]), until=None)
    return {custody.seal_id: custody.keeper for custody in open_ones.select_related("keeper").order_by("pk")}


def _filings(sightings: Sequence[Sighting]) -> dict[int, str]:
    versions = SealVersion.objects.filter(among("seal_id", [each.seal_id for each in sightings]), voided_at=None)
    return dict(versions.order_by("pk").values_list("seal_id", "filing_number"))


def _elsewhere(campaigns: Sequence[Campaign], seen: Sequence[Seen]) -> frozenset[str]:
    """Return the filing numbers and pictures of these seals that stand in other companies of the same groups too."""
    groups = {campaign.group_id for campaign in campaigns if campaign.group_id}
    if not groups:
        return frozenset()
    others = Sighting.objects.filter(campaign__group__in=groups).exclude(campaign__in=campaigns).order_by()
    numbers = [seal.filing_number for seal in seen if seal.filing_number]
    versions = SealVersion.objects.filter(filing_number__in=numbers, voided_at=None, seal__in=others.values("seal"))
    pictures = [picture for seal in seen for picture in seal.pictures]
    alike = others.filter(Q(seal_photo_sha256__in=pictures) | Q(imprint_photo_sha256__in=pictures))
    pairs = alike.values_list("seal_photo_sha256", "imprint_photo_sha256")
    filed = versions.order_by().values_list("filing_number", flat=True)
    return frozenset(filed) | {picture for pair in pairs for picture in pair}
