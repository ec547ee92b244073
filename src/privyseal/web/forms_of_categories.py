"""What is sent in about categories of business: one to begin or change, and what a use under one says."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.models import CategoryVersion
from privyseal.approvals.rules import Manner
from privyseal.approvals.rules.attachments import Kind
from privyseal.approvals.rules.categories import (
    LONGEST_ARCHIVE_DAYS,
    LONGEST_NAME,
    LONGEST_VALUE,
    MOST_COUNTED,
    MOST_FIELDS,
    Category,
    Field,
    FieldKind,
    Retention,
)
from privyseal.approvals.rules.remarks import About
from privyseal.approvals.rules.usual_categories import USUAL
from privyseal.custody.rules import MOST_IN_A_VOLUME
from privyseal.custody.rules.blanks import LONGEST_OUT_DAYS, MOST_BLANKS
from privyseal.custody.rules.photographs import Asked
from privyseal.custody.rules.spoiled import MOST_ANEW, USUAL_ANEW
from privyseal.identity.models import Company
from privyseal.language.categories import FIELD_KIND, RETENTION, name_of
from privyseal.language.hands import ASKED
from privyseal.language.labels import MANNER, SEAL_TYPE
from privyseal.language.papers import ABOUT, KIND
from privyseal.language.standing import DOCUMENT_CLASS
from privyseal.language.types import name_of_type
from privyseal.seals.models import OwnType
from privyseal.seals.rules import SealType
from privyseal.seals.rules.standing import ROUTINES, DocumentClass
from privyseal.web.forms import CommandForm, Sent, day_field, offer

EMPTY: Final = "empty"
_BLANK: Final = Category(name_zh="新类别", name_en="New category")
_BLANK_CLASSES: Final = [
    (row.document_class.value, DOCUMENT_CLASS[row.document_class]) for row in ROUTINES if row.may_stand
]
_ENTRY: Final = "entry-"
_COUNTS: Final = ("copies", "originals", "duplicates")
_FIELD: Final = ("zh", "en", "kind", "required", "choices")


def _count(*, min_value: int = 0, **said: Any) -> forms.IntegerField:  # noqa: ANN401  a field's options are of every kind
    return forms.IntegerField(required=False, min_value=min_value, max_value=MOST_COUNTED, **said)


class ShownForm(CommandForm):
    """What somebody does to the category that their page showed."""

    says_sha256 = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)


class BeginForm(CommandForm):
    """A category to begin: in which company, from what, and under which code."""

    company = forms.ChoiceField(label=_("Company"))
    start = forms.ChoiceField(label=_("Start from"))
    code = forms.RegexField(
        r"^[a-z][a-z0-9-]{1,31}$",
        label=_("Code"),
        required=False,
        max_length=32,
        help_text=_(
            "Small letters, digits and hyphens. Policies name the category by it; left empty, it is the usual one."
        ),
    )

    def __init__(self, data: Sent = None, *, companies: Iterable[Company]) -> None:
        super().__init__(data)
        offer(self.fields["company"], [(company.uid, company.name) for company in companies])
        usual = [(code, name_of(category)) for code, category in USUAL.items()]
        offer(self.fields["start"], [*usual, (EMPTY, str(_("An empty category")))])

    def begun(self) -> tuple[str, Category]:
        said = self.cleaned_data
        return said["code"] or said["start"], USUAL.get(said["start"], _BLANK)


class CategoryForm(ShownForm):
    """A whole category, with as many fields as one can have."""

    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=LONGEST_NAME)
    name_en = forms.CharField(label=_("Name in English"), max_length=LONGEST_NAME)
    is_for_group = forms.BooleanField(
        label=_("Also for the companies below that have none of their own"), required=False
    )
    types = forms.MultipleChoiceField(
        label=_("Types of seal"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick none for all of them."),
    )
    needs = forms.MultipleChoiceField(
        label=_("Attachments required"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(kind.value, words) for kind, words in KIND.items()],
    )
    refuses = forms.MultipleChoiceField(
        label=_("Documents that are refused instead of warned about"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(about.value, words) for about, words in ABOUT.items()],
    )
    manner = forms.ChoiceField(
        label=_("Usual manner"), choices=[(manner.value, words) for manner, words in MANNER.items()]
    )
    retention = forms.ChoiceField(
        label=_("Kept for"), choices=[(retention.value, words) for retention, words in RETENTION.items()]
    )
    photographs = forms.ChoiceField(
        label=_("Photographs of what is stamped by hand"),
        choices=[(asked.value, words) for asked, words in ASKED.items()],
        required=False,
    )
    made_anew = forms.IntegerField(
        label=_("Spoiled impressions that are made again"),
        required=False,
        min_value=0,
        max_value=MOST_ANEW,
        help_text=_("At most this many under one permit, once their pages are handed in. For more, apply again."),
    )
    volume = forms.IntegerField(
        label=_("Impressions taken at a time"),
        required=False,
        min_value=1,
        max_value=MOST_IN_A_VOLUME,
        help_text=_("For work that is counted by the volume, such as a bid. Left empty, a hundred."),
    )
    blanks = forms.IntegerField(
        label=_("Blanks that one use may stamp"),
        required=False,
        min_value=1,
        max_value=MOST_BLANKS,
        help_text=_("Stamped before they are filled in, each with its number; two people approve. Left empty, none."),
    )
    blank_class = forms.ChoiceField(
        label=_("Papers that are stamped as blanks"),
        choices=[("", "—"), *_BLANK_CLASSES],
        required=False,
    )
    blank_days = forms.IntegerField(
        label=_("Days until each blank is accounted for"),
        required=False,
        min_value=1,
        max_value=LONGEST_OUT_DAYS,
    )
    archive_days = forms.IntegerField(
        label=_("Working days to file it after sealing"),
        required=False,
        min_value=1,
        max_value=LONGEST_ARCHIVE_DAYS,
        help_text=_("Left empty, nothing has to be filed."),
    )
    archive_blocks = forms.BooleanField(label=_("Whoever is late cannot apply for anything more"), required=False)
    archive_copy_back = forms.BooleanField(label=_("The counterparty’s copy has to come back"), required=False)
    copies = _count(label=_("Copies on paper"), min_value=1)
    originals = _count(label=_("Number of originals"))
    duplicates = _count(
        label=_("Number of duplicates"), help_text=_("The form of a use starts with these counts; they can be changed.")
    )

    def __init__(self, data: Sent = None, *, own: Iterable[OwnType], initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        types = [(kind.value, str(SEAL_TYPE[kind])) for kind in SealType]
        offer(self.fields["types"], types + [(one.uid, name_of_type(one)) for one in own])
        for number in range(1, MOST_FIELDS + 1):
            self.fields[f"zh{number}"] = forms.CharField(
                label=_("Name in Chinese"), max_length=LONGEST_NAME, required=False
            )
            self.fields[f"en{number}"] = forms.CharField(
                label=_("Name in English"), max_length=LONGEST_NAME, required=False
            )
            self.fields[f"kind{number}"] = forms.ChoiceField(
                label=_("What is entered"), choices=list(FIELD_KIND.items()), required=False, initial="text"
            )
            self.fields[f"required{number}"] = forms.BooleanField(label=_("Required"), required=False)
            self.fields[f"choices{number}"] = forms.CharField(
                label=_("Choices, one a line"), widget=forms.Textarea({"rows": 3}), max_length=2_000, required=False
            )

    def field_rows(self) -> Iterator[tuple[list[forms.BoundField], bool]]:
        """Yield what makes up each field of the category, and whether it is in use."""
        for number in range(1, MOST_FIELDS + 1):
            yield [self[f"{name}{number}"] for name in _FIELD], bool(self[f"zh{number}"].value()) or number == 1

    def category(self) -> Category:
        said = self.cleaned_data
        return Category(
            name_zh=said["name_zh"],
            name_en=said["name_en"],
            fields=tuple(self._field(number) for number in range(1, MOST_FIELDS + 1) if said[f"zh{number}"]),
            needs=frozenset(Kind(kind) for kind in said["needs"]),
            types=frozenset(said["types"]),
            manner=Manner(said["manner"]),
            retention=Retention(said["retention"]),
            archive_days=said["archive_days"],
            archive_blocks=said["archive_blocks"],
            archive_copy_back=said["archive_copy_back"],
            **{name: said[name] for name in _COUNTS},
            photographs=Asked(said["photographs"] or Asked.EACH),
            volume=said["volume"],
            blanks=said["blanks"],
            blank_class=DocumentClass(said["blank_class"]) if said["blank_class"] else None,
            blank_days=said["blank_days"],
            made_anew=USUAL_ANEW if said["made_anew"] is None else said["made_anew"],
            refuses=frozenset(About(about) for about in said["refuses"]),
        )

    def _field(self, number: int) -> Field:
        zh, en, kind, is_required, choices = (self.cleaned_data[f"{name}{number}"] for name in _FIELD)
        listed = tuple(line.strip() for line in choices.splitlines() if line.strip())
        return Field(zh, en or zh, FieldKind(kind or "text"), is_required, listed)


def initial_of(version: CategoryVersion) -> dict[str, Any]:
    """Return what a form for the category begins with."""
    category = version.category
    said: dict[str, Any] = {
        "says_sha256": version.says_sha256,
        "is_for_group": version.is_for_group,
        "name_zh": category.name_zh,
        "name_en": category.name_en,
        "types": sorted(category.types),
        "needs": sorted(category.needs),
        "refuses": sorted(category.refuses),
        "manner": category.manner.value,
        "retention": category.retention.value,
        "archive_days": category.archive_days,
        "archive_blocks": category.archive_blocks,
        "archive_copy_back": category.archive_copy_back,
        **usual_counts(category),
        "photographs": category.photographs.value,
        "made_anew": category.made_anew,
        "volume": category.volume,
        "blanks": category.blanks,
        "blank_class": category.blank_class.value if category.blank_class else "",
        "blank_days": category.blank_days,
    }
    for number, field in enumerate(category.fields, start=1):
        values = (field.name_zh, field.name_en, field.kind.value, field.is_required, "\n".join(field.choices))
        said |= {f"{name}{number}": value for name, value in zip(_FIELD, values, strict=True)}
    return said


def entry_fields(category: Category) -> dict[str, forms.Field]:
    """Return what a use under the category is asked besides, by the names under which a form sends it."""
    return {f"{_ENTRY}{number}": _asked(field) for number, field in enumerate(category.fields, start=1)}


def entered_in(said: Mapping[str, Any]) -> dict[str, str]:
    """Return what a form says of those fields, by their numbers, as it would be written."""
    entries = {name.removeprefix(_ENTRY): value for name, value in said.items() if name.startswith(_ENTRY)}
    return {number: str(value) for number, value in entries.items() if value not in (None, "")}


def usual_of(version: CategoryVersion | None, *, is_by_hand: bool) -> dict[str, object]:
    """Return what the form of a use begins with by its category: copies on paper only for a rubber seal."""
    if version is None:
        return {}
    counts = usual_counts(version.category)
    if not is_by_hand:
        counts.pop("copies", None)
    return {**usual_manner(version.category), **counts}


def usual_counts(category: Category) -> dict[str, int]:
    """Return the counts with which the form of a use begins, where the category says some."""
    counts = {name: getattr(category, name) for name in _COUNTS}
    return {name: count for name, count in counts.items() if count is not None}


def usual_manner(category: Category) -> dict[str, str]:
    """Return what the form of a use begins with where the category has a manner of its own."""
    return {
        Manner.SIGNATURE_PLACE: {},
        Manner.EVERY_PAGE: {"page": "all"},
        Manner.ACROSS_PAGES: {"edge": "right"},
        Manner.OVER_DATE: {"how": "date"},
        Manner.TRUE_COPY: {},
    }[category.manner]


def _asked(field: Field) -> forms.Field:
    said: dict[str, Any] = {"label": name_of(field), "required": field.is_required}
    match field.kind:
        case FieldKind.NUMBER:
            return forms.DecimalField(max_digits=17, decimal_places=4, **said)
        case FieldKind.DATE:
            return day_field(**said)
        case FieldKind.CHOICE:
            return forms.ChoiceField(choices=[("", "—"), *((one, one) for one in field.choices)], **said)
        case FieldKind.TEXT:
            return forms.CharField(max_length=LONGEST_VALUE, **said)
