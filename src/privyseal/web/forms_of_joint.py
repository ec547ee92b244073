"""What is sent in where a document takes seals of several companies: which, who operates there, how they decide."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.actions import Jointly
from privyseal.approvals.rules.joint import Mode
from privyseal.identity.models import Company, Person
from privyseal.language.labels import MODE
from privyseal.seals.models import Seal
from privyseal.web.forms import CommandForm


class WithdrawForm(CommandForm):
    """One part is taken back, or with it all that other companies have not decided."""

    of_all = forms.BooleanField(required=False)


NOBODY: Final = ("", "—")


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What somebody may ask for in other companies: their seals, and who may operate in each."""

    seals: Sequence[Seal] = ()
    operators: Mapping[int, Sequence[Person]] | None = None

    def seal_choices(self) -> list[tuple[str, list[tuple[str, str]]]]:
        return [
            (
                company.name,
                [(seal.uid, f"{seal.name} · {seal.number}") for seal in self.seals if seal.company == company],
            )
            for company in self.companies()
        ]

    def operator_choices(self) -> list[tuple[str, list[tuple[str, str]]]]:
        able = self.operators or {}
        return [
            (company.name, [(person.pseudonym, person.name) for person in able.get(company.pk, ())])
            for company in self.companies()
        ]

    def companies(self) -> list[Company]:
        return list(dict.fromkeys(seal.company for seal in self.seals))

    def owners_of(self, uids: Iterable[str]) -> list[Company]:
        """Return the companies whose seals are chosen, each once, in the order in which they were registered."""
        chosen = set(uids)
        return sorted({seal.company for seal in self.seals if seal.uid in chosen}, key=lambda company: company.pk)


def mode_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Where seals of several companies are asked for"),
        choices=[(mode.value, words) for mode, words in MODE.items()],
        widget=forms.RadioSelect,
        initial=Mode.TOGETHER.value,
        required=False,
    )


def operator_field(elsewhere: Elsewhere) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Operator, where the seal is another company’s"),
        choices=[NOBODY, *elsewhere.operator_choices()],
        required=False,
        help_text=_("Left empty, the operator named below, who must be able to use that company’s seals."),
    )


def jointly(said: Mapping[str, Any], company: Company, elsewhere: Elsewhere, rows: Iterable[str]) -> Jointly | None:
    """Return how several companies are asked, by rows of this prefix; None where one company's seals are chosen."""
    owner_of = {seal.uid: seal.company.uid for seal in elsewhere.seals}
    operators: dict[str, set[str]] = {company.uid: {said["operator"]}}
    for row in rows:
        owner = owner_of.get(said[f"{row}seal"])
        if owner is not None:
            operators.setdefault(owner, set()).add(said[f"{row}operator"] or said["operator"])
    if len(operators) == 1:
        return None
    named = {owner: tuple(sorted(people)) for owner, people in operators.items()}
    return Jointly(mode=Mode(said["mode"] or Mode.TOGETHER), operators=named)
