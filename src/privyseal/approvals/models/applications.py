"""Applications, their lines, who plays which part, and the votes."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from privyseal.approvals.models.castings import Played, apart, some_part
from privyseal.approvals.models.categories import CategoryVersion
from privyseal.approvals.models.joint import Joint
from privyseal.approvals.rules import COME_TO_NOTHING, Manner, State, Step
from privyseal.approvals.searching import Bigrams
from privyseal.identity.models import (
    CompactJSONField,
    Company,
    DigestField,
    Person,
    SparseArrayField,
    SparseJSONField,
    Unit,
    new_uid,
)
from privyseal.seals.models import Seal
from privyseal.signer.bound import Binding
from privyseal.signer.statement import ADDITIONS, Purpose


class Application(models.Model):
    """Somebody asks for something to happen.

    ``terms`` is what the purpose needs besides its lines and people: a new face, the day of a return.
    ``amount`` and ``counterparty`` are what the papers say; an amount that nobody stated is no small one.
    ``attached`` is what approvers read beside them, by kind, name and digest; ``required_kinds`` have to be there.
    ``off_site`` is where the sealing happens if not in the company's own rooms.
    ``category`` is the version it was submitted under, ``entered`` what was said of its fields, by their numbers.
    ``unit`` is where the applicant belonged when they applied. Once it is approved, what it says stays.
    ``adds_to`` is the approved use to which this one asks for more impressions, or a later end.
    ``remarks`` is what the applicant was told of the documents, and acknowledged.
    ``particulars`` is what they say of a document by its digest: its number, how many originals and duplicates.
    ``joint`` is whose part it is, where one asks several companies at once: each has a part of its own.
    ``shown_sha256`` is the digest of everything an approver is shown. ``detours_made`` counts what was done about it on
    its way, ``returns`` how often it went back to an earlier stage. ``due_at`` is by when its present stage
    decides, while it waits for one that has a deadline. ``denied_at`` is when the signer was told that it
    came to nothing.
    """

    uid = DigestField(default=new_uid, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", db_index=False)
    purpose = models.CharField(max_length=16, choices=[(purpose.value, purpose.value) for purpose in Purpose])
    applicant = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=16, default=State.PENDING.value)
    policy = models.CharField(max_length=16)
    stage = models.PositiveSmallIntegerField(default=1)
    starts_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    submitted_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    shown_sha256 = DigestField()
    terms = SparseJSONField(default=dict, null=True)
    amount = models.DecimalField(max_digits=15, decimal_places=2, null=True)
    counterparty = models.CharField(max_length=200, blank=True, default="", db_default="")
    off_site = models.CharField(max_length=100, blank=True, default="", db_default="")
    category = models.ForeignKey(CategoryVersion, models.PROTECT, related_name="+", null=True, db_index=False)
    entered = SparseJSONField(default=dict, null=True)
    remarks = SparseJSONField(default=list, null=True)
    particulars = models.JSONField(null=True)
    attached = SparseJSONField(default=list, null=True)
    attached_kinds = SparseArrayField(models.CharField(max_length=32), default=list, null=True)
    required_kinds = SparseArrayField(models.CharField(max_length=32), default=list, null=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", null=True, db_index=False)
    joint = models.ForeignKey(Joint, models.PROTECT, related_name="parts", null=True, db_index=False)
    detours_made = models.PositiveSmallIntegerField(default=0, db_default=0)
    returns = models.PositiveSmallIntegerField(default=0, db_default=0)
    due_at = models.DateTimeField(null=True)
    denied_at = models.DateTimeField(null=True)
    adds_to = models.ForeignKey("self", models.PROTECT, related_name="additions", null=True, db_index=False)

    class Meta:
        db_table = "application"
        constraints = [
            models.UniqueConstraint(fields=["uid"], name="application_has_its_uid"),
            models.UniqueConstraint(
                fields=["joint", "company"], condition=Q(joint__isnull=False), name="one_part_a_company"
            ),
            models.CheckConstraint(condition=Q(state__in=[s.value for s in State]), name="application_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=State.PENDING.value) | Q(due_at=None), name="only_what_waits_is_due"
            ),
            models.CheckConstraint(
                condition=Q(denied_at=None) | Q(state__in=[state.value for state in COME_TO_NOTHING]),
                name="only_what_came_to_nothing_is_denied",
            ),
            models.CheckConstraint(condition=Q(starts_at__lt=F("expires_at")), name="application_has_a_window"),
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gte=0), name="amount_is_not_below_nothing"),
            models.CheckConstraint(
                condition=Q(required_kinds=None)
                | Q(attached_kinds__isnull=False, attached_kinds__contains=F("required_kinds")),
                name="required_papers_are_attached",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=sorted(one.value for one in ADDITIONS), adds_to__isnull=False)
                | (~Q(purpose__in=sorted(one.value for one in ADDITIONS)) & Q(adds_to=None)),
                name="addition_names_what_it_adds_to",
            ),
            models.UniqueConstraint(
                fields=["adds_to", "purpose"],
                condition=Q(adds_to__isnull=False, state=State.PENDING.value),
                name="one_open_addition_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(state=State.PENDING.value, decided_at=None)
                | (~Q(state=State.PENDING.value) & Q(decided_at__isnull=False)),
                name="decided_application_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "id"], name="application_by_company"),
            models.Index(
                fields=["company", "submitted_at"], condition=Q(state=State.PENDING.value), name="application_waiting"
            ),
            # Whoever decides for hundreds of companies finds here what is due first, and then the oldest.
            models.Index(
                fields=["due_at", "submitted_at", "id"],
                condition=Q(state=State.PENDING.value, due_at__isnull=False),
                name="application_due_in_turn",
            ),
            models.Index(
                fields=["submitted_at", "id"],
                condition=Q(state=State.PENDING.value, due_at=None),
                name="application_waiting_in_turn",
            ),
            models.Index(
                fields=["decided_at"],
                condition=Q(state__in=[state.value for state in COME_TO_NOTHING], denied_at=None),
                name="application_not_yet_denied",
            ),
            models.Index(fields=["adds_to"], condition=Q(adds_to__isnull=False), name="application_additions"),
            GinIndex(Bigrams("reason"), name="application_by_reason", fastupdate=False),
        ]

    @property
    def whole(self) -> Joint | None:
        """The application to several companies that this is a part of, or adds to a part of."""
        return self.adds_to.joint if self.adds_to is not None else self.joint


class Line(models.Model):
    """One row of an application: document x seal x manner x copies x impressions a copy.

    ``placements``, ``codes``, ``writings``, ``awaited`` and ``field`` say what the statement says of the document, in
    its words. ``code`` is under which the use is found by whoever reads the code printed on the paper. Lines on one
    document are sealed in one act, in the order of their positions.

    ``binding`` is to what the line is bound, and ``bound`` what there is of it where that is no file.

    ``after`` is the line whose seal goes on the same document before this one, where several companies are asked.

    That a seal is on a document once stands in the database alone: ``seal_is_on_a_document_once``.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveSmallIntegerField()
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="+")
    binding = models.CharField(max_length=16, default=Binding.FILE.value)
    bound = models.JSONField(null=True)
    document_sha256 = DigestField(blank=True, default="")
    document_name = models.CharField(max_length=200, blank=True)
    manner = models.CharField(max_length=32, default=Manner.SIGNATURE_PLACE.value)
    copies = models.PositiveIntegerField(default=1)
    impressions = models.PositiveIntegerField(default=1)
    following = models.CharField(max_length=16, default="nobody")
    placements = CompactJSONField(default=list)
    codes = models.JSONField(default=list)
    writings = models.JSONField(default=list, db_default=[])
    code = models.CharField(max_length=32, blank=True)
    awaited = models.JSONField(default=list)
    field = models.CharField(max_length=64, blank=True)
    after = models.ForeignKey("self", models.PROTECT, related_name="+", null=True, db_index=False)

    class Meta:
        db_table = "application_line"
        constraints = [
            models.UniqueConstraint(fields=["application", "position"], name="one_line_a_position"),
            models.CheckConstraint(condition=Q(copies__gte=1, impressions__gte=1), name="line_asks_for_something"),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="code_is_of_one_line"),
            models.CheckConstraint(
                condition=Q(binding=Binding.FILE.value, bound=None)
                | Q(binding=Binding.PAPER.value, bound__isnull=False, bound__to=Binding.PAPER.value)
                | Q(binding=Binding.SECRET.value, bound__isnull=False, bound__to=Binding.SECRET.value),
                name="line_says_what_it_is_bound_to",
            ),
            models.CheckConstraint(
                condition=Q(following="parties") ^ Q(awaited=[]), name="parties_are_awaited_by_name"
            ),
        ]
        indexes = [GinIndex(Bigrams("document_name"), name="line_by_document", fastupdate=False)]


class Casting(Played):
    """Which parts one person plays in an application: one row a person, so that a row can forbid two parts."""

    pk = models.CompositePrimaryKey("application_id", "person_id")
    application = models.ForeignKey(Application, models.PROTECT, related_name="castings", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        db_table = "application_casting"
        constraints = [some_part("casting_has_a_part"), *apart("{later}_is_not_{earlier}")]


class Vote(models.Model):
    """One person's yes or no, given once, at one stage, with the assertions that the signer will check.

    ``for_person`` is who let them decide in their place, where it is not their own.
    ``system`` is the outside system that said so; nobody where they were signed in here.

    The database calls the primary key ``one_vote_a_person``: nobody fills two seats of an application.
    """

    pk = models.CompositePrimaryKey("application_id", "person_id")
    application = models.ForeignKey(Application, models.PROTECT, related_name="votes", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    for_person = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, db_index=False)
    at = models.DateTimeField()
    stage = models.PositiveSmallIntegerField()
    decision = models.CharField(max_length=16)
    comment = models.CharField(max_length=500, blank=True)
    shown_sha256 = DigestField()
    approved = models.JSONField(default=list)
    system = models.ForeignKey("approvals.OutsideSystem", models.PROTECT, related_name="+", null=True, db_index=False)

    class Meta:
        db_table = "application_vote"
        constraints = [
            models.CheckConstraint(
                condition=Q(decision__in=[Step.APPROVE.value, Step.REJECT.value]), name="vote_is_yes_or_no"
            ),
            models.CheckConstraint(condition=~Q(for_person=F("person")), name="represented_is_another"),
            models.UniqueConstraint(
                fields=["application", "for_person"],
                condition=Q(for_person__isnull=False),
                name="nobody_is_represented_twice",
            ),
        ]

    @property
    def way(self) -> str:
        """By which outside system it was given; empty for here."""
        return self.system.uid if self.system is not None else ""
