"""A receipt of a use with every yes that it names: looked at with no database, no network and no trust in us. Pure.

The use's fact names each yes by its digest, so that what is brought along with the receipt is what counted, or is no
proof. Keys come along as well: whose they are the fact ``passkey.entered`` says, by the digest that is shown here.
"""

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json, NotCanonical, canonical, parse, sha256
from privyseal.kernel.errors import Refused
from privyseal.kernel.note import octets
from privyseal.kernel.receipt import MAX_CHARACTERS, ReceiptUnreadable
from privyseal.signer import statement
from privyseal.signer.passkeys import AssertionInvalid, PasskeyAssertion, said_by_owner
from privyseal.signer.protocol import SignerRefused
from privyseal.signer.statement import AnyAssertion, Approved, Decision, Statement, challenge, vouched

HEADER: Final = "privyseal/receipt-with-approvals@v1"
MOST_YESES: Final = 60 * 20
_MOST_LINE: Final = 200_000
_LINE: Final = re.compile(r"(?P<key>[A-Za-z0-9+/]+={0,2}) (?P<yes>\{.+\})", re.DOTALL)
_END: Final = "\n\n"


class ApprovalsDiffer(Refused):
    """What was brought along is not what the use names: a yes too many, one too few, or another one."""

    code = "approvals-differ"


class ApprovalBroken(Refused):
    """A yes that the use names is not signed by the key that came along, or is to something else."""

    code = "approval-broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Yes:
    """Who said yes, at which stage, by what; ``origin`` is the page on which a passkey was asked."""

    approver: str
    decision: str
    stage: int
    assurance: str
    key_sha256: str
    origin: str = ""
    is_software: bool = False

    def to_json(self) -> Mapping[str, Json]:
        return {
            "approver": self.approver,
            "decision": self.decision,
            "stage": self.stage,
            "assurance": self.assurance,
            "key_sha256": self.key_sha256,
            "origin": self.origin,
            "is_software": self.is_software,
        }


def each_yes(approved: Iterable[Approved]) -> list[Approved]:
    """Return every yes by itself: a statement and the one assertion on it, as whoever voted gave it."""
    return [Approved(each.statement, (assertion,)) for each in approved for assertion in each.assertions]


def digests(approved: Iterable[Approved]) -> list[str]:
    """Return what facts name each yes by: SHA-256 of its canonical JSON."""
    return [sha256(canonical(each.to_json())) for each in each_yes(approved)]


def write(receipt: str, yeses: Iterable[tuple[Approved, bytes]]) -> str:
    """Return a receipt with each yes and the public key, in DER, that signed it."""
    lines = [f"{base64.b64encode(key).decode()} {canonical(one.to_json()).decode()}" for one, key in yeses]
    return "\n".join([HEADER, *lines]) + _END + receipt


def split(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a receipt and the lines that came along with it, none where it is a receipt alone; or refuse."""
    if not text.startswith(f"{HEADER}\n"):
        return text, ()
    head, _, receipt = text.partition(_END)
    _, *lines = head.split("\n")
    if not 0 < len(lines) <= MOST_YESES or len(receipt) > MAX_CHARACTERS or any(len(one) > _MOST_LINE for one in lines):
        raise ReceiptUnreadable
    return receipt, tuple(lines)


def check(fact: Mapping[str, Any], lines: Sequence[str]) -> tuple[Yes, ...]:
    """Return every yes of a use that its receipt proved, or refuse.

    (1) they are those that the fact names, in its order, none more and none less; (2) each is to this use of this
    seal; (3) each is signed by the key that came along, a passkey's by its owner who was there and was verified.
    """
    read = [_read(line) for line in lines]
    # (1) those that the fact names
    data, subjects = fact.get("data"), fact.get("subjects")
    named = data.get("votes") if isinstance(data, dict) else None
    if not isinstance(subjects, dict) or named != [sha256(one) for one, _ in read]:
        raise ApprovalsDiffer
    try:
        return tuple(_checked(subjects, statement.parse_one(parse(one)), key) for one, key in read)
    except (SignerRefused, NotCanonical, shapes.Misshapen) as error:
        raise ApprovalBroken from error


def _checked(subjects: Mapping[str, Any], one: Approved, key: bytes) -> Yes:
    if len(one.assertions) != 1:
        raise ApprovalBroken
    (assertion,) = one.assertions
    said = statement.parse(one.statement)
    # (2) to this use
    if not _is_about(said, seal=subjects.get("seal"), application=subjects.get("application")):
        raise ApprovalBroken
    # (3) signed by this key
    client = _signed(assertion, one.statement, key)
    return Yes(
        approver=assertion.approver,
        decision=said.decision.value,
        stage=said.stage,
        assurance=assertion.assurance,
        key_sha256=sha256(key),
        origin=str(client.get("origin", "")),
        is_software="software" in client,
    )


def _is_about(said: Statement, *, seal: object, application: object) -> bool:
    """Tell whether a statement is about this use: by itself, as what was added to it, or as a mandate for its seal."""
    added_to = said.adds_to.application if said.adds_to is not None else said.application
    return said.seal == seal and (said.decision is Decision.MANDATE or application in {said.application, added_to})


def _signed(assertion: AnyAssertion, said: bytes, key: bytes) -> Mapping[str, Any]:
    """Return what the browser said of a passkey's yes, nothing where it was vouched for; or refuse."""
    if isinstance(assertion, PasskeyAssertion):
        return said_by_owner(assertion, challenge(said), key)
    try:
        loaded = load_der_public_key(key)
        if not isinstance(loaded, Ed25519PublicKey):
            raise AssertionInvalid
        loaded.verify(assertion.signature, vouched(said, assertion.approver, assertion.assurance))
    except (InvalidSignature, ValueError, UnsupportedAlgorithm) as error:
        raise AssertionInvalid from error
    return {}


def _read(line: str) -> tuple[bytes, bytes]:
    """Return what was said, in its bytes, and the key in DER."""
    form = _LINE.fullmatch(line)
    if form is None:
        raise ReceiptUnreadable
    try:
        return form["yes"].encode(), octets(form["key"])
    except ValueError as error:
        raise ReceiptUnreadable from error
