"""Whose keys count for codes on paper: the certificates of an authority for this purpose alone. Pure."""

from collections.abc import Iterable
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.x509 import (
    Certificate,
    ExtendedKeyUsage,
    ExtensionNotFound,
    ObjectIdentifier,
    load_der_x509_certificate,
)

from privyseal.kernel.errors import Refused
from privyseal.kernel.paper_code import PaperCode, PaperCodeForged, Said, reference

PURPOSE: Final = ObjectIdentifier("2.25.292014371803263046146421530237184262381")
"""What the key of a certificate is for: codes on paper. A number of our own, by ITU-T X.667 from a random UUID."""


class PaperCodeOfAnother(Refused):
    """The code names a certificate that is none of those given."""

    code = "paper-code-of-another"


def check(found: PaperCode, *, certificates: Iterable[bytes], authority: bytes) -> Said:
    """Return what a code says, or refuse: paper-code-of-another, paper-code-forged.

    (1) it names one of these certificates, all in DER; (2) this authority issued that, for codes on paper and for
    nothing else; (3) it was in force when the code was made; (4) its key signed the code
    """
    certificate = _named(found.said, certificates, authority)  # (1)
    key = key_of(certificate, authority)  # (2)
    if not certificate.not_valid_before_utc <= found.said.at <= certificate.not_valid_after_utc:  # (3)
        raise PaperCodeForged
    found.check(key)  # (4)
    return found.said


def key_of(certificate: Certificate, authority: bytes) -> EllipticCurvePublicKey:
    """Return the key of a certificate that counts, or refuse."""
    key = certificate.public_key()
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise PaperCodeForged
    try:
        certificate.verify_directly_issued_by(load_der_x509_certificate(authority))
        usages = certificate.extensions.get_extension_for_class(ExtendedKeyUsage)
    except (InvalidSignature, ValueError, TypeError, ExtensionNotFound) as error:
        raise PaperCodeForged from error
    if not usages.critical or list(usages.value) != [PURPOSE]:
        raise PaperCodeForged
    return key


def _named(said: Said, certificates: Iterable[bytes], authority: bytes) -> Certificate:
    for one in certificates:
        if reference(authority=authority, certificate=one) == said.certificate:
            return load_der_x509_certificate(one)
    raise PaperCodeOfAnother
