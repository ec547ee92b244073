"""The shape of what is sent in while a rubber seal is out."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.custody.rules import CONFIRM, MOST_IN_A_VOLUME, Ending
from privyseal.custody.rules.photographs import MOST_ON_ONE
from privyseal.kernel.file_kinds import PHOTOGRAPH
from privyseal.web.forms import LONGEST_TEXT, CommandForm, MomentField
from privyseal.web.waiting import WaitingForm

_LONGEST_PLACE: Final = 100
_LONGEST_WORDS: Final = 200


def _count(*, least: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Impressions"),
        min_value=least,
        max_value=MOST_IN_A_VOLUME,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )


def _reason(*, required: bool = True) -> forms.CharField:
    return forms.CharField(label=_("Reason"), max_length=LONGEST_TEXT, required=required)


class _OfUseForm(WaitingForm):
    """About one time that the seal is out: what comes late is never taken for the next one."""

    use = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)


class ConfirmForm(_OfUseForm):
    hand = forms.ChoiceField(choices=[(hand.value, "") for hand in CONFIRM])


class ReserveForm(CommandForm):
    line = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    impressions = _count(least=1)


class MadeForm(WaitingForm):
    made = _count(least=0)


class CountedForm(WaitingForm):
    """The supervisor's own count; where fewer were made than taken, why."""

    counted = _count(least=0)
    reason = _reason(required=False)


class ReleaseForm(WaitingForm):
    reason = _reason()


class PhotographForm(WaitingForm):
    """A stamped page; ``taken_at`` is what the telephone says, where it says something."""

    photo = forms.FileField(
        label=_("Photograph of the page"),
        widget=forms.FileInput({"accept": PHOTOGRAPH.accept, "capture": "environment"}),
    )
    impressions = forms.IntegerField(
        label=_("Impressions on it"),
        min_value=0,
        max_value=MOST_ON_ONE,
        help_text=_("Only those that are on no earlier photograph."),
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )
    place = forms.CharField(label=_("Place"), max_length=_LONGEST_PLACE, required=False)
    taken_at = MomentField(required=False, widget=forms.HiddenInput)
    sample = forms.IntegerField(
        label=_("Number of the impression that was drawn"),
        required=False,
        min_value=1,
        max_value=MOST_IN_A_VOLUME,
        help_text=_(
            "Counted from the first impression of these. Left empty, the photograph shows none of those drawn."
        ),
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )
    spoiled = forms.IntegerField(
        label=_("Impressions on it that are spoiled"),
        required=False,
        min_value=0,
        max_value=MOST_ON_ONE,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )
    why = forms.CharField(label=_("What went wrong"), max_length=LONGEST_TEXT, required=False)


class SpoilForm(WaitingForm):
    """A photographed page that went wrong."""

    impressions = _count(least=1)
    reason = _reason()


class BlankForm(WaitingForm):
    """A blank that was used, which a photograph shows filled in."""

    number = forms.IntegerField(
        label=_("Number of the blank"), min_value=1, widget=forms.NumberInput({"inputmode": "numeric"})
    )
    words = forms.CharField(label=_("What it was used for, and for whom"), max_length=_LONGEST_WORDS)


class PaperForm(forms.Form):
    """Any paper, photographed to ask whether its stamp was approved."""

    photo = forms.FileField(
        label=_("Photograph of the page"),
        widget=forms.FileInput({"accept": PHOTOGRAPH.accept, "capture": "environment"}),
    )


class EndForm(_OfUseForm):
    ending = forms.ChoiceField(choices=[(ending.value, "") for ending in (Ending.PAUSE, Ending.EARLY)])
    reason = _reason(required=False)


class PutBackForm(_OfUseForm):
    place = forms.CharField(
        label=_("Bag, safe or slot"), max_length=_LONGEST_PLACE, help_text=_("Such as: cabinet 3, slot B12, bag 00417.")
    )
