"""The first run: keys, log, and people in different offices, each act by the person whose office it is."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings

from privyseal.identity import actions as identity
from privyseal.identity.founding import AlreadyFounded, Founder, check_offices, found_installation
from privyseal.identity.models import Person
from privyseal.identity.names import plain_name
from privyseal.identity.queries import installation
from privyseal.identity.rules import Held, Power, check_grant
from privyseal.kernel.errors import Refused
from privyseal.ledger.actors import Service
from privyseal.ledger.commands import command
from privyseal.sealing.signing import web_key
from privyseal.signer.answers import Public
from privyseal.signer.client import Client
from privyseal.signer.statement import EXTERNAL, SESSION

CEREMONY: Final = Service("ceremony")


class AnswersUnreadable(Refused):
    """The answers do not have the form that docs/running.md shows."""

    code = "answers-unreadable"


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody with powers in the first company."""

    login: str
    name: str
    password: str
    powers: tuple[Power, ...]


@dataclass(frozen=True, slots=True)
class FirstCompany:
    name: str
    name_en: str
    uscc: str
    legal_representative: str
    licence: bytes
    representative: bytes


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything the first run asks for. The second security person, or else the auditor, confirms each grant.

    ``assurance`` is the least that a yes may be made of from then on: with ``external`` also the word of an outside
    approval system that is registered later.
    """

    public_url: str
    founders: tuple[Founder, ...]
    company: FirstCompany
    colleagues: tuple[Colleague, ...]
    is_demo: bool = False
    assurance: str = SESSION

    @classmethod
    def from_json(cls, said: Mapping[str, Any], folder: Path) -> "Answers":
        """Read answers; the proofs of the company are paths beside them. Refuses: answers-unreadable."""
        try:
            company = dict(said["company"])
            for proof in ("licence", "representative"):
                company[proof] = (folder / company[proof]).read_bytes()
            return cls(
                public_url=str(said["public_url"]),
                assurance=_assurance(said.get("assurance", SESSION)),
                founders=tuple(Founder(**{**who, "power": Power(who["power"])}) for who in said["founders"]),
                company=FirstCompany(**company),
                colleagues=tuple(
                    Colleague(**{**who, "powers": tuple(Power(power) for power in who["powers"])})
                    for who in said["colleagues"]
                ),
            )
        except (KeyError, TypeError, ValueError, OSError) as error:
            raise AnswersUnreadable(detail=type(error).__name__) from error


def _assurance(said: object) -> str:
    if said not in {SESSION, EXTERNAL}:
        raise ValueError(said)
    return str(said)


def read_answers(path: Path) -> Answers:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AnswersUnreadable(detail=type(error).__name__) from error
    if not isinstance(said, dict):
        raise AnswersUnreadable(detail="not an object")
    return Answers.from_json(said, path.parent)


def hold(at: datetime, answers: Answers, *, signer: Client) -> None:
    """Found the installation and seat its people, or refuse before anything is made.

    (1) every answer will do; (2) the web application's own key; (3) the signer makes authority and log key, and pins
    that key; (4) the installation, its company and its people, all or nothing; (5) what the public may know
    """
    if installation() is not None:
        raise AlreadyFounded
    check(answers)  # (1)
    make_web_key(settings.DATA)  # (2)
    public = signer.found(  # (3)
        public_url=answers.public_url,
        origin=_origin(answers.public_url),
        web_key=web_key().public_key().public_bytes_raw(),
        assurance=answers.assurance,
        is_demo=answers.is_demo,
    )
    found(CEREMONY, at, answers=answers, public=public)  # (4)
    publish(settings.DATA, authority=public.ca, log_key=public.log_key)  # (5)


@command("ceremony.hold")
def found(actor: Service, at: datetime, *, answers: Answers, public: Public) -> None:
    """Record the first people, the company that security enters and a second person examines, and the colleagues."""
    found_installation.within(
        actor,
        at,
        public_url=answers.public_url,
        origin=public.origin,
        log_key=public.log_key,
        authority=public.ca,
        assurance=answers.assurance,
        is_demo=answers.is_demo,
        founders=answers.founders,
    )
    security, second = _officers(answers)
    company = _enter_company(at, answers.company, security, second)
    for colleague in answers.colleagues:
        _seat(at, colleague, company, security, second)


def check(answers: Answers) -> None:
    """Return if every answer will do, or refuse: a ceremony cut in the middle would leave half an installation."""
    check_offices(answers.founders)
    identity.check_credit_code(answers.company.uscc)
    for name in (answers.company.name, answers.company.legal_representative):
        plain_name(name)
    everybody: list[Founder | Colleague] = [*answers.founders, *answers.colleagues]
    if len({who.login for who in everybody}) < len(everybody) or not all(who.login.strip() for who in everybody):
        raise identity.AlreadyRegistered
    for who in everybody:
        identity.check_password(who.password, Person(login=who.login, name=plain_name(who.name)))
    for colleague in answers.colleagues:
        held = [Held(power, 1) for power in colleague.powers]
        for number, wanted in enumerate(held):
            check_grant(wanted, beneficiary=1, grantor=0, held=held[:number])


def make_web_key(data: Path) -> None:
    """Make the key with which the web application vouches for sessions, where there is none."""
    path = data / "secrets" / "web.key"
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    half = path.with_suffix(f".{os.getpid()}")
    half.touch(mode=0o600)
    half.write_bytes(pem)
    with suppress(FileExistsError):
        # Whoever links first has made the key; a reader never sees half of it.
        os.link(half, path)
    half.unlink()


def publish(data: Path, *, authority: bytes, log_key: str) -> None:
    """Lay out what the command line trusts without being told: the authority's certificate and the log's key."""
    folder = data / "public"
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    (folder / "ca.pem").write_bytes(x509.load_der_x509_certificate(authority).public_bytes(Encoding.PEM))
    (folder / "log.vkey").write_text(log_key + "\n", encoding="utf-8")


def publish_revocations(data: Path, crl: bytes) -> None:
    """Lay out the list of revoked certificates for the command line, whole or not at all."""
    file = data / "public" / "ca.crl"
    if file.parent.is_dir() and not (file.is_file() and file.read_bytes() == crl):
        half = file.with_suffix(".half")
        half.write_bytes(crl)
        half.replace(file)


def _origin(public_url: str) -> str:
    return f"{urlsplit(public_url).netloc}/ledger"


def _officers(answers: Answers) -> tuple[Person, Person]:
    logins = [who.login for who in answers.founders if who.power is Power.SECURITY]
    logins += [who.login for who in answers.founders if who.power is Power.AUDIT]
    return Person.objects.get(login=logins[0]), Person.objects.get(login=logins[1])


def _enter_company(at: datetime, company: FirstCompany, security: Person, second: Person) -> str:
    proofs: dict[str, str] = {
        "licence_sha256": settings.BLOBS.put(company.licence),
        "representative_sha256": settings.BLOBS.put(company.representative),
    }
    uid = identity.register_company.within(
        security,
        at,
        name=company.name,
        name_en=company.name_en,
        uscc=company.uscc,
        legal_representative=company.legal_representative,
        **proofs,
    )
    return identity.verify_company.within(second, at, company_uid=uid, **proofs)


def _seat(at: datetime, who: Colleague, company_uid: str, security: Person, second: Person) -> None:
    person = identity.enrol_person.within(security, at, login=who.login, name=who.name, password=who.password)
    for power in who.powers:
        grant = identity.grant_power.within(security, at, person_pseudonym=person, power=power, company_uid=company_uid)
        identity.confirm_grant.within(second, at, grant_id=grant)
