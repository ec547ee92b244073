"""The shape of what is sent in to ask for more of an approved use, or for longer."""

from datetime import date, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.seals.rules.standing import MOST_USES
from privyseal.web.forms import ReasonForm, Sent, day_field


class MoreUsesForm(ReasonForm):
    """How many more uses of a standing permit."""

    uses = forms.IntegerField(label=_("How many more"), min_value=1, max_value=MOST_USES)
    field_order = ("uses", "reason")


class LongerForm(ReasonForm):
    """Until when it is to last, prefilled with a week more."""

    ends_on = day_field(label=_("New last day"))
    field_order = ("ends_on", "reason")

    def __init__(self, data: Sent = None, *, last_day: date) -> None:
        super().__init__(data, initial={"ends_on": last_day + timedelta(days=7)})
