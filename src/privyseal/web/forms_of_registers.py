"""The shape of what is sent in about registers: which book, what is looked for in it, a remark."""

from collections.abc import Iterable
from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.queries.books import Wanted
from privyseal.identity.models import Company
from privyseal.identity.queries import NamedCompany
from privyseal.seals.actions.idle import MOST_DAYS
from privyseal.web.forms import LONGEST_TEXT, CommandForm, DayField, Narrowing, Sent, offer

_LONGEST_WORDS: Final = 100


class BookForm(Narrowing):
    """A book of uses, and what is looked for in it; a field that says nothing finds all."""

    STANDING = ("company", "year")

    company = forms.ChoiceField(label=_("Company"))
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)
    seal = forms.ChoiceField(label=_("Seal"), required=False)
    unit = forms.ChoiceField(label=_("Unit"), required=False)
    since = DayField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}))
    until = DayField(label=_("Until"), required=False, widget=forms.DateInput({"type": "date"}))
    counterparty = forms.CharField(label=_("Counterparty"), max_length=_LONGEST_WORDS, required=False)
    is_after_revocation = forms.BooleanField(label=_("Only after the certificate was revoked"), required=False)

    def __init__(
        self,
        data: Sent,
        *,
        companies: Iterable[NamedCompany],
        years: Iterable[int],
        seals: Iterable[tuple[str, str]],
        units: Iterable[tuple[str, str]],
        knows_revocations: bool,
    ) -> None:
        super().__init__(data)
        every = ("", str(_("All")))
        offer(self.fields["company"], [(company.uid, company.name) for company in companies])
        offer(self.fields["year"], [(str(year), str(year)) for year in years])
        offer(self.fields["seal"], [every, *seals])
        offer(self.fields["unit"], [every, *units])
        if not knows_revocations:
            del self.fields["is_after_revocation"]

    @property
    def wanted(self) -> Wanted:
        said = self.cleaned_data
        plain = (said["seal"], said["unit"], said["since"], said["until"], said["counterparty"])
        return Wanted(*plain, is_after_revocation=said.get("is_after_revocation", False))


class RemarkForm(CommandForm):
    text = forms.CharField(label=_("Remark"), max_length=LONGEST_TEXT)
    is_correction = forms.BooleanField(label=_("It corrects a mistake in the row"), required=False)


class IdleForm(CommandForm):
    """After how many days without a use a company calls a seal idle."""

    company = forms.ChoiceField(label=_("Company"))
    days = forms.IntegerField(label=_("Days without a use"), min_value=1, max_value=MOST_DAYS)

    def __init__(self, data: Sent = None, *, companies: Iterable[Company]) -> None:
        super().__init__(data)
        offer(self.fields["company"], [(company.uid, company.name) for company in companies])
