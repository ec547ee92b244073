"""The first run: keys, log, and people in different offices, each act by the person whose office it is."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings

from privyseal.approval_page.client import ApprovalPageUnavailable
from privyseal.approvals import actions as approvals
from privyseal.config.beginning import Begun, Member, Passkeys, begin
from privyseal.config.transcript import Transcript
from privyseal.identity import actions as identity
from privyseal.identity.founding import AlreadyFounded, Founder, check_offices, found_installation
from privyseal.identity.models import Person, new_uid
from privyseal.identity.names import plain_name
from privyseal.identity.queries import installation
from privyseal.identity.rules import Held, Power, check_grant
from privyseal.kernel.disk import written_once
from privyseal.kernel.errors import Refused
from privyseal.kernel.shapes import Misshapen
from privyseal.ledger import book
from privyseal.ledger.actors import Service
from privyseal.ledger.commands import command
from privyseal.sealing.signing import web_key
from privyseal.signer.answers import Public
from privyseal.signer.changes import TAKES, Kind
from privyseal.signer.charters import APPROVERS, SECURITY, Charter, RosterTooSmall
from privyseal.signer.client import Client
from privyseal.signer.custodians import entrust
from privyseal.signer.outside import pem
from privyseal.signer.passkeys import PASSKEY
from privyseal.signer.proving import digests
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
    pseudonym: str = field(default_factory=new_uid)


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
    approval system that is registered later; with ``passkey`` no less than everybody's own. ``charter`` is what the
    installation begins with where its people make passkeys at the ceremony, and ``roster`` where approvers' come onto.
    ``custodians`` are the files of those who open the keys from then on, any ``needed`` of them together.
    """

    public_url: str
    founders: tuple[Founder, ...]
    company: FirstCompany
    colleagues: tuple[Colleague, ...]
    is_demo: bool = False
    assurance: str = SESSION
    charter: Charter | None = None
    roster: str = APPROVERS
    custodians: tuple[Path, ...] = ()
    needed: int = 2

    @classmethod
    def from_json(cls, said: Mapping[str, Any], folder: Path) -> "Answers":
        """Read answers; the proofs of the company are paths beside them. Refuses: answers-unreadable."""
        try:
            company, charter = dict(said["company"]), _charter(said.get("charter"))
            for proof in ("licence", "representative"):
                company[proof] = (folder / company[proof]).read_bytes()
            return cls(
                public_url=str(said["public_url"]),
                assurance=_assurance(said.get("assurance", SESSION)) if charter is None else charter.assurance,
                charter=charter,
                custodians=tuple(folder / str(path) for path in said.get("custodians", ())),
                needed=int(said.get("needed", 2)),
                founders=tuple(Founder(**{**who, "power": Power(who["power"])}) for who in said["founders"]),
                company=FirstCompany(**company),
                colleagues=tuple(
                    Colleague(**{**who, "powers": tuple(Power(power) for power in who["powers"])})
                    for who in said["colleagues"]
                ),
            )
        except (KeyError, TypeError, ValueError, OSError) as error:
            raise AnswersUnreadable(detail=f"{type(error).__name__}: {error}") from error


def _charter(said: object) -> Charter | None:
    if said is None:
        return None
    try:
        return Charter.parse({"roster": APPROVERS, **dict(said)})  # type: ignore[call-overload]  # anything else is refused
    except Misshapen as error:
        raise ValueError from error


def _assurance(said: object) -> str:
    if said not in {SESSION, EXTERNAL}:
        raise ValueError(said)
    return str(said)


def read_answers(path: Path) -> Answers:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AnswersUnreadable(detail=f"{type(error).__name__}: {error}") from error
    if not isinstance(said, dict):
        raise AnswersUnreadable(detail="not an object")
    return Answers.from_json(said, path.parent)


def hold(at: datetime, answers: Answers, *, signer: Client, passkeys: Passkeys | None = None) -> Transcript | None:
    """Found the installation and seat its people, or refuse before anything is made; return what was done by passkey.

    (1) every answer will do; (2) the web application's own key; (3) everybody makes a passkey and says yes by it to
    charter, rosters and witness; (4) the signer makes authority and log key, and pins all of that, or, where an earlier
    attempt was broken off, once more from the beginning; (5) the installation, its company and its people, all or
    nothing; (6) what the public may know; (7) the custodians get their shares, and the keys open by them alone.
    """
    if installation() is None:
        check(answers)  # (1)
        make_web_key(settings.DATA)  # (2)
        key = web_key().public_key().public_bytes_raw()
        begun = _begun(at, answers, passkeys, web_key=key)  # (3)
        public = signer.found(  # (4)
            public_url=answers.public_url,
            origin=_origin(answers.public_url),
            web_key=key,
            approvals=answers.charter.approvals if answers.charter else 1,
            assurance=answers.assurance,
            is_demo=answers.is_demo,
            rule=begun.said if begun else None,
        )
        transcript = _transcript(at, answers, begun, public, passkeys)
        found(CEREMONY, at, answers=answers, public=public, transcript=transcript)  # (5)
        publish(settings.DATA, authority=public.ca, log_key=public.log_key)  # (6)
        _entrust(at, answers, signer)  # (7)
        return transcript
    if not answers.custodians or signer.status().needed:
        raise AlreadyFounded
    _entrust(at, answers, signer)  # what was cut off before (7) was whole
    return None


@command("ceremony.hold")
def found(
    actor: Service, at: datetime, *, answers: Answers, public: Public, transcript: Transcript | None = None
) -> None:
    """Record the first people, the company that security enters and a second person examines, and the colleagues."""
    found_installation.within(
        actor,
        at,
        public_url=answers.public_url,
        origin=public.origin,
        log_key=public.log_key,
        authority=public.ca,
        charter=answers.charter or Charter(1, answers.assurance),
        is_demo=answers.is_demo,
        founders=answers.founders,
    )
    security, second = _officers(answers)
    company = _enter_company(at, answers.company, security, second)
    for colleague in answers.colleagues:
        _seat(at, colleague, company, security, second)
    if transcript is not None:
        _record(actor, at, transcript)


@command("ceremony.entrust")
def record_custodians(actor: Service, at: datetime, *, needed: int, shares: int) -> None:
    """Record that the keys open by custodians alone."""
    book.record("ceremony.entrusted", by=actor, at=at, needed=needed, shares=shares)


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

    if answers.charter is not None:
        _check_rosters(answers, answers.charter)


def _check_rosters(answers: Answers, charter: Charter) -> None:
    """Return if those who make passkeys can act under the charter, or refuse: the signer would."""
    on = [member.roster for member in _members(answers)]
    approvers = max(charter.approvals, TAKES[Kind.AMEND]) if charter.assurance == PASSKEY else 0
    if on.count(SECURITY) < TAKES[Kind.ENTER] or on.count(answers.roster) < approvers or on.count("") != 1:
        raise RosterTooSmall(needed=max(approvers, TAKES[Kind.ENTER]))


def make_web_key(data: Path) -> None:
    """Make the key with which the web application vouches for sessions, where there is none."""
    path = data / "secrets" / "web.key"
    if not path.exists():
        key = Ed25519PrivateKey.generate()
        written_once(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def publish(data: Path, *, authority: bytes, log_key: str) -> None:
    """Lay out what the command line trusts without being told: the authority's certificate and the log's key."""
    folder = data / "public"
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    (folder / "ca.pem").write_bytes(x509.load_der_x509_certificate(authority).public_bytes(Encoding.PEM))
    (folder / "log.vkey").write_text(log_key + "\n", encoding="utf-8")


def publish_revocations(data: Path, crl: bytes) -> None:
    """Lay out the list of revoked certificates for the command line."""
    _lay_out(data / "public" / "ca.crl", crl)


def publish_paper(data: Path, certificates: Sequence[bytes], *, authority: bytes) -> None:
    """Lay out for the command line the certificates by which codes on paper were ever signed, once there is one."""
    if certificates:
        _lay_out(data / "public" / "paper.pem", pem([*certificates, authority]))


def _lay_out(file: Path, content: bytes) -> None:
    """Write what strangers read, whole or not at all, and only where the rest of it lies."""
    if file.parent.is_dir() and not (file.is_file() and file.read_bytes() == content):
        half = file.with_suffix(".half")
        half.write_bytes(content)
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


def _members(answers: Answers) -> list[Member]:
    """Return who makes a passkey: those of security, those who approve, and the auditor as witness."""
    rosters = {Power.SECURITY: SECURITY, Power.AUDIT: ""}
    first = [
        Member(who.pseudonym, who.login, who.name, rosters[who.power])
        for who in answers.founders
        if who.power in rosters
    ]
    approve = [who for who in answers.colleagues if Power.APPROVE in who.powers]
    return [*first, *(Member(who.pseudonym, who.login, who.name, answers.roster) for who in approve)]


def _begun(at: datetime, answers: Answers, passkeys: Passkeys | None, *, web_key: bytes) -> Begun | None:
    if answers.charter is None:
        return None
    if passkeys is None:
        raise ApprovalPageUnavailable
    log = _origin(answers.public_url)
    return begin(at, _members(answers), passkeys=passkeys, charter=answers.charter, log=log, web_key=web_key)


def _transcript(
    at: datetime, answers: Answers, begun: Begun | None, public: Public, passkeys: Passkeys | None
) -> Transcript | None:
    if begun is None or passkeys is None:
        return None
    return Transcript(
        at=at,
        public_url=answers.public_url,
        public=public,
        begun=begun,
        members=_members(answers),
        is_software=passkeys.are_software,
    )


def _record(actor: Service, at: datetime, transcript: Transcript) -> None:
    """Record the transcript by its digest, and every passkey as one on the signer's rosters."""
    first, said = transcript.begun.begin, transcript.begun.said
    everybody = {
        one.pseudonym: one for one in Person.objects.filter(pseudonym__in=[who.pseudonym for who in transcript.members])
    }
    know = [one for one in transcript.members if one.roster in {SECURITY, ""}]
    for entry in first.entries:
        others = [everybody[one.pseudonym] for one in know if one.pseudonym != entry.credential.person]
        approvals.create_passkey(
            actor,
            at,
            owner=everybody[entry.credential.person],
            entry=entry,
            by=(others[0], others[-1]),
            is_software=transcript.is_software,
        )
    book.record(
        "ceremony.held",
        by=actor,
        at=at,
        person=first.witness.person,
        transcript_sha256=settings.BLOBS.put(transcript.to_bytes()),
        yes_sha256=digests([said]),
        assurance=first.charter.assurance,
        approvals=first.charter.approvals,
        is_bound=first.charter.is_bound,
        is_software=transcript.is_software,
        count=len(first.entries) + 1,
    )


def _entrust(at: datetime, answers: Answers, signer: Client) -> None:
    if answers.custodians:
        entrust(signer, list(answers.custodians), needed=answers.needed, by=[])
        record_custodians(CEREMONY, at, needed=answers.needed, shares=len(answers.custodians))


def _seat(at: datetime, who: Colleague, company_uid: str, security: Person, second: Person) -> None:
    person = identity.enrol_person.within(
        security, at, login=who.login, name=who.name, password=who.password, pseudonym=who.pseudonym
    )
    for power in who.powers:
        grant = identity.grant_power.within(security, at, person_pseudonym=person, power=power, company_uid=company_uid)
        identity.confirm_grant.within(second, at, grant_id=grant)
