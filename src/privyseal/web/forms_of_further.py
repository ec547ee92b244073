"""What is sent in about further documents of one use: which, and for each the lines of seals that go on it.

Each document has a number of its own, which it keeps while others come and go: the names of its fields begin with it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.papers import LONGEST_NUMBER, MOST_EXEMPLARS, Particulars
from privyseal.approvals.placing import Asked, SealAsked
from privyseal.approvals.wishes import MOST_COPIES
from privyseal.kernel.errors import Refused
from privyseal.language.labels import FOLLOWING, bound_in_words
from privyseal.pdf.accepted import FileEmpty
from privyseal.sealing.actions.papers import PagesNotPossible, PaperNotNamed, PhotographsNotPossible
from privyseal.sealing.models import Document
from privyseal.seals.models import Seal
from privyseal.seals.rules import SealKind
from privyseal.signer.bound import LONGEST_TITLE, MOST_A_COPY, MOST_SHEETS, MOST_TAKEN, Secret, bound_in
from privyseal.signer.documents import Following
from privyseal.web.forms import TAKEN_IN, Files, Sent, password_of_file
from privyseal.web.forms_of_bindings import PaperFields, SecretFields
from privyseal.web.forms_of_joint import Elsewhere, operator_field
from privyseal.web.forms_of_places import PLACE, PlaceForm

BRING: Final = "bring"
"""What a form sends that only wants one more document, and then one less."""
LEAVE: Final = "leave"
# What the button to bring one says where it is no file; the names of its fields begin with the same.
ON_PAPER: Final = "paper"
IN_ENVELOPE: Final = "envelope"

MOST_FURTHER: Final = 5
MOST_SEALS: Final = 5
_ONE: Final = re.compile(rf"([1-{MOST_FURTHER}]):([0-9a-f]{{64}})")
_LONGEST: Final = MOST_FURTHER * 70
# On a photograph nothing is found by its words.
_PLACE_ON_PAPER: Final = ("page", "x", "y", "edge")


class TooManyDocuments(Refused):
    """The form for a use takes so many documents; more of them take another application."""

    code = "too-many-documents"


class FurtherForm(forms.Form):
    """One more document."""

    further_file = forms.FileField(
        label=_("PDF, picture or office file"),
        widget=forms.FileInput({"accept": TAKEN_IN}),
        required=False,
        allow_empty_file=True,
    )
    further_password = password_of_file()

    def __init__(self, data: Sent = None, files: Files = None) -> None:
        super().__init__(data, files)

    def brought(self) -> "tuple[UploadedFile[Any], str]":
        """Return the file and its password, or refuse a form that brings none."""
        said = self.cleaned_data if self.is_valid() else {}
        if not said.get("further_file"):
            raise FileEmpty
        return said["further_file"], said["further_password"]


class FurtherPaper(PaperFields):
    """One more document, which exists only on paper."""

    # Its fields stand within another form, which is sent without them as well.
    use_required_attribute = False

    def __init__(self, data: Sent = None, files: Files = None) -> None:
        super().__init__(data, files, prefix=ON_PAPER)

    def brought(self) -> dict[str, Any]:
        """Return what is said of it, or refuse what is not all of it."""
        return _all_of(self)


class FurtherSecret(SecretFields):
    """One more document, whose content is not shown."""

    use_required_attribute = False

    def __init__(self, data: Sent = None) -> None:
        super().__init__(data, prefix=IN_ENVELOPE)

    def brought(self) -> dict[str, Any]:
        return _all_of(self)


def _all_of(form: forms.Form) -> dict[str, Any]:
    if form.is_valid():
        return form.cleaned_data
    if "pages" in form.errors:
        raise PagesNotPossible(pages=0, most=MOST_SHEETS)
    if "photographs" in form.errors:
        raise PhotographsNotPossible(photographs=0, most=MOST_TAKEN)
    raise PaperNotNamed(most=LONGEST_TITLE)


def by_hand_alone(seals: Iterable[Seal]) -> list[Seal]:
    return [seal for seal in seals if seal.kind == SealKind.PHYSICAL.value]


def further_field() -> forms.CharField:
    """Return the field in which a form keeps which further documents it is about."""
    return forms.CharField(max_length=_LONGEST, required=False, widget=forms.HiddenInput)


def further_in(said: str) -> dict[int, str]:
    """Return the digests that such a field names, by the number of each; what it never named is left out."""
    found = [_ONE.fullmatch(one) for one in said[:_LONGEST].split()]
    return {int(one[1]): one[2] for one in found if one}


def further_said(named: Mapping[int, str]) -> str:
    return " ".join(f"{number}:{digest}" for number, digest in sorted(named.items()))


def one_more(named: Mapping[int, str], digest: str) -> dict[int, str]:
    """Return the documents with one more, which takes the first number that is free, or refuse."""
    if digest in named.values():
        return dict(named)
    free = next((number for number in range(1, MOST_FURTHER + 1) if number not in named), None)
    if free is None:
        raise TooManyDocuments(most=MOST_FURTHER)
    return {**named, free: digest}


@dataclass(frozen=True, slots=True)
class Beside:
    """What may be asked for beside the company's own seals on the first document."""

    elsewhere: Elsewhere = field(default_factory=Elsewhere)
    further: Mapping[int, Document] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FurtherShown:
    """One further document of a form, with its fields."""

    number: int
    document: Document
    bound: str
    has_seals: bool
    says: Sequence[forms.BoundField]
    first: Sequence[forms.BoundField]
    others: Sequence[Sequence[forms.BoundField]]
    has_others: bool


class FurtherDocument:
    """The fields of one further document in a form, and what they say."""

    def __init__(self, number: int, document: Document) -> None:
        self.document, self._bound = document, bound_in(document.bound)
        self._is_placed = not isinstance(self._bound, Secret)
        self._number, self._prefix = number, f"doc{number}_"
        self._rows = tuple(f"{self._prefix}seal{row}_" for row in range(1, MOST_SEALS + 1))

    def add_to(self, form: PlaceForm, *, seals: Sequence[Seal], elsewhere: Elsewhere) -> None:
        if self._bound is not None:  # there is no file for a key
            seals, elsewhere = by_hand_alone(seals), replace(elsewhere, seals=by_hand_alone(elsewhere.seals))
        own, fields = [(seal.uid, f"{seal.name} · {seal.number}") for seal in seals], form.fields
        choices = [("", "—"), *own, *elsewhere.seal_choices()]
        self._has_seals = len(choices) > 1
        for prefix in self._rows:
            if elsewhere.seals:
                fields[f"{prefix}operator"] = operator_field(elsewhere)
            fields[f"{prefix}seal"] = forms.ChoiceField(label=_("Seal"), choices=choices, required=False)
            if self._is_placed:
                form.add_place(prefix)
        self._add_terms(fields)

    def _add_terms(self, fields: dict[str, forms.Field]) -> None:
        """Add what is said of the document as a whole; of what is no file, paper on which others may put theirs."""
        if not self._is_placed:
            fields[f"{self._prefix}inside"] = forms.IntegerField(
                label=_("Impressions on each copy"), min_value=1, max_value=MOST_A_COPY, initial=1, required=False
            )
        after = (Following.OTHERS,) if self.document.is_signed else (Following.NOBODY, Following.OTHERS)
        if self._bound is None:
            fields[f"{self._prefix}following"] = forms.ChoiceField(
                label=_("Who signs after us?"), choices=[(one.value, FOLLOWING[one.value]) for one in after]
            )
        fields[f"{self._prefix}copies"] = forms.IntegerField(
            label=_("Copies on paper"), min_value=1, max_value=MOST_COPIES, initial=1, required=False
        )
        fields[f"{self._prefix}document_number"] = forms.CharField(
            label=_("Document number"), max_length=LONGEST_NUMBER, required=False
        )
        for name, label in (("originals", _("Number of originals")), ("duplicates", _("Number of duplicates"))):
            fields[f"{self._prefix}{name}"] = forms.IntegerField(
                label=label, min_value=0, max_value=MOST_EXEMPLARS, required=False
            )

    def check(self, form: PlaceForm) -> None:
        """Ask for what is missing: a seal at least, and a place of each."""
        named = self.named(form.cleaned_data)
        if not named:
            form.need([f"{self._rows[0]}seal"])
        if not self._is_placed:
            form.need([f"{self._prefix}inside"])
            return
        for prefix in named:
            form.need_place(prefix)

    def named(self, said: Mapping[str, Any]) -> list[str]:
        """Return the prefixes of the rows that name a seal."""
        return [prefix for prefix in self._rows if said.get(f"{prefix}seal")]

    def asked(self, form: PlaceForm) -> Asked:
        said = form.cleaned_data
        first, *others = (
            SealAsked(said[f"{row}seal"], form.placed(row) if self._is_placed else ()) for row in self.named(said)
        )
        return Asked(
            seal_uid=first.seal_uid,
            document_sha256=self.document.sha256,
            following=said.get(f"{self._prefix}following", Following.OTHERS.value),
            wishes=first.wishes,
            copies=said[f"{self._prefix}copies"] or 1,
            impressions=said.get(f"{self._prefix}inside", 0),
            together=others,
        )

    def particulars(self, said: Mapping[str, Any]) -> Particulars:
        number, originals, duplicates = (
            said[f"{self._prefix}{name}"] for name in ("document_number", "originals", "duplicates")
        )
        return Particulars(number, originals or 0, duplicates or 0)

    def shown(self, form: PlaceForm, *, with_operators: bool) -> FurtherShown:
        place = PLACE if self._bound is None else _PLACE_ON_PAPER if self._is_placed else ()
        names = ("seal", *place, *(("operator",) if with_operators else ()))
        first, *others = form.rows(self._rows, names)
        says = ("inside", "following", "copies", "document_number", "originals", "duplicates")
        return FurtherShown(
            number=self._number,
            document=self.document,
            bound=bound_in_words(self._bound) if self._bound else "",
            has_seals=self._has_seals,
            says=[form[f"{self._prefix}{name}"] for name in says if f"{self._prefix}{name}" in form.fields],
            first=first,
            others=others,
            has_others=any(row[0].value() for row in others),
        )
