"""The shape of what a company says about its alarms."""

from collections.abc import Iterable
from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.custody.rules.alarms import MOST_DAYS, MOST_MINUTES, MOST_RESTAMPS, Thresholds
from privyseal.custody.rules.spoiled import USUAL_ANEW
from privyseal.identity.models import Company
from privyseal.web.forms import CommandForm, Sent, Usual, offer

_NUMBERS: Final = (
    "lost_risk_minutes",
    "not_returned_minutes",
    "unused_days",
    "debt_days",
    "restamps",
    "stock_take_days",
    "made_anew",
    "debt_reminder_minutes",
)


class ThresholdsForm(CommandForm):
    company = forms.ChoiceField(label=_("Company"))
    lost_risk_minutes = forms.IntegerField(
        label=_("May be lost, minutes after it was due"), min_value=1, max_value=MOST_MINUTES
    )
    not_returned_minutes = forms.IntegerField(
        label=_("An incident, minutes after it was due"), min_value=1, max_value=MOST_MINUTES
    )
    unused_days = forms.IntegerField(label=_("Approved but not used, days"), min_value=1, max_value=MOST_DAYS)
    debt_reminder_minutes = forms.IntegerField(
        label=_("Reminded of photographs, minutes after the count"),
        min_value=1,
        max_value=MOST_MINUTES,
        help_text=_(
            "Also that long before the permit ends; while the seal is out, those who stamped and watched are told."
        ),
    )
    debt_days = forms.IntegerField(label=_("Photographs owed, days"), min_value=1, max_value=MOST_DAYS)
    restamps = forms.IntegerField(
        label=_("Times that impressions went back under one permit"), min_value=1, max_value=MOST_RESTAMPS
    )

    stock_take_days = forms.IntegerField(
        label=_("Days after which a place is to be counted again"), min_value=1, max_value=MOST_DAYS
    )

    made_anew = forms.IntegerField(
        label=_("Spoiled impressions made again where no category says"),
        min_value=0,
        max_value=USUAL_ANEW,
        help_text=_("Fewer at once; more only by a category, which two people agree to."),
    )

    def __init__(self, data: Sent = None, *, companies: Iterable[Company], initial: Usual = None) -> None:
        super().__init__(data, initial=initial)
        offer(self.fields["company"], [(company.uid, company.name) for company in companies])

    def said(self) -> Thresholds:
        return Thresholds(**{name: self.cleaned_data[name] for name in _NUMBERS})
