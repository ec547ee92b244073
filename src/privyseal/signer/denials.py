"""What was taken back: a permit, a mandate, an application. Kept for good, and asked for before anything else."""

import re
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from privyseal.kernel.canonical import Json, utc_text
from privyseal.signer import shapes
from privyseal.signer.database import Database
from privyseal.signer.protocol import SignerRefused
from privyseal.signer.statement import Approved, Decision, parse

MOST_AT_ONCE: Final = 400


class PermitDenied(SignerRefused):
    """The permit was taken back: what was approved is not done with this seal any more."""

    code = "permit-denied"


class MandateDenied(SignerRefused):
    """The mandate that stands for the own yes was revoked by whoever gave it."""

    code = "mandate-denied"


class ApplicationDenied(SignerRefused):
    """The application was rejected or withdrawn: no yes that was said to it counts any more."""

    code = "application-denied"


class What(StrEnum):
    PERMIT = "permit"
    MANDATE = "mandate"
    APPLICATION = "application"


_REFUSES: Final = {What.PERMIT: PermitDenied, What.MANDATE: MandateDenied, What.APPLICATION: ApplicationDenied}
_WHAT: Final = re.compile("|".join(What))


@dataclass(frozen=True, slots=True)
class Denial:
    """One thing that is denied. A permit is an application's for one ``seal``: the signer never learns its own uid."""

    what: What
    uid: str
    seal: str = ""

    def to_json(self) -> Mapping[str, Json]:
        return {"what": self.what.value, "uid": self.uid, "seal": self.seal}


def denials(value: Json) -> tuple[Denial, ...]:
    """Return what a request denies, or raise Misshapen; a permit names its seal, and nothing else does."""
    return tuple(_denial(item) for item in shapes.items(value, least=1, most=MOST_AT_ONCE))


def named_in(approved: Sequence[Approved]) -> frozenset[Denial]:
    """Return everything whose denial stops whatever these statements were approved for."""
    named: set[Denial] = set()
    for said in (parse(each.statement) for each in approved):
        if said.decision is Decision.MANDATE:
            named.add(Denial(What.MANDATE, said.application))
        else:
            named |= {Denial(What.APPLICATION, said.application), Denial(What.PERMIT, said.application, said.seal)}
        if said.own_yes is not None and said.own_yes.mandate:
            named.add(Denial(What.MANDATE, said.own_yes.mandate))
    return frozenset(named)


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
            connection.executemany("INSERT INTO denial VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", rows)

    def check(self, named: Collection[Denial]) -> None:
        """Return if none of these is denied now, or refuse."""
        with self._database.reading() as connection:
            refuse_denied(connection, named)


def _denial(value: Json) -> Denial:
    entry = shapes.fields(value, frozenset({"what", "uid", "seal"}))
    what, seal = What(shapes.word(entry["what"], _WHAT)), entry["seal"]
    if what is not What.PERMIT and seal != "":
        raise shapes.Misshapen
    return Denial(what, shapes.uid(entry["uid"]), shapes.uid(seal) if what is What.PERMIT else "")
