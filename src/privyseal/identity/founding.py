"""The first facts of an installation: what it is, and the first people, by ceremony."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from privyseal.identity.actions import create_person
from privyseal.identity.models import Grant, Installation, Person, new_uid
from privyseal.identity.queries import installation
from privyseal.identity.rules import INSTALLATION_POWERS, Held, Power, check_grant
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import Refused
from privyseal.ledger import book
from privyseal.ledger.actors import Service
from privyseal.ledger.commands import command
from privyseal.signer.charters import Charter


class AlreadyFounded(Refused):
    code = "already-founded"


class OfficeMissing(Refused):
    """System, security and audit must each have somebody when an installation is founded."""

    code = "office-missing"


@dataclass(frozen=True, slots=True)
class Founder:
    """One of the first people: system, security or audit. The password is known to them alone."""

    power: Power
    login: str
    name: str
    password: str
    pseudonym: str = field(default_factory=new_uid)


@command("installation.found")
def found_installation(
    actor: Service,
    at: datetime,
    *,
    public_url: str,
    origin: str,
    log_key: str,
    authority: bytes,
    charter: Charter,
    is_demo: bool,
    founders: tuple[Founder, ...],
) -> None:
    """Record the installation, its keys and its first people, once."""
    if installation() is not None:
        raise AlreadyFounded
    check_offices(founders)
    Installation.objects.create(
        public_url=public_url,
        origin=origin,
        log_key=log_key,
        authority=authority,
        assurance=charter.assurance,
        approvals=charter.approvals,
        is_bound=charter.is_bound,
        is_demo=is_demo,
        founded_at=at,
    )
    book.record(
        "installation.founded",
        by=actor,
        at=at,
        installation=origin,
        log_key=log_key,
        authority_sha256=sha256(authority),
        assurance=charter.assurance,
        is_demo=is_demo,
    )
    for founder in founders:
        person = create_person(
            login=founder.login, name=founder.name, password=founder.password, pseudonym=founder.pseudonym
        )
        _seat(actor, at, person, founder.power)


def check_offices(founders: Sequence[Founder]) -> None:
    """Return if every office of the installation has somebody, and nobody two, or refuse."""
    missing = INSTALLATION_POWERS - {founder.power for founder in founders}
    if missing or len({founder.login for founder in founders}) < len(founders):
        raise OfficeMissing(power=",".join(sorted(missing)))


def _seat(actor: Service, at: datetime, person: Person, power: Power) -> None:
    check_grant(Held(power, None), beneficiary=person.pk, grantor=0, held=())
    grant = Grant.objects.create(person=person, power=power, granted_at=at, confirmed_at=at, starts_at=at)
    book.record("person.enrolled", by=actor, at=at, person=person.pseudonym)
    book.record("power.granted", by=actor, at=at, grant=grant.pk, person=person.pseudonym, power=power.value)
