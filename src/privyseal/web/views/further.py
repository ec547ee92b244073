"""Further documents of one use: brought while the form is filled in, and shown beside the first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.http import QueryDict
from django.utils.timezone import now

from privyseal.approvals.wishes import MOST_LINES, DocumentsNotAlike, DocumentTwice, LineWish
from privyseal.identity.models import Company, Person
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import Refused
from privyseal.pdf.placement import PageSize
from privyseal.sealing.actions import receive_document
from privyseal.sealing.models import Document
from privyseal.sealing.queries import visible_to as documents_visible_to
from privyseal.seals.models import Seal
from privyseal.seals.sizes import size_of
from privyseal.signer.bound import Secret, bound_in
from privyseal.web.capabilities import SignedIn
from privyseal.web.forms import ASKS_FOR_PASSWORD
from privyseal.web.forms_of_further import (
    BRING,
    IN_ENVELOPE,
    LEAVE,
    ON_PAPER,
    FurtherForm,
    FurtherPaper,
    FurtherSecret,
    by_hand_alone,
    further_in,
    further_said,
    one_more,
)
from privyseal.web.forms_of_papers import ATTACH, DETACH
from privyseal.web.places import usual_spot
from privyseal.web.shown import documents
from privyseal.web.views.taking_in import take_paper, take_secret


class AlikeChanged(Refused):
    """What is sealed alike is not what the page of the form showed."""

    code = "alike-changed"


_ABOUT_ANOTHER: Final = frozenset({LEAVE, ATTACH, DETACH, documents.TURN})


def with_further(request: SignedIn, company: Company, first_sha256: str, sent: QueryDict) -> QueryDict:
    """Return what was sent, once a document that came with it is taken in and one that is not wanted is left out."""
    named = further_in(sent.get("further", ""))
    if LEAVE in sent:
        named = {number: digest for number, digest in named.items() if str(number) != sent[LEAVE]}
    if (kind := _kind_brought(request)) is not None:
        digest = _taken_in(request, company, kind)
        if digest == first_sha256:
            raise DocumentTwice(document=digest)
        named = one_more(named, digest)
    sent["further"] = further_said(named)
    return sent


def further_shown(request: SignedIn, further: Mapping[int, Document], refusal: Refused | None) -> dict[str, object]:
    """Return the documents that came, and the forms by which one more does, with what it said where it was refused."""
    kind = _kind_brought(request) if refusal else None
    return {
        "further": shown_further(further),
        "further_form": FurtherForm(),
        "further_paper": FurtherPaper(request.POST, request.FILES) if kind == ON_PAPER else FurtherPaper(),
        "further_secret": FurtherSecret(request.POST) if kind == IN_ENVELOPE else FurtherSecret(),
        "is_not_brought": refusal is not None,
        "is_password_asked": isinstance(refusal, ASKS_FOR_PASSWORD),
    }


def _kind_brought(request: SignedIn) -> str | None:
    """Return as what one more document came; None where none did. What was filled in comes without a click as well."""
    if BRING in request.POST:
        return request.POST[BRING]
    if "further_file" in request.FILES:
        return ""
    if f"{ON_PAPER}-photographs" in request.FILES:
        return ON_PAPER
    is_named = request.POST.get(f"{IN_ENVELOPE}-envelope") and not request.POST.keys() & _ABOUT_ANOTHER
    return IN_ENVELOPE if is_named else None


def _taken_in(request: SignedIn, company: Company, kind: str) -> str:
    if kind == ON_PAPER:
        return take_paper(request, company.uid, FurtherPaper(request.POST, request.FILES).brought())
    if kind == IN_ENVELOPE:
        return take_secret(request, company.uid, FurtherSecret(request.POST).brought())
    brought, password = FurtherForm(request.POST, request.FILES).brought()
    about = {"name": brought.name or "", "data": brought.read(), "password": password}
    return receive_document(request.user, now(), company_uid=company.uid, **about)


def further_documents(actor: Person, at: datetime, said: str) -> dict[int, Document]:
    """Return the documents that a form holds already, by their numbers, as far as whoever sent it may see them."""
    named = further_in(said)
    found = documents_visible_to(actor, at).filter(sha256__in=set(named.values())).order_by("-pk")
    by_digest = {document.sha256: document for document in found}
    return {number: by_digest[digest] for number, digest in sorted(named.items()) if digest in by_digest}


def usual_lines(further: Mapping[int, Document], seals: Sequence[Seal]) -> dict[str, str]:
    """Return what is usual of each further document: the first seal that it takes, on the last page that is shown."""
    usual: dict[str, str] = {}
    for number, document in further.items():
        row, bound = f"doc{number}_seal1_", bound_in(document.bound)
        seal = next(iter(seals if bound is None else by_hand_alone(seals)), None)
        if seal is None:
            continue
        usual[f"{row}seal"] = seal.uid
        if isinstance(bound, Secret):
            continue
        spot = usual_spot(_pages(document), size_of(seal))
        usual[f"{row}page"] = str(spot.page)
        usual |= {f"{row}x": f"{spot.x / 1000:.1f}", f"{row}y": f"{spot.y / 1000:.1f}"}
    return usual


@dataclass(frozen=True, slots=True)
class Alike:
    """Documents that are sealed as the first one of a form is, and a digest by which the form says which it showed."""

    digests: Sequence[str]
    sha256: str

    @classmethod
    def of(cls, digests: Sequence[str]) -> "Alike":
        return cls(digests, sha256(" ".join(digests).encode()) if digests else "")

    @property
    def count(self) -> int:
        return len(self.digests)

    def with_lines(self, lines: Sequence[LineWish], first_sha256: str, *, shown: str) -> tuple[LineWish, ...]:
        """Return the lines with those of all documents that are sealed as the first is, or refuse."""
        if shown != self.sha256:
            raise AlikeChanged(documents=len(self.digests))
        own = [line for line in lines if line.document_sha256 == first_sha256]
        if self.digests and any(line.codes for line in own):  # each use has a code of its own
            raise DocumentsNotAlike(lines=len(self.digests) + 1, most=MOST_LINES)
        return (*lines, *(replace(line, document_sha256=digest) for digest in self.digests for line in own))


def shown_further(
    further: Mapping[int, Document], lines: Sequence[LineWish] = (), seals: Sequence[Seal] = ()
) -> list[documents.Shown]:
    """Return the pages of each further document, from the first on which something will stand."""
    by_uid = {seal.uid: seal for seal in seals}
    shown = []
    for document in further.values():
        own = [line for line in lines if line.document_sha256 == document.sha256]
        inked = documents.of_one_act([documents.Ink.of_wish(line, by_uid[line.seal_uid]) for line in own])
        shown.append(documents.show(document, inked, first=inked[0].first_page if inked and inked[0].spots else 1))
    return shown


def _pages(document: Document) -> list[PageSize]:
    return [PageSize(**page) for page in document.pages]
