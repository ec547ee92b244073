"""What keeps a sealed file checkable for decades, fetched from whoever has it; nothing is written here."""

from itertools import pairwise
from typing import Final

from cryptography.x509.ocsp import OCSPResponseStatus, load_der_ocsp_response
from django.conf import settings

from privyseal.identity.queries import installation
from privyseal.pdf import longterm
from privyseal.pdf.longterm import Evidence
from privyseal.pdf.reading.syntax import Data
from privyseal.pdf.verifying import certificates
from privyseal.sealing import authorities, watching
from privyseal.signer.client import Client

FIELD: Final = "Archive"


class Authority:
    """The installation's time stamp authority, as the engine asks it."""

    def token(self, imprint: bytes) -> bytes:
        return authorities.time_stamp(imprint)


def kept(sealed: Data, *, signer: Client, is_archived: bool) -> bytes:
    """Return the revision that keeps the evidence, under a time stamp of the document where asked for, or refuse."""
    evidence = _evidence(sealed, signer=signer)
    if not is_archived:
        return longterm.add_evidence(sealed, evidence)
    return longterm.archive(sealed, evidence, authority=Authority(), field=f"{FIELD}-{len(sealed)}")


def _evidence(sealed: Data, *, signer: Client) -> Evidence:
    """Return our own authority's certificate, list and answers, and what is said of other authorities' certificates."""
    founded = installation()
    own = [bytes(founded.authority)] if founded else []
    stamps = longterm.stamping_certificates(sealed)
    asked = _questions(stamps) if settings.OCSP_URL else []
    fetched = [authorities.ocsp_answer(query, settings.OCSP_URL) for query in asked]
    above, lists, answers = watching.evidence_of(longterm.sealing_certificates(sealed))
    return Evidence(
        certificates=[*own, *stamps, *settings.TSA_ROOTS, *settings.OUTSIDE_ROOTS, *above],
        crls=[signer.public().crl, *map(authorities.revocation_list, settings.CRL_URLS), *lists],
        ocsp_answers=[*fetched, *answers, *_own_answers(sealed, own, signer)],
    )


def _own_answers(sealed: Data, own: list[bytes], signer: Client) -> list[bytes]:
    """Return what our own responder says of each certificate of ours; nothing while it says: later."""
    issued = [(one, above) for one in longterm.sealing_certificates(sealed) for above in own if _is_issued(one, above)]
    said = [signer.ocsp(authorities.ocsp_question(*pair)) for pair in issued]
    return [one for one in said if load_der_ocsp_response(one).response_status is OCSPResponseStatus.SUCCESSFUL]


def _is_issued(certificate: bytes, issuer: bytes) -> bool:
    one, above = certificates.read(certificate), certificates.read(issuer)
    return one is not None and above is not None and one.issuer == above.subject and one.der != above.der


def _questions(stamps: tuple[bytes, ...]) -> list[bytes]:
    """Return one OCSP request for each certificate between the time stamps and their roots."""
    found = [leaf for one in stamps if (leaf := certificates.read(one)) and leaf.depth is None]
    paths = [certificates.path(leaf, stamps, settings.TSA_ROOTS) for leaf in found]
    pairs = dict.fromkeys((one.der, issuer.der) for path in paths if path for one, issuer in pairwise(path))
    return [authorities.ocsp_question(*pair) for pair in pairs]
