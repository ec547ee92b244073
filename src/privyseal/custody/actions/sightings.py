"""Photographs of stamped pages, held beside the document that was approved."""

from datetime import datetime
from typing import Final

from django.conf import settings

from privyseal.custody.holding import about, locked_turn
from privyseal.custody.models import Photograph, Sample, Sighting
from privyseal.custody.printing import points_of
from privyseal.custody.rules.photographs import is_another_page
from privyseal.custody.rules.sightings import ALARMS, as_far_as_told
from privyseal.kernel.errors import NotFound
from privyseal.ledger import book
from privyseal.ledger.actors import Actor, Service
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.paper.verdict import Mark, Seen, Sight
from privyseal.pdf.accepted import PdfTooHard
from privyseal.pdf.foreign import PictureUnreadable
from privyseal.pdf.photographed import seen_on
from privyseal.seals.actions.incidents import open_incident
from privyseal.seals.models import Incident

_COMPARER: Final = Service("comparer")


def compare_photograph(at: datetime, *, photograph_uid: str) -> None:
    """Hold a photograph beside the document of its line, once; a job may run twice."""
    found = Photograph.objects.select_related("turn__line").filter(uid=photograph_uid).first()
    if found is None:
        raise NotFound(photograph=photograph_uid)
    if not Sighting.objects.filter(photograph=found).exists():
        drawn = Sample.objects.filter(photograph=found).values_list("page", flat=True).first()
        photo = b"".join(settings.VAULT.parts(found.sha256))
        line = found.turn.line
        seen = as_far_as_told(line.binding, _seen(photo, line.document_sha256, likeliest=drawn or 0))
        enter_sighting(_COMPARER, at, photograph_uid=photograph_uid, seen=seen)


@command("hand.compare")
def enter_sighting(actor: Actor, at: datetime, *, photograph_uid: str, seen: Seen) -> None:
    """Put on record what a photograph showed, and open an incident where that asks for one; once.

    What was drawn by lot, and is not on the page that was, is owed again.
    """
    found = Photograph.objects.select_related("turn").get(uid=photograph_uid)
    turn = locked_turn(found.turn.uid)
    if Sighting.objects.filter(photograph=found).exists():
        return
    sample = Sample.objects.filter(photograph=found).first()
    other = sample if sample and is_another_page(seen.sight, seen.page, drawn=sample.page) else None
    drawn_page = other.page if other else None
    Sighting.objects.create(photograph=found, at=at, drawn_page=drawn_page, **seen.to_json())
    if other is not None:
        other.photograph = None
        other.save(update_fields=["photograph"])
    book.record(
        "hand.page-compared",
        by=actor,
        at=at,
        **about(turn.use),
        turn=turn.uid,
        document=turn.line.document_sha256,
        photo_sha256=found.sha256,
        sight=seen.sight.value,
        page=seen.page,
        drawn_page=drawn_page,
        differences=sum(box.mark is Mark.PRINT for box in seen.boxes),
    )
    if seen.sight in ALARMS:
        _alarm(actor, at, found, seen.sight)


@transaction_required
def _alarm(actor: Actor, at: datetime, photograph: Photograph, sight: Sight) -> None:
    """Have somebody answer for a page that is not as approved; what is open of the same seal and kind goes on."""
    seal, kind = photograph.turn.use.permit.seal, ALARMS[sight]
    if not Incident.objects.filter(seal=seal, kind=kind.value, ended_at=None).exists():
        open_incident(actor, at, kind=kind, company=seal.company, seal=seal, owner=seal.created_by, opener=None)


def _seen(photo: bytes, document_sha256: str, *, likeliest: int) -> Seen:
    try:
        points = points_of(document_sha256)
        with settings.BLOBS.lent(document_sha256) as file:
            return seen_on(photo, document=file, points=points, likeliest=likeliest)
    except (PdfTooHard, PictureUnreadable, NotFound):
        # What cannot be looked at within our limits, or is kept no more, shows nothing; that is what is put on record.
        return Seen(Sight.UNREADABLE)
