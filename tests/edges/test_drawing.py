"""Fields drawn without templates look as Django's templates draw them."""

import re

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates, get_default_renderer
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from privyseal.web.drawing import Drawing

HOSTILE = "<b>\"'&"
CHOICES = [("", "—"), ("a", HOSTILE), (3, _("Seal")), (HOSTILE, 1_234)]
GROUPED = [("one", "1"), (HOSTILE, [("two", "2"), ("three", mark_safe("<i>3</i>"))])]


class EveryForm(forms.Form):
    text = forms.CharField(max_length=9, help_text="help", widget=forms.TextInput({"placeholder": HOSTILE}))
    hidden = forms.CharField(widget=forms.HiddenInput)
    secret = forms.CharField(widget=forms.PasswordInput({"autocomplete": "off"}))
    number = forms.IntegerField(min_value=1, max_value=9, disabled=True)
    amount = forms.DecimalField(decimal_places=2, localize=True)
    day = forms.DateField(widget=forms.DateInput({"type": "date"}))
    hour = forms.TimeField(required=False, widget=forms.TimeInput({"type": "time", "hidden": False}))
    told = forms.BooleanField()
    file = forms.FileField(widget=forms.FileInput({"accept": ".pdf", "hidden": True}), required=False)
    many_words = forms.CharField(widget=forms.Textarea, initial=HOSTILE)
    one = forms.ChoiceField(choices=CHOICES)
    some = forms.MultipleChoiceField(choices=GROUPED)
    way = forms.ChoiceField(choices=GROUPED, widget=forms.RadioSelect({"class": "choices"}))
    boxes = forms.MultipleChoiceField(choices=CHOICES, widget=forms.CheckboxSelectMultiple, required=False)


SAID = {"text": HOSTILE, "number": "12", "day": "2026-11-23", "told": "on", "one": "a", "some": ["two"], "boxes": ["3"]}


def test_the_product_draws_its_fields_so() -> None:
    assert isinstance(get_default_renderer(), Drawing)


@pytest.mark.parametrize("data", [None, {}, SAID])
@pytest.mark.parametrize("name", EveryForm.base_fields)
def test_a_field_looks_as_its_template_draws_it(name: str, data: dict[str, object] | None) -> None:
    ours, theirs = (EveryForm(data, renderer=renderer)[name] for renderer in (Drawing(), DjangoTemplates()))

    assert _without_room(str(ours)) == _without_room(str(theirs))
    if name in {"way", "boxes"}:
        assert [_without_room(one.tag()) for one in ours] == [_without_room(one.tag()) for one in theirs]


def _without_room(drawn: str) -> str:
    """Return what is drawn without the breaks between tags, which nobody sees."""
    return re.sub(r"\s*\n\s*", "", drawn)
