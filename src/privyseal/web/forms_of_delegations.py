"""What is sent in where somebody lets another decide for them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import time
from typing import Final

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.actions import Term
from privyseal.approvals.papers import MOST_MONEY
from privyseal.approvals.rules.delegations import DaysOff, Hours, Scope
from privyseal.identity.models import Company, Person
from privyseal.language.course import DAYS_OFF
from privyseal.language.labels import PURPOSE, SEAL_TYPE
from privyseal.seals.rules import SealType
from privyseal.signer.statement import Purpose
from privyseal.web.forms import CommandForm, Sent, day_field, midnight, offer
from privyseal.web.widgets import give_choices

_A_DAY_LATER: Final = 1


class DelegationForm(CommandForm):
    """Who decides, where, from which day to which, in which matters and hours."""

    company = forms.ChoiceField(label=_("Company"))
    person = forms.ChoiceField(label=_("Who decides for you"))
    starts_on = day_field(label=_("From"))
    ends_on = day_field(label=_("Up to and including"))
    purposes = forms.MultipleChoiceField(
        label=_("What is asked for"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(purpose.value, PURPOSE[purpose]) for purpose in Purpose],
        help_text=_("Tick none for all of them."),
    )
    types = forms.MultipleChoiceField(
        label=_("Types of seal"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(kind.value, SEAL_TYPE[kind]) for kind in SealType],
        help_text=_("Tick none for all of them."),
    )
    below = forms.DecimalField(
        label=_("Amount below"),
        required=False,
        min_value=0,
        max_value=MOST_MONEY,
        decimal_places=2,
        max_digits=15,
        help_text=_("An amount that nobody stated counts as more than any other."),
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days of the week"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        choices=[(number + 1, words) for number, words in WEEKDAYS.items()],
        help_text=_("Tick none for all of them. A night belongs to the day on which it begins."),
    )
    days_off = forms.ChoiceField(
        label=_("Days off"),
        required=False,
        choices=[(one.value, words) for one, words in DAYS_OFF.items()],
        help_text=_("By the company’s working days: weekends and holidays, not the days worked instead."),
    )
    begins = forms.TimeField(label=_("From hour"), required=False, widget=forms.TimeInput({"type": "time"}))
    ends = forms.TimeField(label=_("To hour"), required=False, widget=forms.TimeInput({"type": "time"}))

    def __init__(
        self,
        data: Sent = None,
        *,
        companies: Sequence[Company],
        people: Iterable[Person],
        initial: Mapping[str, object],
    ) -> None:
        super().__init__(data, initial=dict(initial))
        offer(self.fields["company"], [(company.uid, company.name) for company in companies])
        person = self.fields["person"]
        if isinstance(person, forms.ChoiceField):
            give_choices(person, [(one.pseudonym, f"{one.name} ({one.login})") for one in people])

    def term(self) -> Term:
        """Return from the first day on, and through the last one."""
        from_day, last = self.cleaned_data["starts_on"], self.cleaned_data["ends_on"]
        return Term(midnight(from_day), midnight(last.fromordinal(last.toordinal() + _A_DAY_LATER)))

    def scope(self) -> Scope:
        said = self.cleaned_data
        return Scope(frozenset(said["purposes"]), frozenset(said["types"]), said["below"])

    def hours(self) -> Hours:
        said = self.cleaned_data
        days_off = DaysOff(said["days_off"] or DaysOff.ALIKE.value)
        return Hours(frozenset(said["weekdays"]), _minute(said["begins"]), _minute(said["ends"]), days_off)


def _minute(clock: time | None) -> int:
    return clock.hour * 60 + clock.minute if clock else 0
