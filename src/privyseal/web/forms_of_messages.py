"""The shape of what people send in about their messages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.web.forms import CommandForm


class ReadForm(CommandForm):
    up_to_uid = forms.RegexField("^[0-9a-f]{32}$", widget=forms.HiddenInput)


class AddressForm(CommandForm):
    value = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}),
    )


class AddressCodeForm(CommandForm):
    code = forms.RegexField(
        r"^\s*[0-9]{6}\s*$",
        label=_("Code in the letter"),
        max_length=12,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class WishesForm(CommandForm):
    begins = forms.TimeField(label=_("Quiet from"), widget=forms.TimeInput({"type": "time"}, format="%H:%M"))
    ends = forms.TimeField(
        label=_("Quiet until"),
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text=_("The same time twice means no quiet hours."),
    )
    daily_on_page_only = forms.BooleanField(label=_("Keep the day's news on this page"), required=False)
