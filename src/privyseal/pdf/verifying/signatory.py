"""Who made a signature, and is it theirs: from the container's bytes to a certificate under a trusted root."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from privyseal.pdf.judgement import Reason, Step
from privyseal.pdf.verifying import algorithms, certificates, container, der, revocation
from privyseal.pdf.verifying.algorithms import HashAlgorithm
from privyseal.pdf.verifying.certificates import Certificate, Path, Purpose
from privyseal.pdf.verifying.container import CertificateHash, Container, NotReadable
from privyseal.pdf.verifying.evidence import Evidence
from privyseal.pdf.verifying.revocation import Knowledge, Standing

Imprint = Callable[[HashAlgorithm], bytes]
"""The digest, by this algorithm, of what is said to be signed."""


@dataclass(slots=True)
class Findings:
    """What came of a container's steps."""

    reasons: set[Reason] = field(default_factory=set)
    done: set[Step] = field(default_factory=set)
    unknown: set[Step] = field(default_factory=set)
    container: Container | None = None
    certificate: Certificate | None = None
    proven_at: datetime | None = None

    @property
    def is_intact(self) -> bool:
        return Step.SIGNATURE in self.done and not self.reasons & _SAY_NOT_INTACT

    @property
    def is_trusted(self) -> bool:
        return Step.REVOCATION in self.done and not self.reasons & _SAY_NOT_TRUSTED


_SAY_NOT_INTACT: Final = frozenset({Reason.DOCUMENT_CHANGED, Reason.SIGNATURE_BROKEN, Reason.ATTRIBUTES_WRONG})
_SAY_NOT_TRUSTED: Final = frozenset(
    {
        Reason.ISSUER_NOT_TRUSTED,
        Reason.CERTIFICATE_PURPOSE,
        Reason.CERTIFICATE_NOT_IN_FORCE,
        Reason.CERTIFICATE_REVOKED,
        Reason.ALGORITHM_TOO_WEAK,
    }
)


# (1) the container is read, its padding is empty  (2) it uses algorithms that count  (3) it was made for this document
# (4) by the certificate it names  (5) with that certificate's key  (6) at a time that is proven, or now
# (7) the certificate leads to a root, for this purpose  (8) in force then  (9) and not revoked then
def examine(
    data: bytes,
    imprint: Imprint,
    *,
    evidence: Evidence,
    at: datetime,
    purpose: Purpose,
    names_certificate: bool = False,
) -> Findings:
    """Return what is wrong with a container, and whose it is; ``at`` is when it is known to have existed."""
    found = Findings()
    read = _read(data, found)  # (1) (2)
    if read is None:
        return found
    is_token = purpose is Purpose.TIME
    token = _token_info(read, found) if is_token else None
    if is_token and token is None:
        return found
    expected = read.content if is_token else None
    _compare(read, imprint, expected, token, found)  # (3)
    _name_certificate(read, found, is_required=names_certificate)  # (4)
    if found.certificate is None:
        return found
    try:
        _check_signature(read, found.certificate, found)  # (5)
        moment = token.at if token else _proven(read, evidence, at, found)  # (6)
        found.proven_at = moment if found.is_intact else None
        _check_trust(read, found, evidence, at if token else moment or at, purpose)  # (7) (8) (9)
    except algorithms.TooWeak:
        found.reasons.add(Reason.ALGORITHM_TOO_WEAK)
    except algorithms.NotKnown:
        found.reasons.add(Reason.ALGORITHM_NOT_KNOWN)
    return found


def digest_of(content: bytes) -> Imprint:
    """Return the imprint of these bytes."""
    return lambda algorithm: hashlib.new(algorithm.name, content).digest()


def _read(data: bytes, found: Findings) -> Container | None:
    try:
        node = der.first(data)
        found.done.add(Step.PADDING)
        if data[node.end :].strip(b"\0"):
            found.reasons.add(Reason.PADDING_NOT_EMPTY)
        found.container = container.read(node.whole)
    except (NotReadable, der.NotDer):
        found.reasons.add(Reason.CONTAINER_UNREADABLE)
    except algorithms.TooWeak:
        found.reasons.add(Reason.ALGORITHM_TOO_WEAK)
    except algorithms.NotKnown:
        found.reasons.add(Reason.ALGORITHM_NOT_KNOWN)
    else:
        found.done |= {Step.CONTAINER, Step.ALGORITHM}
    return found.container


def _token_info(read: Container, found: Findings) -> container.TokenInfo | None:
    try:
        return container.token_info(read)
    except (NotReadable, algorithms.TooWeak, algorithms.NotKnown):
        found.reasons.add(Reason.CONTAINER_UNREADABLE)
        return None


def _compare(
    read: Container, imprint: Imprint, content: bytes | None, token: container.TokenInfo | None, found: Findings
) -> None:
    found.done |= {Step.DIGEST, Step.ATTRIBUTES}
    if token is None:
        is_theirs = read.message_digest == imprint(read.digest)
        is_formed = read.is_detached
    else:
        is_theirs = token.imprint == imprint(token.digest)
        is_formed = read.message_digest == digest_of(content or b"")(read.digest)
    if not is_theirs:
        found.reasons.add(Reason.DOCUMENT_CHANGED)
    if not is_formed:
        found.reasons.add(Reason.ATTRIBUTES_WRONG)


def _name_certificate(read: Container, found: Findings, *, is_required: bool) -> None:
    """Find the signer's certificate; the signed attribute that names it must mean the same one."""
    candidates = [certificates.read(one) for one in read.certificates]
    theirs = [one for one in candidates if one and (one.issuer, one.serial) == (read.issuer, read.serial)]
    named = [one for one in theirs if _is_named(one, read.certificate_hash)]
    found.certificate = next(iter(named or theirs), None)
    if found.certificate is None:
        found.reasons.add(Reason.CONTAINER_UNREADABLE)
    elif read.certificate_hash is None:
        if is_required:
            found.reasons.add(Reason.ATTRIBUTES_WRONG)
    elif not named:
        found.reasons.add(Reason.ATTRIBUTES_WRONG)


def _is_named(certificate: Certificate, said: CertificateHash | None) -> bool:
    if said is None:
        return False
    # RFC 2634 names by SHA-1: compared as it is, it only ever takes trust away.
    name = "sha1" if said.algorithm is None else said.algorithm.name
    return hashlib.new(name, certificate.der, usedforsecurity=False).digest() == said.value


def _check_signature(read: Container, certificate: Certificate, found: Findings) -> None:
    key = algorithms.public_key(certificate.der)
    found.done.add(Step.SIGNATURE)
    if not algorithms.is_made_by(key, read.attributes, read.signature, read.algorithm, read.digest):
        found.reasons.add(Reason.SIGNATURE_BROKEN)


def _proven(read: Container, evidence: Evidence, at: datetime, found: Findings) -> datetime | None:
    """Return the time of a trusted stamp on the signature; None without one."""
    if read.time_stamp is None:
        found.unknown.add(Step.TIME)
        return None
    stamp = examine(read.time_stamp, digest_of(read.signature), evidence=evidence, at=at, purpose=Purpose.TIME)
    found.done.add(Step.TIME)
    if not stamp.is_intact:
        found.reasons.add(Reason.TIME_STAMP_BROKEN)
    if stamp.reasons:
        found.unknown.add(Step.TIME)
        return None
    return stamp.proven_at


def _check_trust(read: Container, found: Findings, evidence: Evidence, at: datetime, purpose: Purpose) -> None:
    leaf = found.certificate
    if leaf is None:
        return
    roots = evidence.time_roots if purpose is Purpose.TIME else evidence.roots
    path = certificates.path(leaf, (*read.certificates, *evidence.certificates), roots)
    found.done.add(Step.CHAIN)
    if path is None:
        found.reasons.add(Reason.ISSUER_NOT_TRUSTED)
        return
    if not leaf.serves(purpose):
        found.reasons.add(Reason.CERTIFICATE_PURPOSE)
    found.done |= {Step.VALIDITY, Step.REVOCATION}
    if not all(one.is_in_force(at) for one in _below_root(path)):
        found.reasons.add(Reason.CERTIFICATE_NOT_IN_FORCE)
    known = evidence.knowledge
    known = Knowledge((*read.crls, *known.crls), (*read.ocsps, *known.ocsps))
    match revocation.standing(path, known, at):
        case Standing.REVOKED:
            found.reasons.add(Reason.CERTIFICATE_REVOKED)
        case Standing.UNKNOWN:
            found.unknown.add(Step.REVOCATION)


def _below_root(path: Path) -> Path:
    return path[:-1] if len(path) > 1 else path
