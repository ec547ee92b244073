"""The papers beside an application, as people read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext

from privyseal.approvals.checking import digest_of
from privyseal.approvals.models import Application
from privyseal.approvals.papers import Particulars
from privyseal.approvals.rules.attachments import Kind
from privyseal.approvals.rules.remarks import About, Remark
from privyseal.identity.models import Person
from privyseal.kernel.errors import Refused
from privyseal.language.papers import ABOUT, KIND
from privyseal.sealing.queries import visible_to as documents_visible_to
from privyseal.web.forms_of_papers import attached_in


@dataclass(frozen=True, slots=True)
class PaperShown:
    kind: Promise
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class RemarkShown:
    words: Promise
    page: int
    found: str


@dataclass(frozen=True, slots=True)
class ToRead:
    """What is to be acknowledged before a use is sent in, and what stands for having read exactly that."""

    remarks: tuple[RemarkShown, ...]
    sha256: str


def to_read(remarks: Sequence[tuple[str, Remark]]) -> ToRead:
    shown = tuple(RemarkShown(ABOUT[one.about], one.page, one.words) for _, one in remarks)
    return ToRead(shown, digest_of(remarks))


def exemplars(particulars: Particulars) -> str:
    """Return how many originals and duplicates there are, as far as somebody said so."""
    originals, duplicates = particulars.originals, particulars.duplicates
    counted = (
        ngettext("%(count)s original", "%(count)s originals", originals) % {"count": originals} if originals else "",
        ngettext("%(count)s duplicate", "%(count)s duplicates", duplicates) % {"count": duplicates}
        if duplicates
        else "",
    )
    return gettext(", ").join(filter(None, counted))


def acknowledged(application: Application) -> tuple[RemarkShown, ...]:
    """Return what the applicant was told of the documents, and sent in all the same."""
    return tuple(RemarkShown(ABOUT[About(one["about"])], one["page"], one["words"]) for one in application.remarks)


def beside(application: Application) -> tuple[PaperShown, ...]:
    return tuple(PaperShown(KIND[Kind(one["kind"])], one["name"], one["sha256"]) for one in application.attached)


def brought(actor: Person, at: datetime, said: str) -> Sequence[PaperShown]:
    """Return the papers that a form holds already, as far as whoever sent it may see them."""
    try:
        attached = attached_in(said)
    except Refused:
        return []
    found = documents_visible_to(actor, at).filter(sha256__in=[one.sha256 for one in attached])
    names = {document.sha256: document.name for document in found}
    return [PaperShown(KIND[one.kind], names[one.sha256], one.sha256) for one in attached if one.sha256 in names]
