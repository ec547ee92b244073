"""What is looked for in lists, and which columns of them somebody wants to see."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any, ClassVar, Final, TypeVar

from django import forms
from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from privyseal.devices.rules import ENDINGS, DeviceState
from privyseal.identity.initials import contains
from privyseal.identity.models import Person
from privyseal.identity.queries import NamedCompany
from privyseal.language.labels import INCIDENT_KIND, SEAL_STATE, SEAL_TYPE, STATE
from privyseal.language.machines import DEVICE_STATE
from privyseal.language.stock import COUNT
from privyseal.language.takeout import STAGE
from privyseal.seals.queries import LookedFor
from privyseal.web import columns
from privyseal.web.columns import Chosen, Columns
from privyseal.web.forms import CommandForm, Narrowing, Sent, offer

# Which columns a list of seals can have besides number and name, in their order.
SEAL_COLUMNS: Final = {
    "type": _("Type"),
    "kind": _("Form"),
    "company": _("Company"),
    "unit": _("Unit"),
    "keeper": _("Keeper"),
    "since": _("In use since"),
    "ends": _("Last day"),
    "filing": _("Filing number"),
    "state": _("State"),
}
# The same of a list of applications, besides reason and number.
APPLICATION_COLUMNS: Final = {
    "purpose": _("Purpose"),
    "what": _("Seals and documents"),
    "company": _("Company"),
    "applicant": _("Applicant"),
    "counterparty": _("Counterparty"),
    "amount": _("Amount"),
    "submitted": _("Submitted on"),
    "due": _("Due"),
    "state": _("State"),
}
M = TypeVar("M", bound=Model)
OPEN: Final = "open"
_LATE: Final = "late"
_LONGEST_WORDS: Final = 100
_WORTH_CHOOSING: Final = 2


class ListForm(Narrowing):
    """What is looked for in a list; a field that says nothing, or what nobody knows, finds all."""

    STATES: ClassVar[Sequence[tuple[str, Promise]]] = ()
    SEARCHED: ClassVar[Sequence[str]] = ()  # the columns in which its words are looked for
    COMPANY: ClassVar[str] = "company"
    STATE: ClassVar[str] = "state"
    COLUMNS: ClassVar[Columns] = {}

    q = forms.CharField(
        label=_("Search"),
        max_length=_LONGEST_WORDS,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = forms.ChoiceField(label=_("State"), required=False)
    company = forms.ChoiceField(label=_("Company"), required=False)
    column = forms.MultipleChoiceField(label=_("Columns to show"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Sent, *, companies: Iterable[NamedCompany]) -> None:
        super().__init__(data, auto_id="list_%s")  # beside forms that have such fields too
        offer(self.fields["column"], [(name, str(says)) for name, says in list(self.COLUMNS.items())[1:]])
        offer(self.fields["state"], [_every(), *((state, str(says)) for state, says in self.STATES)])
        named = [(company.uid, company.name) for company in companies]
        offer(self.fields["company"], [_every(), *named])
        if len(named) < _WORTH_CHOOSING:
            del self.fields["company"]
        self.full_clean()

    @property
    def is_looked_for(self) -> bool:
        return any(said for name, said in self.cleaned_data.items() if name != "column")

    @property
    def chosen(self) -> Chosen:
        return Chosen(self.COLUMNS, self.cleaned_data.get("column", ()))

    @property
    def words(self) -> str:
        return str(self.cleaned_data.get("q", ""))

    @property
    def company_uid(self) -> str:
        return str(self.cleaned_data.get("company", ""))

    def found_in(self, rows: QuerySet[M]) -> QuerySet[M]:
        if self.words and self.SEARCHED:
            rows = rows.filter(_says(rows.model, self.SEARCHED, self.words))
        if self.company_uid and self.COMPANY:
            rows = rows.filter(**{f"{self.COMPANY}__uid": self.company_uid})
        state = self.cleaned_data.get("state")
        return rows.filter(self._in_state(state)) if state else rows

    def _in_state(self, state: str) -> Q:
        return Q((self.STATE, state))


def _says(model: type[Model], columns: Sequence[str], words: str) -> Q:
    """Return the condition that one of these columns contains the words.

    What stands in another table is looked for there first: joined, everybody's name would be read for each list.
    """
    further: dict[str, list[str]] = {}
    own = list[Q]()
    for column in columns:
        name, _dots, there = column.partition("__")
        if there:
            further.setdefault(name, []).append(there)
        else:
            by_index = contains(name, words) if (model, name) == (Person, "name") else None
            own.append(by_index or Q((f"{name}__icontains", words)))
    for name, rest in further.items():
        table: Any = model._meta.get_field(name).related_model  # noqa: SLF001  a documented name of Django's
        own.append(Q((f"{name}__in", QuerySet(table).filter(_says(table, rest, words)).order_by().values("pk"))))
    return reduce(or_, own)


F = TypeVar("F", bound=ListForm)


class IncidentListForm(ListForm):
    """Which incidents are looked for."""

    COLUMNS = columns.INCIDENTS
    STATES = ((OPEN, pgettext_lazy("a case", "Open")), ("ended", pgettext_lazy("a case", "Ended")))
    SEARCHED = ("seal__name", "seal__number", "company__name", "owner__name", "account_of__name")

    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[("", _("All")), *((kind.value, says) for kind, says in INCIDENT_KIND.items())],
    )

    def found_in(self, rows: QuerySet[M]) -> QuerySet[M]:
        kind = self.cleaned_data.get("kind")
        return super().found_in(rows.filter(kind=kind) if kind else rows)

    def _in_state(self, state: str) -> Q:
        return Q(ended_at__isnull=state == OPEN)


class PersonListForm(ListForm):
    """Which people are looked for; their words and their company are looked for by ``people_found``."""

    COLUMNS = columns.PEOPLE
    COMPANY = ""
    STATES = (("here", _("Active")), ("left", _("Left")))

    def _in_state(self, state: str) -> Q:
        return Q(is_active=state == "here")


class TakeOutListForm(ListForm):
    """Which take-outs are looked for."""

    COLUMNS = columns.TAKE_OUTS
    STATES = tuple((stage.value, says) for stage, says in STAGE.items())
    STATE = "stage"
    COMPANY = "seal__company"
    SEARCHED = ("seal__name", "seal__number", "seal__company__name", "place", "bearer__name", "companion__name")


class TakeOutMonthForm(TakeOutListForm):
    """Which take-outs are looked for in a month; ``seal`` is one of them alone."""

    seal = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)

    def __init__(self, data: Sent, *, companies: Iterable[NamedCompany]) -> None:
        super().__init__(data, companies=companies)
        del self.fields["column"]

    def found_in(self, rows: QuerySet[M]) -> QuerySet[M]:
        seal = self.cleaned_data.get("seal")
        return super().found_in(rows.filter(seal__uid=seal) if seal else rows)


class MachineListForm(ListForm):
    """Which machines are looked for; a group is offered where there is one."""

    COLUMNS = columns.MACHINES
    STATES = tuple((state.value, says) for state, says in DEVICE_STATE.items())
    SEARCHED = ("name", "serial", "company__name", "unit__name", "keeper__name")

    group = forms.ChoiceField(label=_("Group"), required=False)

    def __init__(self, data: Sent, *, companies: Iterable[NamedCompany], groups: Sequence[str] = ()) -> None:
        super().__init__(data, companies=companies)
        offer(self.fields["group"], [_every(), *((group, group) for group in groups)])
        if not groups:
            del self.fields["group"]
        self.full_clean()

    def found_in(self, rows: QuerySet[M]) -> QuerySet[M]:
        group = self.cleaned_data.get("group")
        return super().found_in(rows.filter(group=group) if group else rows)

    def _in_state(self, state: str) -> Q:
        if state in ENDINGS:
            return Q(ending=state)
        return Q(ending="", enrolled_at__isnull=state == DeviceState.REGISTERED)


class StockTakeListForm(ListForm):
    """Which stock-takes are looked for."""

    COLUMNS = columns.STOCK_TAKES
    STATES = tuple((count.value, says) for count, says in COUNT.items())
    STATE = "count"
    SEARCHED = ("store__name", "unit__name", "company__name", "counter__name", "witness__name")


class SealListForm(Narrowing):
    """What is looked for among seals; a field that says nothing finds all."""

    q = forms.CharField(label=_("Search"), max_length=_LONGEST_WORDS, required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    type = forms.ChoiceField(label=_("Type"), required=False)
    company = forms.ChoiceField(label=_("Company"), required=False)
    column = forms.MultipleChoiceField(label=_("Columns to show"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Sent, *, companies: Iterable[NamedCompany]) -> None:
        super().__init__(data)
        offer(self.fields["state"], [_every(), *((state.value, str(says)) for state, says in SEAL_STATE.items())])
        offer(self.fields["type"], [_every(), *((kind.value, str(says)) for kind, says in SEAL_TYPE.items())])
        offer(self.fields["company"], [_every(), *((company.uid, company.name) for company in companies)])
        offer(self.fields["column"], [(name, str(says)) for name, says in SEAL_COLUMNS.items()])

    @property
    def looked_for(self) -> LookedFor:
        """Return what is looked for; whatever was not understood finds all."""
        said = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return LookedFor(said.get("q", ""), said.get("state", ""), said.get("type", ""), said.get("company", ""))

    @property
    def columns(self) -> tuple[str, ...]:
        wanted = set(self.cleaned_data.get("column", ())) if self.is_valid() else set()
        return tuple(name for name in SEAL_COLUMNS if name in wanted)


class ApplicationListForm(Narrowing):
    """What is looked for among applications; a field that says nothing, or what nobody knows, finds all."""

    q = forms.CharField(label=_("Search"), max_length=_LONGEST_WORDS, required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    column = forms.MultipleChoiceField(label=_("Columns to show"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Sent) -> None:
        super().__init__(data)
        states = [(state.value, str(says)) for state, says in STATE.items()]
        offer(self.fields["state"], [_every(), *states, (_LATE, str(_("Late")))])
        offer(self.fields["column"], [(name, str(says)) for name, says in APPLICATION_COLUMNS.items()])

    @property
    def words(self) -> str:
        return str(self._said("q"))

    @property
    def in_state(self) -> str:
        return "" if self.is_late else str(self._said("state"))

    @property
    def is_late(self) -> bool:
        return self._said("state") == _LATE

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for name in APPLICATION_COLUMNS if name in self._said("column"))

    def _said(self, field: str) -> str | list[str]:
        return self.cleaned_data.get(field, "") if self.is_valid() or self.cleaned_data else ""


class KeepListForm(CommandForm):
    """A name for what is looked for in a list now."""

    name = forms.CharField(label=_("Name of the list"), max_length=40)
    place = forms.ChoiceField(widget=forms.HiddenInput)
    asked = forms.CharField(max_length=1000, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Sent = None, *, places: Iterable[str], usual: dict[str, object] | None = None) -> None:
        super().__init__(data, initial=usual)
        offer(self.fields["place"], [(place, place) for place in places])


def _every() -> tuple[str, str]:
    return "", str(_("All"))
