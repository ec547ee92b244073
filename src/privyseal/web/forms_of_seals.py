"""The shape of what is sent in about a seal itself and its keepers. Whether it may be done is for the domain."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.actions import RubberWish
from privyseal.approvals.rules import Asks
from privyseal.identity.models import Company, Person, Unit
from privyseal.kernel.file_kinds import PHOTOGRAPH
from privyseal.seals.actions import ExistingSeal
from privyseal.seals.models import OwnType
from privyseal.seals.rules import Act, Proof, Role, SealType
from privyseal.signer.statement import Purpose
from privyseal.web.forms import LONGEST_TEXT, CommandForm, DayField, Files, Sent, offer, offer_units, unit_field
from privyseal.web.forms_of_types import TypedForm


def _day() -> forms.DateInput:
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


# The present keeper receives it; both witnesses see the old rubber destroyed.
_NEW_RUBBER: Final = ("name", "maker", "maker_licence", "hand_in_days", "witness", "second_witness")


class ActForm(CommandForm):
    """What an act on a seal takes: the fields that its purpose does not ask for are left out."""

    name = forms.CharField(label=_("Name of the seal"), max_length=64)
    maker = forms.CharField(label=_("Licensed maker"), max_length=100)
    maker_licence = forms.CharField(label=_("Number of the maker’s licence"), max_length=64)
    ring = forms.CharField(label=_("Words around the star"), max_length=40)
    bottom = forms.CharField(label=_("Words under the star"), max_length=12, required=False)
    ends_on = DayField(
        label=_("New last day"), widget=_day(), required=False, help_text=_("Empty where the seal has none.")
    )
    unit = unit_field(help_text=_("Empty for the company itself. Those whose powers are narrowed to a unit follow."))
    receiver = forms.ChoiceField(label=_("Receiving keeper"), help_text=_("Who is to keep it afterwards."))
    witness = forms.ChoiceField(label=_("Witness"), help_text=_("Sees it happen, and approves nothing of it."))
    second_witness = forms.ChoiceField(label=_("Second witness"))
    due_on = DayField(
        label=_("Last day of the cover"), widget=_day(), help_text=_("The seal goes back at the end of this day.")
    )
    hand_in_days = forms.IntegerField(
        label=_("Days to hand it in"), min_value=1, max_value=30, help_text=_("After that it is an incident.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 3}))

    def __init__(
        self,
        data: Sent = None,
        *,
        policy: Asks,
        is_physical: bool,
        units: Iterable[Unit],
        keepers: Iterable[Person],
        witnesses: Iterable[Person],
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        for name in set(self.fields) - {"command_id", "reason", *_fields_of(policy, is_physical=is_physical)}:
            del self.fields[name]
        if "unit" in self.fields:
            offer_units(self.fields["unit"], units)
        for name, people in (("receiver", keepers), ("witness", witnesses), ("second_witness", witnesses)):
            if name in self.fields:
                offer(self.fields[name], [(person.pseudonym, person.name) for person in people])

    def witnesses(self) -> tuple[str, ...]:
        named = (self.cleaned_data.get("witness"), self.cleaned_data.get("second_witness"))
        return tuple(pseudonym for pseudonym in named if pseudonym)

    def terms(self, face: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the terms in the form in which the domain takes them; a new face looks like the one before."""
        said = self.cleaned_data
        terms: dict[str, Any] = {}
        if "ring" in said:
            terms |= {"name": said["name"], "face": {**(face or {}), "ring": said["ring"], "bottom": said["bottom"]}}
        if "ends_on" in said:
            terms["ends_on"] = said["ends_on"]
        if "unit" in said:
            terms["unit"] = said["unit"]
        if "maker" in said:
            terms |= {name: said[name] for name in ("name", "maker", "maker_licence")}
        if "due_on" in said:
            day = said["due_on"] + timedelta(days=1)
            terms["due_at"] = datetime.combine(day, time.min, get_current_timezone())
        if "hand_in_days" in said:
            terms["hand_in_days"] = said["hand_in_days"]
        return terms


def _fields_of(policy: Asks, *, is_physical: bool) -> tuple[str, ...]:
    names = {
        Purpose.CHANGE: ("name", "ring", "bottom"),
        Purpose.ASSIGN: ("unit",),
        Purpose.EXTEND: ("ends_on",),
        Purpose.COVER: ("due_on",),
        Purpose.RETIRE: ("hand_in_days",) if is_physical else (),
    }.get(policy.purpose, ())
    if is_physical and policy.purpose is Purpose.CHANGE:
        return _NEW_RUBBER
    receiver = ("receiver",) if policy.receiver is not None else ()
    return (*names, *receiver, *("witness", "second_witness")[: policy.witnesses])


class WordForm(forms.Form):
    """One person's word, with the proof that it takes."""

    photo = forms.FileField(
        label=_("Photograph"), widget=forms.FileInput({"accept": PHOTOGRAPH.accept, "capture": "environment"})
    )
    counter = forms.IntegerField(label=_("Counter reading"), min_value=0)
    filing_number = forms.CharField(label=_("Police filing number"), max_length=64)

    def __init__(self, data: Sent = None, files: Files = None, *, act: Act, role: Role, proof: Proof) -> None:
        super().__init__(data, files)
        if proof is Proof.WORD:
            del self.fields["photo"]
        if proof is not Proof.PHOTO_AND_COUNTER:
            del self.fields["counter"]
        if (act, role) != (Act.ACCEPT, Role.RECEIVER):
            del self.fields["filing_number"]
        else:
            self.fields["filing_number"].required = False


class RubberForm(TypedForm):
    """A physical seal that somebody wishes for, or a thing that is kept like one."""

    company = forms.ChoiceField(label=_("Company"))
    name = forms.CharField(label=_("Name of the seal"), max_length=64)
    type = forms.ChoiceField(label=_("Type"))
    unit = unit_field(help_text=_("Empty for the company itself."))
    starts_on = DayField(label=_("First day"), widget=_day(), required=False, help_text=_("It cannot be used before."))
    ends_on = DayField(label=_("Last day"), widget=_day(), required=False)
    maker = forms.CharField(
        label=_("Licensed maker"), max_length=100, help_text=_("The engraver, by the name on their police licence.")
    )
    maker_licence = forms.CharField(label=_("Number of the maker’s licence"), max_length=64)
    keeper = forms.ChoiceField(
        label=_("Keeper"), help_text=_("Receives it, photographs the first imprint, and keeps it.")
    )
    witness = forms.ChoiceField(label=_("Witness"), help_text=_("Compares the imprint with what was ordered."))
    replaces = forms.RegexField(r"^[0-9a-f]{32}$", required=False, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 3}))

    def __init__(
        self,
        data: Sent = None,
        *,
        companies: Iterable[Company],
        units: Iterable[Unit],
        types: Iterable[OwnType],
        keepers: Iterable[Person],
        witnesses: Iterable[Person],
        replaces: str = "",
    ) -> None:
        super().__init__(data, initial={"replaces": replaces})
        offer(self.fields["company"], [(company.uid, company.name) for company in companies])
        offer_units(self.fields["unit"], units)
        self.offer_types(SealType, types)
        offer(self.fields["keeper"], [(person.pseudonym, person.name) for person in keepers])
        offer(self.fields["witness"], [(person.pseudonym, person.name) for person in witnesses])

    def wish(self) -> RubberWish:
        said, (type_, own) = self.cleaned_data, self.type_chosen()
        return RubberWish(
            name=said["name"],
            type=type_,
            own_type_uid=own,
            maker=said["maker"],
            maker_licence=said["maker_licence"],
            keeper_pseudonym=said["keeper"],
            witness_pseudonym=said["witness"],
            unit_uid=said["unit"],
            starts_on=said["starts_on"],
            ends_on=said["ends_on"],
            replaces_uid=said["replaces"],
        )


class ExistingForm(TypedForm):
    """A physical seal that exists already."""

    company = forms.ChoiceField(label=_("Company"))
    name = forms.CharField(label=_("Name of the seal"), max_length=64)
    type = forms.ChoiceField(label=_("Type"))
    unit = unit_field(help_text=_("Empty for the company itself."))
    keeper = forms.ChoiceField(label=_("Keeper"), help_text=_("Who has it now."))
    filing_number = forms.CharField(
        label=_("Police filing number"), max_length=64, required=False, help_text=_("Empty where it was never filed.")
    )
    ends_on = DayField(label=_("Last day"), widget=_day(), required=False)

    def __init__(
        self,
        data: Sent = None,
        *,
        companies: Iterable[Company],
        units: Iterable[Unit],
        types: Iterable[OwnType],
        keepers: Iterable[Person],
    ) -> None:
        super().__init__(data)
        offer(self.fields["company"], [(company.uid, company.name) for company in companies])
        offer_units(self.fields["unit"], units)
        self.offer_types(SealType, types)
        offer(self.fields["keeper"], [(person.pseudonym, person.name) for person in keepers])

    def existing(self) -> ExistingSeal:
        said, (type_, own) = self.cleaned_data, self.type_chosen()
        return ExistingSeal(
            name=said["name"],
            type=type_,
            own_type_uid=own,
            keeper_pseudonym=said["keeper"],
            unit_uid=said["unit"],
            filing_number=said["filing_number"],
            ends_on=said["ends_on"],
        )
