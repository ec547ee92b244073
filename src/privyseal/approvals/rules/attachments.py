"""What is put before approvers beside a document: read, never sealed."""

from collections.abc import Collection
from enum import StrEnum
from typing import Final

from privyseal.kernel.errors import Refused

MOST_ATTACHED: Final = 20


class Kind(StrEnum):
    """What a paper beside the document is."""

    BOARD_RESOLUTION = "board-resolution"
    SHAREHOLDER_RESOLUTION = "shareholder-resolution"
    MINUTES = "minutes"
    HIGHER_APPROVAL = "higher-approval"
    QUOTATION = "quotation"
    TENDER = "tender"
    MAIN_CONTRACT = "main-contract"
    MANDATE = "mandate"
    LICENCE = "licence"
    IDENTITY = "identity"
    LEGAL_OPINION = "legal-opinion"
    ORIGINAL = "original"
    OTHER = "other"


class AttachmentMissing(Refused):
    """A paper that has to lie beside the document does not."""

    code = "attachment-missing"


class TooManyAttached(Refused):
    code = "too-many-attached"


def check_attached(needed: Collection[Kind], attached: Collection[Kind]) -> None:
    """Return if a paper of each kind is there, or refuse with all that are missing."""
    missing = [kind.value for kind in Kind if kind in needed and kind not in attached]
    if missing:
        raise AttachmentMissing(missing=" ".join(missing))
