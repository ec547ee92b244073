"""What is asked of an approver, and a passkey in software that answers on any page."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from privyseal.approval_page.asking import Ask
from privyseal.pdf.placement import Placement
from privyseal.signer.documents import Document
from privyseal.signer.passkeys import web_text
from privyseal.signer.statement import Purpose, Statement, challenge
from tests.pdfs import one_page

CONTRACT = one_page("Contract no. 2026-117", pages=2)
OTHER = one_page("Guarantee of 9,000,000")
SEAL, LI, WANG = "5e" * 16, "11" * 16, "22" * 16
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def digest(document: bytes) -> str:
    return sha256(document).hexdigest()


def use_of(*documents: bytes, **changes: object) -> Statement:
    stated = Statement(
        application="a0" * 16,
        purpose=Purpose.USE,
        documents=tuple(Document(digest(one), "nobody", (Placement(1, 150_000, 60_000),)) for one in documents),
        seal=SEAL,
        seal_version=3,
        impressions=len(documents),
        starts_at=NOON,
        expires_at=NOON + timedelta(days=7),
        applicant=WANG,
        policy="2026.1",
        stage=1,
        amount="120000.00",
        counterparty="乙方有限公司",
    )
    return replace(stated, **changes)  # type: ignore[arg-type]  # each field is of its kind


@dataclass
class Passkey:
    """One key pair; its answers are as a browser gives them on the page of this origin."""

    origin: str
    flags: int = 0x05
    name: str = field(default_factory=lambda: web_text(os.urandom(16)))
    host: str = "localhost"
    _key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def yes(self, statement: str, *, kind: str = "webauthn.get") -> dict[str, str]:
        said = {"type": kind, "challenge": web_text(challenge(statement.encode())), "origin": self.origin}
        client = json.dumps({**said, "crossOrigin": False}).encode()
        data = sha256(self.host.encode()).digest() + bytes([self.flags]) + bytes(4)
        signature = self._key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        return {
            "credential": self.name,
            "authenticator_data": web_text(data),
            "client_data": web_text(client),
            "signature": web_text(signature),
        }


def ask_for(*stated: Statement, passkey: str = "cGFzc2tleQ", language: str = "zh-hans") -> Ask:
    return Ask(
        approver=LI,
        credentials=(passkey,),
        statements=tuple(one.to_bytes().decode() for one in stated),
        names={SEAL: "合同专用章", WANG: "王用", digest(CONTRACT): "采购合同.pdf"},
        language=language,
        zone="Asia/Shanghai",
        back="/approve/back/",
        context="signed-note",
    )


@contextmanager
def lent(document: bytes) -> Iterator[bytes]:
    yield document
