"""The deadlines of a policy's row, stage by stage, as they are sent in."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.rules.deadlines import MOST, Deadline, Lapse
from privyseal.approvals.rules.seats import Seat, Who
from privyseal.identity.rules.working_days import Counted, Span
from privyseal.language.policies import COUNTED, LAPSE

_PARTS: Final = ("within", "counted", "remind", "lapse", "to")
_NUMBERS: Final = r"^\s*\d{1,2}(\s*[,，、]\s*\d{1,2}){0,2}\s*$"


def add_fields(fields: dict[str, forms.Field], *, stages: int, who: Sequence[Any]) -> None:
    """Add to a form the fields for the deadlines of so many stages; ``who`` is whom a late stage can go to."""
    for number in range(1, stages + 1):
        fields[f"within{number}"] = forms.IntegerField(
            label=_("Decided within"), required=False, min_value=1, max_value=max(MOST.values())
        )
        fields[f"counted{number}"] = forms.ChoiceField(
            label=_("Counted in"), required=False, choices=[(one.value, words) for one, words in COUNTED.items()]
        )
        fields[f"remind{number}"] = forms.RegexField(
            _NUMBERS,
            label=_("Reminded before its end"),
            required=False,
            help_text=_("How many of the same unit before it, such as 2, 1; a 0 is the morning of the last day."),
        )
        fields[f"to{number}"] = forms.ChoiceField(label=_("Where it is late, also to"), choices=who, required=False)
        fields[f"lapse{number}"] = forms.ChoiceField(
            label=_("What they may do"), required=False, choices=[(one.value, words) for one, words in LAPSE.items()]
        )


def fields_of(form: forms.Form, *, stages: int) -> Iterator[tuple[int, bool, list[forms.BoundField]]]:
    """Yield for each stage its number, whether something is said of it, and its fields."""
    for number in range(1, stages + 1):
        fields = [form[f"{part}{number}"] for part in _PARTS]
        yield number, bool(fields[0].value()), fields


def deadline_of(said: Mapping[str, Any], number: int) -> Deadline | None:
    """Return the deadline that was sent for the stage of a number; None where there is none."""
    if not said[f"within{number}"]:
        return None
    who, _colon, name = said[f"to{number}"].partition(":")
    reminders = said[f"remind{number}"].replace("，", ",").replace("、", ",")
    return Deadline(
        Span(said[f"within{number}"], Counted(said[f"counted{number}"] or Counted.DAYS.value)),
        tuple(sorted({int(one) for one in reminders.split(",") if one.strip()}, reverse=True)),
        Lapse(said[f"lapse{number}"] or Lapse.TELL.value) if who else Lapse.TELL,
        Seat(Who(who), name) if who else None,
    )


def initial_of(deadlines: Sequence[Deadline | None]) -> dict[str, Any]:
    """Return what the fields for these deadlines begin with."""
    said: dict[str, Any] = {}
    for number, one in enumerate(deadlines, start=1):
        if one is None:
            continue
        said[f"within{number}"], said[f"counted{number}"] = one.span.number, one.span.counted.value
        said[f"remind{number}"] = ", ".join(map(str, one.reminders))
        said[f"lapse{number}"] = one.lapse.value
        if one.to is not None:
            said[f"to{number}"] = f"{one.to.who.value}:{one.to.name}" if one.to.name else one.to.who.value
    return said
