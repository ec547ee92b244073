"""The shape of what is sent in about a use at a machine."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.device.codes import MINUTES
from privyseal.web.forms import CommandForm

_OFFERED: Final = (
    (0, _("Over the network, no code")),
    (30, _("By a code, for half an hour")),
    (60, _("By a code, for an hour")),
    (240, _("By a code, for four hours")),
    (1_440, _("By a code, for a day")),
)


def word_field(**said: Any) -> forms.CharField:  # noqa: ANN401  a field's options are of every kind
    """Return a field for a word that goes with codes, which no browser keeps."""
    hidden = forms.PasswordInput({"autocomplete": "off"})
    return forms.CharField(required=False, max_length=40, strip=False, widget=hidden, **said)


class OpenMachineForm(CommandForm):
    """Which line, and for how many minutes where the machine has no network."""

    line = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    minutes = forms.TypedChoiceField(
        label=_("How the machine is told"),
        choices=[(minutes, said) for minutes, said in _OFFERED if minutes in {0, *MINUTES}],
        coerce=int,
        initial=0,
    )
    word = word_field(label=_("Your code word"), help_text=_("For a code only."))
    is_emergency = forms.BooleanField(
        label=_("Emergency: nobody has to see each impression first"),
        help_text=_("Ten impressions and two hours at most. Somebody else reviews it before the next one."),
        required=False,
    )


class OpenCabinetForm(CommandForm):
    """For how many minutes a code opens a slot where the cabinet has no network."""

    minutes = forms.TypedChoiceField(
        label=_("How the cabinet is told"),
        choices=[(minutes, said) for minutes, said in _OFFERED if minutes in {0, *MINUTES}],
        coerce=int,
        initial=0,
    )
    word = word_field(label=_("Your code word"), help_text=_("For a code only."))


def cabinet_form(*, has_words: bool, is_dual: bool) -> OpenCabinetForm:
    """Return the form that opens a slot; where two hold each code none is offered."""
    form = OpenCabinetForm(auto_id="id_cabinet_%s")
    if is_dual:
        form.fields["minutes"].widget = forms.HiddenInput()
    if is_dual or not has_words:
        del form.fields["word"]
    return form


def opening_form(line_id: int, *, is_fenced: bool, has_words: bool) -> OpenMachineForm:
    """Return the form for one line; a code says no place: where the seal may be used at one only, none is offered."""
    form = OpenMachineForm(initial={"line": line_id}, auto_id=f"id_{line_id}_%s")
    if is_fenced:
        form.fields["minutes"].widget = forms.HiddenInput()
    if is_fenced or not has_words:
        del form.fields["word"]
    return form


class ReceiptForm(CommandForm):
    receipt = forms.RegexField(
        r"^\s*(?:[0-9]\s*){12}$",
        label=_("The twelve digits that the machine shows"),
        max_length=24,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )


class CodeWordsForm(CommandForm):
    """The two words of whoever asks for codes."""

    usual = word_field(label=_("The usual code word"))
    forced = word_field(label=_("The code word under duress"))
