"""A kind of business for which seals are used: what has to be said and shown, with which seals, kept how long."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from privyseal.approvals.rules import Manner
from privyseal.approvals.rules.attachments import Kind
from privyseal.approvals.rules.remarks import About
from privyseal.custody.rules import MOST_IN_A_VOLUME
from privyseal.custody.rules.blanks import LONGEST_OUT_DAYS, MOST_BLANKS, check_class
from privyseal.custody.rules.photographs import Asked
from privyseal.custody.rules.spoiled import MOST_ANEW, USUAL_ANEW
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import Refused
from privyseal.seals.rules.standing import DocumentClass

MOST_FIELDS: Final = 12
MOST_CHOICES: Final = 30
LONGEST_NAME: Final = 60
LONGEST_VALUE: Final = 200
LONGEST_ARCHIVE_DAYS: Final = 365
MOST_COUNTED: Final = 99
_CODE: Final = re.compile(r"[a-z][a-z0-9-]{1,31}")
_NUMBER: Final = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,4})?")


class CategoryNotPossible(Refused):
    code = "category-not-possible"


class CategoryMissing(Refused):
    """The company has categories, and a use names none that is in force there."""

    code = "category-missing"


class SealNotOfCategory(Refused):
    """A category takes seals of other types."""

    code = "seal-not-of-category"


class EntryMissing(Refused):
    """Something that the category asks for is not said, or not said as it asks."""

    code = "entry-missing"


class FieldKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"


class Retention(StrEnum):
    """How long the papers of a category are kept, as archives count it."""

    PERMANENT = "permanent"
    THIRTY_YEARS = "thirty-years"
    TEN_YEARS = "ten-years"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that an applicant says, called by its place; the choices are what it can be."""

    name_zh: str
    name_en: str
    kind: FieldKind = FieldKind.TEXT
    is_required: bool = False
    choices: tuple[str, ...] = ()

    def entry(self, said: str) -> str | None:
        """Return what was said in the form in which it is kept; None where it cannot be meant."""
        match self.kind:
            case FieldKind.NUMBER:
                return said if _NUMBER.fullmatch(said) else None
            case FieldKind.DATE:
                return _day(said)
            case FieldKind.CHOICE:
                return said if said in self.choices else None
            case FieldKind.TEXT:
                return said if len(said) <= LONGEST_VALUE else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """What a category is; no type of seal named means all, no ``archive_days`` no duty to file the paper.

    Days to file are working days. ``archive_blocks`` holds up the next use of whoever is late, ``archive_copy_back``
    wants the counterparty's copy back. Copies, originals and duplicates are what the form of a use begins with.
    ``photographs`` is how many of the impressions by hand have to be seen on some, ``made_anew`` how many that are spoiled
    are made again without another application, ``volume`` how many are taken at a time where those are more than a hundred.
    ``blanks`` is how many sheets of ``blank_class`` one use may stamp before they are filled in, each accounted for
    within ``blank_days``; none where nothing is said.
    ``refuses`` is what cannot be acknowledged: a document about which it is said is not sent in.
    """

    name_zh: str
    name_en: str
    fields: tuple[Field, ...] = ()
    needs: frozenset[Kind] = frozenset()
    types: frozenset[str] = frozenset()
    manner: Manner = Manner.SIGNATURE_PLACE
    retention: Retention = Retention.TEN_YEARS
    archive_days: int | None = None
    archive_blocks: bool = False
    archive_copy_back: bool = False
    copies: int | None = None
    originals: int | None = None
    duplicates: int | None = None
    photographs: Asked = Asked.EACH
    made_anew: int = USUAL_ANEW
    volume: int | None = None
    blanks: int | None = None
    blank_class: DocumentClass | None = None
    blank_days: int | None = None
    refuses: frozenset[About] = frozenset()

    def to_json(self) -> dict[str, Json]:
        return {
            "name_zh": self.name_zh,
            "name_en": self.name_en,
            "fields": [
                {
                    "name_zh": field.name_zh,
                    "name_en": field.name_en,
                    "kind": field.kind.value,
                    "is_required": field.is_required,
                    "choices": list(field.choices),
                }
                for field in self.fields
            ],
            "needs": sorted(self.needs),
            "types": sorted(self.types),
            "manner": self.manner.value,
            "retention": self.retention.value,
            "archive_days": self.archive_days,
            "archive_blocks": self.archive_blocks,
            "archive_copy_back": self.archive_copy_back,
            "copies": self.copies,
            "originals": self.originals,
            "duplicates": self.duplicates,
            "photographs": self.photographs.value,
            "made_anew": self.made_anew,
            "volume": self.volume,
            "blanks": self.blanks,
            "blank_class": self.blank_class.value if self.blank_class else None,
            "blank_days": self.blank_days,
            "refuses": sorted(self.refuses),
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "Category":
        return cls(
            name_zh=said["name_zh"],
            name_en=said["name_en"],
            fields=tuple(
                Field(
                    field["name_zh"],
                    field["name_en"],
                    FieldKind(field["kind"]),
                    field["is_required"],
                    tuple(field["choices"]),
                )
                for field in said["fields"]
            ),
            needs=frozenset(Kind(kind) for kind in said["needs"]),
            types=frozenset(said["types"]),
            manner=Manner(said["manner"]),
            retention=Retention(said["retention"]),
            archive_days=said["archive_days"],
            archive_blocks=said.get("archive_blocks", False),
            archive_copy_back=said.get("archive_copy_back", False),
            copies=said.get("copies"),
            originals=said.get("originals"),
            duplicates=said.get("duplicates"),
            photographs=Asked(said.get("photographs", Asked.EACH)),
            made_anew=said.get("made_anew", USUAL_ANEW),
            volume=said.get("volume"),
            blanks=said.get("blanks"),
            blank_class=DocumentClass(said["blank_class"]) if said.get("blank_class") else None,
            blank_days=said.get("blank_days"),
            refuses=frozenset(About(about) for about in said.get("refuses", ())),
        )


def check_category(code: str, category: Category) -> None:
    """Return if the category says something that can be meant, or refuse for the first part that does not."""
    if not _CODE.fullmatch(code):
        raise CategoryNotPossible(part="code")
    if not _is_name(category.name_zh) or not _is_name(category.name_en):
        raise CategoryNotPossible(part="name")
    names = [field.name_zh for field in category.fields]
    if len(names) > MOST_FIELDS or len({*names}) < len(names) or not all(map(_is_field, category.fields)):
        raise CategoryNotPossible(part="fields")
    if category.archive_days is not None and not 1 <= category.archive_days <= LONGEST_ARCHIVE_DAYS:
        raise CategoryNotPossible(part="archive-days")
    if category.archive_days is None and (category.archive_blocks or category.archive_copy_back):
        raise CategoryNotPossible(part="archive-days")
    counts = (category.copies, category.originals, category.duplicates)
    if not all(count is None or 0 <= count <= MOST_COUNTED for count in counts) or category.copies == 0:
        raise CategoryNotPossible(part="counts")
    if not 0 <= category.made_anew <= MOST_ANEW:
        raise CategoryNotPossible(part="made-anew")
    if category.volume is not None and not 1 <= category.volume <= MOST_IN_A_VOLUME:
        raise CategoryNotPossible(part="volume")
    _check_blanks(category)


def _check_blanks(category: Category) -> None:
    """Return if a category says all of its blanks or nothing, for papers that may be stamped so, or refuse."""
    if category.blanks is None and category.blank_class is None and category.blank_days is None:
        return
    if category.blanks is None or category.blank_class is None or category.blank_days is None:
        raise CategoryNotPossible(part="blanks")
    if not (1 <= category.blanks <= MOST_BLANKS and 1 <= category.blank_days <= LONGEST_OUT_DAYS):
        raise CategoryNotPossible(part="blanks")
    check_class(category.blank_class)


def check_seals(category: Category, seals: Collection[frozenset[str]]) -> None:
    """Return if seals that are called so are of the category's types, or refuse."""
    if category.types and any(category.types.isdisjoint(names) for names in seals):
        raise SealNotOfCategory


def entries(category: Category, said: Mapping[str, str]) -> dict[str, Json]:
    """Return what was said of each field, by its number, in the form in which it is kept, or refuse."""
    kept: dict[str, Json] = {}
    for number, field in enumerate(category.fields, start=1):
        words = said.get(str(number), "").strip()
        entry = field.entry(words) if words else ""
        if entry is None or (field.is_required and not entry):
            raise EntryMissing(field=number)
        if entry:
            kept[str(number)] = entry
    return kept


def _is_name(name: str) -> bool:
    return 0 < len(name.strip()) <= LONGEST_NAME


def _is_field(field: Field) -> bool:
    has_choices = 0 < len(field.choices) <= MOST_CHOICES and all(map(_is_name, field.choices))
    is_fit = has_choices if field.kind is FieldKind.CHOICE else not field.choices
    return is_fit and _is_name(field.name_zh) and _is_name(field.name_en)


def _day(said: str) -> str | None:
    try:
        return date.fromisoformat(said).isoformat()
    except ValueError:
        return None
