"""Words about where rubber seals belong and where they are."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privyseal.custody.rules.places import StoreKind, Where

STORE: Final[Mapping[StoreKind, Promise]] = {
    StoreKind.CABINET: _("Cabinet"),
    StoreKind.SAFE: _("Safe"),
    StoreKind.BOX: _("Box"),
}
WHERE: Final[Mapping[Where, Promise]] = {
    Where.OUT_OF_HAND: _("Out of hand"),
    Where.OUTSIDE: _("Taken out of the company"),
    Where.IN_USE: _("Out for a use"),
    Where.IN_ITS_SLOT: _("In its place"),
    Where.IN_ANOTHER_SLOT: _("In a place that is not its own"),
    Where.WITH_KEEPER: _("With its keeper"),
}
REFUSED: Final[Mapping[str, Promise]] = {
    "slot-taken": _("Another seal belongs in this slot, or lies in it. Choose a free one, or move that seal first."),
    "bag-taken": _("Another seal of the company is in the bag of this number. Each bag holds one seal."),
    "store-in-use": _("Seals belong in it, or lie in it. Give them another place first."),
    "store-not-possible": _(
        "It needs a name that no other one of the company has, and one to twenty rows and columns."
    ),
}
