"""Categories of business in words."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.rules.categories import Category, Field, FieldKind, Retention

FIELD_KIND: Final[Mapping[FieldKind, Promise]] = {
    FieldKind.TEXT: _("Words"),
    FieldKind.NUMBER: pgettext_lazy("how many", "Number"),
    FieldKind.DATE: _("Day"),
    FieldKind.CHOICE: _("One of several"),
}
RETENTION: Final[Mapping[Retention, Promise]] = {
    Retention.PERMANENT: _("Permanently"),
    Retention.THIRTY_YEARS: _("30 years"),
    Retention.TEN_YEARS: _("10 years"),
}
REFUSED: Final[Mapping[str, Promise]] = {
    "category-not-possible": _(
        "The category is not valid as it is. Name it and each of its fields in both languages, and give choices to the "
        "fields that have some, and to no other."
    ),
    "category-missing": _("Each use in this company is of a business category that is in force. Choose one."),
    "category-changed": _("The category is not what your page showed. Look at it again before you go on."),
    "seal-not-of-category": _(
        "This business category accepts only other types of seal. Choose another seal or category."
    ),
    "entry-missing": _("Field %(field)s of the category is empty or not filled in as it asks. Fill it in."),
}


def name_of(named: Category | Field) -> str:
    """Return the name of a category or one of its fields in the reader's language."""
    return named.name_en if get_language() == "en" else named.name_zh
