"""The shape of what security sends in about powers."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.identity.models import Company, Post, Unit
from privyseal.identity.rules import INSTALLATION_POWERS, Power
from privyseal.language.labels import POWER
from privyseal.web.forms import LONGEST_TEXT, CommandForm, Sent, Usual, day_field, midnight, offer, offer_units


class GrantForm(CommandForm):
    """A power that somebody is to be given."""

    login = forms.CharField(label=_("Person (login)"), max_length=64, help_text=_("Never yourself."))
    power = forms.ChoiceField(label=_("Power"), choices=[(power.value, POWER[power]) for power in Power])
    company = forms.ChoiceField(
        label=_("Company"),
        required=False,
        help_text=_("Empty for system, security and audit: they hold for the whole installation."),
    )
    whole_group = forms.BooleanField(label=_("Also in every company below it"), required=False)
    unit = forms.ChoiceField(
        label=_("Only for seals of this unit"), required=False, help_text=_("Empty for all seals of the company.")
    )
    seal = forms.CharField(
        label=_("Only for this seal (number)"),
        max_length=16,
        required=False,
        help_text=_("As in S00001. A unit or a seal, not both."),
    )
    starts_on = day_field(label=_("First day"), required=False, help_text=_("Empty: as soon as it is confirmed."))
    ends_on = day_field(
        label=_("Last day"), required=False, help_text=_("Powers without a last day are listed by the self-scan.")
    )

    def __init__(
        self, data: Sent = None, *, companies: Iterable[Company], units: Iterable[Unit], initial: Usual = None
    ) -> None:
        super().__init__(data, initial=initial)
        offer(self.fields["company"], [("", "—"), *((company.uid, company.name) for company in companies)])
        offer_units(self.fields["unit"], units)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        is_office = said.get("power") in INSTALLATION_POWERS
        if not is_office and not said.get("company"):
            self.add_error("company", _("Choose the company in which the power is to hold."))
        return said

    def term(self, at: datetime) -> tuple[datetime | None, datetime | None]:
        """Return the first moment, None for now, and the moment after the last day."""
        first, last = self.cleaned_data["starts_on"], self.cleaned_data["ends_on"]
        starts_at = midnight(first) if first else None
        is_later = starts_at is not None and starts_at > at
        return starts_at if is_later else None, midnight(last + timedelta(days=1)) if last else None


class MappingForm(CommandForm):
    """A power that a post or a unit is to bring its people."""

    source = forms.ChoiceField(label=_("Post or unit"))
    power = forms.ChoiceField(
        label=_("Power"), choices=[(power.value, POWER[power]) for power in Power if power not in INSTALLATION_POWERS]
    )
    company = forms.ChoiceField(label=_("Company"))
    only_unit = forms.ChoiceField(
        label=_("Only for seals of this unit"), required=False, help_text=_("Empty for all seals of the company.")
    )
    seal = forms.CharField(
        label=_("Only for this seal (number)"),
        max_length=16,
        required=False,
        help_text=_("As in S00001. A unit or a seal, not both."),
    )

    def __init__(
        self,
        data: Sent = None,
        *,
        companies: Iterable[Company],
        units: Collection[Unit],
        posts: Iterable[Post],
        initial: Usual = None,
    ) -> None:
        super().__init__(data, initial=initial)
        named = [(unit.uid, f"{unit.company.name} · {unit.name}") for unit in units]
        sources = [(f"post {post.uid}", f"{post.company.name} · {post.name}") for post in posts]
        offer(self.fields["source"], [*sources, *((f"unit {uid}", name) for uid, name in named)])
        offer(self.fields["company"], [(company.uid, company.name) for company in companies])
        offer_units(self.fields["only_unit"], units)


class CommentForm(CommandForm):
    """An auditor's remark on an entry of the record."""

    text = forms.CharField(label=_("Your comment"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 3}))
