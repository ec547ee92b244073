"""Who the gateway is to machines: its key, its certificate by their authority, and what it signs."""

import os
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from privyseal.device.hello import Picture
from privyseal.device.orders import Acknowledgement, Instruction
from privyseal.device.signed import Frame, FrameKey, signed
from privyseal.signer.client import Client

_OWN = 0o600


@dataclass(frozen=True, slots=True)
class House:
    """``broker`` is where machines find it, empty for none."""

    key: ec.EllipticCurvePrivateKey
    broker: str = ""

    @property
    def public(self) -> FrameKey:
        return FrameKey.of(self.key.public_key())

    def request(self, one: Instruction) -> str:
        return signed(Frame.REQUEST, one.to_json(), self.key)

    def kept(self, one: Picture) -> str:
        """Return what lets a machine forget a picture that was carried."""
        return signed(Frame.KEPT, one.to_json(), self.key)

    def acknowledgement(self, one: Acknowledgement) -> str:
        return signed(Frame.ACKNOWLEDGEMENT, one.to_json(), self.key)


def key_in(folder: Path) -> ec.EllipticCurvePrivateKey:
    """Return the gateway's key, made the first time: every machine that is enrolled believes this one."""
    path = folder / "key.pem"
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = ec.generate_private_key(ec.SECP256R1())
        new = path.with_suffix(f".{os.getpid()}")
        new.touch(mode=_OWN)
        new.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        with suppress(FileExistsError):
            path.hardlink_to(new)  # of two that begin together one key stays
        new.unlink()
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the gateway's key is a P-256 key")
    return key


def broker_in(folder: Path, names: Sequence[str], *, signer: Client) -> None:
    """Write down a new certificate for the key of a broker at these names, and the authority's: for mosquitto."""
    made = signer.serve_devices(FrameKey.of(key_in(folder).public_key()), [*dict.fromkeys(names)], is_broker=True)
    (folder / "ca.pem").write_text(ssl.DER_cert_to_PEM_cert(made.ca))
    (folder / "broker.pem").write_text(ssl.DER_cert_to_PEM_cert(made.certificate))


def revoked_in(folder: Path, *, signer: Client) -> Path:
    """Write down, as a broker reads it, the list of machines' certificates that count no more; return where it lies."""
    path = folder / "revoked.pem"
    made = x509.load_der_x509_crl(signer.revoked_devices()).public_bytes(Encoding.PEM)
    if not path.exists() or path.read_bytes() != made:
        new = path.with_suffix(".new")
        new.write_bytes(made)
        new.replace(path)
    return path


def certificate_in(folder: Path, house: House, names: Sequence[str], *, signer: Client) -> Path:
    """Write down a new certificate for the gateway's key at these names, and the authority's; return where it lies."""
    made = signer.serve_devices(house.public, names)
    path = folder / "certificate.pem"
    path.write_bytes(x509.load_der_x509_certificate(made.certificate).public_bytes(Encoding.PEM))
    (folder / "ca.pem").write_text(ssl.DER_cert_to_PEM_cert(made.ca))
    return path
