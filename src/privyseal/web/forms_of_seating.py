"""Who does what today, as a company says it: names, a line or a comma between them."""

import re
from dataclasses import dataclass
from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.identity.rules import Barred, Power, duties
from privyseal.language.labels import POWER
from privyseal.web.forms import LONGEST_TEXT, Sent

_BETWEEN: Final = re.compile(r"[\s,;，；、]+")
_MOST_PEOPLE: Final = 12


@dataclass(frozen=True, slots=True)
class Answer:
    today: dict[Power, tuple[str, ...]]
    people: tuple[str, ...]
    headquarters: bool
    barred: Barred


class SeatingForm(forms.Form):
    """A field for each duty, named as the duty is."""

    people = forms.CharField(
        label=_("Everybody who could take a duty"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("Names, with a space or a comma between them. At most twelve."),
    )
    barred = forms.CharField(
        label=_("Legal representative, general manager, head of finance"),
        max_length=LONGEST_TEXT,
        required=False,
        help_text=_("They keep no seal."),
    )
    headquarters = forms.BooleanField(label=_("Headquarters holds system, security and audit for us"), required=False)

    def __init__(self, data: Sent = None) -> None:
        super().__init__(data)
        for power in Power:
            self.fields[power.value] = forms.CharField(label=str(POWER[power]), max_length=LONGEST_TEXT, required=False)

    def duty_fields(self) -> list[forms.BoundField]:
        return [self[power.value] for power in Power]

    def clean_people(self) -> tuple[str, ...]:
        people = _names(self.cleaned_data["people"])
        if len(people) > _MOST_PEOPLE:
            raise forms.ValidationError(_("These are more than twelve. Name those who could take a duty."))
        return people

    def answer(self) -> Answer:
        """Return what was said; whoever does something today could do it tomorrow, and needs not be named twice."""
        said = self.cleaned_data
        today = {power: _names(said[power.value]) for power in duties(headquarters=said["headquarters"])}
        named = dict.fromkeys([*said["people"], *(name for names in today.values() for name in names)])
        barred = Barred(dict.fromkeys(_names(said["barred"]), frozenset({Power.CUSTODY})))
        return Answer(today, tuple(named)[:_MOST_PEOPLE], said["headquarters"], barred)


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in _BETWEEN.split(text) if name))
