"""A certificate authority with a CRL, an OCSP responder and a time stamp authority, made by certomancer."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from asn1crypto import ocsp, tsp  # type: ignore[import-untyped]  # asn1crypto ships no types
from asn1crypto import x509 as asn1_x509
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig, KeyLabel, PKIArchitecture, ServiceLabel
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key

from privyseal.pdf import timestamps
from privyseal.pdf.cms import Key, software_key
from privyseal.pdf.longterm import Evidence

_LIFE: Final = {"valid-from": "2020-01-01T00:00:00+0000", "valid-to": "2080-01-01T00:00:00+0000"}
_REVOCATION: Final[list[dict[str, object]]] = [
    {
        "id": "crl_distribution_points",
        "smart-value": {"schema": "crl-dist-url", "params": {"crl-repo-names": ["root"]}},
    },
    {
        "id": "authority_information_access",
        "smart-value": {"schema": "aia-urls", "params": {"ocsp-responder-names": ["root"]}},
    },
]
_NAMES: Final = ("root", "seal", "tsa", "ocsp", "old-tsa")


def _usage(*words: str) -> dict[str, object]:
    return {"id": "key_usage", "critical": True, "smart-value": {"schema": "key-usage", "params": [*words]}}


def _issued(*extensions: dict[str, object], until: int = 2080) -> dict[str, object]:
    life = {**_LIFE, "valid-to": f"{until}-01-01T00:00:00+0000"}
    return {"issuer": "root", "validity": life, "extensions": [*extensions]}


_STAMPING: Final = {"id": "extended_key_usage", "critical": True, "value": ["time_stamping"]}
_CONFIG: Final = {
    "external-url-prefix": "http://localhost:9",
    "keysets": {"keys": {"path-prefix": ".", "keys": {name: {"path": f"{name}.pem"} for name in _NAMES}}},
    "pki-architectures": {
        "pki": {
            "keyset": "keys",
            "entity-defaults": {"country-name": "CN", "organization-name": "Test"},
            "entities": {name: {"common-name": name} for name in _NAMES},
            "certs": {
                "root": {
                    "subject": "root",
                    "issuer": "root",
                    "validity": _LIFE,
                    "profiles": [{"id": "simple-ca", "params": {"crl-repo": "root"}}],
                },
                "seal": _issued(_usage("digital_signature", "non_repudiation"), *_REVOCATION, until=2030),
                "tsa": _issued(_usage("digital_signature"), _STAMPING, *_REVOCATION),
                "old-tsa": _issued(_usage("digital_signature"), _STAMPING, *_REVOCATION, until=2030),
                "ocsp": _issued(
                    _usage("digital_signature"),
                    {"id": "extended_key_usage", "critical": True, "value": ["ocsp_signing"]},
                    {"id": "ocsp_no_check"},
                ),
            },
            "services": {
                "ocsp": {"root": {"for-issuer": "root", "responder-cert": "ocsp", "signing-key": "ocsp"}},
                "crl-repo": {
                    "root": {"for-issuer": "root", "signing-key": "root", "simulated-update-schedule": "P30D"}
                },
                "time-stamping": {name: {"signing-key": name, "signing-cert": name} for name in ("tsa", "old-tsa")},
            },
        }
    },
}


@dataclass(frozen=True, slots=True)
class Pki:
    architecture: PKIArchitecture

    @classmethod
    def made_in(cls, folder: Path) -> "Pki":
        for name in _NAMES:
            private_key = ec.generate_private_key(ec.SECP256R1())
            pem = private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            (folder / f"{name}.pem").write_bytes(pem)
        config = CertomancerConfig(_CONFIG, key_search_dir=str(folder))
        return cls(config.get_pki_arch(ArchLabel("pki")))

    def certificate(self, name: str) -> asn1_x509.Certificate:
        return self.architecture.get_cert(CertLabel(name))

    def key(self) -> Key:
        private_key = self.architecture.key_set.get_private_key(KeyLabel("seal")).dump()
        return software_key(load_der_private_key(private_key, None), self.certificate("seal").dump())

    def evidence(self, *names: str, at: datetime) -> Evidence:
        """Return what proves at that time that these certificates were not revoked."""
        certificates = [self.certificate(name).dump() for name in ("root", "ocsp", *names)]
        return Evidence(
            certificates=certificates,
            crls=[self.crl(at)],
            ocsp_answers=[self._ocsp_answer(name, at) for name in names],
        )

    def crl(self, at: datetime) -> bytes:
        written: bytes = self.architecture.service_registry.get_crl(ServiceLabel("root"), at).dump()
        return written

    def ocsp_answer(self, query: bytes, at: datetime) -> bytes:
        responder = self.architecture.service_registry.summon_responder(ServiceLabel("root"), at)
        answer: bytes = responder.build_ocsp_response(ocsp.OCSPRequest.load(query)).dump()
        return answer

    def _ocsp_answer(self, name: str, at: datetime) -> bytes:
        identifier = ocsp.CertId(
            {
                "hash_algorithm": {"algorithm": "sha1"},
                "issuer_name_hash": self.certificate("root").subject.sha1,
                "issuer_key_hash": self.certificate("root").public_key.sha1,
                "serial_number": self.certificate(name).serial_number,
            }
        )
        request = ocsp.OCSPRequest({"tbs_request": {"request_list": [{"req_cert": identifier}]}})
        return self.ocsp_answer(request.dump(), at)


@dataclass(frozen=True, slots=True)
class Stamper:
    """The time stamp authority, at one moment, asked as one asks over HTTP."""

    pki: Pki
    at: datetime
    name: str = "tsa"

    def token(self, imprint: bytes) -> bytes:
        query = timestamps.query(imprint, nonce=4711)
        return timestamps.token_in(self.answer(query), imprint=imprint, nonce=4711)

    def answer(self, query: bytes) -> bytes:
        authority = self.pki.architecture.service_registry.summon_timestamper(ServiceLabel(self.name), self.at)
        answer: bytes = authority.request_tsa_response(tsp.TimeStampReq.load(query)).dump()
        return answer
