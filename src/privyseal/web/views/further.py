"""Further documents of one use: brought while the form is filled in, and shown beside the first."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.http import QueryDict
from django.utils.timezone import now

from privyseal.approvals.wishes import DocumentTwice, LineWish
from privyseal.identity.models import Company, Person
from privyseal.pdf.placement import PageSize
from privyseal.sealing.actions import receive_document
from privyseal.sealing.models import Document
from privyseal.sealing.queries import visible_to as documents_visible_to
from privyseal.seals.models import Seal
from privyseal.seals.sizes import size_of
from privyseal.web.capabilities import SignedIn
from privyseal.web.forms_of_further import BRING, LEAVE, FurtherForm, further_in, further_said, one_more
from privyseal.web.places import usual_spot
from privyseal.web.shown import documents


def with_further(request: SignedIn, company: Company, first_sha256: str, sent: QueryDict) -> QueryDict:
    """Return what was sent, once a document that came with it is taken in and one that is not wanted is left out."""
    named = further_in(sent.get("further", ""))
    if LEAVE in sent:
        named = {number: digest for number, digest in named.items() if str(number) != sent[LEAVE]}
    if BRING in sent or "further_file" in request.FILES:
        brought = FurtherForm(request.POST, request.FILES).brought()
        digest = receive_document(
            request.user, now(), company_uid=company.uid, name=brought.name or "", data=brought.read()
        )
        if digest == first_sha256:
            raise DocumentTwice(document=digest)
        named = one_more(named, digest)
    sent["further"] = further_said(named)
    return sent


def further_documents(actor: Person, at: datetime, said: str) -> dict[int, Document]:
    """Return the documents that a form holds already, by their numbers, as far as whoever sent it may see them."""
    named = further_in(said)
    found = documents_visible_to(actor, at).filter(sha256__in=set(named.values())).order_by("-pk")
    by_digest = {document.sha256: document for document in found}
    return {number: by_digest[digest] for number, digest in sorted(named.items()) if digest in by_digest}


def usual_lines(further: Mapping[int, Document], seals: Sequence[Seal]) -> dict[str, str]:
    """Return what is usual of each further document: the first seal, on its last page."""
    usual: dict[str, str] = {}
    for number, document in further.items() if seals else ():
        row, spot = f"doc{number}_seal1_", usual_spot(_pages(document), size_of(seals[0]))
        usual |= {f"{row}seal": seals[0].uid, f"{row}page": str(spot.page)}
        usual |= {f"{row}x": f"{spot.x / 1000:.1f}", f"{row}y": f"{spot.y / 1000:.1f}"}
    return usual


def shown_further(
    further: Mapping[int, Document], lines: Sequence[LineWish] = (), seals: Sequence[Seal] = ()
) -> list[documents.Shown]:
    """Return the pages of each further document, from the first on which something will stand."""
    by_uid = {seal.uid: seal for seal in seals}
    shown = []
    for document in further.values():
        own = [line for line in lines if line.document_sha256 == document.sha256]
        inked = documents.of_one_act([documents.Ink.of_wish(line, by_uid[line.seal_uid]) for line in own])
        shown.append(documents.show(document, inked, first=inked[0].first_page if inked else 1))
    return shown


def _pages(document: Document) -> list[PageSize]:
    return [PageSize(**page) for page in document.pages]
