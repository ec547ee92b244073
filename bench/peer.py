"""The peer: pyHanko with the same face in the same place, and whatever it can keep from one document to the next."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias

from asn1crypto import keys  # type: ignore[import-untyped]  # asn1crypto ships no types
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

PrivateKey: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_ROOM: Final = 8_192
_PLACE: Final = (365, 110, 485, 230)


class Peer:
    """pyHanko as it comes: it loads the private key anew for every signature."""

    def __init__(self, private_key: PrivateKey, certificate: bytes, sheet: bytes) -> None:
        encoded = private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        self._signer = self._made(
            asn1_x509.Certificate.load(certificate), keys.PrivateKeyInfo.load(encoded), private_key
        )

        self._folder = TemporaryDirectory()  # it reads the stamp anew for every document
        file = Path(self._folder.name) / "face.pdf"
        file.write_bytes(sheet)
        self._style = StaticStampStyle.from_pdf_file(str(file), background_opacity=1, border_width=0)

    def seal(self, document: bytes, *, page: int) -> bytes:
        """Return the whole sealed document."""
        field = SigFieldSpec("Seal", on_page=page - 1, box=_PLACE)
        metadata = signers.PdfSignatureMetadata(
            field_name="Seal", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
        )
        signer = signers.PdfSigner(metadata, self._signer, stamp_style=self._style, new_field_spec=field)
        writer = IncrementalPdfFileWriter(BytesIO(document))
        sealed: bytes = signer.sign_pdf(writer, bytes_reserved=_ROOM).getvalue()
        return sealed

    def _made(
        self, certificate: asn1_x509.Certificate, encoded: keys.PrivateKeyInfo, _kept: PrivateKey
    ) -> signers.SimpleSigner:
        return signers.SimpleSigner(signing_cert=certificate, signing_key=encoded, cert_registry=_no_certificates())


class KeyKeepingPeer(Peer):
    """pyHanko with the one thing changed that costs it most."""

    def _made(
        self, certificate: asn1_x509.Certificate, encoded: keys.PrivateKeyInfo, kept: PrivateKey
    ) -> signers.SimpleSigner:
        signer = _KeptKey(signing_cert=certificate, signing_key=encoded, cert_registry=_no_certificates())
        signer.kept = kept
        return signer


class _KeptKey(signers.SimpleSigner):
    kept: PrivateKey

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: ARG002, FBT001, FBT002  the library's interface
        if isinstance(self.kept, rsa.RSAPrivateKey):
            return self.kept.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self.kept.sign(data, ec.ECDSA(hashes.SHA256()))


def _no_certificates() -> SimpleCertificateStore:
    return SimpleCertificateStore()  # type: ignore[no-untyped-call]  # the library is typed only in part


def self_issued(private_key: PrivateKey) -> bytes:
    """Return a certificate for this key by itself, DER."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bench")])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
    )
    return builder.sign(private_key, hashes.SHA256()).public_bytes(Encoding.DER)
