"""A take-over campaign: opened by a manager, each seal seen by its keeper, closed by a manager."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from privyseal.identity import queries as identity
from privyseal.identity.keys import ROWS_AT_ONCE
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotFound, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.seals import queries
from privyseal.seals.actions.words import receive_photo
from privyseal.seals.models import Campaign, Custody, GroupCampaign, Seal, Sighting
from privyseal.seals.rules import CampaignUnderWay, check_due, check_pictures


@command("seal.open-campaign")
def open_campaign(actor: Person, at: datetime, *, company_uid: str, due_on: date) -> str:
    """Ask every keeper of a company's physical seals to photograph them by a day; return the campaign's uid."""
    company = identity.company_visible_to(actor, at, company_uid)
    identity.require(actor, at, Power.MANAGE, company.pk)
    check_due(due_on, today=localdate(at))
    seals = _seals_by_company(actor, at, [company.pk])
    if not seals:
        raise NotFound(company=company.uid)
    (campaign,) = _opened(actor, at, seals=seals, companies={company.pk: company}, due_on=due_on, group=None)
    return campaign.uid


@command("seal.open-group-campaign")
def open_group_campaign(
    actor: Person, at: datetime, *, head_uid: str, company_uids: Sequence[str] = (), due_on: date
) -> str:
    """Open a campaign in each of these companies below the head, or in all of them that the actor manages.

    A company whose own campaign is under way joins with it and keeps its day; one without a physical seal is left out.
    """
    head = identity.company_visible_to(actor, at, head_uid)
    identity.require(actor, at, Power.MANAGE, head.pk)
    check_due(due_on, today=localdate(at))
    companies = _companies_of_group(actor, at, head, company_uids)
    seals = _seals_by_company(actor, at, companies)
    if not seals:
        raise NotFound(company=head.uid)
    try:
        with transaction.atomic():
            group = GroupCampaign.objects.create(head=head, due_on=due_on, opened_by=actor, opened_at=at)
    except IntegrityError as error:
        raise CampaignUnderWay(company=head.uid) from error
    joining = _joined(group, seals)
    _opened(
        actor,
        at,
        seals={key: owned for key, owned in seals.items() if key not in joining},
        companies=companies,
        due_on=due_on,
        group=group,
    )
    book.record(
        "seal.group-campaign-opened",
        by=actor,
        at=at,
        company=head.uid,
        campaign=group.uid,
        due_on=due_on.isoformat(),
        count=len(seals),
    )
    return group.uid


def take_pictures(
    actor: Person, at: datetime, *, campaign_uid: str, seal_uid: str, seal_photo: bytes, imprint_photo: bytes
) -> str:
    """Keep the two pictures of a seal and enter that its keeper has seen it."""
    return enter_sighting(
        actor,
        at,
        campaign_uid=campaign_uid,
        seal_uid=seal_uid,
        seal_photo_sha256=receive_photo(actor, at, seal_uid=seal_uid, data=seal_photo),
        imprint_photo_sha256=receive_photo(actor, at, seal_uid=seal_uid, data=imprint_photo),
    )


@command("seal.enter-sighting")
def enter_sighting(
    actor: Person,
    at: datetime,
    *,
    campaign_uid: str,
    seal_uid: str,
    seal_photo_sha256: str,
    imprint_photo_sha256: str,
) -> str:
    """Enter that the keeper has the seal, with the pictures that show it; once, and by whoever keeps it now."""
    sighting = (
        Sighting.objects.select_for_update(of=("self",))
        .select_related("seal")
        .filter(campaign__uid=campaign_uid, campaign__closed_at=None, seal__uid=seal_uid)
        .first()
    )
    if sighting is None or not Custody.objects.filter(seal=sighting.seal_id, keeper=actor, until=None).exists():
        raise NotFound(seal=seal_uid)
    if sighting.seen_at:
        raise OutOfTurn(seal=seal_uid)
    check_pictures(seal_photo_sha256, imprint_photo_sha256)
    for digest in (seal_photo_sha256, imprint_photo_sha256):
        queries.photo_visible_to(actor, at, seal_uid, digest)
    sighting.seal_photo_sha256, sighting.imprint_photo_sha256 = seal_photo_sha256, imprint_photo_sha256
    sighting.keeper, sighting.seen_at = actor, at
    sighting.save(update_fields=["keeper", "seal_photo_sha256", "imprint_photo_sha256", "seen_at"])
    book.record(
        "seal.seen",
        by=actor,
        at=at,
        seal=seal_uid,
        campaign=campaign_uid,
        photo_sha256=seal_photo_sha256,
        imprint_sha256=imprint_photo_sha256,
    )
    return seal_uid


@command("seal.close-campaign")
def close_campaign(actor: Person, at: datetime, *, campaign_uid: str) -> str:
    """End a campaign; its report stays."""
    campaign = Campaign.objects.select_for_update(of=("self",)).select_related("company").filter(uid=campaign_uid)
    found = campaign.filter(closed_at=None).first()
    if found is None:
        raise NotFound(campaign=campaign_uid)
    identity.require(actor, at, Power.MANAGE, found.company_id)
    _close(actor, at, [found])
    return found.uid


@command("seal.close-group-campaign")
def close_group_campaign(actor: Person, at: datetime, *, campaign_uid: str) -> str:
    """End a group's campaign with every company's that is still under way; its report stays."""
    waiting = GroupCampaign.objects.select_for_update(of=("self",)).select_related("head").filter(uid=campaign_uid)
    group = waiting.filter(closed_at=None).first()
    if group is None:
        raise NotFound(campaign=campaign_uid)
    open_ones = group.campaigns.select_for_update(of=("self",)).select_related("company").filter(closed_at=None)
    campaigns = list(open_ones.order_by("pk"))
    for key in sorted({group.head_id, *(campaign.company_id for campaign in campaigns)}):
        identity.require(actor, at, Power.MANAGE, key)
    _close(actor, at, campaigns)
    group.closed_at = at
    group.save(update_fields=["closed_at"])
    book.record("seal.group-campaign-closed", by=actor, at=at, company=group.head.uid, campaign=group.uid)
    return group.uid


def _companies_of_group(actor: Person, at: datetime, head: Company, company_uids: Sequence[str]) -> dict[int, Company]:
    """Return the companies that are asked for, each below the head and managed by the actor; none named means all."""
    managed = identity.powers_of(actor, at).whole_companies(Power.MANAGE)
    reach = identity.companies_below(head.pk) & managed
    found = {company.pk: company for company in Company.objects.filter(pk__in=reach).order_by("pk")}
    if not company_uids:
        return found
    named = {company.uid: company for company in found.values()}
    for uid in company_uids:
        if uid not in named:
            raise NotFound(company=uid)
    return {named[uid].pk: named[uid] for uid in company_uids}


def _seals_by_company(actor: Person, at: datetime, company_ids: Collection[int]) -> dict[int, list[Seal]]:
    seals: dict[int, list[Seal]] = defaultdict(list)
    for seal in queries.seals_to_take_over(actor, at, company_ids):
        seals[seal.company_id].append(seal)
    return seals


@transaction_required
def _joined(group: GroupCampaign, companies: Collection[int]) -> frozenset[int]:
    """Let the campaigns that companies have under way belong to the group's, unless they belong to another."""
    open_ones = Campaign.objects.select_for_update(of=("self",)).filter(company__in=companies, closed_at=None)
    campaigns = list(open_ones.select_related("company").order_by("pk"))
    for campaign in campaigns:
        if campaign.group_id is not None:
            raise CampaignUnderWay(company=campaign.company.uid)
        campaign.group = group
    Campaign.objects.bulk_update(campaigns, ["group"])
    return frozenset(campaign.company_id for campaign in campaigns)


@transaction_required
def _opened(
    actor: Person,
    at: datetime,
    *,
    seals: Mapping[int, Sequence[Seal]],
    companies: Mapping[int, Company],
    due_on: date,
    group: GroupCampaign | None,
) -> list[Campaign]:
    """Open a campaign in each company over its seals, in few statements."""
    campaigns = [
        Campaign(company=companies[key], group=group, due_on=due_on, opened_by=actor, opened_at=at) for key in seals
    ]
    try:
        with transaction.atomic():
            Campaign.objects.bulk_create(campaigns, batch_size=ROWS_AT_ONCE)
    except IntegrityError as error:
        uid = (group.head if group else campaigns[0].company).uid
        raise CampaignUnderWay(company=uid) from error
    Sighting.objects.bulk_create(
        (Sighting(campaign=campaign, seal=seal) for campaign in campaigns for seal in seals[campaign.company_id]),
        batch_size=ROWS_AT_ONCE,
    )
    book.record_each(
        "seal.campaign-opened",
        (
            {
                "company": campaign.company.uid,
                "campaign": campaign.uid,
                "due_on": due_on.isoformat(),
                "count": len(seals[campaign.company_id]),
            }
            for campaign in campaigns
        ),
        by=actor,
        at=at,
    )
    return campaigns


@transaction_required
def _close(actor: Person, at: datetime, campaigns: Sequence[Campaign]) -> None:
    for campaign in campaigns:
        campaign.closed_at = at
    Campaign.objects.bulk_update(campaigns, ["closed_at"])
    book.record_each(
        "seal.campaign-closed",
        ({"company": campaign.company.uid, "campaign": campaign.uid} for campaign in campaigns),
        by=actor,
        at=at,
    )
