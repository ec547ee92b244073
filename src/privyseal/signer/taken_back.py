"""A certificate that its authority outside took back: the key looks at the list itself, and keeps what it saw."""

import sqlite3
from datetime import datetime

from privyseal.kernel.canonical import sha256, utc_text
from privyseal.pdf.verifying import certificates
from privyseal.pdf.verifying.current import current
from privyseal.pdf.verifying.revocation import Standing
from privyseal.signer.bodies import Body
from privyseal.signer.certifying import MOST_LIST_BYTES, RevokedOutside
from privyseal.signer.checks import SealUnknown
from privyseal.signer.database import Database
from privyseal.signer.outside import CertificateRevoked, NotRevoked, from_pem


# (1) a version with such a certificate  (2) its own authority says so, or one above it  (3) kept, and the seal rests,
# in one commit: no use that is under way is counted after it
def take_back(database: Database, request: RevokedOutside, evidence: Body, *, at: datetime) -> None:
    """Keep that a certificate is revoked, by a list or an answer that says so, or refuse; again, the same."""
    # (1) a version
    row = database.one(
        "SELECT certificate, chain FROM seal_version WHERE seal = ? AND version = ? AND length(chain) > 0",
        *(request.seal, request.version),
    )
    if row is None:
        raise SealUnknown(seal=request.seal)
    # (2) says so
    certificate, chain = row
    way = [certificates.read(one) for one in (certificate, *from_pem(chain))]
    written = bytes(evidence) if len(evidence) <= MOST_LIST_BYTES else b""
    path = tuple(one for one in way if one is not None)
    if current(path, [written], at).standing is not Standing.REVOKED:
        raise NotRevoked(seal=request.seal)
    # (3) kept
    with database.writing() as connection:
        keep_taken_back(connection, request.seal, request.version, evidence_sha256=sha256(written), at=at)


def keep_taken_back(
    connection: sqlite3.Connection, seal: str, version: int, *, evidence_sha256: str, at: datetime
) -> None:
    """Keep for good that this version's certificate is revoked; the seal rests where it is the one of now."""
    connection.execute(
        "INSERT INTO revoked_outside VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (seal, version, evidence_sha256, utc_text(at)),
    )
    connection.execute("UPDATE seal SET is_active = 0 WHERE uid = ? AND version = ?", (seal, version))


def refuse_taken_back(connection: sqlite3.Connection, seal: str) -> None:
    """Return if the certificate that the seal has now was not revoked outside, or refuse."""
    if connection.execute(
        "SELECT 1 FROM revoked_outside gone JOIN seal ON uid = gone.seal AND seal.version = gone.version WHERE uid = ?",
        (seal,),
    ).fetchone():
        raise CertificateRevoked(seal=seal)
