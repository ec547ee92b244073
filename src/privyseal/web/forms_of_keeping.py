"""The shape of what is sent in about holds and erasures."""

from collections.abc import Iterable
from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.identity.models import Company
from privyseal.keeping.rules import LONGEST_REASON, Decision
from privyseal.language.labels import HELD
from privyseal.web.forms import CommandForm, Sent, offer

_LONGEST_WORD: Final = 64


def _reason() -> forms.CharField:
    return forms.CharField(label=_("Reason"), max_length=LONGEST_REASON, widget=forms.Textarea({"rows": 2}))


class HoldForm(CommandForm):
    """What must not go; ``which`` is a seal's or an application's number, or a login, and empty for a whole company."""

    about = forms.ChoiceField(label=_("About"), choices=[(held.value, words) for held, words in HELD.items()])
    company = forms.ChoiceField(label=_("Company"), required=False)
    which = forms.CharField(
        label=_("Which"),
        max_length=_LONGEST_WORD,
        required=False,
        help_text=_("The number of the seal or the application, or the login of the person; nothing for a company."),
    )
    reason = _reason()

    def __init__(self, data: Sent = None, *, companies: Iterable[Company]) -> None:
        super().__init__(data)
        offer(self.fields["company"], [(company.uid, company.name) for company in companies])


class LiftingForm(CommandForm):
    reason = _reason()


class ClearanceForm(CommandForm):
    """Of which company what is over is to be deleted."""

    company = forms.ChoiceField(label=_("Company"))
    reason = _reason()

    def __init__(self, data: Sent = None, *, companies: Iterable[Company]) -> None:
        super().__init__(data)
        offer(self.fields["company"], [(company.uid, company.name) for company in companies])


class ClearanceDecisionForm(CommandForm):
    """A yes or no to exactly the list that was shown."""

    decision = forms.ChoiceField(choices=[(each.value, "") for each in Decision])
    list_sha256 = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)


class ErasureForm(CommandForm):
    """Somebody who has left, by the login that they had."""

    login = forms.CharField(label=_("Login"), max_length=_LONGEST_WORD, widget=forms.TextInput({"autocomplete": "off"}))
    reason = _reason()


class DecisionForm(CommandForm):
    decision = forms.ChoiceField(choices=[(each.value, "") for each in Decision])
