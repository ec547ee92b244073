"""The shape of what is sent in at a stock-take of rubber seals."""

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.custody.actions import Seen
from privyseal.custody.models import Slot, Store
from privyseal.custody.rules.stock import MOST_DAYS, USUAL_DAYS
from privyseal.identity.models import Company, Person, Unit
from privyseal.web.forms import CommandForm, Files, Sent, offer
from privyseal.web.waiting import WaitingForm

_WHOLE: Final = ""
_STORE, _UNIT = "store:", "unit:"


class CompanyForm(forms.Form):
    """Whose seals are to be counted."""

    company = forms.ChoiceField(label=_("Company"))

    def __init__(self, *, companies: Iterable[Company], chosen: str) -> None:
        super().__init__(initial={"company": chosen})
        offer(self.fields["company"], [(company.uid, company.name) for company in companies])


class _TellersForm(CommandForm):
    counter = forms.ChoiceField(label=_("Who counts"), help_text=_("Somebody who keeps none of these seals."))
    witness = forms.ChoiceField(
        label=_("Witness"), required=False, help_text=_("Needed where whoever counts keeps one of them.")
    )

    def offer_people(self, people: Iterable[Person]) -> None:
        known = [(person.pseudonym, person.name) for person in people]
        offer(self.fields["counter"], known)
        offer(self.fields["witness"], [("", "—"), *known])


class StockTakeForm(_TellersForm):
    place = forms.ChoiceField(label=_("What is counted"), required=False)
    days = forms.IntegerField(label=_("Days it may take"), min_value=1, max_value=MOST_DAYS, initial=USUAL_DAYS)
    field_order = ("place", "counter", "witness", "days")

    def __init__(
        self, data: Sent = None, *, stores: Iterable[Store], units: Iterable[Unit], people: Iterable[Person]
    ) -> None:
        super().__init__(data)
        places = [(f"{_STORE}{store.uid}", store.name) for store in stores]
        parts = [(f"{_UNIT}{unit.uid}", unit.name) for unit in units]
        offer(self.fields["place"], [(_WHOLE, str(_("All rubber seals of the company"))), *places, *parts])
        self.offer_people(people)

    def said(self) -> dict[str, Any]:
        """Return what is counted by whom, as the action takes it."""
        said, place = self.cleaned_data, self.cleaned_data["place"]
        return {
            "store_uid": place.removeprefix(_STORE) if place.startswith(_STORE) else "",
            "unit_uid": place.removeprefix(_UNIT) if place.startswith(_UNIT) else "",
            "counter_pseudonym": said["counter"],
            "witness_pseudonym": said["witness"],
            "days": said["days"],
        }


class TellersForm(_TellersForm):
    """Who goes on with a count."""

    def __init__(self, data: Sent = None, *, people: Iterable[Person]) -> None:
        super().__init__(data)
        self.offer_people(people)


class SeenForm(WaitingForm):
    number = forms.CharField(
        label=_("Number of the seal, or its code scanned"),
        max_length=200,
        widget=forms.TextInput(
            {"class": "scanned", "autocapitalize": "characters", "autocomplete": "off", "list": "numbers"}
        ),
    )
    photo = forms.FileField(
        label=_("Photograph of the seal’s face"),
        widget=forms.FileInput({"accept": "image/*", "capture": "environment"}),
    )
    slot = forms.ChoiceField(label=_("Slot"), required=False)

    def __init__(self, data: Sent = None, files: Files = None, *, slots: Iterable[Slot]) -> None:
        super().__init__(data, files)
        offer(self.fields["slot"], [("", "—"), *((str(slot.pk), slot.called()) for slot in slots)])

    def seen(self, photo_sha256: str) -> Seen:
        chosen = self.cleaned_data["slot"]
        return Seen(
            number=self.cleaned_data["number"], photo_sha256=photo_sha256, slot_id=int(chosen) if chosen else None
        )


class StrangeForm(WaitingForm):
    said = forms.CharField(
        label=_("What lies there"), max_length=200, help_text=_("Such as: a round seal, its words, a star, no number.")
    )


class EndForm(WaitingForm):
    """The end of a count; a witness says how many were counted before their eyes."""

    seen = forms.IntegerField(
        label=_("How many were seen, by your own count"),
        min_value=0,
        max_value=1_000_000,
        widget=forms.NumberInput({"inputmode": "numeric"}),
        help_text=_("Seals that nobody knows count as well. What has not arrived yet is not called missing."),
    )

    def __init__(self, data: Sent = None, *, is_watched: bool) -> None:
        super().__init__(data)
        if not is_watched:
            del self.fields["seen"]
