"""The shape of what is sent in about seals that bear a name."""

from decimal import Decimal
from typing import Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from privyseal.kernel.file_kinds import EVIDENCE
from privyseal.web.forms import CommandForm, day_field

_LONGEST_POSITION: Final = 4


class PersonShownForm(CommandForm):
    """Whose name it is, as the page showed it."""

    person = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)


class NamePersonForm(CommandForm):
    login = forms.CharField(label=_("Login of the person"), max_length=64, help_text=_("Whose name the seal bears."))


class ConsentForm(CommandForm):
    shown_sha256 = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)


class CompareForm(ConsentForm):
    """Which lines somebody says they compared: each is ticked for itself."""

    line = forms.Field(required=False, widget=forms.SelectMultiple)

    def clean_line(self) -> frozenset[int]:
        ticked = self.data.getlist("line") if isinstance(self.data, QueryDict) else []
        return frozenset(
            int(one) for one in ticked if one.isascii() and one.isdigit() and len(one) <= _LONGEST_POSITION
        )


class MandateForm(CommandForm):
    """A mandate: its signed paper, what it is for, until when, and within which limits."""

    purpose = forms.CharField(
        label=_("What for"), max_length=200, help_text=_("Such as: employment contracts of the Beijing office.")
    )
    paper = forms.FileField(
        label=_("The signed mandate"),
        widget=forms.FileInput({"accept": EVIDENCE.accept}),
        help_text=_("A PDF or a picture. Its digest is part of what you consent to."),
    )
    ends_on = day_field(label=_("Last day"), help_text=_("At most a year from today."))
    most_uses = forms.IntegerField(
        label=_("For how many uses"), required=False, min_value=1, max_value=100_000, help_text=_("Empty: any number.")
    )
    most_amount = forms.DecimalField(
        label=_("Up to which amount each"),
        required=False,
        min_value=Decimal("0.01"),
        max_digits=15,
        decimal_places=2,
        help_text=_("Empty: any amount."),
    )
