"""The shape of what is sent in about papers that go to the file."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.rules.categories import LONGEST_ARCHIVE_DAYS
from privyseal.identity.models import Company
from privyseal.kernel.file_kinds import SCAN
from privyseal.language.categories import RETENTION
from privyseal.web.forms import LONGEST_TEXT, CommandForm, Files, Sent, offer


class FilingForm(forms.Form):
    archive_number = forms.CharField(label=_("Archive number"), max_length=64)
    scan = forms.FileField(
        label=_("Scan of what was sealed"),
        help_text=_("PDF, JPEG or PNG, up to 50 MB."),
        widget=forms.ClearableFileInput({"accept": SCAN.accept}),
    )
    is_copy_back = forms.BooleanField(label=_("The counterparty’s copy is back"), required=False)

    def __init__(self, data: Sent = None, files: Files = None) -> None:
        super().__init__(data, files)


class WaiverForm(CommandForm):
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_TEXT)


class ConfirmForm(CommandForm):
    """What an archivist confirms is the scan that their page showed."""

    scan_sha256 = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)


class ReturnForm(CommandForm):
    reason = forms.CharField(label=_("What is wrong"), max_length=LONGEST_TEXT)


class FilingRuleForm(CommandForm):
    """What a company has its people owe to the file after a use without a category."""

    company = forms.ChoiceField(label=_("Company"))
    days = forms.IntegerField(
        label=_("Working days to file it after sealing"),
        required=False,
        min_value=1,
        max_value=LONGEST_ARCHIVE_DAYS,
        help_text=_("Left empty, nothing has to be filed."),
    )
    retention = forms.ChoiceField(
        label=_("Kept for"), choices=[(retention.value, words) for retention, words in RETENTION.items()]
    )
    is_blocking = forms.BooleanField(label=_("Whoever is late cannot apply for anything more"), required=False)
    needs_copy_back = forms.BooleanField(label=_("The counterparty’s copy has to come back"), required=False)

    def __init__(self, data: Sent = None, *, companies: Iterable[Company]) -> None:
        super().__init__(data)
        offer(self.fields["company"], [(company.uid, company.name) for company in companies])


class TransferForm(CommandForm):
    company = forms.ChoiceField(label=_("Company"))
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2999)
    archive = forms.CharField(label=_("Archive"), max_length=100, initial=_("Archive room"))

    def __init__(self, data: Sent = None, *, companies: Iterable[Company]) -> None:
        super().__init__(data)
        offer(self.fields["company"], [(company.uid, company.name) for company in companies])
