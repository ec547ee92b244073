"""A certificate from outside is brought to the signer, or nobody waits for it any more."""

from collections.abc import Sequence
from datetime import datetime

from privyseal.identity.models import Person
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import Refused
from privyseal.seals.actions.acting import finish_act
from privyseal.seals.actions.awaiting import note_brought, note_given_up, note_refused
from privyseal.signer.client import Client, SignerUnavailable
from privyseal.signer.outside import NothingAwaited


def bring_certificate(
    actor: Person, at: datetime, *, permit_uid: str, certificate: bytes, between: Sequence[bytes], signer: Client
) -> str:
    """Have the signer look at what came, and end the making with it: (1) noted, (2) looked at, (3) made.

    A signer that has lost the key in the meantime, restored from a copy of before, makes another, with a request anew.
    """
    seal_uid = note_brought(actor, at, permit_uid=permit_uid, certificate_sha256=sha256(certificate))
    try:
        signer.certify(seal=seal_uid, certificate=certificate, between=between)
    except SignerUnavailable:
        raise
    except NothingAwaited:
        return finish_act(actor, at, permit_uid=permit_uid, signer=signer)
    except Refused as refusal:
        note_refused(actor, at, permit_uid=permit_uid, failure=refusal.code)
        raise
    return finish_act(actor, at, permit_uid=permit_uid, signer=signer)


def give_up_certificate(actor: Person, at: datetime, *, permit_uid: str, signer: Client) -> str:
    """End a making whose certificate nobody waits for: in the record, then at the key, which goes."""
    seal_uid = note_given_up(actor, at, permit_uid=permit_uid)
    try:
        finish_act(actor, at, permit_uid=permit_uid, signer=signer)
    except SignerUnavailable:
        raise
    except Refused:
        pass  # that is its end: the key says no from now on
    return seal_uid
