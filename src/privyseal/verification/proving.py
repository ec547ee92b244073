"""The receipt of a use, and the same with every yes that it names, for whoever has to judge who approved."""

from collections.abc import Iterable

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from privyseal.approvals.models import ApprovalPasskey
from privyseal.kernel.errors import NotFound
from privyseal.ledger.proofs import receipt_for
from privyseal.ledger.queries import Fact
from privyseal.sealing.signing import web_key
from privyseal.seals.actions import evidence_of
from privyseal.seals.models import Permit
from privyseal.signer import proving
from privyseal.signer.passkeys import PasskeyAssertion
from privyseal.signer.statement import Approved


def receipt_with_approvals(fact: Fact) -> str:
    """Return the receipt of a use with each yes that it names and the key that signed it, or refuse.

    Refuses: not-found, where it is no use, or a yes was erased since; not-yet-provable.
    """
    permit = Permit.objects.filter(uid=fact.subjects.get("permit", "")).first()
    named = fact.data.get("votes")
    if permit is None or not named:
        raise NotFound(fact=fact.id)
    given = proving.each_yes(evidence_of(permit))
    known = dict(zip(proving.digests(given), given, strict=True))
    if not known.keys() >= set(named):
        raise NotFound(fact=fact.id)
    yeses = [known[digest] for digest in named]
    keys = _keys_of(yeses)
    return proving.write(receipt_for(fact.id), [(one, keys[_credential(one)]) for one in yeses])


def _keys_of(yeses: Iterable[Approved]) -> dict[bytes, bytes]:
    """Return the public keys in DER by the passkeys' ids; by none, the web application's, which vouches."""
    ids = {_credential(one) for one in yeses}
    rows = ApprovalPasskey.objects.filter(credential__in=ids).order_by("pk").values_list("credential", "key")
    vouching = web_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return {b"": vouching} | {bytes(credential): bytes(key) for credential, key in rows}


def _credential(one: Approved) -> bytes:
    (assertion,) = one.assertions
    return assertion.credential if isinstance(assertion, PasskeyAssertion) else b""
