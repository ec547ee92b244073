"""The studio of faces: what people choose and write, and the face that comes of it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from privyseal.identity.models import Company, Unit
from privyseal.kernel.file_kinds import IMPRINT
from privyseal.pdf import confined
from privyseal.pdf.confined import Task
from privyseal.pdf.face import Face, FaceUnreadable
from privyseal.pdf.template import LONGEST_LINE, LONGEST_OUTLINE, MOST_LINES, Centre, ShapeOfFace, Writing
from privyseal.pdf.usual import BY_NAME, COLOURS, FORMATS, USUAL, Format, blank, name_in_columns
from privyseal.seals.models import OwnType
from privyseal.seals.rules import STAMPS_NOTHING, SealType
from privyseal.web.forms import LONGEST_TEXT, Files, Sent, Usual, day_field, offer, offer_units, unit_field
from privyseal.web.forms_of_types import TypedForm

USUAL_FORMAT: Final = "round-42x42"
_INNER_BORDER: Final = 100
_SHAPE: Final[Mapping[ShapeOfFace, Promise]] = {
    ShapeOfFace.ROUND: _("Round, %(across)s mm"),
    ShapeOfFace.OVAL: _("Oval, %(across)s × %(up)s mm"),
    ShapeOfFace.RECTANGLE: _("Rectangular, %(across)s × %(up)s mm"),
}
_COLOUR: Final[Mapping[str, Promise]] = {
    "red": _("Red"),
    "blue": _("Blue"),
    "black": _("Black"),
    "purple": _("Purple"),
}
_CENTRE: Final[Mapping[Centre, Promise]] = {
    Centre.STAR: _("A star"),
    Centre.NONE: pgettext_lazy("centre of a seal", "Nothing"),
}
_WRITING: Final[Mapping[Writing, Promise]] = {
    Writing.ROWS: _("Rows, from the left"),
    Writing.COLUMNS: _("Columns, from the right, as on seals of names"),
}


class FaceForm(forms.Form):
    """The words of a face and how it looks. What is left out is as on an official seal."""

    format = forms.ChoiceField(label=_("Shape and size"), required=False, initial=USUAL_FORMAT)
    ring = forms.CharField(
        label=_("Words around the star"),
        max_length=40,
        required=False,
        help_text=_("Usually the company’s full registered name."),
    )
    centre = forms.ChoiceField(
        label=_("In the middle"), choices=list(_CENTRE.items()), required=False, initial=Centre.STAR.value
    )
    lines = forms.CharField(
        label=_("Lines"),
        max_length=MOST_LINES * (LONGEST_LINE + 2),
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_(
            "On an invoice seal the tax number; on a rectangle all of its words. In columns, a name alone is divided."
        ),
    )
    bottom = forms.CharField(
        label=_("Words under the star"), max_length=12, required=False, help_text=_("Empty on an official seal.")
    )
    number = forms.CharField(label=_("Number below"), max_length=8, required=False, help_text=_("Such as (1)."))
    code = forms.RegexField(
        r"^[0-9]{13,14}$", label=_("Code at the foot"), required=False, help_text=_("13 or 14 digits.")
    )
    writing = forms.ChoiceField(label=_("Direction of the lines"), choices=list(_WRITING.items()), required=False)
    colour = forms.ChoiceField(label=_("Colour"), choices=list(_COLOUR.items()), required=False)
    inner_border = forms.BooleanField(label=_("A second, thin border"), required=False)

    def __init__(self, data: Sent = None, files: Files = None, **kept: Any) -> None:  # noqa: ANN401  a form's own
        super().__init__(data, files, **kept)
        offer(self.fields["format"], [(each.name, _words_for(each)) for each in FORMATS])

    def clean(self) -> dict[str, Any]:
        """Refuse a ring without words and a rectangle without lines."""
        said = super().clean() or {}
        if not self._is_written(said):
            return said
        needed = "lines" if _format_of(said).shape is ShapeOfFace.RECTANGLE else "ring"
        if not said.get(needed) and needed not in self.errors:
            self.add_error(needed, _("These words are missing."))
        return said

    def _is_written(self, said: Mapping[str, Any]) -> bool:  # noqa: ARG002  what a form with pictures asks
        return True

    def face(self) -> Face:
        """Return the face, or refuse what cannot be drawn."""
        said = self.cleaned_data
        plain = blank(_format_of(said))
        lines = tuple(line.strip() for line in said["lines"].splitlines() if line.strip())
        looks: dict[str, Any] = {
            "colour": COLOURS[said["colour"] or "red"],
            "inner_border": _INNER_BORDER if said["inner_border"] else 0,
            "lines": lines,
        }
        if plain.shape == ShapeOfFace.RECTANGLE:
            looks["writing"] = said["writing"] or Writing.ROWS.value
            if len(lines) == 1 and looks["writing"] == Writing.COLUMNS:
                looks["lines"] = name_in_columns(lines[0])
            return replace(plain, **looks)
        # Lines stand where a star would.
        centre = Centre.NONE.value if lines else said["centre"] or Centre.STAR.value
        words = {name: said[name] for name in ("ring", "bottom", "number", "code")}
        return replace(plain, **looks, **words, centre=centre)


class SealForm(TypedForm, FaceForm):
    """A seal that somebody wishes for: its face is written here, or taken from the picture of an imprint."""

    imprint = forms.FileField(
        label=_("Or a picture of the imprint"),
        required=False,
        widget=forms.FileInput({"accept": IMPRINT.accept}),
        help_text=_("PNG or JPEG, one imprint on light paper, in the shape, size and colour chosen above."),
    )
    traced = forms.CharField(required=False, max_length=2 * LONGEST_OUTLINE, widget=forms.HiddenInput)
    company = forms.ChoiceField(label=_("Company"))
    name = forms.CharField(label=_("Name of the seal"), max_length=64)
    type = forms.ChoiceField(label=_("Type"))
    starts_on = day_field(label=_("First day"), required=False, help_text=_("It cannot be used before."))
    ends_on = day_field(label=_("Last day"), required=False)
    unit = unit_field(help_text=_("Empty for the company itself."))
    replaces = forms.RegexField(r"^[0-9a-f]{32}$", required=False, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 3}))

    def __init__(
        self,
        data: Sent = None,
        files: Files = None,
        *,
        companies: Iterable[Company],
        units: Iterable[Unit],
        types: Iterable[OwnType],
        initial: Usual = None,
    ) -> None:
        super().__init__(data, files if data is not None else None, initial=initial)
        offer(self.fields["company"], [(company.uid, company.name) for company in companies])
        offer_units(self.fields["unit"], units)
        self.offer_types((kind for kind in SealType if kind not in STAMPS_NOTHING), types)

    @property
    def is_of_imprint(self) -> bool:
        return bool(self.cleaned_data.get("imprint") or self.cleaned_data.get("traced"))

    def face(self) -> Face:
        """Return the face, or refuse what cannot be drawn and a picture that is not fit."""
        picture, traced = self.cleaned_data.get("imprint"), self.cleaned_data.get("traced")
        colour = COLOURS[self.cleaned_data.get("colour") or "red"]
        if picture:
            offered = _format_of(self.cleaned_data)
            return confined.run(Task.IMPRINT, picture.read(), shape=offered.shape, size=offered.size, colour=colour)
        if traced:
            return replace(_traced(traced), colour=colour)
        return super().face()

    def _is_written(self, said: Mapping[str, Any]) -> bool:
        return not (said.get("imprint") or said.get("traced"))


def usual_looks() -> dict[str, dict[str, str]]:
    """Return what a seal of each type usually looks like, by the names of the form's fields."""
    return {
        usual.kind: {
            "format": usual.format,
            "centre": usual.centre.value,
            "bottom": usual.bottom,
            "writing": usual.writing.value,
        }
        for usual in USUAL
    }


def _traced(text: str) -> Face:
    try:
        face = Face.from_json(json.loads(text))
    except ValueError as error:
        raise FaceUnreadable from error
    if face.shape != ShapeOfFace.IMPRINT:
        raise FaceUnreadable(field="shape")
    return face


def _format_of(said: Mapping[str, Any]) -> Format:
    return BY_NAME[said.get("format") or USUAL_FORMAT]


def _words_for(offered: Format) -> str:
    return str(_SHAPE[offered.shape]) % {"across": offered.width // 1000, "up": offered.height // 1000}
