"""Tell the key what was taken back: the register first, then the signer, again and again until it has it."""

from datetime import datetime
from typing import Final

from privyseal.kernel.errors import Refused
from privyseal.ledger import book
from privyseal.ledger.actors import Actor, Service
from privyseal.ledger.commands import command
from privyseal.seals.queries.denials import mandates_not_denied, permits_not_denied
from privyseal.signer.client import Client
from privyseal.signer.denials import Denial, What

SWEEP: Final = Service("sweep")
_AT_ONCE: Final = 200


def deny_at_signer(at: datetime, *, signer: Client) -> int:
    """Deny at the key every permit and mandate that was ended in the register; return of how many it was told."""
    permits = list(permits_not_denied(at).select_related("seal")[:_AT_ONCE])
    mandates = list(mandates_not_denied()[:_AT_ONCE])
    denied = [Denial(What.PERMIT, permit.application_uid, permit.seal.uid) for permit in permits]
    denied += [Denial(What.MANDATE, mandate.uid) for mandate in mandates]
    if not denied:
        return 0
    try:
        signer.deny(denied)
    except Refused:
        return 0
    _note_denied(SWEEP, at, permits=[one.pk for one in permits], mandates=[one.pk for one in mandates])
    return len(denied)


@command("seal.denial-told")
def _note_denied(actor: Actor, at: datetime, *, permits: list[int], mandates: list[int]) -> None:
    for permit in permits_not_denied(at).filter(pk__in=permits).select_related("seal").select_for_update(of=("self",)):
        permit.denied_at = at
        permit.save(update_fields=["denied_at"])
        said = {"permit": permit.uid, "seal": permit.seal.uid, "application": permit.application_uid}
        book.record("permit.denied-at-signer", by=actor, at=at, **said)
    for mandate in mandates_not_denied().filter(pk__in=mandates).select_related("seal").select_for_update(of=("self",)):
        mandate.denied_at = at
        mandate.save(update_fields=["denied_at"])
        book.record("mandate.denied-at-signer", by=actor, at=at, mandate=mandate.uid, seal=mandate.seal.uid)
