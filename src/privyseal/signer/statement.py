"""What an approver says yes to, as canonical bytes, and the assertions that somebody did. Pure."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from privyseal.kernel import canonical, shapes
from privyseal.kernel.canonical import Json, NotCanonical, utc_text
from privyseal.signer import alike, terms
from privyseal.signer.documents import Document
from privyseal.signer.passkeys import PASSKEY, AssertionInvalid, PasskeyAssertion
from privyseal.signer.protocol import SignerRefused
from privyseal.signer.terms import MAX_DOCUMENTS, MAX_IMPRESSIONS, AddsTo, AtMachine, Fence, Making, OwnYes, Standing

MAX_STAGES: Final = 20
MAX_STATEMENTS: Final = 60
MAX_ASSERTIONS: Final = 20  # of one stage
MAX_VERSIONS: Final = 1_000_000
SESSION: Final = "session"
EXTERNAL: Final = "external"

_VERSION: Final = 1
_VERSION_SAYING_MORE: Final = 2
_APPROVAL: Final = b"privyseal/approval/v1\0"
_VOUCHED: Final = {SESSION: b"privyseal/session/v1\0", EXTERNAL: b"privyseal/external/v1\0"}
# What a yes can be made of, the most it can be first.
ASSURANCES: Final = (PASSKEY, SESSION, EXTERNAL)
ASSURANCE: Final = re.compile("|".join(ASSURANCES))
VOUCHED_FOR: Final = re.compile("|".join(_VOUCHED))
_SIGNATURE_BYTES: Final = 64
_MAX_COUNTERPARTY: Final = 200
_REMEMBERED: Final = 64  # one use reads each of its statements four times, and a batch the same ones again and again


class StatementUnreadable(SignerRefused):
    code = "statement-unreadable"


class Purpose(StrEnum):
    USE = "use"
    STANDING = "standing"
    MAKE = "make"
    RESUME = "resume"
    UNFREEZE = "unfreeze"
    CHANGE = "change"
    ASSIGN = "assign"
    EXTEND = "extend"
    HAND_OVER = "hand-over"
    COVER = "cover"
    COLLECT = "collect"
    FIND = "find"
    RETIRE = "retire"
    DESTROY = "destroy"
    INVALIDATE = "invalidate"
    TOP_UP = "top-up"
    PROLONG = "prolong"


# What is done with a seal, and not to it.
USES: Final = frozenset({Purpose.USE, Purpose.STANDING})
# What is added to a use that was approved before: more impressions of the same, or a later end.
ADDITIONS: Final = frozenset({Purpose.TOP_UP, Purpose.PROLONG})


class Decision(StrEnum):
    """Whose yes the statement is: an approver's, that of whoever the seal names, or theirs from before."""

    APPROVE = "approve"
    CONSENT = "consent"
    MANDATE = "mandate"


_MONEY: Final = re.compile(r"(?:0|[1-9][0-9]{0,12})\.[0-9]{2}")
_PURPOSE: Final = re.compile("|".join(Purpose))
_DECISION: Final = re.compile("|".join(Decision))
_MAKINGS: Final = frozenset({Purpose.MAKE, Purpose.CHANGE, Purpose.EXTEND})


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One stage's yes to exactly this; what is said only of some seals and purposes stands there only where it is said.

    ``paper_sha256`` is the signed paper of a mandate. ``amount``, in the company's currency with two decimals, is what
    the papers are about: a policy goes by it. In a mandate it is the most that one use may be about. ``counterparty``
    is the other side, as the application names it. ``fence`` is where outside the company a rubber seal is used.
    ``machine`` is how the machine that holds it waits for people; where nothing is said of that, it waits for none.
    ``face_sha256`` is the face that a use puts on its documents, as it was shown; nothing where none was.
    """

    application: str
    purpose: Purpose
    documents: tuple[Document, ...]
    seal: str
    seal_version: int
    impressions: int
    starts_at: datetime
    expires_at: datetime
    applicant: str
    policy: str
    stage: int
    make: Making | None = None
    decision: Decision = Decision.APPROVE
    own_yes: OwnYes | None = None
    paper_sha256: str = ""
    standing: Standing | None = None
    adds_to: AddsTo | None = None
    amount: str = ""
    counterparty: str = ""
    fence: Fence | None = None
    machine: AtMachine | None = None
    face_sha256: str = ""

    def to_bytes(self) -> bytes:
        """Return the canonical bytes that are shown, asserted and kept."""
        more = self._more()
        return canonical.canonical(
            {
                "v": _VERSION_SAYING_MORE if more else _VERSION,
                "application": self.application,
                "purpose": self.purpose.value,
                "documents": [] if "alike" in more else [document.to_json() for document in self.documents],
                "seal": self.seal,
                "seal_version": self.seal_version,
                "impressions": self.impressions,
                "starts_at": utc_text(self.starts_at),
                "expires_at": utc_text(self.expires_at),
                "applicant": self.applicant,
                "policy": self.policy,
                "stage": self.stage,
                "decision": self.decision.value,
                "make": None if self.make is None else self.make.to_json(),
                **more,
            }
        )

    def _more(self) -> dict[str, Json]:
        more: dict[str, Json] = {}
        if len(self.documents) > MAX_DOCUMENTS and alike.are_alike(self.documents):
            more["alike"] = alike.said_of(self.documents)
        if self.own_yes is not None:
            more["own_yes"] = self.own_yes.to_json()
        if self.standing is not None:
            more["standing"] = self.standing.to_json()
        if self.adds_to is not None:
            more["adds_to"] = self.adds_to.to_json()
        if self.fence is not None:
            more["fence"] = self.fence.to_json()
        if self.machine is not None:
            more["machine"] = self.machine.to_json()
        words = {
            "paper_sha256": self.paper_sha256,
            "amount": self.amount,
            "counterparty": self.counterparty,
            "face_sha256": self.face_sha256,
        }
        return more | {name: said for name, said in words.items() if said}

    def document(self, sha256: str) -> Document | None:
        return next((document for document in self.documents if document.sha256 == sha256), None)


@dataclass(frozen=True, slots=True)
class Assertion:
    """A sign that this approver said yes: the web application's key vouches for a session, or for an outside system."""

    approver: str
    signature: bytes
    assurance: str = SESSION

    def to_json(self) -> Mapping[str, Json]:
        signature = shapes.base64_text(self.signature)
        return {"assurance": self.assurance, "approver": self.approver, "signature": signature}


AnyAssertion: TypeAlias = Assertion | PasskeyAssertion


@dataclass(frozen=True, slots=True)
class Approved:
    """The bytes of a statement and the assertions given for exactly these bytes."""

    statement: bytes
    assertions: tuple[AnyAssertion, ...]

    def to_json(self) -> Mapping[str, Json]:
        return {"statement": self.statement.decode(), "assertions": [each.to_json() for each in self.assertions]}


def challenge(statement: bytes) -> bytes:
    """Return the 32 bytes that an approver signs for a statement."""
    return hashlib.sha256(_APPROVAL + statement).digest()


def vouch(statement: bytes, *, approver: str, web_key: Ed25519PrivateKey, assurance: str = SESSION) -> Assertion:
    """Return the web application's word that this approver said yes to the statement.

    ``SESSION`` says that they were signed in here, ``EXTERNAL`` that an outside approval system said it of them.
    """
    return Assertion(approver, web_key.sign(vouched(statement, approver, assurance)), assurance)


def vouched(statement: bytes, approver: str, assurance: str) -> bytes:
    """Return what the web application's key signs to vouch for an approver."""
    return _VOUCHED[assurance] + challenge(statement) + approver.encode("ascii")


def verify(assertion: Assertion, statement: bytes, *, web_key: bytes) -> None:
    """Return if the web application's key vouched for this approver and these bytes, or refuse."""
    try:
        signed = vouched(statement, assertion.approver, assertion.assurance)
        Ed25519PublicKey.from_public_bytes(web_key).verify(assertion.signature, signed)
    except InvalidSignature as error:
        raise AssertionInvalid from error


@lru_cache(maxsize=_REMEMBERED)
def parse(data: bytes) -> Statement:
    """Return the statement whose canonical bytes these are, or refuse; an unknown field is no statement."""
    try:
        return _statement(canonical.parse(data))
    except (NotCanonical, UnicodeError, shapes.Misshapen) as error:
        raise StatementUnreadable from error


def parse_approved(value: object) -> tuple[Approved, ...]:
    """Return the statements and assertions of a request, unchecked but well formed, or raise Misshapen."""
    return tuple(_approved(item) for item in shapes.items(value, least=1, most=MAX_STATEMENTS))


def parse_one(value: object) -> Approved:
    """Return one statement and its assertions, unchecked but well formed, or raise Misshapen."""
    return _approved(value)


def assurance_of(approved: Iterable[Approved]) -> str:
    """Return the least that any of these assertions is made of."""
    said = {assertion.assurance for each in approved for assertion in each.assertions}
    return max(said, key=ASSURANCES.index, default=SESSION)


def _approved(value: object) -> Approved:
    entry = shapes.fields(value, frozenset({"statement", "assertions"}))
    statement = entry["statement"]
    if not isinstance(statement, str):
        raise shapes.Misshapen
    assertions = shapes.items(entry["assertions"], most=MAX_ASSERTIONS)
    return Approved(statement=statement.encode(), assertions=tuple(_assertion(item) for item in assertions))


def _assertion(value: Json) -> AnyAssertion:
    if isinstance(value, Mapping) and value.get("assurance") == PASSKEY:
        return PasskeyAssertion.parse(value)
    entry = shapes.fields(value, frozenset({"assurance", "approver", "signature"}))
    return Assertion(
        assurance=shapes.word(entry["assurance"], VOUCHED_FOR),
        approver=shapes.uid(entry["approver"]),
        signature=shapes.octets(entry["signature"], length=_SIGNATURE_BYTES),
    )


_STATEMENT_FIELDS: Final = frozenset(
    {
        *("v", "application", "purpose", "documents", "seal", "seal_version", "impressions", "starts_at"),
        *("expires_at", "applicant", "policy", "stage", "decision", "make"),
    }
)
_MORE_FIELDS: Final = frozenset(
    {
        *("own_yes", "paper_sha256", "standing", "adds_to", "amount", "counterparty", "fence", "machine", "alike"),
        "face_sha256",
    }
)


def _statement(value: object) -> Statement:
    more = _MORE_FIELDS & value.keys() if isinstance(value, Mapping) else frozenset()
    entry = shapes.fields(value, _STATEMENT_FIELDS | more)
    version = _VERSION_SAYING_MORE if more else _VERSION
    shapes.integer(entry["v"], least=version, most=version)
    statement = Statement(
        application=shapes.uid(entry["application"]),
        purpose=Purpose(shapes.word(entry["purpose"], _PURPOSE)),
        documents=_documents(entry),
        seal=shapes.uid(entry["seal"]),
        seal_version=shapes.integer(entry["seal_version"], least=1, most=MAX_VERSIONS),
        impressions=shapes.integer(entry["impressions"], least=0, most=MAX_IMPRESSIONS),
        starts_at=shapes.moment(entry["starts_at"]),
        expires_at=shapes.moment(entry["expires_at"]),
        applicant=shapes.uid(entry["applicant"]),
        policy=shapes.word(entry["policy"], terms.WORD),
        stage=shapes.integer(entry["stage"], least=1, most=MAX_STAGES),
        make=None if entry["make"] is None else terms.making(entry["make"]),
        decision=Decision(shapes.word(entry["decision"], _DECISION)),
        own_yes=terms.own_yes(entry["own_yes"]) if "own_yes" in more else None,
        paper_sha256=shapes.digest(entry["paper_sha256"]) if "paper_sha256" in more else "",
        standing=terms.standing(entry["standing"]) if "standing" in more else None,
        adds_to=terms.adds_to(entry["adds_to"]) if "adds_to" in more else None,
        amount=shapes.word(entry["amount"], _MONEY) if "amount" in more else "",
        counterparty=shapes.text(entry["counterparty"], most=_MAX_COUNTERPARTY) if "counterparty" in more else "",
        fence=terms.fence(entry["fence"]) if "fence" in more else None,
        machine=terms.at_machine(entry["machine"]) if "machine" in more else None,
        face_sha256=shapes.digest(entry["face_sha256"]) if "face_sha256" in more else "",
    )
    _refuse_nonsense(statement)
    return statement


def _documents(entry: Mapping[str, Json]) -> tuple[Document, ...]:
    """Return the documents as they are said: one by one, or more of them once for all."""
    one_by_one = shapes.items(entry["documents"], most=0 if "alike" in entry else MAX_DOCUMENTS)
    return alike.read(entry["alike"]) if "alike" in entry else tuple(Document.parse(item) for item in one_by_one)


def _refuse_nonsense(statement: Statement) -> None:
    """Let pass a statement that says what its purpose needs, nothing beside it, and nothing twice."""
    digests, is_mandate = {document.sha256 for document in statement.documents}, statement.decision is Decision.MANDATE
    placements = sum(document.impressions for document in statement.documents)
    if (
        len(digests) != len(statement.documents)
        or bool(digests) != (statement.purpose is Purpose.USE and not is_mandate)
        or is_mandate != bool(statement.paper_sha256)
        or (bool(statement.amount or statement.counterparty) and statement.purpose not in {Purpose.USE, *ADDITIONS})
        or (is_mandate and bool(statement.counterparty))
        or (
            bool(statement.fence or statement.machine or statement.face_sha256)
            and (statement.purpose is not Purpose.USE or is_mandate)
        )
        or (statement.standing is not None) != (statement.purpose is Purpose.STANDING)
        or (statement.adds_to is not None) != (statement.purpose in ADDITIONS)
        or (statement.purpose is Purpose.PROLONG) != (statement.adds_to is not None and not statement.impressions)
        or any(document.after == statement.seal for document in statement.documents)
        or any(document.under == statement.application for document in statement.documents)
        or any(document.under and not document.after for document in statement.documents)
        or (statement.make is not None and statement.purpose not in _MAKINGS)
        or placements > statement.impressions
        or statement.starts_at >= statement.expires_at
    ):
        raise shapes.Misshapen
