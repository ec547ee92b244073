"""The authority of machines as its house publishes it: what a log is held against that came with no pack."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from privyseal.device.logged import LogUnreadable
from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json, sha256, utc_text

FORMAT: Final = "privyseal/device-authority@v1"
MOST_BYTES: Final = 4_000_000
_PEM: Final = b"-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True, slots=True)
class Published:
    """The authority's certificate in DER; ``ended`` says of certificates of machines since when they count no more."""

    authority: bytes
    ended: Mapping[str, datetime] = field(default_factory=dict)

    def to_json(self) -> Mapping[str, Json]:
        return {
            "format": FORMAT,
            "authority": {"certificate": shapes.base64_text(self.authority), "sha256": sha256(self.authority)},
            "ended": [{"certificate": serial, "since": utc_text(since)} for serial, since in self.ended.items()],
        }

    @classmethod
    def read(cls, data: bytes) -> "Published":
        """Return what a file says, which is this in JSON or the certificate alone, in DER or PEM; or refuse."""
        try:
            if len(data) > MOST_BYTES:
                raise LogUnreadable
            if data.lstrip().startswith(b"{"):
                return cls._parse(json.loads(data))
            certificate = x509.load_pem_x509_certificate(data) if _PEM in data else x509.load_der_x509_certificate(data)
            return cls(certificate.public_bytes(Encoding.DER))
        except (ValueError, RecursionError, shapes.Misshapen) as error:
            raise LogUnreadable from error

    @classmethod
    def _parse(cls, said: object) -> "Published":
        told = shapes.fields(said, frozenset({"format", "authority", "ended"}))
        named = shapes.fields(told["authority"], frozenset({"certificate", "sha256"}))
        authority = shapes.octets(named["certificate"])
        if told["format"] != FORMAT or named["sha256"] != sha256(authority):
            raise LogUnreadable
        every = [
            shapes.fields(one, frozenset({"certificate", "since"}))
            for one in shapes.items(told["ended"], least=0, most=MOST_BYTES)
        ]
        return cls(authority, {str(one["certificate"]): shapes.moment(one["since"]) for one in every})
