"""Places that earlier parties of this installation left in a document for the seals of later ones."""

from collections.abc import Iterator
from typing import Final

from django.db.models import Q

from privyseal.approvals.models import Line
from privyseal.kernel.errors import Refused
from privyseal.ledger.queries import last_fact_about
from privyseal.pdf.spots import Awaited
from privyseal.sealing.models import Intent
from privyseal.seals import queries as seals
from privyseal.seals.models import Seal
from privyseal.signer.documents import awaited_from_json

_MOST_PARTIES: Final = 20


class PartyUnknown(Refused):
    """No electronic seal of this installation has this company's code and this number."""

    code = "party-unknown"


class NoPlaceLeft(Refused):
    """Nobody who sealed this document left a place for this seal, or it is filled."""

    code = "no-place-left"


def field_of(number: int, seal_uid: str) -> str:
    """Return the name of the place that waits for this seal."""
    return f"Party{number}_{seal_uid}"


def party(number: int, uscc: str, seal_number: str) -> Seal:
    """Return the seal that is to seal after us, by what stands on its paper, or refuse."""
    seal = seals.seal_of_number(uscc, seal_number)
    if seal is None or not seal.face:
        raise PartyUnknown(party=number)
    return seal


def place_left_for(seal: Seal, document_sha256: str) -> Awaited:
    """Return what this seal is to fill in the document, or refuse."""
    history = list(_sealed_before(document_sha256))
    filled = {line.field for line in history}
    for line in history:
        for awaited in map(awaited_from_json, line.awaited):
            if awaited.field.endswith(f"_{seal.uid}") and awaited.field not in filled:
                return awaited
    raise NoPlaceLeft(seal=seal.uid, document=document_sha256)


def is_place_left(seal: Seal, document_sha256: str) -> bool:
    try:
        place_left_for(seal, document_sha256)
    except NoPlaceLeft:
        return False
    return True


def _sealed_before(document_sha256: str) -> Iterator[Line]:
    """Yield the lines whose sealing led to this document, the last one first."""
    for _ in range(_MOST_PARTIES):
        intent = _intent_of(document_sha256)
        if intent is None:
            return
        document_sha256 = intent.line.document_sha256
        yield from Line.objects.filter(
            application__uid__in=[one.permit.application_uid for one in intent.act],
            document_sha256=document_sha256,
            seal__in=[one.permit.seal_id for one in intent.act],
        ).order_by("pk")


def _intent_of(document_sha256: str) -> Intent | None:
    """Return what sealed this document: as it was sealed, or with its evidence, of now or before it was renewed."""
    intents = Intent.objects.select_related("line", "permit").order_by("-intended_at", "pk")
    found = intents.filter(Q(result_sha256=document_sha256) | Q(kept_sha256=document_sha256)).first()
    if found is not None:
        return found
    kept = last_fact_about("document.kept", "document", document_sha256)
    return intents.get(uid=kept.subjects["intent"]) if kept else None
