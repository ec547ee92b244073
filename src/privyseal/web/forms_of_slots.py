"""The shape of what is sent in about cabinets, slots and bags."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from privyseal.custody.models import Slot
from privyseal.custody.rules.places import MOST_COLUMNS, MOST_ROWS
from privyseal.identity.models import Company
from privyseal.language.places_of_seals import STORE
from privyseal.web.forms import CommandForm, Sent, Usual, offer


class StoreForm(CommandForm):
    company = forms.ChoiceField(label=_("Company"))
    kind = forms.ChoiceField(
        label=pgettext_lazy("a place for seals", "What it is"),
        choices=[(kind.value, words) for kind, words in STORE.items()],
    )
    name = forms.CharField(
        label=pgettext_lazy("a thing", "Name"), max_length=40, help_text=_("Such as: cabinet 3, fifth floor.")
    )
    rows = forms.IntegerField(label=_("Rows of slots"), min_value=1, max_value=MOST_ROWS, initial=1)
    columns = forms.IntegerField(label=_("Slots in a row"), min_value=1, max_value=MOST_COLUMNS, initial=4)

    def __init__(self, data: Sent = None, *, companies: Iterable[Company]) -> None:
        super().__init__(data)
        offer(self.fields["company"], [(company.uid, company.name) for company in companies])


class PlaceForm(CommandForm):
    """Where a seal belongs; neither slot nor bag leaves it in its keeper's hands."""

    slot = forms.ChoiceField(label=_("Slot"), required=False)
    bag = forms.CharField(label=_("Number of the bag"), max_length=32, required=False)

    def __init__(self, data: Sent = None, *, slots: Iterable[Slot], initial: Usual = None) -> None:
        super().__init__(data, initial=initial)
        offer(self.fields["slot"], [("", "—"), *((str(slot.pk), slot.called()) for slot in slots)])

    def slot_id(self) -> int | None:
        chosen = self.cleaned_data["slot"]
        return int(chosen) if chosen else None
