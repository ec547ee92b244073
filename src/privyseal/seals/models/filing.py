"""The papers of uses on their way to the file: owed, filed, confirmed by another hand, sent to the archive."""

from django.db import models
from django.db.models import F, Q

from privyseal.identity.models import Company, Person, new_uid
from privyseal.seals.models.uses import UseBook, UseEntry


class Transfer(models.Model):
    """Filed papers of one book that went to the archive together, by one person's hand into another's."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    book = models.ForeignKey(UseBook, models.PROTECT, related_name="transfers")
    archive = models.CharField(max_length=100)
    handed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    handed_at = models.DateTimeField()

    class Meta:
        db_table = "filing_transfer"
        constraints = [models.CheckConstraint(condition=~Q(archive=""), name="transfer_names_its_archive")]


class Filing(models.Model):
    """The papers of one use, owed to the file by ``due_on``: filed with number and scan, or waived.

    What is filed is confirmed by somebody else, or goes back with what was wrong in ``returned``, and is owed again. A
    waiver is asked for with its reason by one person and agreed to by another.
    """

    entry = models.OneToOneField(UseEntry, models.PROTECT, primary_key=True, related_name="filing")
    owed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    due_on = models.DateField()
    retention = models.CharField(max_length=16)
    is_blocking = models.BooleanField(default=False)
    needs_copy_back = models.BooleanField(default=False)
    archive_number = models.CharField(max_length=64, blank=True)
    scan_sha256 = models.CharField(max_length=64, blank=True)
    filed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    filed_at = models.DateTimeField(null=True)
    is_copy_back = models.BooleanField(default=False)
    copy_back_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, db_index=False)
    copy_back_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, db_index=False)
    confirmed_at = models.DateTimeField(null=True)
    returned = models.CharField(max_length=500, blank=True)
    waiver_asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, db_index=False)
    waiver_asked_at = models.DateTimeField(null=True)
    waived_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    waived_at = models.DateTimeField(null=True)
    waiver = models.CharField(max_length=500, blank=True)
    chased_at = models.DateTimeField(null=True)
    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="filings", null=True)

    class Meta:
        db_table = "filing"
        constraints = [
            models.CheckConstraint(
                condition=Q(filed_at=None, filed_by=None, archive_number="", scan_sha256="")
                | (Q(filed_at__isnull=False, filed_by__isnull=False) & ~Q(archive_number="") & ~Q(scan_sha256="")),
                name="filed_papers_have_number_and_scan",
            ),
            models.CheckConstraint(
                condition=Q(is_copy_back=False, copy_back_by=None, copy_back_at=None)
                | Q(is_copy_back=True, copy_back_by__isnull=False, copy_back_at__isnull=False),
                name="copy_back_says_who_has_it",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False, filed_at__isnull=False),
                name="only_filed_papers_are_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~(Q(confirmed_by=F("filed_by")) | Q(confirmed_by=F("owed_by"))),
                name="filing_is_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(needs_copy_back=False) | Q(is_copy_back=True),
                name="copy_is_back_before_it_is_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(waived_at=None, waived_by=None) | Q(waived_at__isnull=False, waived_by__isnull=False),
                name="filing_waiver_says_who_agreed",
            ),
            models.CheckConstraint(
                condition=Q(waiver_asked_at=None, waiver_asked_by=None)
                | Q(waiver_asked_at__isnull=False, waiver_asked_by__isnull=False),
                name="filing_waiver_says_who_asked",
            ),
            models.CheckConstraint(
                condition=Q(waiver="", waiver_asked_at=None, waived_at=None)
                | (~Q(waiver="") & (Q(waiver_asked_at__isnull=False) | Q(waived_at__isnull=False))),
                name="filing_is_waived_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(filed_at=None) | Q(waiver_asked_at=None), name="what_is_filed_needs_no_waiver"
            ),
            models.CheckConstraint(
                condition=Q(waived_by=None) | ~(Q(waived_by=F("owed_by")) | Q(waived_by=F("waiver_asked_by"))),
                name="filing_is_waived_by_another",
            ),
            models.CheckConstraint(condition=Q(filed_at=None) | Q(waived_at=None), name="filing_ends_once"),
            models.CheckConstraint(
                condition=Q(transfer=None) | Q(filed_at__isnull=False), name="what_goes_to_the_archive_is_filed"
            ),
        ]
        indexes = [
            models.Index(fields=["due_on", "entry"], condition=Q(filed_at=None, waived_at=None), name="filings_owed"),
            models.Index(
                fields=["owed_by", "due_on"], condition=Q(filed_at=None, waived_at=None), name="filings_owed_by"
            ),
            models.Index(
                fields=["filed_at", "entry"],
                condition=Q(filed_at__isnull=False, confirmed_at=None),
                name="filings_to_confirm",
            ),
            models.Index(
                fields=["waiver_asked_at", "entry"],
                condition=Q(waiver_asked_at__isnull=False, waived_at=None),
                name="filings_to_waive",
            ),
        ]


class FilingRule(models.Model):
    """What a company has its people owe to the file after a use without a category: nothing where ``days`` is empty."""

    company = models.OneToOneField(Company, models.PROTECT, primary_key=True, related_name="+")
    days = models.PositiveSmallIntegerField(null=True)
    is_blocking = models.BooleanField(default=False)
    needs_copy_back = models.BooleanField(default=False)
    retention = models.CharField(max_length=16)
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    set_at = models.DateTimeField()

    class Meta:
        db_table = "filing_rule"
        constraints = [
            models.CheckConstraint(
                condition=Q(days=None) | Q(days__gte=1, days__lte=365), name="filing_days_are_possible"
            )
        ]
