"""Seal all documents of an application of several companies on which it is one's turn; each is an act of its own."""

from contextlib import suppress
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from privyseal.identity.models import Person
from privyseal.kernel.errors import Refused
from privyseal.kernel.quorum import CosignersStale
from privyseal.pdf.timestamps import TimestampRefused
from privyseal.sealing.actions.sealing import AlreadySealed, finish_sealing, intend_to_seal
from privyseal.sealing.models import Intent
from privyseal.seals.models import Permit, PermitLine, PermitPart
from privyseal.signer.client import Client, SignerUnavailable


def seal_in_turns(actor: Person, at: datetime, *, permit_uid: str, signer: Client) -> None:
    """Put the actor's seals on every document on which those before it are, or refuse where that is none.

    What a call before left open is finished first. One that the signer refuses keeps none of the others, nor does one
    that another call has begun meanwhile. A signer that is away, or unsure, ends the call: what was begun the sweep
    finishes, or the next call, and what was not is asked for again.
    """
    for intent_uid in list(_open(actor, permit_uid)):
        _finish(actor, at, intent_uid=intent_uid, signer=signer)
    lines = _left(permit_uid)
    ready = list(_in_turn(actor, lines).order_by("pk").values_list("document_sha256", flat=True))
    # Where it is not their turn, or not their permit, the first is asked for and refused, on record.
    for digest in ready or lines.order_by("pk").values_list("document_sha256", flat=True)[:1]:
        with suppress(AlreadySealed):
            intent_uid = intend_to_seal(actor, at, permit_uid=permit_uid, document_sha256=digest)
            _finish(actor, at, intent_uid=intent_uid, signer=signer)


def _finish(actor: Person, at: datetime, *, intent_uid: str, signer: Client) -> None:
    try:
        finish_sealing(actor, at, intent_uid=intent_uid, signer=signer)
    except (SignerUnavailable, CosignersStale, TimestampRefused):
        raise
    except Refused:
        pass  # it is on record, with why


def _open(actor: Person, permit_uid: str) -> QuerySet[Intent, str]:
    """Return what the actor began of the whole and is not finished, the first one first."""
    whole = Permit.objects.filter(uid=permit_uid).values("joint_uid")
    own = Intent.objects.filter(permit__joint_uid__in=whole, operator=actor, state=Intent.State.INTENDED)
    return own.order_by("pk").values_list("uid", flat=True)


def _left(permit_uid: str) -> QuerySet[PermitLine]:
    """Return the lines of a permit on which no seal was begun."""
    begun = Intent.objects.filter(line=OuterRef("pk")).exclude(state=Intent.State.FAILED)
    return PermitLine.objects.filter(~Exists(begun), permit__uid=permit_uid)


def _in_turn(actor: Person, lines: QuerySet[PermitLine]) -> QuerySet[PermitLine]:
    """Return those before which no seal is missing but the actor's own, which goes on in the same act."""
    sealed = Intent.objects.filter(line=OuterRef("pk"), state=Intent.State.SEALED)
    held = PermitPart.objects.filter(permit=OuterRef("permit"), person=actor, part=PermitPart.Part.HOLDER)
    before = PermitLine.objects.filter(
        ~Exists(sealed),
        ~Exists(held),
        permit__joint_uid=OuterRef("permit__joint_uid"),
        document_sha256=OuterRef("document_sha256"),
        turn__lt=OuterRef("turn"),
    )
    return lines.filter(~Exists(before))
