"""What is asked of the signer about a certificate that is to come from outside."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json
from privyseal.signer.statement import MAX_VERSIONS

MOST_BETWEEN: Final = 6
MOST_CERTIFICATE_BYTES: Final = 6_000
MOST_LIST_BYTES: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class CertificateRequest:
    """What this seal's next certificate is asked for with, where it is to come from outside."""

    seal: str

    def header(self) -> Mapping[str, Json]:
        return {"op": "certificate-request", "seal": self.seal}


@dataclass(frozen=True, slots=True)
class Certify:
    """The certificate that came, and those between it and its root."""

    seal: str
    certificate: bytes
    between: tuple[bytes, ...]

    def header(self) -> Mapping[str, Json]:
        return {
            "op": "certify",
            "seal": self.seal,
            "certificate": shapes.base64_text(self.certificate),
            "between": [shapes.base64_text(one) for one in self.between],
        }


@dataclass(frozen=True, slots=True)
class RevokedOutside:
    """By what is in the body, a list or an answer, the authority outside has revoked a seal's certificate."""

    seal: str
    version: int

    def header(self) -> Mapping[str, Json]:
        return {"op": "revoked-outside", "seal": self.seal, "version": self.version}


def _certify(header: Mapping[str, Json]) -> Certify:
    return Certify(
        seal=shapes.uid(header["seal"]),
        certificate=_certificate(header["certificate"]),
        between=tuple(map(_certificate, shapes.items(header["between"], most=MOST_BETWEEN))),
    )


def _certificate(value: Json) -> bytes:
    der = shapes.octets(value)
    if not 0 < len(der) <= MOST_CERTIFICATE_BYTES:
        raise shapes.Misshapen
    return der


def read_request(result: object) -> bytes:
    """Return the request of an answer, or raise Misshapen."""
    return shapes.octets(shapes.fields(result, frozenset({"request"}))["request"])


def _revoked(header: Mapping[str, Json]) -> RevokedOutside:
    version = shapes.integer(header["version"], least=1, most=MAX_VERSIONS)
    return RevokedOutside(shapes.uid(header["seal"]), version)


OfCertificates: TypeAlias = CertificateRequest | Certify | RevokedOutside
READERS: Final[Mapping[str, tuple[frozenset[str], Callable[[Mapping[str, Json]], OfCertificates]]]] = {
    "certificate-request": (frozenset({"seal"}), lambda header: CertificateRequest(shapes.uid(header["seal"]))),
    "revoked-outside": (frozenset({"seal", "version"}), _revoked),
    "certify": (frozenset({"seal", "certificate", "between"}), _certify),
}
