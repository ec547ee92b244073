"""A take-over campaign: opened by a manager, each seal seen by its keeper, closed by a manager."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotFound, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.seals import queries
from privyseal.seals.actions.words import receive_photo
from privyseal.seals.models import Campaign, Custody, Sighting
from privyseal.seals.rules import CampaignUnderWay, check_due, check_pictures


@command("seal.open-campaign")
def open_campaign(actor: Person, at: datetime, *, company_uid: str, due_on: date) -> str:
    """Ask every keeper of a company's physical seals to photograph them by a day; return the campaign's uid."""
    company = identity.company_visible_to(actor, at, company_uid)
    identity.require(actor, at, Power.MANAGE, company.pk)
    check_due(due_on, today=localdate(at))
    seals = list(queries.seals_to_take_over(actor, at, company.pk))
    if not seals:
        raise NotFound(company=company.uid)
    keepers = dict(Custody.objects.filter(seal__in=seals, until=None).order_by().values_list("seal_id", "keeper_id"))
    try:
        with transaction.atomic():
            campaign = Campaign.objects.create(company=company, due_on=due_on, opened_by=actor, opened_at=at)
    except IntegrityError as error:
        raise CampaignUnderWay(company=company.uid) from error
    Sighting.objects.bulk_create(
        Sighting(campaign=campaign, seal=seal, keeper_id=keepers.get(seal.pk)) for seal in seals
    )
    book.record(
        "seal.campaign-opened",
        by=actor,
        at=at,
        company=company.uid,
        campaign=campaign.uid,
        due_on=due_on.isoformat(),
        count=len(seals),
    )
    return campaign.uid


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
    """Enter that the keeper has the seal, with the pictures that show it; once, and by the keeper alone."""
    sighting = (
        Sighting.objects.select_for_update(of=("self",))
        .select_related("seal")
        .filter(campaign__uid=campaign_uid, campaign__closed_at=None, seal__uid=seal_uid, keeper=actor)
        .first()
    )
    if sighting is None:
        raise NotFound(seal=seal_uid)
    if sighting.seen_at:
        raise OutOfTurn(seal=seal_uid)
    check_pictures(seal_photo_sha256, imprint_photo_sha256)
    for digest in (seal_photo_sha256, imprint_photo_sha256):
        queries.photo_visible_to(actor, at, seal_uid, digest)
    sighting.seal_photo_sha256, sighting.imprint_photo_sha256 = seal_photo_sha256, imprint_photo_sha256
    sighting.seen_at = at
    sighting.save(update_fields=["seal_photo_sha256", "imprint_photo_sha256", "seen_at"])
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
    found.closed_at = at
    found.save(update_fields=["closed_at"])
    book.record("seal.campaign-closed", by=actor, at=at, company=found.company.uid, campaign=found.uid)
    return found.uid
