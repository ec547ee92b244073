"""What a stranger learns of a signed code on paper: from its text, as any camera reads it, or from a photograph."""

from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.x509 import Certificate, load_der_x509_certificate
from django.conf import settings

from privyseal.identity import attempts
from privyseal.kernel import paper_code
from privyseal.kernel.errors import Refused
from privyseal.kernel.paper_code import PaperCode, PaperCodeForged, PaperCodeUnreadable, Said
from privyseal.pdf import photographed, slots
from privyseal.sealing.signing import client
from privyseal.verification.checks import TooManyChecks
from privyseal.verification.printed import Printed, recorded


class NoCodeOnPhoto(Refused):
    """No code of this form can be read from the photograph."""

    code = "no-code-on-photo"


class PaperCodeOfAnother(Refused):
    """The code names a certificate that is none of this installation's."""

    code = "paper-code-of-another"


@dataclass(frozen=True, slots=True)
class PaperAnswer:
    """A code whose signature is ours; ``use`` is None where our record knows nothing of it, or says otherwise."""

    said: Said
    use: Printed | None


def check_text(text: str, *, address: str, at: datetime) -> PaperAnswer:
    """Judge what a code says, or refuse: too-many-checks, paper-code-unreadable, -of-another, -forged."""
    _count(address, at)
    return _checked(paper_code.read_text(text))


def check_photo(photo: bytes, *, address: str, at: datetime) -> PaperAnswer:
    """Judge the code on a photograph, which is looked at in a confined process, or refuse as for a text."""
    with slots.one_of(settings.CHECKS_AT_ONCE, settings.DATA / "slots"):
        _count(address, at)
        for text in photographed.codes_on(photo):
            try:
                found = paper_code.read_text(text)
            except PaperCodeUnreadable:
                continue  # another code on the same paper
            return _checked(found)
    raise NoCodeOnPhoto


def _count(address: str, at: datetime) -> None:
    if attempts.count("verify", address, at) > settings.VERIFICATIONS_PER_MINUTE:
        raise TooManyChecks


def _checked(found: PaperCode) -> PaperAnswer:
    """Return what a code proves, or refuse.

    (1) it names a certificate of ours, which our authority issued and which was in force when the code was made;
    (2) that key signed it; (3) our record is asked for the use, and has to be of the same document
    """
    certificate = _certificate(found.said)  # (1)
    key = certificate.public_key()
    if not isinstance(key, EllipticCurvePublicKey):
        raise PaperCodeForged
    found.check(key)  # (2)
    return PaperAnswer(found.said, recorded(found.said.use, document=found.said.document))  # (3)


def _certificate(said: Said) -> Certificate:
    public = client().public()
    issuer = load_der_x509_certificate(public.ca)
    for one in public.paper:
        if paper_code.reference(authority=public.ca, certificate=one) != said.certificate:
            continue
        certificate = load_der_x509_certificate(one)
        try:
            certificate.verify_directly_issued_by(issuer)
        except (InvalidSignature, ValueError) as error:
            raise PaperCodeForged from error
        if not certificate.not_valid_before_utc <= said.at <= certificate.not_valid_after_utc:
            raise PaperCodeForged
        return certificate
    raise PaperCodeOfAnother
