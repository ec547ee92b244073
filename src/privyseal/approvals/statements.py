"""The statements an application stands for: what approvers are shown and what the signer checks."""

from collections.abc import Sequence
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings

from privyseal.approvals.models import Application, Line
from privyseal.kernel.canonical import canonical, sha256
from privyseal.pdf.placement import Placement
from privyseal.seals.models import Seal
from privyseal.signer.statement import Document, Making, Purpose, Statement


def statements_of(application: Application, lines: Sequence[Line]) -> tuple[Statement, ...]:
    """Return one statement a seal, in the order of the lines."""
    by_seal: dict[int, list[Line]] = {}
    for line in lines:
        by_seal.setdefault(line.seal_id, []).append(line)
    return tuple(_statement(application, lines) for lines in by_seal.values())


def shown_digest(application: Application, statements: Sequence[Statement], lines: Sequence[Line]) -> str:
    """Return the digest of what an approver is shown: the statements, and the words around them."""
    said = {
        "statements": [statement.to_bytes().decode() for statement in statements],
        "reason": application.reason,
        "documents": [line.document_name for line in lines],
    }
    return sha256(canonical(said))


@cache
def web_key() -> Ed25519PrivateKey:
    """Return the web application's own key, with which it vouches for a signed-in approver."""
    key = load_pem_private_key((settings.DATA / "secrets" / "web.key").read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("secrets/web.key is not an Ed25519 key")
    return key


def _statement(application: Application, lines: Sequence[Line]) -> Statement:
    seal, purpose = lines[0].seal, Purpose(application.purpose)
    is_use = purpose is Purpose.USE
    return Statement(
        application=application.uid,
        purpose=purpose,
        documents=tuple(_document(line) for line in lines) if is_use else (),
        seal=seal.uid,
        seal_version=seal.version,
        impressions=sum(line.copies * line.impressions for line in lines),
        starts_at=application.starts_at,
        expires_at=application.expires_at,
        applicant=application.applicant.pseudonym,
        policy=application.policy,
        stage=application.stage,
        make=_making(seal) if purpose is Purpose.MAKE else None,
    )


def _document(line: Line) -> Document:
    spot = Placement(page=line.page, x=line.x, y=line.y)
    return Document(sha256=line.document_sha256, following=line.following, placements=(spot,))


def _making(seal: Seal) -> Making:
    return Making(
        company=seal.company.uid,
        organization=seal.company.name,
        uscc=seal.company.uscc,
        name=seal.name,
        type=seal.type,
        face_sha256=seal.face_sha256,
    )
