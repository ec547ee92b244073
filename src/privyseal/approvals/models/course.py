"""What is done about an application while it waits: returned, handed on, talked about, urged, shown to readers."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q, Value

from privyseal.approvals.models.applications import Application
from privyseal.approvals.rules.course import Course, Turn
from privyseal.identity.models import DigestField, Person
from privyseal.identity.models.ranges import Int8Range, TimeRange


class Detour(models.Model):
    """One act that changes who is asked: back to ``to_stage``, or of ``person`` besides or instead of ``by``.

    Kept as it was made; the application counts them, so that one without any asks no question.
    """

    pk = models.CompositePrimaryKey("application_id", "number")
    application = models.ForeignKey(Application, models.PROTECT, related_name="detours", db_index=False)
    number = models.PositiveSmallIntegerField()
    course = models.CharField(max_length=16)
    stage = models.PositiveSmallIntegerField()
    to_stage = models.PositiveSmallIntegerField(null=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    turn = models.CharField(max_length=8, blank=True)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        db_table = "application_detour"
        constraints = [
            models.CheckConstraint(
                condition=Q(course=Course.RETURN.value, person=None, to_stage__lt=F("stage"), to_stage__gte=1)
                | Q(course__in=[Course.ASK_FURTHER.value, Course.FORWARD.value], person__isnull=False, to_stage=None),
                name="detour_goes_back_or_to_somebody",
            ),
            models.CheckConstraint(condition=~Q(person=F("by")), name="nobody_is_asked_by_themselves"),
            models.CheckConstraint(
                condition=Q(course=Course.ASK_FURTHER.value, turn__in=[turn.value for turn in Turn])
                | (~Q(course=Course.ASK_FURTHER.value) & Q(turn="")),
                name="who_is_asked_further_has_a_turn",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="detour_says_why"),
        ]


class VoidVote(models.Model):
    """A vote that counts no more, as it was given: its stage was asked again by a return."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="void_votes")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    for_person = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, db_index=False)
    at = models.DateTimeField()
    stage = models.PositiveSmallIntegerField()
    decision = models.CharField(max_length=16)
    comment = models.CharField(max_length=500, blank=True)
    shown_sha256 = DigestField()
    approved = models.JSONField(default=list)
    system = models.ForeignKey("approvals.OutsideSystem", models.PROTECT, related_name="+", null=True, db_index=False)
    detour = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "application_vote_void"
        constraints = [
            models.UniqueConstraint(fields=["application", "person", "at", "stage"], name="vote_is_void_once")
        ]


class Comment(models.Model):
    """What somebody who takes part says about an application: it moves nothing."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="comments")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    stage = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        db_table = "application_comment"
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="comment_says_something")]


class Urging(models.Model):
    """The applicant reminded those who still must decide at a stage; not again before ``until``."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="urgings")
    stage = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        db_table = "application_urging"
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("at")), name="urging_lasts"),
            ExclusionConstraint(
                name="urged_once_at_a_time",
                expressions=[
                    (Int8Range(F("application_id"), F("application_id"), Value("[]")), RangeOperators.OVERLAPS),
                    (Int8Range(F("stage"), F("stage"), Value("[]")), RangeOperators.OVERLAPS),
                    (TimeRange(F("at"), F("until")), RangeOperators.OVERLAPS),
                ],
            ),
        ]


class Reader(models.Model):
    """Somebody who was given an application to read: they see it, hear of its end, and decide nothing by that."""

    pk = models.CompositePrimaryKey("application_id", "person_id")
    application = models.ForeignKey(Application, models.PROTECT, related_name="readers", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    named_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "application_reader"
        constraints = [models.CheckConstraint(condition=~Q(person=F("named_by")), name="reader_is_another")]
