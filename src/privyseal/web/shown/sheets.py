"""Acts on a seal as the sheets that practice files: which sheet, who signs it, what each said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from privyseal.language.labels import ROLE
from privyseal.language.types import type_of
from privyseal.seals.models import Attestation, Permit, PermitPart
from privyseal.seals.rules import Role
from privyseal.signer.statement import Purpose


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a sheet is called, and who signs the copy on paper."""

    title: Promise
    signed_by: Sequence[Promise]


_HANDED: Final = (_("Handed over by"), _("Received by"), _("Witness"))
ACT_SHEET: Final[Mapping[Purpose, Sheet]] = {
    Purpose.HAND_OVER: Sheet(_("Hand-over of a seal"), _HANDED),
    Purpose.COLLECT: Sheet(_("Seal taken back by headquarters"), _HANDED),
    Purpose.COVER: Sheet(_("Leave cover for a seal"), (*_HANDED, _("Given back to"))),
    Purpose.MAKE: Sheet(_("Entry into use of a seal"), (_("Keeper"), _("Witness"), _("Seal manager"))),
    Purpose.CHANGE: Sheet(_("Change of a seal"), (_("Keeper"), _("Witness"), _("Seal manager"))),
    Purpose.DESTROY: Sheet(_("Destruction of a seal"), (_("Witness"), _("Witness"), _("Seal manager"))),
}


@dataclass(frozen=True, slots=True)
class WordGiven:
    """What one person said on record."""

    role: Promise
    name: str
    at: datetime
    is_return: bool
    counter: int | None
    photo_sha256: str
    filing_number: str


@dataclass(frozen=True, slots=True)
class ActSheet:
    title: Promise
    type: Promise | str
    approvers: str
    due_at: datetime | None
    words: Sequence[WordGiven]


def act(permit: Permit, words: Iterable[Attestation]) -> ActSheet:
    parts = [part for part in permit.parts.all() if part.part == PermitPart.Part.APPROVER]
    due_at = permit.terms.get("due_at")
    return ActSheet(
        title=ACT_SHEET[Purpose(permit.purpose)].title,
        type=type_of(permit.seal),
        approvers=gettext(", ").join(part.person.name for part in parts),
        due_at=datetime.fromisoformat(due_at) if due_at else None,
        words=[_word(word) for word in words],
    )


def _word(word: Attestation) -> WordGiven:
    return WordGiven(
        role=ROLE[Role(word.role)],
        name=word.person.name,
        at=word.at,
        is_return=word.is_return,
        counter=word.counter,
        photo_sha256=word.photo_sha256,
        filing_number=word.filing_number,
    )
