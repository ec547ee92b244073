"""The shape of what is sent in while a rubber seal is taken out of the company."""

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.custody.actions import Fence, Whereabouts
from privyseal.custody.rules.takeout import Point
from privyseal.web.waiting import WaitingForm

_MICRODEGREES: Final = 1_000_000
_USUAL_METRES: Final = 500
_MOST_METRES: Final = 50_000


def _degrees(most: int, **said: Any) -> forms.DecimalField:  # noqa: ANN401  a field's options are of every kind
    number = forms.NumberInput({"inputmode": "decimal", "step": "any"})
    return forms.DecimalField(required=False, min_value=-most, max_value=most, widget=number, **said)


class _PointForm(forms.Form):
    latitude = _degrees(90, label=_("Latitude"))
    longitude = _degrees(180, label=_("Longitude"))

    def point(self) -> Point | None:
        north, east = self.cleaned_data["latitude"], self.cleaned_data["longitude"]
        return None if north is None or east is None else Point(_micro(north), _micro(east))


def _photo() -> forms.FileField:
    return forms.FileField(
        label=_("Photograph of the seal's face"),
        widget=forms.FileInput({"accept": "image/*", "capture": "environment"}),
    )


class GiveForm(WaitingForm, _PointForm):
    """The face, and where the seal is to be used if its keeper knows the point on the map."""

    photo = _photo()
    metres = forms.IntegerField(
        label=_("Metres around that are still there"), min_value=1, max_value=_MOST_METRES, initial=_USUAL_METRES
    )

    def fence(self) -> Fence | None:
        point = self.point()
        return None if point is None else Fence(point=point, metres=self.cleaned_data["metres"])


class TakeBackForm(WaitingForm):
    photo = _photo()
    place = forms.CharField(
        label=_("Bag, safe or slot"), max_length=100, help_text=_("Such as: cabinet 3, slot B12, bag 00417.")
    )


class WhereaboutsForm(WaitingForm, _PointForm):
    words = forms.CharField(
        label=_("Where the seal is, in words"), max_length=100, required=False, help_text=_("Such as: on the train.")
    )
    accuracy = forms.IntegerField(required=False, min_value=0, max_value=1_000_000, widget=forms.HiddenInput)
    has_arrived = forms.BooleanField(label=_("We are at the place of the use"), required=False)

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
