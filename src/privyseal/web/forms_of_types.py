"""The shape of what is sent in about types of seal and about sets of seals."""

from collections.abc import Collection, Iterable
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privyseal.identity.models import Company
from privyseal.identity.rules import Office
from privyseal.language.labels import OFFICE, SEAL_KIND, SEAL_TYPE
from privyseal.language.types import LEVEL, name_of_type
from privyseal.seals.models import OwnType
from privyseal.seals.rules import KEEPS_NOTHING, Level, OwnRule, SealKind, SealType
from privyseal.web.forms import CommandForm, Sent, offer

_BUILT_IN: Final = [(kind.value, SEAL_TYPE[kind]) for kind in SealType]


class TypedForm(CommandForm):
    """A form that asks for the type of a seal: a built-in one, or one that the group has added."""

    def offer_types(self, built_in: Iterable[SealType], own: Iterable[OwnType]) -> None:
        self._own = {each.uid: each for each in own}
        choices: list[tuple[str, str | Promise]] = [(kind.value, SEAL_TYPE[kind]) for kind in built_in]
        choices += [(uid, name_of_type(each)) for uid, each in self._own.items()]
        field = self.fields["type"]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def type_chosen(self) -> tuple[SealType, str]:
        """Return the built-in type, and the uid of the group's own one where that was chosen."""
        said = self.cleaned_data["type"]
        own = self._own.get(said)
        return (SealType(own.like), own.uid) if own else (SealType(said), "")


class TypeForm(CommandForm):
    """A type that a group adds."""

    company = forms.ChoiceField(label=_("Company"), help_text=_("It is there for this company and those below it."))
    name_zh = forms.CharField(label=_("Chinese name"), max_length=32)
    name_en = forms.CharField(label=_("English name"), max_length=64)
    like = forms.ChoiceField(
        label=_("Based on"), choices=_BUILT_IN, help_text=_("Every rule for this built-in type holds for it as well.")
    )
    kind = forms.ChoiceField(label=_("Only as"), required=False)
    level = forms.ChoiceField(label=_("Level"), required=False, help_text=_("Whose seals they are."))
    numbers_begin = forms.RegexField(
        r"^[A-Z]{0,4}$",
        label=_("Numbers begin with"),
        required=False,
        max_length=4,
        help_text=_("Up to four capital letters, such as HT. The digits after them go on as for all seals."),
    )
    barred = forms.MultipleChoiceField(
        label=_("Not to be kept by holders of"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Sent = None, *, companies: Iterable[Company]) -> None:
        super().__init__(data)
        offer(self.fields["company"], [(company.uid, company.name) for company in companies])
        kinds: list[Any] = [("", "—"), *((kind.value, SEAL_KIND[kind]) for kind in SealKind)]
        offer(self.fields["kind"], kinds)
        levels: list[Any] = [("", "—"), *((level.value, LEVEL[level]) for level in Level)]
        offer(self.fields["level"], levels)
        offer(self.fields["barred"], [(one.value, str(OFFICE[one])) for one in Office if one not in KEEPS_NOTHING])

    def said(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "company_uid": said["company"],
            "name_zh": said["name_zh"],
            "name_en": said["name_en"],
            "prefix": said["numbers_begin"],
            "rule": OwnRule(
                SealType(said["like"]),
                SealKind(said["kind"]) if said["kind"] else None,
                frozenset(Office(office) for office in said["barred"]),
                Level(said["level"]) if said["level"] else None,
            ),
        }


class SetForm(CommandForm):
    """Seals that are not to share a keeper."""

    company = forms.ChoiceField(label=_("Company"))
    name = forms.CharField(label=_("Name of the set"), max_length=64)
    numbers = forms.CharField(
        label=_("Numbers of the seals"), max_length=500, help_text=_("Two or more, as in S00001 S00002.")
    )

    def __init__(self, data: Sent = None, *, companies: Collection[Company]) -> None:
        super().__init__(data)
        offer(self.fields["company"], [(company.uid, company.name) for company in companies])

    def clean_numbers(self) -> list[str]:
        words = self.cleaned_data["numbers"].upper().replace(",", " ").replace("，", " ").replace("、", " ")
        return list(dict.fromkeys(words.split()))
