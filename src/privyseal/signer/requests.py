"""What may be asked of the signer: one frozen value an operation, its header, and its strict reader."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json, canonical, sha256
from privyseal.signer import batches, certifying, denials, device_requests, unlocking
from privyseal.signer.certifying import OfCertificates
from privyseal.signer.charters import Charter
from privyseal.signer.denials import Denial
from privyseal.signer.device_requests import OfDevices
from privyseal.signer.own_yes import BEARS_A_NAME
from privyseal.signer.passkeys import Page
from privyseal.signer.protocol import SignerRefused
from privyseal.signer.statement import ASSURANCE, MAX_STAGES, VOUCHED_FOR, Approved, parse_approved, parse_one
from privyseal.signer.terms import USCC

MAX_LOG_SIZE: Final = 2**53 - 1

_MAX_URL: Final = 200
_MAX_PROOF: Final = 128
_ORIGIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9./:_-]{0,127}")
_NAMED: Final = re.compile("|".join(sorted(BEARS_A_NAME)))
_SIGNATURE_BYTES: Final = 64
# Left out where there is nothing to say, so that the digest of a request stays what it was.
_ONLY_WHERE_SAID: Final = {
    "seal": frozenset({"member"}),
    "found": frozenset({"rule"}),
    "suspend": frozenset({"company"}),
}
_FIELD: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


class RequestUnreadable(SignerRefused):
    code = "request-unreadable"


class OperationUnknown(SignerRefused):
    code = "operation-unknown"


@dataclass(frozen=True, slots=True)
class Status:
    def header(self) -> Mapping[str, Json]:
        return {"op": "status"}


@dataclass(frozen=True, slots=True)
class PinnedCosigners:
    """Whose cosignatures a use takes, and took before."""

    def header(self) -> Mapping[str, Json]:
        return {"op": "pinned-cosigners"}


@dataclass(frozen=True, slots=True)
class Public:
    def header(self) -> Mapping[str, Json]:
        return {"op": "public"}


@dataclass(frozen=True, slots=True)
class Ocsp:
    """A question in DER about a certificate of our authority."""

    question: bytes

    def header(self) -> Mapping[str, Json]:
        return {"op": "ocsp", "question": shapes.base64_text(self.question)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """``rule`` is what the installation begins with, as its people said yes to it: page, charter, rosters, witness."""

    public_url: str
    origin: str
    web_key: bytes
    charter: Charter
    is_demo: bool
    rule: Approved | None = field(default=None, compare=False)

    def header(self) -> Mapping[str, Json]:
        return {
            **({"rule": self.rule.to_json()} if self.rule else {}),
            "op": "found",
            "public_url": self.public_url,
            "origin": self.origin,
            "web_key": shapes.base64_text(self.web_key),
            "charter": {"approvals": self.charter.approvals, "assurance": self.charter.assurance},
            "is_demo": self.is_demo,
        }


@dataclass(frozen=True, slots=True)
class PinPage:
    """Where passkeys are asked from now on, and nowhere else."""

    page: Page

    def header(self) -> Mapping[str, Json]:
        return {"op": "pin-page", "origin": self.page.origin}


@dataclass(frozen=True, slots=True)
class ChangeRule:
    """A change of a roster or of a charter, and the assertions given for it."""

    approved: Approved

    def header(self) -> Mapping[str, Json]:
        return {"op": "change-rule", "approved": self.approved.to_json()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Make:
    seal: str
    approved: tuple[Approved, ...]
    face: Mapping[str, Json]
    manager: str

    def header(self) -> Mapping[str, Json]:
        return {
            "op": "make",
            "seal": self.seal,
            "statements": [each.to_json() for each in self.approved],
            "face": self.face,
            "manager": self.manager,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    intent: str
    operator: str
    approved: tuple[Approved, ...]
    document_sha256: str
    field: str
    time_stamp: bool = False
    member: bytes = b""

    def header(self) -> Mapping[str, Json]:
        more = {"member": shapes.base64_text(self.member)} if self.member else {}
        return {
            "op": "seal",
            "intent": self.intent,
            "operator": self.operator,
            "statements": [each.to_json() for each in self.approved],
            "document_sha256": self.document_sha256,
            "field": self.field,
            "time_stamp": self.time_stamp,
            **more,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspend:
    """``company`` is whose a rubber seal is: where no machine held it yet, its charter says who wakes it."""

    seal: str
    company: str = ""

    def header(self) -> Mapping[str, Json]:
        said: Mapping[str, Json] = {"company": self.company} if self.company else {}
        return {"op": "suspend", "seal": self.seal, **said}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deny:
    denied: tuple[Denial, ...]

    def header(self) -> Mapping[str, Json]:
        return {"op": "deny", "denied": [each.to_json() for each in self.denied]}


@dataclass(frozen=True, slots=True, kw_only=True)
class AskOwnYes:
    seal: str
    type: str

    def header(self) -> Mapping[str, Json]:
        return {"op": "ask-own-yes", "seal": self.seal, "type": self.type}


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    seal: str
    approved: tuple[Approved, ...]

    def header(self) -> Mapping[str, Json]:
        return {"op": "resume", "seal": self.seal, "statements": [each.to_json() for each in self.approved]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Destroy:
    seal: str
    approved: tuple[Approved, ...]

    def header(self) -> Mapping[str, Json]:
        return {"op": "destroy", "seal": self.seal, "statements": [each.to_json() for each in self.approved]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    size: int
    root: bytes
    old_size: int
    proof: tuple[bytes, ...]

    def header(self) -> Mapping[str, Json]:
        return {
            "op": "checkpoint",
            "size": self.size,
            "root": self.root.hex(),
            "old_size": self.old_size,
            "proof": [node.hex() for node in self.proof],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosigned:
    note: str

    def header(self) -> Mapping[str, Json]:
        return {"op": "cosigned", "note": self.note}


# What answers with nothing but that it was done.
Moves: TypeAlias = PinPage | ChangeRule | Suspend | Deny | AskOwnYes | Resume | Destroy | Cosigned
Uses: TypeAlias = Seal | batches.SealEach
Elsewhere: TypeAlias = OfDevices | OfCertificates | PinnedCosigners
Request: TypeAlias = Status | Public | Ocsp | Found | unlocking.Unlocks | Make | Uses | Checkpoint | Moves | Elsewhere


def parse_request(header: Mapping[str, Json]) -> Request:
    """Return the request of a header, or refuse an unknown operation, a missing field or one too many."""
    operation = header.get("op")
    reader = _READERS.get(operation) if isinstance(operation, str) else None
    if reader is None:
        raise OperationUnknown
    names, parse = reader
    try:
        more = _ONLY_WHERE_SAID.get(str(operation), frozenset()) & header.keys()
        return parse(shapes.fields(header, names | {"op"} | more))
    except shapes.Misshapen as error:
        raise RequestUnreadable from error


def request_sha256(request: Request) -> str:
    """Return the digest that tells a repeated request from another; it covers the document's own digest.

    Whether a time stamp is asked for is a setting that may change between a request and its repetition.
    """
    return sha256(canonical({name: said for name, said in request.header().items() if name != "time_stamp"}))


def seal_sha256(request: Seal, statements: bytes) -> str:
    """Return ``request_sha256`` of one of many requests that carry the same statements, which are long.

    ``statements`` is what ``canonical_statements`` made of them; in canonical JSON they stand last.
    """
    header = replace(request, approved=()).header()
    said = {name: value for name, value in header.items() if name not in {"time_stamp", "statements"}}
    return sha256(canonical(said)[:-1] + b"," + statements + b"}")


def canonical_statements(approved: Iterable[Approved]) -> bytes:
    return canonical({"statements": [each.to_json() for each in approved]})[1:-1]


def _found(header: Mapping[str, Json]) -> Found:
    charter = shapes.fields(header["charter"], frozenset({"approvals", "assurance"}))
    return Found(
        public_url=_public_url(header["public_url"]),
        origin=shapes.word(header["origin"], _ORIGIN),
        web_key=shapes.octets(header["web_key"], length=32),
        charter=Charter(
            approvals=shapes.integer(charter["approvals"], least=1, most=MAX_STAGES),
            assurance=shapes.word(charter["assurance"], ASSURANCE if "rule" in header else VOUCHED_FOR),
        ),
        is_demo=shapes.truth(header["is_demo"]),
        rule=parse_one(header["rule"]) if "rule" in header else None,
    )


def _pin_page(header: Mapping[str, Json]) -> PinPage:
    origin = _public_url(header["origin"])
    if urlsplit(origin).path or origin != origin.lower():
        raise shapes.Misshapen
    return PinPage(Page(origin))


def _change_rule(header: Mapping[str, Json]) -> ChangeRule:
    return ChangeRule(approved=parse_one(header["approved"]))


def _public_url(value: Json) -> str:
    """Return an address that certificates can carry: http or https, a host, nothing after the path."""
    url = shapes.text(value, most=_MAX_URL)
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise shapes.Misshapen from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or not url.isascii():
        raise shapes.Misshapen
    if parts.query or parts.fragment or "@" in parts.netloc or url.endswith("/"):
        raise shapes.Misshapen
    return url


def _make(header: Mapping[str, Json]) -> Make:
    face = header["face"]
    if not isinstance(face, Mapping):
        raise shapes.Misshapen
    return Make(
        seal=shapes.uid(header["seal"]),
        approved=parse_approved(header["statements"]),
        face=face,
        manager=shapes.uid(header["manager"]),
    )


def _seal(header: Mapping[str, Json]) -> Seal:
    return Seal(
        intent=shapes.uid(header["intent"]),
        operator=shapes.uid(header["operator"]),
        approved=parse_approved(header["statements"]),
        document_sha256=shapes.digest(header["document_sha256"]),
        field=shapes.word(header["field"], _FIELD),
        time_stamp=shapes.truth(header["time_stamp"]),
        member=shapes.octets(header["member"], length=_SIGNATURE_BYTES) if "member" in header else b"",
    )


def _suspend(header: Mapping[str, Json]) -> Suspend:
    company = shapes.word(header["company"], USCC) if "company" in header else ""
    return Suspend(seal=shapes.uid(header["seal"]), company=company)


def _deny(header: Mapping[str, Json]) -> Deny:
    return Deny(denied=denials.denials(header["denied"]))


def _ask_own_yes(header: Mapping[str, Json]) -> AskOwnYes:
    return AskOwnYes(seal=shapes.uid(header["seal"]), type=shapes.word(header["type"], _NAMED))


def _resume(header: Mapping[str, Json]) -> Resume:
    return Resume(seal=shapes.uid(header["seal"]), approved=parse_approved(header["statements"]))


def _destroy(header: Mapping[str, Json]) -> Destroy:
    return Destroy(seal=shapes.uid(header["seal"]), approved=parse_approved(header["statements"]))


def _checkpoint(header: Mapping[str, Json]) -> Checkpoint:
    return Checkpoint(
        size=shapes.integer(header["size"], least=0, most=MAX_LOG_SIZE),
        root=bytes.fromhex(shapes.digest(header["root"])),
        old_size=shapes.integer(header["old_size"], least=0, most=MAX_LOG_SIZE),
        proof=tuple(bytes.fromhex(shapes.digest(node)) for node in shapes.items(header["proof"], most=_MAX_PROOF)),
    )


def _cosigned(header: Mapping[str, Json]) -> Cosigned:
    note = header["note"]
    if not isinstance(note, str):
        raise shapes.Misshapen
    return Cosigned(note=note)


_READERS: Final[Mapping[str, tuple[frozenset[str], Callable[[Mapping[str, Json]], Request]]]] = {
    "status": (frozenset(), lambda _: Status()),
    "pinned-cosigners": (frozenset(), lambda _: PinnedCosigners()),
    "public": (frozenset(), lambda _: Public()),
    "found": (frozenset({"public_url", "origin", "web_key", "charter", "is_demo"}), _found),
    "ocsp": (frozenset({"question"}), lambda header: Ocsp(shapes.octets(header["question"]))),
    **unlocking.READERS,
    **device_requests.READERS,
    **batches.READERS,
    **certifying.READERS,
    "pin-page": (frozenset({"origin"}), _pin_page),
    "change-rule": (frozenset({"approved"}), _change_rule),
    "make": (frozenset({"seal", "statements", "face", "manager"}), _make),
    "seal": (frozenset({"intent", "operator", "statements", "document_sha256", "field", "time_stamp"}), _seal),
    "suspend": (frozenset({"seal"}), _suspend),
    "deny": (frozenset({"denied"}), _deny),
    "ask-own-yes": (frozenset({"seal", "type"}), _ask_own_yes),
    "resume": (frozenset({"seal", "statements"}), _resume),
    "destroy": (frozenset({"seal", "statements"}), _destroy),
    "checkpoint": (frozenset({"size", "root", "old_size", "proof"}), _checkpoint),
    "cosigned": (frozenset({"note"}), _cosigned),
}
