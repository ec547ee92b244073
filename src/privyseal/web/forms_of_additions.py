"""The shape of what is sent in to ask for more of an approved use, or for longer."""

from collections.abc import Sequence
from datetime import date, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.models import Line
from privyseal.approvals.wishes import MOST_COPIES
from privyseal.seals.rules.standing import MOST_USES
from privyseal.web.forms import ReasonForm, Sent, day_field


class MoreUsesForm(ReasonForm):
    """How many more uses of a standing permit."""

    uses = forms.IntegerField(label=_("How many more"), min_value=1, max_value=MOST_USES)
    field_order = ("uses", "reason")


class MoreCopiesForm(ReasonForm):
    """How many more copies of each paper that is stamped by hand."""

    def __init__(self, data: Sent = None, *, lines: Sequence[Line]) -> None:
        super().__init__(data)
        for line in lines:
            self.fields[f"copies_{line.position}"] = forms.IntegerField(
                label=_("More copies: %(document)s, %(seal)s")
                % {"document": line.document_name, "seal": line.seal.name},
                required=False,
                min_value=0,
                max_value=MOST_COPIES,
                widget=forms.NumberInput({"inputmode": "numeric"}),
            )
        self.order_fields([*(name for name in self.fields if name.startswith("copies_")), "reason"])

    def copies(self) -> dict[int, int]:
        """Return how many more, by the position of the line."""
        said = self.cleaned_data.items()
        return {int(name.removeprefix("copies_")): more for name, more in said if name.startswith("copies_") and more}


class LongerForm(ReasonForm):
    """Until when it is to last, prefilled with a week more."""

    ends_on = day_field(label=_("New last day"))
    field_order = ("ends_on", "reason")

    def __init__(self, data: Sent = None, *, last_day: date) -> None:
        super().__init__(data, initial={"ends_on": last_day + timedelta(days=7)})
