"""Ask the authorities outside what became of the certificates of seals in force; the worker does, every so often.

An address from a certificate is asked only where the settings say so, and then on public networks alone: whoever issues
a certificate names no host inside the company.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID
from django.conf import settings

from privyseal.egress import Egress
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import Refused
from privyseal.pdf.verifying import certificates
from privyseal.pdf.verifying.certificates import Path
from privyseal.pdf.verifying.current import current, is_list, is_of_now, said_at, usable
from privyseal.pdf.verifying.revocation import Standing
from privyseal.sealing import authorities
from privyseal.seals.actions.taking_back import keep_look
from privyseal.seals.models import OutsideWord, SealVersion
from privyseal.seals.queries.outside import certificates_to_look_at, versions_from_outside, words_kept
from privyseal.seals.rules.outside import look_again_at
from privyseal.signer.outside import from_pem

# What a certificate names is reached without leave to enter the company's own networks.
_PUBLIC: Final = Egress()
_MOST_NAMED: Final = 3
# What came is no list or answer of this authority, or none that counts now: such as the page of a proxy.
_UNUSABLE: Final = "evidence-unusable"


class Round:
    """One round of asking: a list that many certificates stand on is fetched once."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._lists: dict[str, bytes | Refused] = {}

    def look_at(self, version: SealVersion) -> None:
        """Ask about one certificate, keep what is said, and act on it."""
        path, trouble = path_of(version), ""
        for address, about, said in self._asked(path):
            if isinstance(said, Refused):
                trouble = said.code
            elif is_of_now(said, self._at) and any(usable(path, [said], self._at)):
                _keep(address, about, said, self._at)
            else:
                trouble = _UNUSABLE
        found = current(path, kept_for(path), self._at)
        is_known = found.standing is not Standing.UNKNOWN
        every = timedelta(minutes=settings.OUTSIDE_EVERY_MINUTES)
        again = look_again_at(self._at, every=every, good_until=found.until, is_known=is_known)
        keep_look(self._at, version=version, found=found, trouble="" if is_known else trouble, again_at=again)

    def _asked(self, path: Path) -> Iterator[tuple[str, str, bytes | Refused]]:
        for address, way in _lists_of(path):
            if address not in self._lists:
                self._lists[address] = _list_at(address, way)
            yield address, "", self._lists[address]
        asked = authorities.ocsp_question(path[0].der, path[1].der)
        for address, way in _responders_of(path):
            yield address, sha256(path[0].der), _answer_at(address, way, asked)


def look_after_certificates(at: datetime) -> int:
    """Look at every certificate from outside that is due; return at how many."""
    if not is_looking():
        return 0
    due, ask = certificates_to_look_at(at), Round(at)
    for version in due:
        ask.look_at(version)
    return len(due)


def is_looking() -> bool:
    """Tell whether this installation asks authorities outside about the certificates of its seals."""
    return bool(settings.OUTSIDE_CRL_URLS or settings.OUTSIDE_OCSP_URL or settings.OUTSIDE_ADDRESSES == "certificate")


def path_of(version: SealVersion) -> Path:
    """Return a certificate from outside with those above it, up to its root."""
    chain = from_pem(bytes(version.outside.chain or b""))
    read = (certificates.read(one) for one in (bytes(version.certificate or b""), *chain))
    return tuple(one for one in read if one is not None)


def kept_for(path: Path) -> list[bytes]:
    """Return what was last said about a certificate and those above it, the newest first."""
    addresses = [address for address, _ in (*_lists_of(path), *_responders_of(path))]
    return [bytes(word.content) for word in words_kept(addresses, sha256(path[0].der))]


def evidence_of(sealing: Collection[bytes]) -> tuple[list[bytes], list[bytes], list[bytes]]:
    """Return what stands above those of these certificates that come from outside, and lists and answers about them.

    Where authorities outside are asked, a certificate of which nothing was ever said is waited for.
    """
    serials = [f"{one.serial:x}" for der in sealing if (one := certificates.read(der))]
    paths = [path_of(version) for version in versions_from_outside(serials)]
    words = [kept_for(path) for path in paths]
    if is_looking() and not all(words):
        raise authorities.EvidenceUnavailable(what="outside")
    said = list(dict.fromkeys(word for each in words for word in each))
    lists = [word for word in said if is_list(word)]
    return [one.der for path in paths for one in path[1:]], lists, [word for word in said if not is_list(word)]


def _list_at(address: str, way: Egress) -> bytes | Refused:
    try:
        return authorities.revocation_list(address, by=way)
    except Refused as refusal:
        return refusal


def _answer_at(address: str, way: Egress, question: bytes) -> bytes | Refused:
    try:
        return authorities.ocsp_answer(question, address, by=way)
    except Refused as refusal:
        return refusal


def _lists_of(path: Path) -> list[tuple[str, Egress]]:
    """Return where lists are fetched: at the addresses of the settings, then at those of each certificate."""
    named = (address for one in path[:-1] for address in _lists_named(one.der))
    return _addresses(settings.OUTSIDE_CRL_URLS, named)


def _responders_of(path: Path) -> list[tuple[str, Egress]]:
    return _addresses(filter(None, (settings.OUTSIDE_OCSP_URL,)), _responders_named(path[0].der))


def _addresses(said: Iterable[str], named: Iterable[str]) -> list[tuple[str, Egress]]:
    found = dict.fromkeys(said, settings.EGRESS)
    if settings.OUTSIDE_ADDRESSES == "certificate":
        for address in named:
            found.setdefault(address, _PUBLIC)
    return list(found.items())


def _lists_named(der: bytes) -> list[str]:
    try:
        points = x509.load_der_x509_certificate(der).extensions.get_extension_for_class(x509.CRLDistributionPoints)
    except (ValueError, x509.ExtensionNotFound):
        return []
    return [str(name.value) for point in points.value for name in point.full_name or ()][:_MOST_NAMED]


def _responders_named(der: bytes) -> list[str]:
    try:
        access = x509.load_der_x509_certificate(der).extensions.get_extension_for_class(x509.AuthorityInformationAccess)
    except (ValueError, x509.ExtensionNotFound):
        return []
    ocsp = (one for one in access.value if one.access_method == AuthorityInformationAccessOID.OCSP)
    return [str(one.access_location.value) for one in ocsp][:_MOST_NAMED]


def _keep(address: str, about: str, said: bytes, at: datetime) -> None:
    """Keep what is newer than what is kept: an old list that is sent again takes nothing back."""
    made = said_at(said)
    word = OutsideWord.objects.filter(address=address, about=about).first()
    if made is not None and (word is None or word.said_at < made):
        kept = {"content": said, "said_at": made, "fetched_at": at}
        OutsideWord.objects.update_or_create(address=address, about=about, defaults=kept)
