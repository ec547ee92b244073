"""A take-over campaign: by a date, each keeper photographs what they keep."""

from django.db import models
from django.db.models import F, Q

from privyseal.identity.models import Company, Person, new_uid
from privyseal.seals.models.register import Seal


class GroupCampaign(models.Model):
    """One call for a take-over in several companies of a group: each has a campaign of its own within it."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    head = models.ForeignKey(Company, models.PROTECT, related_name="+")
    due_on = models.DateField()
    opened_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "group_campaign"
        constraints = [
            models.UniqueConstraint(fields=["head"], condition=Q(closed_at=None), name="one_open_campaign_a_group"),
        ]


class Campaign(models.Model):
    """Every physical seal of a company is to be seen by its keeper by ``due_on``; one campaign at a time."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="campaigns")
    group = models.ForeignKey(GroupCampaign, models.PROTECT, related_name="campaigns", null=True)
    due_on = models.DateField()
    opened_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "campaign"
        constraints = [
            models.UniqueConstraint(
                fields=["company"], condition=Q(closed_at=None), name="one_open_campaign_a_company"
            ),
        ]


class Sighting(models.Model):
    """One seal in a campaign: who saw it, being its keeper then, and the two pictures that they took."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="sightings")
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="sightings")
    keeper = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    seal_photo_sha256 = models.CharField(max_length=64, blank=True)
    imprint_photo_sha256 = models.CharField(max_length=64, blank=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sighting"
        constraints = [
            models.UniqueConstraint(fields=["campaign", "seal"], name="seal_is_seen_once_a_campaign"),
            models.CheckConstraint(
                condition=Q(seen_at=None, seal_photo_sha256="", imprint_photo_sha256="")
                | (
                    Q(seen_at__isnull=False, keeper__isnull=False)
                    & ~Q(seal_photo_sha256="")
                    & ~Q(imprint_photo_sha256="")
                    & ~Q(seal_photo_sha256=F("imprint_photo_sha256"))
                ),
                name="sighting_has_two_pictures",
            ),
        ]
