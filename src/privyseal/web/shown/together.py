"""The documents of one application that are sealed together, and what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from privyseal.approvals.queries import ApplicationView
from privyseal.language.refusals import words_of
from privyseal.sealing.models import Intent
from privyseal.seals.models import Permit
from privyseal.seals.rules import SealKind
from privyseal.signer.statement import Purpose
from privyseal.web.shown.words import Badge

_LEFT: Final = Badge(_("Not sealed yet"), "neutral")
_UNDER_WAY: Final = Badge(_("Under way"), "pending")
_SEALED: Final = Badge(_("Sealed"), "approved")
_REFUSED: Final = Badge(_("Refused"), "rejected")


@dataclass(frozen=True, slots=True)
class DocumentShown:
    """A document, how it stands, the last seal on it, and what the signer said no for."""

    name: str
    badge: Badge
    sealed: Intent | None
    why: str


@dataclass(frozen=True, slots=True)
class TogetherShown:
    documents: Sequence[DocumentShown]
    permit: Permit | None

    @property
    def done(self) -> int:
        """Return how many have ended, well or not."""
        return sum(one.badge in {_SEALED, _REFUSED} for one in self.documents)

    @property
    def left(self) -> int:
        return sum(one.badge is _LEFT for one in self.documents)

    @property
    def is_under_way(self) -> bool:
        return any(one.badge is _UNDER_WAY for one in self.documents)


def is_electronic(view: ApplicationView) -> bool:
    """Tell whether the application is one for seals with a key."""
    kinds = {line.seal.kind for line in view.lines}
    return view.application.purpose == Purpose.USE.value and kinds == {SealKind.ELECTRONIC.value}


def is_together(view: ApplicationView) -> bool:
    """Tell whether several documents of the application can be sealed in one act."""
    return is_electronic(view) and len({line.document_sha256 for line in view.lines}) > 1


def show(view: ApplicationView) -> TogetherShown:
    by_digest = {line.document_sha256: line.document_name for line in view.lines}
    acts: dict[str, list[Intent]] = {}
    for intent in view.intents:
        acts.setdefault(intent.line.document_sha256, []).append(intent)
    return TogetherShown(
        documents=[_document(name, acts.get(digest, [])) for digest, name in by_digest.items()],
        permit=next(iter(view.permits), None),
    )


def _document(name: str, act: Sequence[Intent]) -> DocumentShown:
    failed = next((intent for intent in act if intent.state == Intent.State.FAILED), None)
    sealed = [intent for intent in act if intent.state == Intent.State.SEALED]
    followed = {intent.after_id for intent in sealed}
    last = next((intent for intent in sealed if intent.pk not in followed), None)
    is_under_way = any(intent.state == Intent.State.INTENDED for intent in act)
    badge = _UNDER_WAY if is_under_way else _SEALED if last and not failed else _REFUSED if failed else _LEFT
    return DocumentShown(name, badge, last, words_of(failed.failure, {}) if failed and badge is _REFUSED else "")
