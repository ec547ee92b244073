"""What is sent in about approval policies: a draft to begin, and its rows one by one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.models import OutsideSystem
from privyseal.approvals.papers import MOST_MONEY
from privyseal.approvals.rules.attachments import Kind
from privyseal.approvals.rules.policies import DECIDED_ON, MOST_NEEDED, Counterparty, Row, folded
from privyseal.approvals.rules.presets import PRESETS, Preset, fewest_people
from privyseal.approvals.rules.seats import ALL_OF_THEM, Seat, Stage, Who
from privyseal.identity.models import Company, Person, Post, Unit
from privyseal.identity.rules import Office
from privyseal.language.labels import OFFICE, PURPOSE, SEAL_TYPE
from privyseal.language.papers import KIND
from privyseal.language.policies import COUNTERPARTY, LEVEL_OF_SEAL, OFF_SITE, PRESET, WHO
from privyseal.language.types import name_of_type
from privyseal.seals.models import OwnType
from privyseal.seals.rules import Level, SealType
from privyseal.signer.statement import Purpose
from privyseal.web import forms_of_deadlines
from privyseal.web.forms import CommandForm, Sent, offer

MOST_SEATS: Final = 6
_HUNDREDTHS: Final = 100
IN_FORCE: Final = "in-force"


class ShownForm(CommandForm):
    """What somebody does to the rows that their page showed."""

    rows_sha256 = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)


class DraftForm(CommandForm):
    """A draft to begin: for which company, and from what."""

    company = forms.ChoiceField(label=_("Company"))
    start = forms.ChoiceField(
        label=_("Start from"),
        widget=forms.RadioSelect,
        initial=Preset.SMALL_FIRM.value,
        choices=lambda: [
            *((preset.value, _said_of(preset)) for preset in PRESETS),
            (IN_FORCE, _("What is in force now")),
        ],
    )

    def __init__(self, data: Sent = None, *, companies: Iterable[Company]) -> None:
        super().__init__(data)
        offer(self.fields["company"], [(company.uid, company.name) for company in companies])


class NameForm(ShownForm):
    name = forms.CharField(label=_("Name of the policy"), max_length=100)
    is_for_group = forms.BooleanField(
        label=_("Also for the companies below that have none of their own"), required=False
    )


class RowForm(ShownForm):
    """One row: the cases it takes, each condition empty where all are meant, and up to six seats in their stages."""

    purposes = forms.MultipleChoiceField(
        label=_("What is asked for"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(purpose.value, PURPOSE[purpose]) for purpose in DECIDED_ON],
        help_text=_("Tick none for all of them."),
    )
    types = forms.MultipleChoiceField(
        label=_("Types of seal"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick none for all of them."),
    )
    units = forms.MultipleChoiceField(
        label=_("Units of the applicant"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick none for all of them. The units below are meant too."),
    )
    categories = forms.MultipleChoiceField(
        label=_("Business categories"), required=False, widget=forms.CheckboxSelectMultiple
    )
    levels = forms.MultipleChoiceField(
        label=_("Whose seal it is"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(level.value, words) for level, words in LEVEL_OF_SEAL.items()],
    )
    sides = forms.MultipleChoiceField(
        label=_("Counterparty"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(side.value, words) for side, words in COUNTERPARTY.items()],
        help_text=_("A counterparty that nobody named counts as outside."),
    )
    parties = forms.CharField(
        label=_("Counterparties by name, one a line"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea({"rows": 3}),
    )
    off_site = forms.ChoiceField(label=_("Place"), required=False, choices=list(OFF_SITE.items()))
    requires = forms.MultipleChoiceField(
        label=_("Attachments required"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(kind.value, words) for kind, words in KIND.items()],
        help_text=_("An application that lacks one of them is refused."),
    )
    least = forms.DecimalField(
        label=_("Amount from"), required=False, min_value=0, max_value=MOST_MONEY, decimal_places=2, max_digits=15
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

    is_together = forms.BooleanField(
        label=_("Approvers may approve several of these on one page"),
        required=False,
        help_text=_(
            "For many uses that are alike. Each is shown with what it asks for, and each approval counts for one."
        ),
    )

    def __init__(
        self,
        data: Sent = None,
        *,
        own: Iterable[OwnType],
        units: Iterable[Unit],
        categories: Mapping[str, str],
        posts: Iterable[Post],
        people: Iterable[Person],
        systems: Iterable[OutsideSystem],
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        types = [(kind.value, str(SEAL_TYPE[kind])) for kind in SealType]
        offer(self.fields["types"], types + [(one.uid, name_of_type(one)) for one in own])
        offer(self.fields["categories"], list(categories.items()))
        offer(self.fields["units"], [(unit.uid, unit.name) for unit in units])
        who: list[Any] = [("", "—"), *((each.value, WHO[each]) for each in (Who.APPROVER, Who.MANAGER))]
        who.append((WHO[Who.OFFICE], [(f"office:{office.value}", OFFICE[office]) for office in Office]))
        who.append((WHO[Who.POST], [(f"post:{post.uid}", post.name) for post in posts]))
        who.append((WHO[Who.PERSON], [(f"person:{person.pseudonym}", person.name) for person in people]))
        forms_of_deadlines.add_fields(self.fields, stages=MOST_SEATS, who=list(who))
        if outside := [(f"outside:{system.uid}", system.name) for system in systems]:
            who.append((WHO[Who.OUTSIDE], outside))
        for number in range(1, MOST_SEATS + 1):
            self.fields[f"who{number}"] = forms.ChoiceField(label=_("Who"), choices=who, required=number == 1)
            self.fields[f"needed{number}"] = forms.ChoiceField(
                label=_("How many of them"), choices=_NEEDED, required=False, initial=1
            )
            self.fields[f"stage{number}"] = forms.ChoiceField(
                label=_("Stage"), choices=_STAGES, required=False, initial=number
            )

    def deadlines(self) -> Iterator[tuple[int, bool, list[forms.BoundField]]]:
        return forms_of_deadlines.fields_of(self, stages=MOST_SEATS)

    def seats(self) -> Iterator[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        for number in range(1, MOST_SEATS + 1):
            yield self[f"stage{number}"], self[f"who{number}"], self[f"needed{number}"]

    def row(self) -> Row:
        """Return the row that was sent; seats of one stage number are asked together, stages in their order."""
        said = self.cleaned_data
        stages: dict[int, list[Seat]] = {}
        for number in range(1, MOST_SEATS + 1):
            who, _colon, name = said[f"who{number}"].partition(":")
            if who:
                seat = Seat(Who(who), name, int(said[f"needed{number}"] or 1))
                stages.setdefault(int(said[f"stage{number}"] or number), []).append(seat)
        deadlines = tuple(forms_of_deadlines.deadline_of(said, number) for number in sorted(stages))
        names = {folded(name) for name in said["parties"].splitlines()} - {""}
        row = Row(
            stages=tuple(tuple(stages[number]) for number in sorted(stages)),
            purposes=frozenset(Purpose(purpose) for purpose in said["purposes"]),
            categories=frozenset(said["categories"]),
            levels=frozenset(Level(level) for level in said["levels"]),
            parties=frozenset({*said["sides"], *names}),
            is_off_site=None if said["off_site"] == "" else said["off_site"] == "yes",
            requires=frozenset(Kind(kind) for kind in said["requires"]),
            types=frozenset(said["types"]),
            units=frozenset(said["units"]),
            least=_hundredths(said["least"]),
            below=_hundredths(said["below"]),
            deadlines=deadlines if any(deadlines) else (),
            is_together=said["is_together"],
        )
        return replace(row, purposes=frozenset({Purpose.USE})) if row.is_of_uses and not row.purposes else row


def initial_of(row: Row) -> dict[str, Any]:
    """Return what a form for the row begins with."""
    said: dict[str, Any] = {
        "purposes": sorted(row.purposes),
        "types": sorted(row.types),
        "units": sorted(row.units),
        "least": _amount(row.least),
        "below": _amount(row.below),
        "categories": sorted(row.categories),
        "levels": sorted(row.levels),
        "sides": sorted(row.parties & set(Counterparty)),
        "parties": "\n".join(sorted(row.parties - set(Counterparty))),
        "off_site": {None: "", True: "yes", False: "no"}[row.is_off_site],
        "requires": sorted(row.requires),
        "is_together": row.is_together,
    }
    for number, (stage, seat) in enumerate(_flat(row.stages), start=1):
        said[f"stage{number}"] = stage
        said[f"who{number}"] = f"{seat.who.value}:{seat.name}" if seat.name else seat.who.value
        said[f"needed{number}"] = seat.needed
    return said | forms_of_deadlines.initial_of(row.deadlines)


def _flat(stages: Sequence[Stage]) -> Iterator[tuple[int, Seat]]:
    for number, stage in enumerate(stages, start=1):
        for seat in stage:
            yield number, seat


def _said_of(preset: Preset) -> str:
    said = {"preset": PRESET[preset], "people": fewest_people(PRESETS[preset])}
    return _("%(preset)s. It takes at least %(people)s people, so that nobody does two things kept apart.") % said


def _hundredths(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount * _HUNDREDTHS)


def _amount(hundredths: int | None) -> Decimal | None:
    return None if hundredths is None else Decimal(hundredths) / _HUNDREDTHS


_NEEDED: Final = [
    *((number, str(number)) for number in range(1, MOST_NEEDED + 1)),
    (ALL_OF_THEM, _("all of them")),
]
_STAGES: Final = [(stage, str(stage)) for stage in range(1, MOST_SEATS + 1)]
