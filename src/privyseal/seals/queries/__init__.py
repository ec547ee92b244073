"""The register, its permits and its keepers, as far as an actor may see them."""

from privyseal.seals.queries.custody import (
    WordAsked,
    attestations_of,
    custodies_of_seal,
    custodies_visible_to,
    open_custodies_of,
    overdue_covers,
    photo_visible_to,
    words_asked_of,
)
from privyseal.seals.queries.imports import keepers_by_login, wrong_seals
from privyseal.seals.queries.permits import (
    open_acts_for,
    open_permits_for,
    permits_of_application,
    permits_of_seal,
)
from privyseal.seals.queries.register import (
    seal_visible_to,
    seals_visible_to,
    usable_seals,
    versions_of,
    visible_to,
)

__all__ = [
    "WordAsked",
    "attestations_of",
    "custodies_of_seal",
    "custodies_visible_to",
    "keepers_by_login",
    "open_acts_for",
    "open_custodies_of",
    "open_permits_for",
    "overdue_covers",
    "permits_of_application",
    "permits_of_seal",
    "photo_visible_to",
    "seal_visible_to",
    "seals_visible_to",
    "usable_seals",
    "versions_of",
    "visible_to",
    "words_asked_of",
    "wrong_seals",
]
