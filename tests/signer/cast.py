"""Named people, one seal, one contract, and what they approve."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Final
from uuid import NAMESPACE_DNS, uuid5

import pikepdf
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from privyseal.kernel.canonical import Json, canonical, sha256
from privyseal.pdf.placement import Placement
from privyseal.signer import checks, requests
from privyseal.signer.charters import Charter
from privyseal.signer.checks import Case, Origin, Pinned, SealRecord
from privyseal.signer.claims import AS_APPROVED, Claim, Reach
from privyseal.signer.documents import Document
from privyseal.signer.statement import Approved, Purpose, Statement, vouch
from privyseal.signer.terms import Making


def uid(name: str) -> str:
    return uuid5(NAMESPACE_DNS, name).hex


WANG: Final = uid("wang")  # applies and operates
LI: Final = uid("li")  # approves
ZHOU: Final = uid("zhou")  # approves as well
ZHAO: Final = uid("zhao")  # manages the seals
SEAL: Final = uid("official seal")
NOON: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WEB_KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
MASTER: Final = bytes(range(100, 132))
STRANGERS_KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
FOUNDING: Final = requests.Found(
    public_url="https://seals.example",
    origin="seals.example/ledger",
    web_key=WEB_KEY.public_key().public_bytes_raw(),
    charter=Charter(approvals=1, assurance="session"),
    is_demo=True,
)
FACE: Final[dict[str, Json]] = {
    "shape": "round",
    "diameter": 42_000,
    "border": 1_200,
    "colour": "#C8102E",
    "ring": "上海示例贸易有限公司",
    "centre": "star",
    "bottom": "",
    "code": "",
}
MAKING: Final = Making(
    company=uid("shanghai example"),
    organization="上海示例贸易有限公司",
    uscc="91310000MA1FL0XX0A",
    name="公章",
    type="official",
    face_sha256=sha256(canonical(FACE)),
)


def pdf(title: str, *, pages: int = 1, filler_bytes: int = 0) -> bytes:
    """A small real PDF of one revision; equal titles give equal bytes."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(595, 842))
    document.docinfo["/Title"] = title
    if filler_bytes:
        document.pages[0].Contents = document.make_stream(b"%" + title.encode().ljust(filler_bytes, b".") + b"\n")
    written = BytesIO()
    document.save(written, deterministic_id=True, compress_streams=False)
    return written.getvalue()


CONTRACT: Final = pdf("contract")
INVOICE: Final = pdf("invoice")


def document(data: bytes, *, placements: int = 1, following: str = "others") -> Document:
    spots = tuple(Placement(page=1, x=60_000, y=40_000 + 45_000 * number) for number in range(placements))
    return Document(sha256=sha256(data), following=following, placements=spots)


USE: Final = Statement(
    application=uid("application 7"),
    purpose=Purpose.USE,
    documents=(document(CONTRACT),),
    seal=SEAL,
    seal_version=1,
    impressions=1,
    starts_at=NOON - timedelta(hours=1),
    expires_at=NOON + timedelta(hours=1),
    applicant=WANG,
    policy="1",
    stage=1,
)
MAKE: Final = replace(
    USE,
    application=uid("application 1"),
    purpose=Purpose.MAKE,
    documents=(),
    impressions=0,
    make=MAKING,
)
CHANGE: Final = replace(MAKE, application=uid("application 2"), purpose=Purpose.CHANGE, seal_version=2)
DESTROY: Final = replace(USE, application=uid("application 8"), purpose=Purpose.DESTROY, documents=(), impressions=0)
RESUME: Final = replace(USE, application=uid("application 9"), purpose=Purpose.RESUME, documents=(), impressions=0)


def approved(statement: Statement, *, by: Sequence[str] = (LI,), vouched_by: Ed25519PrivateKey = WEB_KEY) -> Approved:
    said = statement.to_bytes()
    return Approved(said, tuple(vouch(said, approver=approver, web_key=vouched_by) for approver in by))


def to_make(*stages: Approved, face: dict[str, Json] | None = None, manager: str = ZHAO) -> requests.Make:
    return requests.Make(seal=SEAL, approved=stages or (approved(MAKE),), face=face or FACE, manager=manager)


def to_seal(
    *stages: Approved, intent: str = "intent 1", operator: str = WANG, data: bytes = CONTRACT, field: str = "Seal1"
) -> requests.Seal:
    return requests.Seal(
        intent=uid(intent),
        operator=operator,
        approved=stages or (approved(USE),),
        document_sha256=sha256(data),
        field=field,
    )


def to_destroy(*stages: Approved) -> requests.Destroy:
    return requests.Destroy(seal=SEAL, approved=stages or (approved(DESTROY, by=(LI, ZHOU)),))


def to_resume(*stages: Approved) -> requests.Resume:
    return requests.Resume(seal=SEAL, approved=stages or (approved(RESUME),))


def may_seal(
    case: Case,
    request: requests.Seal,
    document_sha256: str,
    *,
    seal: SealRecord | None,
    pinned: Pinned,
    at: datetime,
    origin: Origin | None = None,
    reach: Reach = AS_APPROVED,
) -> Claim:
    """Return the claim that a request has on its application, or refuse, as the signer does by its own record."""
    allowed = checks.may_use(case, request.operator, seal=seal, pinned=pinned, at=at, reach=reach)
    web_key = pinned.voices.web_key
    return checks.may_seal(case, request, document_sha256, allowed=allowed, web_key=web_key, origin=origin)
