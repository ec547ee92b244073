"""Uses of rubber seals: whose hands they go through, what became of each impression."""

from django.db import models
from django.db.models import F, Q

from privyseal.custody.rules import Ending, How, Phase
from privyseal.identity.models import Person, new_uid
from privyseal.seals.models import Permit, PermitLine, Seal


class HandUse(models.Model):
    """One time that a seal leaves its place for a permit: asked for, confirmed by two, ended, put back.

    A permit that is not used up may have the seal out again. ``put_back`` is the bag, safe or slot it went into.
    ``is_through_cloud`` where its machine is reached through its maker's cloud alone, else none.
    ``reminded_at`` is when its people were told that photographs are missing, before these were owed.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    permit = models.ForeignKey(Permit, models.PROTECT, related_name="hand_uses")
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="+")
    how = models.CharField(max_length=16, default=How.BY_HAND.value)
    is_through_cloud = models.BooleanField(null=True)
    operator = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    keeper = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    keeper_at = models.DateTimeField(null=True)
    supervisor = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    supervisor_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=16, blank=True, default="")
    ended_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    reason = models.CharField(max_length=500, blank=True, default="")
    returned_at = models.DateTimeField(null=True)
    put_back = models.CharField(max_length=100, blank=True, default="")
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "hand_use"
        constraints = [
            models.UniqueConstraint(fields=["permit"], condition=Q(ended_at=None), name="one_open_use_a_permit"),
            models.UniqueConstraint(
                fields=["seal"],
                condition=Q(keeper_at__isnull=False, returned_at=None),
                name="seal_is_out_for_one_use",
            ),
            models.CheckConstraint(condition=Q(how__in=[how.value for how in How]), name="how_is_known"),
            models.CheckConstraint(
                condition=Q(keeper=None, keeper_at=None) | Q(keeper__isnull=False, keeper_at__isnull=False),
                name="keeper_confirms_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(supervisor=None, supervisor_at=None)
                | Q(supervisor__isnull=False, supervisor_at__isnull=False),
                name="supervisor_confirms_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(keeper=None) | ~Q(keeper=F("operator")), name="operator_is_not_the_keeper"
            ),
            models.CheckConstraint(
                condition=Q(supervisor=None) | ~Q(supervisor=F("operator")), name="operator_is_not_the_supervisor"
            ),
            models.CheckConstraint(
                condition=Q(keeper=None) | Q(supervisor=None) | ~Q(supervisor=F("keeper")),
                name="supervisor_is_not_the_keeper",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="")
                | Q(ended_at__isnull=False, ending__in=[ending.value for ending in Ending]),
                name="ended_use_says_how",
            ),
            models.CheckConstraint(
                condition=~Q(ending=Ending.EARLY.value) | ~Q(reason=""), name="use_ends_early_for_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(returned_at=None, put_back="")
                | (Q(returned_at__isnull=False, ended_at__isnull=False, keeper_at__isnull=False) & ~Q(put_back="")),
                name="seal_goes_back_to_its_place",
            ),
        ]
        indexes = [models.Index(fields=["asked_at"], condition=Q(ended_at=None), name="open_hand_uses")]


class Turn(models.Model):
    """So many impressions of one line, taken off the permit together, and what became of them.

    ``made`` is the operator's count, ``counted`` the supervisor's; ``committed`` stand, ``released`` went back, and
    of those that stand ``to_show`` have to be seen on photographs; those that were drawn, where ``is_sampled``.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    use = models.ForeignKey(HandUse, models.PROTECT, related_name="turns")
    line = models.ForeignKey(PermitLine, models.PROTECT, related_name="turns")
    phase = models.CharField(max_length=16, default=Phase.RESERVED.value)
    reserved = models.PositiveIntegerField()
    reserved_at = models.DateTimeField()
    made = models.PositiveIntegerField(null=True)
    made_at = models.DateTimeField(null=True)
    counted = models.PositiveIntegerField(null=True)
    committed = models.PositiveIntegerField(default=0)
    released = models.PositiveIntegerField(default=0)
    to_show = models.PositiveIntegerField(default=0)
    is_sampled = models.BooleanField(default=False)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        db_table = "hand_turn"
        constraints = [
            models.UniqueConstraint(fields=["use"], condition=Q(settled_at=None), name="one_open_turn_a_use"),
            models.CheckConstraint(condition=Q(reserved__gte=1), name="turn_takes_something"),
            models.CheckConstraint(
                condition=Q(made=None) | Q(made__lte=F("reserved")), name="made_is_within_what_was_taken"
            ),
            models.CheckConstraint(
                condition=Q(phase=Phase.RESERVED.value, made=None, settled_at=None, committed=0, released=0)
                | Q(phase=Phase.MADE.value, made__isnull=False, settled_at=None, committed=0, released=0)
                | Q(
                    phase=Phase.COMMITTED.value,
                    made__isnull=False,
                    counted__isnull=False,
                    settled_at__isnull=False,
                    committed=F("reserved") - F("released"),
                )
                | Q(phase=Phase.RELEASED.value, settled_at__isnull=False, committed=0, released=F("reserved")),
                name="each_impression_stands_or_goes_back",
            ),
            models.CheckConstraint(condition=Q(to_show__lte=F("committed")), name="no_more_is_shown_than_stands"),
            models.CheckConstraint(condition=Q(released=0) | ~Q(reason=""), name="impressions_go_back_for_a_reason"),
        ]
