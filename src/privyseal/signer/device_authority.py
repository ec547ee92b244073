"""The keys that devices believe: their certificate authority, the key of tickets and orders, the master of codes."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from privyseal.device.signed import FrameKey
from privyseal.signer.authority import begun, identifier_of, private_key

DEVICE_VALID: Final = timedelta(days=90)
RENEWED_BEFORE: Final = timedelta(days=30)
_AUTHORITY_VALID: Final = timedelta(days=7305)  # twenty years: a device has no other way to learn of a new one
_MASTER_BYTES: Final = 32
GATEWAY_NAME: Final = "gateway"
BROKER_NAME: Final = "broker"


@dataclass(frozen=True, slots=True)
class Home:
    """The keys as PKCS#8 in DER, the authority's certificate, and the 32 bytes that keys of codes are derived from."""

    ca_key: bytes
    ca: bytes
    frame_key: bytes
    master: bytes


def new_home(*, at: datetime) -> Home:
    key = generate_private_key(SECP256R1())
    name = _named("Privyseal devices")
    builder = (
        begun(name, name, key.public_key(), at=at, valid=_AUTHORITY_VALID)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(is_authority=True), critical=True)
    )
    ca = builder.sign(key, SHA256(), ecdsa_deterministic=True).public_bytes(Encoding.DER)
    pkcs8 = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    frames = generate_private_key(SECP256R1()).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return Home(pkcs8, ca, frames, secrets.token_bytes(_MASTER_BYTES))


def for_device(home: Home, serial: str, key: FrameKey, *, at: datetime) -> x509.Certificate:
    """Return the certificate by which a broker knows a device."""
    usages = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
    return _certificate(home, serial, key, at=at, usages=usages, names=())


def for_gateway(home: Home, key: FrameKey, names: tuple[str, ...], *, at: datetime) -> x509.Certificate:
    """Return the certificate by which devices know a gateway, and a broker the gateway that connects to it."""
    usages = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
    return _certificate(home, GATEWAY_NAME, key, at=at, usages=usages, names=(GATEWAY_NAME, *names))


def for_broker(home: Home, key: FrameKey, names: tuple[str, ...], *, at: datetime) -> x509.Certificate:
    """Return the certificate by which devices and gateways know a broker, with which it can pretend to be neither."""
    usages = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    return _certificate(home, BROKER_NAME, key, at=at, usages=usages, names=names)


def _certificate(
    home: Home, common: str, key: FrameKey, *, at: datetime, usages: x509.ExtendedKeyUsage, names: tuple[str, ...]
) -> x509.Certificate:
    issuer = x509.load_der_x509_certificate(home.ca)
    builder = (
        begun(_named(common), issuer.subject, key.public(), at=at, valid=DEVICE_VALID)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(is_authority=False), critical=True)
        .add_extension(usages, critical=False)
        .add_extension(identifier_of(issuer), critical=False)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([_as_name(one) for one in names]), critical=False)
    return builder.sign(private_key(home.ca_key), SHA256(), ecdsa_deterministic=True)


def _as_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _named(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )
