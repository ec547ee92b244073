"""What an installation begins with: its first people's passkeys, a charter, and everybody's yes to all of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from privyseal.config.postgres_roles import keep_secret
from privyseal.signer.changes import Begin, Enter
from privyseal.signer.charters import Charter
from privyseal.signer.passkeys import Credential, Page, PasskeyAssertion
from privyseal.signer.software_passkeys import MAY_BE_COPIED, PRESENT, VERIFIED, SoftwarePasskey
from privyseal.signer.statement import Approved

NOT_FOR_PRODUCTION: Final = "Demonstration, passkeys in software: nobody was asked. Not for production."


@dataclass(frozen=True, slots=True)
class Member:
    """One of the first people, and the roster that their passkey comes onto; the witness is on none."""

    pseudonym: str
    login: str
    name: str
    roster: str = ""


class Passkeys(Protocol):
    """Whoever has the first people make their passkeys, and say yes by them."""

    @property
    def page(self) -> Page: ...

    @property
    def are_software(self) -> bool: ...

    def make(self, who: Member, at: datetime) -> Credential: ...

    def say(self, who: Member, statement: bytes, names: Mapping[str, str], /) -> PasskeyAssertion: ...


@dataclass(frozen=True, slots=True)
class Begun:
    """What everybody said yes to, each by their own passkey."""

    begin: Begin
    said: Approved


def begin(
    at: datetime,
    members: Sequence[Member],
    *,
    passkeys: Passkeys,
    charter: Charter,
    log: str,
    web_key: bytes,
) -> Begun:
    """Have everybody make a passkey, and then say yes to page, charter, rosters and witness as they are."""
    made = {who.pseudonym: passkeys.make(who, at) for who in members}
    (witness,) = [made[who.pseudonym] for who in members if not who.roster]
    first = Begin(
        log=log,
        web_key=web_key,
        page=passkeys.page.origin,
        charter=charter,
        entries=tuple(Enter(who.roster, made[who.pseudonym]) for who in members if who.roster),
        witness=witness,
    )
    statement, names = first.to_bytes(), {who.pseudonym: who.name for who in members}
    return Begun(first, Approved(statement, tuple(passkeys.say(who, statement, names) for who in members)))


class SoftwareCast:
    """Passkeys in software, in a file of a demonstration: whoever reads it says yes for everybody, and is marked so."""

    are_software: Final = True

    def __init__(self, file: Path, page: Page) -> None:
        self.page: Final = page
        self._file = file

    def make(self, who: Member, at: datetime) -> Credential:
        known = self._kept()
        if who.pseudonym not in known:
            made = SoftwarePasskey(person=who.pseudonym, page=self.page, id=bytes.fromhex(who.pseudonym))
            pem = made.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            keep_secret(self._file, json.dumps({**known, who.pseudonym: pem.decode()}))
        held = self.of(who.pseudonym)
        return Credential(id=held.id, person=held.person, key=held.key, is_bound=False, starts_at=at)

    def say(self, who: Member, statement: bytes, _names: Mapping[str, str]) -> PasskeyAssertion:
        return self.of(who.pseudonym).says_yes(statement)

    def yes_of(self, pseudonym: str, statement: bytes) -> PasskeyAssertion | None:
        """Return somebody's yes; None in a demonstration of before, where nobody had a passkey."""
        return self.of(pseudonym).says_yes(statement) if pseudonym in self._kept() else None

    def of(self, pseudonym: str) -> SoftwarePasskey:
        """Return somebody's passkey, which can be copied like any file."""
        return SoftwarePasskey(
            person=pseudonym,
            page=self.page,
            id=bytes.fromhex(pseudonym),
            private_key=load_pem_private_key(self._kept()[pseudonym].encode(), None),  # type: ignore[arg-type]  # made above, on P-256
            flags=PRESENT | VERIFIED | MAY_BE_COPIED,
        )

    def _kept(self) -> dict[str, str]:
        return dict(json.loads(self._file.read_text())) if self._file.exists() else {}
