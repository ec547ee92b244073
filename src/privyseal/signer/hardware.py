"""Which keys are in the hardware: written down before one is made there, and kept until it is destroyed there."""

import logging
import secrets
from collections.abc import Callable
from typing import Final

from cryptography.x509 import load_der_x509_certificate

from privyseal.signer.database import Database
from privyseal.signer.tokens import PREFIX, PublicKey, Token, TokenKey, TokenUnavailable, is_rsa

_ID_BYTES: Final = 16
# A key of a version that has ended, in a file that was restored as well; and one that was made and is no version's.
_ENDED: Final = (
    "SELECT handle FROM token_key JOIN seal_version USING (seal, version) WHERE length(seal_version.key) = 0"
    " UNION SELECT handle FROM token_key JOIN awaited USING (request_sha256) WHERE length(awaited.key) = 0"
)
_NOBODYS: Final = (
    "SELECT handle FROM token_key LEFT JOIN seal_version ON seal_version.seal = token_key.seal"
    " AND seal_version.version = token_key.version AND seal_version.request_sha256 = token_key.request_sha256"
    " WHERE seal_version.seal IS NULL AND token_key.request_sha256 NOT IN"
    " (SELECT request_sha256 FROM awaited WHERE length(key) > 0)"
)
_log = logging.getLogger("privyseal.signer")


class Hardware:
    def __init__(self, database: Database, token: Token | None) -> None:
        self._database = database
        self._token = token

    def new_key(self, seal: str, version: int, *, kind: str, request_sha256: str) -> tuple[bytes, PublicKey] | None:
        """Make a key there for a seal of this type, or nothing where such keys are made in software; or refuse."""
        if self._token is None or not self._token.place.takes(kind):
            return None
        name = secrets.token_bytes(_ID_BYTES)
        with self._database.writing() as connection:
            connection.execute("INSERT INTO token_key VALUES (?, ?, ?, ?)", (name, seal, version, request_sha256))
        return PREFIX + name, self._token.make(name)

    def key(self, kept: bytes, certificate: bytes, chain: tuple[bytes, ...] = ()) -> TokenKey:
        """Return the key that this stands for, or refuse where no hardware is named any more."""
        if self._token is None:
            raise TokenUnavailable
        public = load_der_x509_certificate(certificate).public_key()
        return TokenKey(self._token, kept, certificate, is_rsa=is_rsa(public), chain=chain)

    def sign_request(self, kept: bytes, public: PublicKey) -> Callable[[bytes], bytes]:
        """Return what signs the request for a certificate by the key that this stands for."""
        token = self._token
        if token is None:
            raise TokenUnavailable
        return lambda digest32: token.sign(kept, digest32, is_rsa=is_rsa(public))

    def destroy_ended(self) -> None:
        """Destroy there what has ended here; hardware that is away is asked again at the next time."""
        self._destroy(_ENDED)

    def destroy_nobodys(self) -> None:
        """Destroy there what a crash left without a version; call it while nothing is being made."""
        self._destroy(_NOBODYS)
        self._destroy(_ENDED)

    def left(self) -> int:
        """Return how many keys have ended here and are still there."""
        return len(self._database.every(_ENDED))

    def _destroy(self, query: str) -> None:
        if self._token is None:
            return
        for (name,) in self._database.every(query):
            try:
                self._token.destroy(name)
            except TokenUnavailable as refused:
                _log.warning("a key that has ended is still in the hardware", extra={"code": refused.code})
                return
            with self._database.writing() as connection:
                connection.execute("DELETE FROM token_key WHERE handle = ?", (name,))
