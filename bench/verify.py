"""Verifying: one seal with its chain beside one hash and one signature; three seals beside pyHanko's own judgement."""

import hashlib
import logging
import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Final

from asn1crypto import x509 as asn1_x509  # type: ignore[import-untyped]  # asn1crypto ships no types
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from bench.goals import VERIFY_LIMIT, VERIFY_ONE, VERIFY_THREE
from bench.report import Figure, Probe, Report, reached
from privyseal.pdf.cms import Key, software_key
from privyseal.pdf.face import Face
from privyseal.pdf.judge import judge
from privyseal.pdf.judgement import Verdict
from privyseal.pdf.placement import Placement
from privyseal.pdf.seal import Following, seal
from privyseal.pdf.verifying import algorithms, certificates

_NOON: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_FACE: Final = Face(ring="上海示例贸易有限公司")
_ROUNDS: Final = 9
_SIZE: Final = 55_000
_PAGES: Final = 120
_PARAGRAPHS: Final = 8

Work = Callable[[], object]


def run() -> Report:
    logging.disable(logging.WARNING)
    try:
        return _report()
    finally:
        logging.disable(logging.NOTSET)


def _report() -> Report:
    root, parties = _cast()
    one = _sealed(_document(1, _SIZE), parties[:1])
    three = _sealed(_document(_PAGES, 4 * _SIZE), parties)
    single = _interleaved(
        {"ours": lambda: _ours(one, root), "limit": _limit(one, parties[0]), "pyHanko": lambda: _pyhanko(one, root)}
    )
    several = _interleaved({"ours": lambda: _ours(three, root), "pyHanko": lambda: _pyhanko(three, root)})
    ours = Probe("ours, nothing remembered", single["ours"], "ms")
    return Report(
        "verify",
        (
            reached(VERIFY_LIMIT, single["ours"] / single["limit"], ours, Probe("limit", single["limit"], "ms")),
            reached(VERIFY_ONE, single["pyHanko"] / single["ours"], ours, Probe("pyHanko", single["pyHanko"], "ms")),
            reached(
                VERIFY_THREE,
                several["pyHanko"] / several["ours"],
                Probe("ours", several["ours"], "ms"),
                Probe("pyHanko", several["pyHanko"], "ms"),
            ),
            Figure(f"three seals, {_PAGES} pages, size of the file", len(three) / 1000, "KB"),
        ),
    )


def _interleaved(works: Mapping[str, Work]) -> dict[str, float]:
    """Return the median of each work's processor time in milliseconds, all of them in each round."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for number in range(_ROUNDS + 1):
        for name, work in works.items():
            times = 20 if name != "pyHanko" else 1
            began = time.process_time()
            for _ in range(times):
                work()
            if number:
                found[name].append((time.process_time() - began) * 1000 / times)
    return {name: statistics.median(values) for name, values in found.items()}


def _ours(data: bytes, root: bytes) -> None:
    for remembered in (algorithms.public_key, algorithms.is_issued_by, certificates.read):
        remembered.cache_clear()
    if judge(data, trust=[root], at=_NOON).verdict is not Verdict.VALID:
        raise AssertionError("an honest document was refused")


def _pyhanko(data: bytes, root: bytes) -> None:
    context = ValidationContext(trust_roots=[asn1_x509.Certificate.load(root)], moment=_NOON, allow_fetching=False)
    for signature in PdfFileReader(BytesIO(data)).embedded_signatures:
        if not validate_pdf_signature(signature, context).bottom_line:
            raise AssertionError("pyHanko refused an honest document")


def _limit(data: bytes, key: Key) -> Work:
    """Return the least a verifier must do: hash the document once, and verify one signature."""
    public = x509.load_der_x509_certificate(key.certificate).public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise TypeError(public)
    digest = hashlib.sha256(b"").digest()
    signature = key.sign(hashlib.sha256(digest).digest())

    def work() -> None:
        hashlib.sha256(data).digest()
        public.verify(signature, digest, ec.ECDSA(hashes.SHA256()))

    return work


def _sealed(document: bytes, parties: tuple[Key, ...]) -> bytes:
    for number, key in enumerate(parties):
        place = Placement(page=1, x=30_000 + 50_000 * number, y=60_000)
        document += seal(
            document,
            face=_FACE,
            spots=(place,),
            following=Following.OTHERS,
            key=key,
            field=f"Party{number}",
            at=_NOON,
        )
    return document


def _document(pages: int, size: int) -> bytes:
    """Return a document of about this size as word processors write it: links, outlines, a tree of paragraphs."""
    content = b"BT /F 12 Tf 72 600 Td (Contract) Tj ET\n" * (size // pages // 40)
    each = 5 + _PARAGRAPHS
    first = [10 + each * number for number in range(pages)]
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R/Outlines 4 0 R/StructTreeRoot 5 0 R/MarkInfo<</Marked true>>>>",
        2: b"<</Type/Pages/Kids[%b]/Count %d>>" % (_references(first), pages),
        3: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        4: b"<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %d>>" % (first[0] + 3, first[-1] + 3, pages),
        5: b"<</Type/StructTreeRoot/K 6 0 R>>",
        6: b"<</Type/StructElem/S/Document/P 5 0 R/K[%b]>>" % _references([page + 4 for page in first]),
    }
    for page in first:
        paragraphs = range(page + 5, page + each)
        objects[page] = (
            b"<</Type/Page/Parent 2 0 R/Resources<</Font<</F 3 0 R>>>>/MediaBox[0 0 595 842]/Contents %d 0 R"
            b"/Annots[%d 0 R]>>" % (page + 1, page + 2)
        )
        objects[page + 1] = b"<</Length %d>>\nstream\n%b\nendstream" % (len(content), content)
        objects[page + 2] = (
            b"<</Type/Annot/Subtype/Link/Rect[72 700 90 710]/Border[0 0 0]/Dest[%d 0 R/Fit]>>" % first[0]
        )
        neighbours = b"/Prev %d 0 R" % (page + 3 - each) if page > first[0] else b""
        neighbours += b"/Next %d 0 R" % (page + 3 + each) if page < first[-1] else b""
        objects[page + 3] = b"<</Title(Chapter)/Parent 4 0 R/Dest[%d 0 R/Fit]%b>>" % (page, neighbours)
        objects[page + 4] = b"<</Type/StructElem/S/Sect/P 6 0 R/K[%b]>>" % _references(paragraphs)
        for number in paragraphs:
            objects[number] = b"<</Type/StructElem/S/P/P %d 0 R/Pg %d 0 R/K 0>>" % (page + 4, page)
    return _file(objects)


def _file(objects: Mapping[int, bytes]) -> bytes:
    data, rows = b"%PDF-1.7\n%\xe4\xb8\xad\n", [b"0000000000 65535 f \n"] * (max(objects) + 1)
    for number, value in sorted(objects.items()):
        rows[number] = b"%010d 00000 n \n" % len(data)
        data += b"%d 0 obj\n%b\nendobj\n" % (number, value)
    end = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(rows), len(data))
    return data + b"xref\n0 %d\n%b" % (len(rows), b"".join(rows)) + end


def _references(numbers: Iterable[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)


def _cast() -> tuple[bytes, tuple[Key, ...]]:
    """Return a root and three seals under it."""
    above = ec.generate_private_key(ec.SECP256R1())
    root = _certificate("Bench CA", above, "Bench CA", above, is_authority=True)
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(3)]
    issued = [_certificate(f"Seal {number}", key, "Bench CA", above) for number, key in enumerate(keys)]
    return root, tuple(software_key(key, certificate) for key, certificate in zip(keys, issued, strict=True))


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    above: ec.EllipticCurvePrivateKey,
    *,
    is_authority: bool = False,
) -> bytes:
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in (name, issuer)]
    usage = x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=not is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(names[0])
        .issuer_name(names[1])
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2080, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        .add_extension(usage, critical=True)
        .sign(above, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )
