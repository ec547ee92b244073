"""Making a passkey for approvals: to the page on which it is made, and what the browser made there, verified."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.urls import reverse
from fido2.cose import ES256, RS256, CoseKey, EdDSA
from fido2.webauthn import AttestationObject, AuthenticatorData

from privyseal.approval_page.answering import PasskeyAnswerRefused
from privyseal.approval_page.enrolling import MAX_EXCLUDED, Enrol
from privyseal.approval_page.keeping import ApprovalCodeUnknown
from privyseal.approvals import actions
from privyseal.approvals.queries.passkeys import passkeys_visible_to
from privyseal.identity.models import Person
from privyseal.signer.passkeys import Page, web_octets, web_text
from privyseal.web import carried
from privyseal.web.approving import client, language, on_one_line

_CHALLENGE_BYTES: Final = 32
_MOST_ATTESTATION: Final = 20_000
_FLAG: Final = AuthenticatorData.FLAG


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose passkey is made, by what name, and for which challenge; what offers it does so once."""

    person: str
    name: str
    challenge: str
    command_id: str


@dataclass(frozen=True, slots=True)
class Made:
    """A passkey as it was made: its id, its public key in DER, and whether it cannot leave its device."""

    credential: bytes
    key: bytes
    is_bound: bool


def lead(actor: Person, at: datetime, *, name: str, command_id: UUID) -> str:
    """Hand over for whom a passkey is to be made, and return the address that has it made, once."""
    wish = Wish(actor.pseudonym, name, web_text(secrets.token_bytes(_CHALLENGE_BYTES)), str(command_id))
    own = [one for one in passkeys_visible_to(actor, at) if one.person_id == actor.pk]
    enrol = Enrol(
        person=actor.pseudonym,
        name=on_one_line(actor.name) or actor.login,
        login=actor.login,
        challenge=wish.challenge,
        excluded=tuple(web_text(bytes(one.credential)) for one in own[:MAX_EXCLUDED]),
        language=language(),
        back=reverse("approval-passkey-made"),
        context=carried.written(wish),
    )
    return f"{settings.APPROVAL_URL}/o/{client().enrol(enrol)}"


def offer(actor: Person, at: datetime, *, code: str) -> None:
    """Offer the actor's passkey that waits under a code, once, or refuse."""
    page = client()
    answered = page.fetch(code)
    wish = carried.read(Wish, answered.context)
    if wish.person != actor.pseudonym:
        raise ApprovalCodeUnknown
    said = answered.answers[0]
    made = verified(str(said.get("attestation_object")), page=Page(settings.APPROVAL_URL))
    actions.offer_passkey.once(
        UUID(wish.command_id),
        actor,
        at,
        name=wish.name,
        credential=made.credential,
        key=made.key,
        is_bound=made.is_bound,
    )
    page.counted(code)


def verified(attestation: str, *, page: Page) -> Made:
    """Return what was made for this page, by somebody who was there and verified, or refuse.

    That it answers our challenge on our origin the page has looked at; an attestation is not asked for.
    """
    try:
        data = AttestationObject(web_octets(attestation, most=_MOST_ATTESTATION)).auth_data
        credential = data.credential_data
        if credential is None or data.rp_id_hash != hashlib.sha256(page.rp_id.encode()).digest():
            raise PasskeyAnswerRefused(reason="rp-id")
        if not data.flags & _FLAG.UP or not data.flags & _FLAG.UV:
            raise PasskeyAnswerRefused(reason="user-not-verified")
        return Made(credential.credential_id, _key(credential.public_key), not data.flags & _FLAG.BE)
    except (ValueError, KeyError, TypeError) as error:
        raise PasskeyAnswerRefused(reason="attestation") from error


def _key(said: CoseKey) -> bytes:
    key: ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey
    match said.get(3):
        case ES256.ALGORITHM:
            x, y = (int.from_bytes(said[axis]) for axis in (-2, -3))
            key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        case EdDSA.ALGORITHM:
            key = ed25519.Ed25519PublicKey.from_public_bytes(said[-2])
        case RS256.ALGORITHM:
            key = rsa.RSAPublicNumbers(int.from_bytes(said[-2]), int.from_bytes(said[-1])).public_key()
        case _:
            raise PasskeyAnswerRefused(reason="algorithm")
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
