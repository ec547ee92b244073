"""What was taken back: a permit, an application, a passkey, its seat. For good, and asked for before anything else."""

import re
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from privyseal.kernel import shapes
from privyseal.kernel.canonical import Json, sha256, utc_text
from privyseal.signer.charters import SECURITY
from privyseal.signer.database import Database
from privyseal.signer.passkeys import PasskeyAssertion
from privyseal.signer.protocol import SignerRefused
from privyseal.signer.statement import Approved, Decision, parse

MOST_AT_ONCE: Final = 400
_HALF: Final = 32


class PermitDenied(SignerRefused):
    """The permit was taken back: what was approved is not done with this seal any more."""

    code = "permit-denied"


class MandateDenied(SignerRefused):
    """The mandate that stands for the own yes was revoked by whoever gave it."""

    code = "mandate-denied"


class ApplicationDenied(SignerRefused):
    """The application was rejected or withdrawn: no yes that was said to it counts any more."""

    code = "application-denied"


class PasskeyDenied(SignerRefused):
    """The passkey is its owner's no more, or its owner has left: nothing that it said counts from now on."""

    code = "passkey-denied"


class PasskeyOfSecurity(SignerRefused):
    """A passkey of security takes a yes to remove: whoever denied them all would lock everybody out for good."""

    code = "passkey-of-security"


class What(StrEnum):
    PERMIT = "permit"
    MANDATE = "mandate"
    APPLICATION = "application"
    PASSKEY = "passkey"
    SEAT = "seat"


_REFUSES: Final = {
    What.PERMIT: PermitDenied,
    What.MANDATE: MandateDenied,
    What.APPLICATION: ApplicationDenied,
    What.PASSKEY: PasskeyDenied,
    What.SEAT: PasskeyDenied,
}
_WHAT: Final = re.compile("|".join(What))


@dataclass(frozen=True, slots=True)
class Denial:
    """One thing that is denied. A permit is an application's for one ``seal``: the signer never learns its own uid.

    A passkey is known by half of the SHA-256 of its id, a seat by that of what it says.
    """

    what: What
    uid: str
    seal: str = ""

    def to_json(self) -> Mapping[str, Json]:
        return {"what": self.what.value, "uid": self.uid, "seal": self.seal}


def of_passkey(credential: bytes) -> Denial:
    return Denial(What.PASSKEY, sha256(credential)[:_HALF])


def denials(value: Json) -> tuple[Denial, ...]:
    """Return what a request denies, or raise Misshapen; a permit names its seal, and nothing else does."""
    return tuple(_denial(item) for item in shapes.items(value, least=1, most=MOST_AT_ONCE))


def named_in(approved: Sequence[Approved]) -> frozenset[Denial]:
    """Return everything whose denial stops whatever these statements were approved for."""
    named = passkeys_in(approved)
    for said in (parse(each.statement) for each in approved):
        if said.decision is Decision.MANDATE:
            named.add(Denial(What.MANDATE, said.application))
        else:
            named |= {Denial(What.APPLICATION, said.application), Denial(What.PERMIT, said.application, said.seal)}
        if said.own_yes is not None and said.own_yes.mandate:
            named.add(Denial(What.MANDATE, said.own_yes.mandate))
    return frozenset(named)


def passkeys_in(approved: Sequence[Approved]) -> set[Denial]:
    """Return the denials of every passkey that said yes to any of these."""
    said = (assertion for each in approved for assertion in each.assertions)
    return {of_passkey(assertion.credential) for assertion in said if isinstance(assertion, PasskeyAssertion)}


def refuse_denied(connection: sqlite3.Connection, named: Collection[Denial]) -> None:
    """Return if none of these is denied, or refuse."""
    for each in sorted(named, key=lambda one: (one.what, one.uid, one.seal)):
        row = (each.what.value, each.uid, each.seal)
        if connection.execute("SELECT 1 FROM denial WHERE what = ? AND uid = ? AND seal = ?", row).fetchone():
            raise _REFUSES[each.what](uid=each.uid)


class Denials:
    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, denied: Collection[Denial], *, at: datetime) -> None:
        """Deny all of these for good, also what the signer has never heard of; what is denied stays as it is."""
        rows = [(each.what.value, each.uid, each.seal, utc_text(at)) for each in denied]
        with self._database.writing() as connection:
            _refuse_of_security(connection, denied)
            connection.executemany("INSERT INTO denial VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", rows)

    def check(self, named: Collection[Denial]) -> None:
        """Return if none of these is denied now, or refuse."""
        with self._database.reading() as connection:
            refuse_denied(connection, named)


def _refuse_of_security(connection: sqlite3.Connection, denied: Collection[Denial]) -> None:
    """Return if nobody of security loses a passkey by this, or refuse."""
    if any(each.what is What.PASSKEY for each in denied):
        rows = connection.execute("SELECT credential FROM roster_entry WHERE roster = ?", (SECURITY,)).fetchall()
        if not {of_passkey(credential) for (credential,) in rows}.isdisjoint(denied):
            raise PasskeyOfSecurity


def _denial(value: Json) -> Denial:
    entry = shapes.fields(value, frozenset({"what", "uid", "seal"}))
    what, seal = What(shapes.word(entry["what"], _WHAT)), entry["seal"]
    if what is not What.PERMIT and seal != "":
        raise shapes.Misshapen
    return Denial(what, shapes.uid(entry["uid"]), shapes.uid(seal) if what is What.PERMIT else "")
