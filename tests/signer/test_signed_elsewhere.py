"""A document that somebody else signed first, with a certificate we do not know."""

import hashlib
from datetime import UTC, datetime

import pytest

from privyseal.kernel.canonical import canonical
from privyseal.pdf.face import Face
from privyseal.pdf.judge import judge
from privyseal.pdf.judgement import Reason, Verdict
from privyseal.pdf.placement import Placement
from privyseal.pdf.revision import Hashed
from privyseal.pdf.seal import Following, seal
from privyseal.signer import authority, engine
from privyseal.signer.bodies import Finished
from privyseal.signer.checks import SealedFileInvalid
from privyseal.signer.documents import Document
from privyseal.signer.store import SealVersion
from privyseal.signer.terms import Making
from tests.engine.conftest import authority_named
from tests.engine.papers import contract

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FACE = Face(ring="示例科技有限公司")
OURS = authority.new_authority(is_demo=True, at=NOON)


def signed_elsewhere() -> bytes:
    document = contract()
    place = Placement(1, 60_000, 60_000)
    key = authority_named("Somebody else's CA").key()
    return document + seal(
        document, face=FACE, spots=(place,), following=Following.OTHERS, key=key, field="Theirs", at=NOON
    )


def sealed_here(document: bytes) -> bytes:
    making = Making("0" * 32, "示例科技有限公司", "91110108MA01ABCD3L", "公章", "official", "0" * 64)
    issued = authority.new_seal(
        making, authority_key=OURS.key, authority=OURS.certificate, pki_url="http://localhost/pki", at=NOON
    )
    version = SealVersion(
        seal="0" * 32,
        version=1,
        request_sha256="0" * 64,
        face=canonical(FACE.to_json()),
        key=issued.key,
        certificate=issued.certificate,
        serial=issued.serial,
        not_after=issued.not_after,
    )
    approved = Document("0" * 64, "others", (Placement(1, 150_000, 60_000),))
    hashed = Hashed(document, hashlib.sha256(document))
    tool = engine.tool(version)
    revision = engine.make(hashed, approved=approved, tool=tool, field="Seal", at=NOON)
    finished = Finished(document, revision, approved, "Seal")
    (no,) = engine.check_each([finished], tool=tool, ca_certificate=OURS.certificate, at=NOON)
    if no is not None:
        raise no
    return document + revision


def test_it_can_be_sealed_after_them_though_their_issuer_is_unknown() -> None:
    sealed = sealed_here(signed_elsewhere())

    judged = judge(sealed, trust=[OURS.certificate], at=NOON)
    assert (judged.verdict, judged.reasons) == (Verdict.CANNOT_VALIDATE, (Reason.ISSUER_NOT_TRUSTED,))
    assert [report.intact for report in judged.signatures] == [True, True]
    assert [report.trusted for report in judged.signatures] == [False, True]


def test_it_is_not_sealed_where_their_signature_is_broken() -> None:
    document = signed_elsewhere().replace(b"Contract", b"C0ntract", 1)
    assert document != signed_elsewhere()

    with pytest.raises(SealedFileInvalid):
        sealed_here(document)
