"""Seal versions whose keys are made and whose certificates come from outside; the version before lasts until then.

The key lies here from the moment in which its making was found to be approved. A certificate that counts is put beside
it, and the making, asked again, ends in the version.
"""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json, canonical, utc_time
from privyseal.signer import authority, certificate_requests, outside, taken_back, terms
from privyseal.signer.bodies import Body
from privyseal.signer.certifying import Certify, OfCertificates, RevokedOutside
from privyseal.signer.checks import Case
from privyseal.signer.database import Database
from privyseal.signer.hardware import Hardware
from privyseal.signer.keys import Keys, of_seal
from privyseal.signer.outside import CertificateAlreadyUsed, NothingAwaited, Outside
from privyseal.signer.requests import Make, request_sha256
from privyseal.signer.rosters import Grounds
from privyseal.signer.store import SealVersion, refuse_destroyed
from privyseal.signer.terms import Making
from privyseal.signer.tokens import PublicKey

_GIVEN_UP: Final = """
UPDATE awaited SET key = x'' WHERE length(key) > 0 AND (
  EXISTS (SELECT 1 FROM seal WHERE uid = awaited.seal AND destroyed_by IS NOT NULL)
  OR EXISTS (SELECT 1 FROM denial WHERE uid = awaited.application
    AND (what = 'application' OR (what = 'permit' AND denial.seal = awaited.seal))))
"""


@dataclass(frozen=True, slots=True)
class Awaited:
    """What was approved to be made, and the whole version once a certificate came for it."""

    making: Making
    certified: SealVersion | None = None


class Awaiting:
    def __init__(self, database: Database, keys: Keys, hardware: Hardware, policy: Outside) -> None:
        self._database = database
        self._keys = keys
        self._hardware = hardware
        self._policy = policy

    def answer(self, request: OfCertificates, evidence: Body, *, at: datetime) -> Mapping[str, Json]:
        """Do what is asked about a certificate from outside, or refuse."""
        if isinstance(request, RevokedOutside):
            taken_back.take_back(self._database, request, evidence, at=at)
            return {}
        if isinstance(request, Certify):
            self.certify(request, at=at)
            return {}
        return {"request": shapes.base64_text(self.request(request.seal))}

    def is_for(self, seal: str, kind: str) -> bool:
        """Tell whether the next certificate of a seal comes from outside: by its type, or as the one before did."""
        before = self._database.one(
            "SELECT 1 FROM seal_version JOIN seal ON uid = seal_version.seal AND seal.version = seal_version.version"
            " WHERE uid = ? AND length(chain) > 0",
            seal,
        )
        return before is not None or self._policy.takes(kind)

    def known(self, sha256: str) -> Awaited | None:
        """Return what is awaited by this request, None where nothing is; refuse while the signer is sealed."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT seal, version, making, face, key, certificate, chain FROM awaited"
                " WHERE request_sha256 = ? AND length(key) > 0",
                (sha256,),
            ).fetchone()
            if row is None:
                return None
            seal, version, said, face, kept, certificate, chain = row
            key = self._keys.reveal(kept, of_seal(seal, version))
        making = terms.making(json.loads(said))
        if not certificate:
            return Awaited(making)
        brought = outside.Brought(certificate, outside.from_pem(chain))
        certified = SealVersion(
            seal=seal,
            version=version,
            request_sha256=sha256,
            face=face,
            key=key,
            certificate=certificate,
            serial=brought.serial,
            not_after=brought.not_after,
            chain=brought.chain,
        )
        return Awaited(making, certified)

    def begin(self, request: Make, case: Case, making: Making, *, grounds: Grounds) -> None:
        """Make a key for what was approved, and keep it with what its certificate is asked for with."""
        seal, version, sha256 = request.seal, case.statement.seal_version, request_sha256(request)
        key, public, asked = self._new_key(seal, version, making, sha256)
        with self._database.writing() as connection:
            grounds.hold(connection)
            refuse_destroyed(connection, seal)
            # Another approved making of this seal takes the place of one that has not ended.
            connection.execute("UPDATE awaited SET key = x'' WHERE seal = ?", (seal,))
            connection.execute(
                "REPLACE INTO awaited VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, x'', x'')",
                (
                    *(sha256, seal, version, case.statement.application),
                    *(canonical(making.to_json()).decode(), canonical(request.face)),
                    *(self._keys.protect(key, of_seal(seal, version)), public, asked),
                ),
            )

    def request(self, seal: str) -> bytes:
        """Return what this seal's next certificate is asked for with, or refuse."""
        row = self._database.one("SELECT request FROM awaited WHERE seal = ? AND length(key) > 0", seal)
        if row is None:
            raise NothingAwaited(seal=seal)
        found: bytes = row[0]
        return found

    def certify(self, request: Certify, *, at: datetime) -> None:
        """Put a certificate that counts beside its key, or refuse; a later one takes the place of one not used yet."""
        with self._database.writing() as connection:
            row = connection.execute(
                "SELECT request_sha256, making, public FROM awaited WHERE seal = ? AND length(key) > 0", (request.seal,)
            ).fetchone()
            if row is None:
                raise NothingAwaited(seal=request.seal)
            sha256, making, public = row
            brought = outside.checked(
                request.certificate,
                request.between,
                public=public,
                making=terms.making(json.loads(making)),
                roots=self._policy.roots,
                before=_end_of_the_one_before(connection, request.seal),
                at=at,
            )
            _refuse_used(connection, brought.certificate)
            connection.execute(
                "UPDATE awaited SET certificate = ?, chain = ? WHERE request_sha256 = ?",
                (brought.certificate, outside.pem(brought.chain), sha256),
            )

    def give_up_ended(self) -> None:
        """Take the keys away whose making was denied, or whose seal was destroyed; in hardware at its next sweep."""
        with self._database.writing() as connection:
            ended = connection.execute(_GIVEN_UP).rowcount
        if ended:
            self._database.forget_old_pages()

    def _new_key(self, seal: str, version: int, making: Making, sha256: str) -> tuple[bytes, bytes, bytes]:
        """Return a key as it is kept, its public half in DER, and the request that it signed."""
        elsewhere = self._hardware.new_key(seal, version, kind=making.type, request_sha256=sha256)
        if elsewhere is None:
            key, public = authority.in_software()
            return key, _der(public), certificate_requests.by_software(making, key)
        kept, public = elsewhere
        signs = self._hardware.sign_request(kept, public)
        return kept, _der(public), certificate_requests.by_hardware(making, public, signs)


def _end_of_the_one_before(connection: sqlite3.Connection, seal: str) -> datetime | None:
    """Return when the certificate from outside ends that the seal has now; None where it has none."""
    # In place of one that was revoked an authority issues what is left of its time.
    row = connection.execute(
        "SELECT not_after FROM seal_version JOIN seal ON uid = seal_version.seal"
        " AND seal.version = seal_version.version WHERE uid = ? AND length(chain) > 0 AND NOT EXISTS"
        " (SELECT 1 FROM revoked_outside gone WHERE gone.seal = uid AND gone.version = seal_version.version)",
        (seal,),
    ).fetchone()
    return None if row is None else utc_time(row[0])


def _refuse_used(connection: sqlite3.Connection, certificate: bytes) -> None:
    if connection.execute("SELECT 1 FROM seal_version WHERE certificate = ?", (certificate,)).fetchone():
        raise CertificateAlreadyUsed


def _der(public: PublicKey) -> bytes:
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
