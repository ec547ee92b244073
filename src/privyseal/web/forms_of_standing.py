"""The shape of what is sent in about standing permits."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from privyseal.identity.models import Person, Unit
from privyseal.language.standing import DOCUMENT_CLASS
from privyseal.seals.models import Seal
from privyseal.seals.rules.standing import (
    LONGEST,
    MOST_A_DAY,
    MOST_PAGES,
    MOST_SAMPLE_EVERY,
    MOST_USES,
    ROUTINES,
    DocumentClass,
    StandingTerms,
)
from privyseal.web.forms import LONGEST_TEXT, CommandForm, Sent, day_field, offer, offer_units, password_of_file

_MICROMETRES = 1000
_WIDEST = 2000


class StandingForm(CommandForm):
    """What a standing permit is to cover, who holds it, and who reviews its samples."""

    seal = forms.ChoiceField(label=_("Seal"))
    document_class = forms.ChoiceField(
        label=_("Class of papers"),
        choices=[(row.document_class.value, DOCUMENT_CLASS[row.document_class]) for row in ROUTINES if row.may_stand],
        help_text=_("Guarantees, contracts and letters of authority are always applied for one by one."),
    )
    title_words = forms.CharField(
        label=_("Words on the first page"),
        max_length=64,
        help_text=_("One to three, with blanks between them. A paper without them is refused."),
    )
    most_pages = forms.IntegerField(label=_("Pages at most"), min_value=1, max_value=MOST_PAGES, initial=1)
    a_day = forms.IntegerField(label=_("Uses in 24 hours"), min_value=1, max_value=MOST_A_DAY)
    in_all = forms.IntegerField(label=_("Uses in all"), min_value=1, max_value=MOST_USES)
    page = forms.IntegerField(label=_("Page"), min_value=1, max_value=MOST_PAGES, initial=1)
    x = forms.IntegerField(label=_("Millimetres from the left"), min_value=0, max_value=_WIDEST, initial=150)
    y = forms.IntegerField(label=_("Millimetres from the bottom"), min_value=0, max_value=_WIDEST, initial=60)
    starts_on = day_field(label=_("First day"))
    ends_on = day_field(label=_("Last day"), help_text=_("At most 92 days from the first."))
    operators = forms.MultipleChoiceField(
        label=_("Who seals"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("By name, or else a unit."),
    )
    unit = forms.ChoiceField(
        label=_("Or whoever belongs to a unit"),
        required=False,
        help_text=_("Whoever belongs to it, or to one below it, and may use the seal, at that moment."),
    )
    reviewer = forms.ChoiceField(
        label=_("Who reviews samples"), help_text=_("Somebody who neither seals, applies nor approves.")
    )
    sample_every = forms.IntegerField(
        label=_("Reviewed by lot, one of every"),
        min_value=1,
        max_value=MOST_SAMPLE_EVERY,
        initial=10,
        help_text=_("Besides the first. The signed record draws after each use, so nobody knows before."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 3}))

    def __init__(
        self,
        data: Sent = None,
        *,
        seals: Iterable[Seal],
        operators: Iterable[Person],
        units: Iterable[Unit],
        people: Iterable[Person],
    ) -> None:
        today = localdate()
        usual = {"starts_on": today, "ends_on": today + LONGEST - timedelta(days=1)}
        super().__init__(data, initial=usual)
        offer(self.fields["seal"], [(seal.uid, f"{seal.company.name} · {seal.name}") for seal in seals])
        offer(self.fields["operators"], [(person.pseudonym, person.name) for person in operators])
        offer_units(self.fields["unit"], units)
        offer(self.fields["reviewer"], [(person.pseudonym, person.name) for person in people])

    def terms(self) -> StandingTerms:
        said: dict[str, Any] = self.cleaned_data
        return StandingTerms(
            document_class=DocumentClass(said["document_class"]),
            title_words=said["title_words"].split(),
            most_pages=said["most_pages"],
            a_day=said["a_day"],
            in_all=said["in_all"],
            sample_every=said["sample_every"],
            page=said["page"],
            x=said["x"] * _MICROMETRES,
            y=said["y"] * _MICROMETRES,
        )


class StandingUseForm(forms.Form):
    file = forms.FileField(
        label=_("PDF, picture or office file"), help_text=_("A paper of the class. It is counted and sealed at once.")
    )
    password = password_of_file()


class ReviewForm(CommandForm):
    FIT, UNFIT = "fit", "unfit"

    outcome = forms.ChoiceField(choices=[(FIT, ""), (UNFIT, "")])
    note = forms.CharField(label=_("Note"), max_length=LONGEST_TEXT, required=False)
