"""What a document itself proposes for its application: read when it was taken in, asked of nobody now."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _

from privyseal.pdf.looks import Hint, Look, Seen
from privyseal.sealing.models import Document

_NO_LOOK: Final = Look(0)


def look_of(document: Document) -> Look:
    return Look.from_json(document.look) if document.look else _NO_LOOK


def proposed(document: Document, *, owner: str) -> dict[str, object]:
    """Return by field what the form begins with: the other party, the total, the originals, and why."""
    look = look_of(document)
    others = [note.words for note in look.notes if note.seen is Seen.SIGNATORY and note.words not in _written(owner)]
    said: dict[str, object] = {
        "reason": _("To seal “%(title)s”") % {"title": look.heading} if look.heading else "",
        "counterparty": others[0] if others else "",
        "amount": look.amount,
        "originals": look.originals or "",
    }
    return {name: value for name, value in said.items() if value}


def overruled(copied: Mapping[str, str], document: Document, *, before: Document | None, owner: str) -> dict[str, str]:
    """Return what a copy says, where the new document does not say otherwise itself.

    The reason is somebody's own words: of these, only the title of the document before becomes that of the new one.
    """
    said = {name: str(value) for name, value in proposed(document, owner=owner).items()}
    old, new, reason = look_of(before).heading if before else "", look_of(document).heading, copied.get("reason", "")
    if reason:
        said["reason"] = reason.replace(old, new) if old and new else reason
    return {**copied, **said}


def is_taken(read: Mapping[str, object], begun: Mapping[str, object]) -> bool:
    """Return whether the form begins with anything that was read off the document."""
    return any(str(begun.get(name, "")) == str(value) for name, value in read.items())


def hints_on(document: Document) -> dict[int, list[Hint]]:
    """Return by page where the document asks for a seal."""
    found: dict[int, list[Hint]] = {}
    for hint in look_of(document).hints:
        found.setdefault(hint.page, []).append(hint)
    return found


def _written(name: str) -> set[str]:
    """Return how a company's own name may stand in what was read: with brackets of either width."""
    return {name.casefold(), name.casefold().replace("（", "(").replace("）", ")")}
