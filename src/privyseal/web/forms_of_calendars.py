"""What is sent in about the working days of a year."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.identity.rules.working_days import YEARS, YearTable, days_between, in_spans
from privyseal.web.forms import CommandForm

_LONGEST: Final = 4_000
_MOST_AT_ONCE: Final = 366
_DAY: Final = r"(\d{4}-\d{2}-\d{2})"
_LINE: Final = re.compile(rf"{_DAY}(?:\s*(?:-|–|—|~|至|到|to)\s*{_DAY})?", re.ASCII)


class CalendarForm(CommandForm):
    """The whole table of a year: one day or span a line."""

    year = forms.IntegerField(min_value=YEARS.start, max_value=YEARS.stop - 1, widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    off = forms.CharField(
        label=_("Days off besides weekends"),
        required=False,
        max_length=_LONGEST,
        widget=forms.Textarea({"rows": 9, "spellcheck": "false", "placeholder": _("2027-10-01 to 2027-10-07")}),
        help_text=_("One day or span a line. Weekends inside a span do no harm."),
    )
    made_up = forms.CharField(
        label=_("Days at a weekend that are worked"),
        required=False,
        max_length=_LONGEST,
        widget=forms.Textarea({"rows": 5, "spellcheck": "false"}),
        help_text=_("One day a line."),
    )

    def clean_off(self) -> list[date]:
        return _days(self.cleaned_data["off"])

    def clean_made_up(self) -> list[date]:
        return _days(self.cleaned_data["made_up"])


class HoursForm(CommandForm):
    """From when to when a company works on a working day."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    opens = forms.TimeField(label=_("Opens at"), widget=forms.TimeInput({"type": "time"}, format="%H:%M"))
    closes = forms.TimeField(label=_("Closes at"), widget=forms.TimeInput({"type": "time"}, format="%H:%M"))


def initial_of(table: YearTable) -> dict[str, str]:
    """Return what the form for a table begins with."""
    return {"off": _lines(table.off), "made_up": _lines(table.made_up)}


def _lines(days: Iterable[date]) -> str:
    spans = in_spans(days)
    return "\n".join(str(first) if first == last else f"{first} – {last}" for first, last in spans)


def _days(said: str) -> list[date]:
    days: set[date] = set()
    for line in filter(None, map(str.strip, said.splitlines())):
        found = _LINE.fullmatch(line)
        try:
            first, last = (date.fromisoformat(day or found[1]) for day in found.groups()) if found else (None, None)
        except ValueError as error:
            raise forms.ValidationError(_not_read(line)) from error
        if first is None or last is None or not 0 <= (last - first).days < _MOST_AT_ONCE:
            raise forms.ValidationError(_not_read(line))
        days.update(days_between(first, last))
    return sorted(days)


def _not_read(line: str) -> str:
    return _("“%(line)s” is not a day or a span of days.") % {"line": line}
