"""The shape of what is sent in when something went wrong."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from privyseal.identity.models import Company, Person
from privyseal.kernel.file_kinds import PHOTOGRAPH
from privyseal.language.labels import ENDING, INCIDENT_KIND
from privyseal.seals.actions import Report
from privyseal.seals.rules.incidents import CAN_BE_MISTAKEN, HANDLING, LOSSES, Ending, IncidentKind
from privyseal.web.forms import LONGEST_TEXT, CommandForm, Files, Sent, day_field, offer

_OPENS: Final = [(row.act.value, INCIDENT_KIND[row.kind]) for row in HANDLING if row.act is not None]
_OUTCOMES: Final = {
    **dict.fromkeys(LOSSES, (Ending.FOUND, Ending.INVALIDATED, Ending.SETTLED)),
    IncidentKind.FREEZE: (Ending.LIFTED,),
    **dict.fromkeys(CAN_BE_MISTAKEN, (Ending.SETTLED, Ending.MISTAKEN)),
}


class ReportForm(forms.Form):
    """A seal that is out of hand. Sent twice, the second one is refused by how things stand."""

    act = forms.ChoiceField(label=_("What happened"), choices=_OPENS, widget=forms.RadioSelect)
    account = forms.CharField(
        label=_("How it happened"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 4}),
        help_text=_(
            "When it was seen last, who noticed, what else was taken. Texts for police and newspaper are made from it."
        ),
    )
    place = forms.CharField(label=_("Where it happened"), max_length=100)

    def said(self) -> Report:
        return Report(account=self.cleaned_data["account"], place=self.cleaned_data["place"])


class RaiseForm(CommandForm):
    """Something that is not as it should be, while the seal is where it belongs."""

    account = forms.CharField(label=_("What happened"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 4}))
    place = forms.CharField(label=_("Where it happened"), max_length=100, required=False)

    def said(self) -> Report:
        return Report(account=self.cleaned_data["account"], place=self.cleaned_data["place"])


class OwnerForm(CommandForm):
    person = forms.ChoiceField(label=_("Responsible"))

    def __init__(self, data: Sent = None, *, people: Iterable[Person]) -> None:
        super().__init__(data)
        offer(self.fields["person"], [(person.pseudonym, person.name) for person in people])


class FreezeForm(forms.Form):
    company = forms.ChoiceField(label=_("Company"), help_text=_("With every company below it."))
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 3}))
    is_drill = forms.BooleanField(
        label=_("This is a drill"), required=False, help_text=_("It says what would be frozen, and freezes nothing.")
    )

    def __init__(self, data: Sent = None, *, companies: Iterable[Company]) -> None:
        super().__init__(data)
        offer(self.fields["company"], [(company.uid, company.name) for company in companies])


class OpinionForm(CommandForm):
    opinion = forms.CharField(label=_("Opinion on what to do"), max_length=1000, widget=forms.Textarea({"rows": 4}))


class EndingForm(CommandForm):
    outcome = forms.ChoiceField(label=_("How it ended"))
    evidence = forms.CharField(
        label=_("Evidence, in words"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Where it was a mistake: who took the seal in, when, and where it is."),
    )
    photo = forms.FileField(
        label=_("Evidence, as a photograph"),
        required=False,
        widget=forms.FileInput({"accept": PHOTOGRAPH.accept, "capture": "environment"}),
    )

    def __init__(self, data: Sent = None, files: Files = None, *, kind: IncidentKind | None = None) -> None:
        super().__init__(data, files)
        if kind is not None and kind not in CAN_BE_MISTAKEN:
            del self.fields["evidence"], self.fields["photo"]
        outcomes = tuple(Ending) if kind is None else _OUTCOMES.get(kind, (Ending.SETTLED,))
        offer(self.fields["outcome"], [(outcome.value, str(ENDING[outcome])) for outcome in outcomes])


class CoCustodianForm(CommandForm):
    person = forms.ChoiceField(label=_("Co-custodian"))

    def __init__(self, data: Sent = None, *, people: Iterable[Person]) -> None:
        super().__init__(data)
        offer(self.fields["person"], [(person.pseudonym, person.name) for person in people])


class StatusForm(forms.Form):
    """What whoever holds a sealed paper can read off it."""

    uscc = forms.CharField(label=_("Credit code of the company"), max_length=18)
    number = forms.CharField(
        label=_("Number of the seal"), max_length=16, widget=forms.TextInput({"placeholder": "S00001"})
    )

    on = day_field(label=_("On which day"), required=False, help_text=_("A past day. Empty: as of now."))

    def clean_uscc(self) -> str:
        return str(self.cleaned_data["uscc"]).strip().upper()

    def clean_number(self) -> str:
        return str(self.cleaned_data["number"]).strip().upper()

    def clean_on(self) -> date | None:
        on: date | None = self.cleaned_data["on"]
        if on is not None and on > localdate():
            raise forms.ValidationError(_("Nobody knows yet how it will be then."))
        return on
