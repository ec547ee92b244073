"""What is sent in about outside approval systems."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.identity.models import Company
from privyseal.web.forms import CommandForm, Sent, offer


class OutsideForm(CommandForm):
    company = forms.ChoiceField(label=_("Company"))
    name = forms.CharField(label=_("Name of the system"), max_length=100)
    address = forms.CharField(
        label=_("Address for questions"),
        max_length=500,
        widget=forms.URLInput({"placeholder": "https://"}),
        help_text=_("Applications are sent there, with who asks for what, but without the pages of the documents."),
    )
    key = forms.CharField(
        label=_("Its public key"),
        max_length=64,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        help_text=_("In the form of Standard Webhooks: whpk_ and an Ed25519 key. Answers are checked with it."),
    )

    def __init__(self, data: Sent = None, *, companies: Iterable[Company]) -> None:
        super().__init__(data)
        offer(self.fields["company"], [(company.uid, company.name) for company in companies])
