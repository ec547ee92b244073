"""What is sent in about where a seal stands: row by row, on words, over the date, in millimetres, across edges."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.language.places import EDGES, WHICH
from privyseal.pdf.asking import Across, At, AtWords, OverDate, Which, Wish
from privyseal.pdf.spots import Edge
from privyseal.web.forms import CommandForm

EDGES_OF: Final = {"right": (Edge.RIGHT,), "left": (Edge.LEFT,), "both": (Edge.RIGHT, Edge.LEFT)}
PLACE: Final = ("words", "which", "right", "up", "dated", "page", "x", "y", "edge")
_MICROMETRES: Final = 1000


def pages_field(**said: Any) -> forms.CharField:  # noqa: ANN401  a field's options are of every kind
    return forms.CharField(max_length=200, required=False, **said)


def millimetres_field(*, least: int = 0, **said: Any) -> forms.DecimalField:  # noqa: ANN401  a field's options are of every kind
    return forms.DecimalField(min_value=least, max_value=5000, decimal_places=1, max_digits=5, required=False, **said)


# What most uses go without: the page of a use folds it away.
_FOLDED: Final = (
    "document_number",
    "originals",
    "duplicates",
    "off_site",
    "latitude",
    "checker",
    "copies",
    "supervisor",
)


class PlaceForm(CommandForm):
    """A form with rows of fields, each of which says a place; a row is known by the prefix of its fields."""

    def is_unfolded(self) -> bool:
        """Tell whether something stands in the fields that few need, so that the page shows them open."""
        return any(self[name].errors or (name != "copies" and self[name].value()) for name in _FOLDED)

    def add_place(self, prefix: str) -> None:
        self.fields[f"{prefix}words"] = forms.CharField(
            label=_("On these words"),
            max_length=100,
            required=False,
            help_text=_("Or give a place in millimetres below."),
        )
        self.fields[f"{prefix}which"] = forms.ChoiceField(
            label=_("Which of them"), choices=list(WHICH.items()), required=False, initial="last"
        )
        self.fields[f"{prefix}right"] = millimetres_field(label=_("Moved to the right (mm)"), least=-5000)
        self.fields[f"{prefix}up"] = millimetres_field(label=_("Moved upwards (mm)"), least=-5000)
        self.fields[f"{prefix}dated"] = forms.BooleanField(label=_("Over the date (year and month)"), required=False)
        self.fields[f"{prefix}page"] = pages_field(label=_("Which pages"))
        self.fields[f"{prefix}x"] = millimetres_field(label=_("From the left (mm)"))
        self.fields[f"{prefix}y"] = millimetres_field(label=_("From the bottom (mm)"))
        self.fields[f"{prefix}edge"] = forms.ChoiceField(
            label=_("Also across the edges of pages"), choices=list(EDGES.items()), required=False, initial=""
        )

    def need(self, names: Iterable[str]) -> None:
        for name in names:
            if name not in self.errors and self.cleaned_data.get(name) in (None, ""):
                self.add_error(name, forms.Field.default_error_messages["required"])

    def need_place(self, prefix: str) -> None:
        said = self.cleaned_data
        is_said = said.get(f"{prefix}words") or said.get(f"{prefix}dated")
        if not is_said and not (said.get(f"{prefix}edge") and not said.get(f"{prefix}page")):
            self.need(f"{prefix}{name}" for name in ("page", "x", "y"))

    def placed(self, prefix: str) -> tuple[Wish, ...]:
        return tuple(self._places(prefix))

    def at(self, prefix: str) -> At:
        said = self.cleaned_data
        return At(said[f"{prefix}page"], micrometres(said[f"{prefix}x"]), micrometres(said[f"{prefix}y"]))

    def at_words(self, prefix: str) -> AtWords:
        words, which, right, up = (self.cleaned_data[f"{prefix}{name}"] for name in ("words", "which", "right", "up"))
        return AtWords(words, which_of(which), micrometres(right), micrometres(up))

    def rows(self, prefixes: Iterable[str], names: Sequence[str]) -> list[list[forms.BoundField]]:
        return [[self[f"{prefix}{name}"] for name in names] for prefix in prefixes]

    def _places(self, prefix: str) -> Iterator[Wish]:
        said = self.cleaned_data
        if said[f"{prefix}words"]:
            yield self.at_words(prefix)
        elif said[f"{prefix}dated"]:
            yield OverDate(which_of(said[f"{prefix}which"]))
        elif said[f"{prefix}page"]:
            yield self.at(prefix)
        if said[f"{prefix}edge"]:
            yield Across(edges=EDGES_OF[said[f"{prefix}edge"]])


def which_of(said: str) -> Which | int:
    return int(said) if said.isdecimal() else Which(said or Which.LAST)


def micrometres(millimetres: Decimal | None) -> int:
    return int((millimetres or Decimal()) * _MICROMETRES)
