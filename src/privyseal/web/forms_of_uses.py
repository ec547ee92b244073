"""What is sent in to have a document sealed: which seal, where, what else, why, when, by whom."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.actions import Jointly
from privyseal.approvals.models import CategoryVersion
from privyseal.approvals.papers import (
    LONGEST_COUNTERPARTY,
    LONGEST_NUMBER,
    LONGEST_PLACE,
    MOST_EXEMPLARS,
    MOST_MONEY,
    Papers,
    Particulars,
)
from privyseal.approvals.placing import Asked, PartyAsked, SealAsked
from privyseal.approvals.wishes import MOST_COPIES
from privyseal.custody.rules.takeout import Fence
from privyseal.identity.models import Company, Person
from privyseal.language.labels import FOLLOWING
from privyseal.language.places import EDGES, HOW, WHICH
from privyseal.pdf.asking import Across, At, AtShare, OverDate, Wish
from privyseal.seals.models import Seal
from privyseal.signer.bound import MOST_A_COPY, Binding, Bound, binding_of
from privyseal.signer.documents import Following
from privyseal.web.forms import LONGEST_TEXT, DayField, Sent, Usual, midnight, offer
from privyseal.web.forms_of_categories import entered_in, entry_fields
from privyseal.web.forms_of_further import Beside, FurtherDocument, FurtherShown, further_field
from privyseal.web.forms_of_joint import jointly, mode_field, operator_field
from privyseal.web.forms_of_papers import attached_field, attached_in
from privyseal.web.forms_of_places import (
    EDGES_OF,
    PLACE,
    PlaceForm,
    micrometres,
    millimetres_field,
    pages_field,
    which_of,
)
from privyseal.web.forms_of_takeout import PointForm, metres_field

MOST_PARTIES: Final = 5
MOST_TOGETHER: Final = 5
_WAYS: Final = {
    Binding.FILE: frozenset({"at", "share", "words", "date", "seam", "left"}),
    Binding.PAPER: frozenset({"at", "share", "seam"}),  # nothing on a photograph is found by its words
    Binding.SECRET: frozenset({"inside"}),
}
_NEEDS: Final = {
    "at": ("page", "x", "y"),
    "share": ("page", "across", "along"),
    "words": ("words",),
    "date": (),
    "seam": ("edge",),
    "left": (),
    "inside": ("inside",),
}


_SAY_NO_PLACE: Final = frozenset({"left", "inside"})


def _percent(**said: Any) -> forms.DecimalField:  # noqa: ANN401  a field's options are of every kind
    return forms.DecimalField(min_value=0, max_value=100, decimal_places=1, max_digits=4, required=False, **said)


@dataclass(frozen=True, slots=True)
class First:
    """What its first document lets a form offer: a place that was left, seals after a signature, what is no file."""

    may_fill: bool = False
    is_signed: bool = False
    bound: Bound | None = None


class UseForm(PlaceForm, PointForm):
    """Everything about one use but its first document."""

    seal = forms.ChoiceField(label=_("Seal"), widget=forms.RadioSelect)
    how = forms.ChoiceField(
        label=_("Where the seal stands"), choices=list(HOW.items()), widget=forms.RadioSelect, initial="at"
    )
    page = pages_field(label=_("Which pages"), help_text=_("Like 3, last, 1-3,7, all, or all:odd."))
    x = millimetres_field(label=_("From the left (mm)"))
    y = millimetres_field(label=_("From the bottom (mm)"))
    across = _percent(label=_("From the left, in percent of the page"))
    along = _percent(label=_("From the bottom, in percent of the page"))
    words = forms.CharField(
        label=_("Words in the document"), max_length=100, required=False, help_text=_("Such as: 甲方（盖章）")
    )
    which = forms.ChoiceField(label=_("Which of them"), choices=list(WHICH.items()), required=False, initial="last")
    right = millimetres_field(label=_("Moved to the right (mm)"), least=-5000)
    up = millimetres_field(label=_("Moved upwards (mm)"), least=-5000)
    edge = forms.ChoiceField(
        label=_("Also across the edges of pages"), choices=list(EDGES.items()), required=False, initial=""
    )
    edge_pages = pages_field(label=_("Which pages"), initial="all")
    edge_strip = millimetres_field(label=_("Minimum on each page (mm)"), least=1, initial=4)
    inside = forms.IntegerField(
        label=_("Impressions on each copy"), min_value=1, max_value=MOST_A_COPY, initial=1, required=False
    )
    code = forms.BooleanField(label=_("Print a code that leads to the record of this use"), required=False)
    code_signed = forms.BooleanField(
        label=_("Sign the code, so that a photograph of the paper can be checked"), required=False
    )
    code_page = pages_field(label=_("Page of the code"), initial="last")
    code_x = millimetres_field(label=_("From the left (mm)"), initial=20)
    code_y = millimetres_field(label=_("From the bottom (mm)"), initial=20)
    writing = forms.CharField(
        label=_("Date line or other words"),
        max_length=60,
        required=False,
        help_text=_(
            "Such as: 2026年11月26日, or 与原件核对无误 on each page of a copy. They are drawn under the same seal; "
            "approvers see them on the pages."
        ),
    )
    writing_page = pages_field(label=_("Which pages"), initial="last")
    writing_x = millimetres_field(label=_("From the left (mm)"), initial=150)
    writing_y = millimetres_field(label=_("From the bottom (mm)"), initial=30)
    following = forms.ChoiceField(
        label=_("Who signs after us?"), choices=list(FOLLOWING.items()), widget=forms.RadioSelect, initial="nobody"
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("What the document is and why it needs the seal: approvers read this first."),
    )
    document_number = forms.CharField(
        label=_("Document number"),
        max_length=LONGEST_NUMBER,
        required=False,
        help_text=_("The number of the letter or contract, as written on the paper."),
    )
    originals = forms.IntegerField(
        label=_("Number of originals"), min_value=0, max_value=MOST_EXEMPLARS, required=False
    )
    duplicates = forms.IntegerField(
        label=_("Number of duplicates"),
        min_value=0,
        max_value=MOST_EXEMPLARS,
        required=False,
        help_text=_("How many of each the parties sign; left empty where it does not matter."),
    )
    counterparty = forms.CharField(label=_("Counterparty"), max_length=LONGEST_COUNTERPARTY, required=False)
    amount = forms.DecimalField(
        label=_("Amount"),
        required=False,
        min_value=0,
        max_value=MOST_MONEY - 1,
        decimal_places=2,
        help_text=_("What the document is about, in the company’s money. Without it, the longest way is taken."),
    )
    off_site = forms.CharField(
        label=_("Place, where it is not the company’s own"),
        max_length=LONGEST_PLACE,
        required=False,
        help_text=_("Left empty, the sealing happens in the company."),
    )
    metres = metres_field()
    acknowledged = forms.RegexField(r"^[0-9a-f]{64}$", required=False)
    checker = forms.ChoiceField(
        label=_("Who compares the copy with its original"),
        required=False,
        help_text=_("For “checked against the original”: neither the applicant nor the operator. Else leave it empty."),
    )
    copies = forms.IntegerField(
        label=_("Copies on paper"),
        min_value=1,
        max_value=MOST_COPIES,
        initial=1,
        required=False,
        help_text=_("For a rubber seal: each copy is stamped at every place above. A file is sealed once."),
    )
    supervisor = forms.ChoiceField(
        label=_("Who watches the stamping"),
        required=False,
        help_text=_("For a rubber seal: neither you, the operator nor its keeper. Else leave it empty."),
    )
    attached = attached_field()
    further = further_field()
    starts_on = DayField(label=_("First day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    ends_on = DayField(
        label=_("Last day"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The seal may be put on until the end of this day."),
    )
    operator = forms.ChoiceField(label=_("Operator"), help_text=_("Who puts the seal on once it is approved."))

    def __init__(
        self,
        data: Sent = None,
        *,
        seals: Iterable[Seal],
        operators: Iterable[Person],
        checkers: Iterable[Person] = (),
        first: First | None = None,
        category: CategoryVersion | None = None,
        beside: Beside | None = None,
        initial: Usual = None,
    ) -> None:
        super().__init__(data, initial=initial)
        beside, first = beside or Beside(), first or First()
        self._category, self._elsewhere = category, beside.elsewhere
        seals = list(seals)
        self._further = [FurtherDocument(number, document) for number, document in beside.further.items()]
        if category:
            self.fields |= entry_fields(category.category)
        if first.is_signed:  # whoever signed first has said what may follow
            offer(self.fields["following"], [("others", str(FOLLOWING["others"]))])
        ways = _WAYS[binding_of(first.bound)]
        offer(
            self.fields["how"],
            [(how, str(words)) for how, words in HOW.items() if how in ways and (first.may_fill or how != "left")],
        )
        if first.bound is not None:
            offer(self.fields["following"], [("others", str(FOLLOWING["others"]))])
        offer(self.fields["seal"], [(seal.uid, f"{seal.name} · {seal.number}") for seal in seals])
        others = [("", "—"), *((person.pseudonym, person.name) for person in checkers)]
        offer(self.fields["checker"], others)
        offer(self.fields["supervisor"], others)
        offer(self.fields["operator"], [(person.pseudonym, person.name) for person in operators])
        to_choose = [*self.fields["seal"].choices]  # type: ignore[attr-defined]  # a ChoiceField
        if self._elsewhere.seals:
            to_choose += self._elsewhere.seal_choices()
            self.fields["mode"] = mode_field()
        chosen = [("", "—"), *to_choose]
        for number in range(1, MOST_TOGETHER + 1):
            if self._elsewhere.seals:
                self.fields[f"seal{number}_operator"] = operator_field(self._elsewhere)
            self.fields[f"seal{number}_seal"] = forms.ChoiceField(label=_("Seal"), choices=chosen, required=False)
            self.add_place(f"seal{number}_")
        for number in range(1, MOST_PARTIES + 1):
            self.fields[f"party{number}_uscc"] = forms.CharField(label=_("Credit code"), max_length=18, required=False)
            self.fields[f"party{number}_number"] = forms.CharField(
                label=_("Number of the seal"), max_length=32, required=False
            )
            self.add_place(f"party{number}_")
        for document in self._further:
            document.add_to(self, seals=seals, elsewhere=self._elsewhere)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        self.need(_NEEDS.get(said.get("how", ""), ()))
        if said.get("latitude") is not None or said.get("longitude") is not None:
            self.need(("off_site", "latitude", "longitude", "metres"))
        if said.get("code"):
            self.need(("code_page", "code_x", "code_y"))
        if said.get("writing"):
            self.need(("writing_page", "writing_x", "writing_y"))
        for number in self._named("seal", "seal") if said.get("how") not in _SAY_NO_PLACE else ():
            self.need_place(f"seal{number}_")
        if said.get("following") == Following.PARTIES:
            for number in self._named("party", "uscc") or [1]:
                self.need((f"party{number}_uscc", f"party{number}_number"))
                self.need_place(f"party{number}_")
        for document in self._further:
            document.check(self)
        return said

    def wishes(self) -> tuple[Wish, ...]:
        """Return where the seal is wished; none where an earlier party left a place for it."""
        said = self.cleaned_data
        return () if said["how"] in _SAY_NO_PLACE else tuple(self._wishes(said))

    def times(self) -> int:
        """Return how often a seal goes on each copy of what nobody is shown."""
        return self.cleaned_data["inside"] or 0 if self.cleaned_data["how"] == "inside" else 0

    def code_at(self) -> At | None:
        return self.at("code_") if self.cleaned_data["code"] else None

    def writing_at(self) -> At | None:
        return self.at("writing_") if self.cleaned_data["writing"] else None

    def parties(self) -> tuple[PartyAsked, ...]:
        said = self.cleaned_data
        if said["following"] != Following.PARTIES:
            return ()
        return tuple(
            PartyAsked(said[f"party{number}_uscc"], said[f"party{number}_number"], self.placed(f"party{number}_"))
            for number in self._named("party", "uscc")
        )

    def together(self) -> tuple[SealAsked, ...]:
        """Return the further seals that go on the document in the same act."""
        said = self.cleaned_data
        numbers, is_inside = self._named("seal", "seal"), said["how"] == "inside"
        return tuple(
            SealAsked(said[f"seal{number}_seal"], () if is_inside else self.placed(f"seal{number}_"))
            for number in numbers
        )

    def asked_further(self) -> list[Asked]:
        """Return what is wanted on each further document."""
        return [document.asked(self) for document in self._further]

    def further_rows(self) -> list[FurtherShown]:
        return [document.shown(self, with_operators=bool(self._elsewhere.seals)) for document in self._further]

    def entries(self) -> list[forms.BoundField]:
        """Return what the category asks for."""
        return [self[name] for name in entry_fields(self._category.category)] if self._category else []

    def party_rows(self) -> list[list[forms.BoundField]]:
        return self._rows("party", MOST_PARTIES, ("uscc", "number", *PLACE))

    def together_rows(self) -> list[list[forms.BoundField]]:
        more = ("operator",) if self._elsewhere.seals else ()
        return self._rows("seal", MOST_TOGETHER, ("seal", *PLACE, *more))

    def mode(self) -> forms.BoundField | None:
        return self["mode"] if self._elsewhere.seals else None

    def jointly(self, company: Company) -> Jointly | None:
        """Return how several companies are asked; None where the seals of one alone are chosen."""
        return jointly(self.cleaned_data, company, self._elsewhere, self._prefixes())

    def owners(self, company: Company) -> list[Company]:
        """Return the companies whose seals are asked for, the applicant's choice first."""
        uids = (self.cleaned_data[f"{prefix}seal"] for prefix in self._prefixes())
        return [company, *self._elsewhere.owners_of(uids)]

    def has_together(self) -> bool:
        """Tell whether the rows of further seals are in use, so that the page shows them open."""
        return any(self[f"seal{number}_seal"].value() for number in range(1, MOST_TOGETHER + 1))

    def fence(self) -> Fence | None:
        """Return how far from which point a rubber seal may be taken; None where nobody said so."""
        point = self.point()
        return None if point is None else Fence(point=point, metres=self.cleaned_data["metres"])

    def is_true_copy(self) -> bool:
        return bool(self.cleaned_data["checker"])

    def papers(self, document_sha256: str) -> Papers:
        said = self.cleaned_data
        particulars = Particulars(said["document_number"], said["originals"] or 0, said["duplicates"] or 0)
        return Papers(
            said["amount"],
            said["counterparty"],
            tuple(attached_in(said["attached"])),
            self._category.uid if self._category else "",
            said["off_site"],
            said["acknowledged"],
            said["checker"],
            entered_in(said),
            {document_sha256: particulars} | {each.document.sha256: each.particulars(said) for each in self._further},
            said["supervisor"],
            self.fence(),
        )

    def window(self) -> tuple[datetime, datetime]:
        """Return the first moment of the first day and the moment after the last day, in the company's zone."""
        return midnight(self.cleaned_data["starts_on"]), midnight(self.cleaned_data["ends_on"] + timedelta(days=1))

    def _wishes(self, said: dict[str, Any]) -> Iterator[Wish]:
        match said["how"]:
            case "at":
                yield self.at("")
            case "share":
                yield AtShare(said["page"], _thousandths(said["across"]), _thousandths(said["along"]))
            case "words":
                yield self.at_words("")
            case "date":
                yield OverDate(which_of(said["which"]))
        if said["edge"]:
            yield Across(
                said["edge_pages"] or "all",
                EDGES_OF[said["edge"]],
                least_strip=micrometres(said["edge_strip"] or Decimal(4)),
            )

    def _rows(self, prefix: str, most: int, names: Sequence[str]) -> list[list[forms.BoundField]]:
        return [[self[f"{prefix}{number}_{name}"] for name in names] for number in range(1, most + 1)]

    def _prefixes(self) -> list[str]:
        """Return the prefixes of all rows that name a seal, on whichever document."""
        rows = [f"seal{number}_" for number in self._named("seal", "seal")]
        return [*rows, *(row for document in self._further for row in document.named(self.cleaned_data))]

    def _named(self, prefix: str, name: str) -> list[int]:
        """Return the numbers of the rows that are filled in."""
        most = max(MOST_PARTIES, MOST_TOGETHER)
        return [number for number in range(1, most + 1) if self.cleaned_data.get(f"{prefix}{number}_{name}")]


def _thousandths(percent: Decimal) -> int:
    return int(percent * 10)
