"""The shape of what is sent in about the written seal rules."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.identity.models import Company
from privyseal.seals.rules.rulebook import LONGEST_TEXT, LONGEST_TITLE
from privyseal.web.forms import CommandForm, Sent, offer


class RulesForm(CommandForm):
    company = forms.ChoiceField(label=_("Company"))
    title = forms.CharField(label=_("Title"), max_length=LONGEST_TITLE)
    text = forms.CharField(label=_("Text"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 20}))

    def __init__(self, data: Sent = None, *, companies: Iterable[Company]) -> None:
        super().__init__(data)
        offer(self.fields["company"], [(company.uid, company.name) for company in companies])


class PublishForm(CommandForm):
    sha256_shown = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)


class ResponsibilityForm(CommandForm):
    seal = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
