"""The shape of what is sent in while a rubber seal is taken out of the company."""

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.custody.actions import Whereabouts
from privyseal.custody.rules.takeout import MOST_METRES, Fence, Point
from privyseal.web.forms import Sent
from privyseal.web.waiting import WaitingForm

_MICRODEGREES: Final = 1_000_000
_USUAL_METRES: Final = 500


def _degrees(most: int, **said: Any) -> forms.DecimalField:  # noqa: ANN401  a field's options are of every kind
    number = forms.NumberInput({"inputmode": "decimal", "step": "any"})
    return forms.DecimalField(required=False, min_value=-most, max_value=most, widget=number, **said)


class PointForm(forms.Form):
    latitude = _degrees(90, label=_("Latitude"))
    longitude = _degrees(180, label=_("Longitude"))

    def point(self) -> Point | None:
        north, east = self.cleaned_data["latitude"], self.cleaned_data["longitude"]
        return None if north is None or east is None else Point(_micro(north), _micro(east))


def _photo() -> forms.FileField:
    return forms.FileField(
        label=_("Photograph of the seal’s face"),
        widget=forms.FileInput({"accept": "image/*", "capture": "environment"}),
    )


def metres_field(most: int = MOST_METRES) -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Distance allowed, in metres"),
        min_value=1,
        max_value=most,
        initial=min(most, _USUAL_METRES),
        required=False,
    )


class GiveForm(WaitingForm, PointForm):
    """The face, and how far the seal may go: less than was approved, or around the point that its keeper knows."""

    field_order = ("photo", "latitude", "longitude", "metres")

    photo = _photo()
    metres = metres_field()

    def __init__(self, data: Sent = None, files: Any = None, *, approved: Fence | None) -> None:  # noqa: ANN401  Django's own
        super().__init__(data, files)
        self._approved = approved
        if approved is not None:
            del self.fields["latitude"], self.fields["longitude"]
            self.fields["metres"] = metres_field(approved.metres)
            self.fields["metres"].initial = approved.metres
            self.fields["metres"].help_text = _("As approved, or fewer.")

    def fence(self) -> Fence | None:
        metres = self.cleaned_data["metres"]
        if self._approved is not None:
            return Fence(point=self._approved.point, metres=metres) if metres else None
        point = self.point()
        return None if point is None else Fence(point=point, metres=metres or _USUAL_METRES)


class TakeBackForm(WaitingForm):
    photo = _photo()
    place = forms.CharField(
        label=_("Bag, safe or slot"), max_length=100, help_text=_("Such as: cabinet 3, slot B12, bag 00417.")
    )


class WhereaboutsForm(WaitingForm, PointForm):
    words = forms.CharField(
        label=_("Where the seal is, in words"), max_length=100, required=False, help_text=_("Such as: on the train.")
    )
    accuracy = forms.IntegerField(required=False, min_value=0, max_value=1_000_000, widget=forms.HiddenInput)
    has_arrived = forms.BooleanField(
        label=_("We are at the place of the use"),
        required=False,
        help_text=_("A position outside the approved place is an alarm. On the way, say in words where you are."),
    )

    def said(self) -> Whereabouts:
        said = self.cleaned_data
        return Whereabouts(
            words=said["words"],
            point=self.point(),
            accuracy_metres=said["accuracy"] or 0,
            has_arrived=said["has_arrived"],
        )


def _micro(degrees: Decimal) -> int:
    return round(degrees * _MICRODEGREES)
