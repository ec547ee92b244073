"""How often a mandate was used: each application that rests on it counts once, with its first seal, in one commit."""

import sqlite3
from collections.abc import Collection

from privyseal.signer.own_yes import RestsOn
from privyseal.signer.protocol import SignerRefused


class MandateUsedUp(SignerRefused):
    """The mandate was given for so many uses, and the key has sealed as many."""

    code = "mandate-used-up"


def check_left(connection: sqlite3.Connection, rests_on: RestsOn, application: str, under_way: Collection[str]) -> None:
    """Return if the mandate has a use left for this application, or was used for it before; or refuse.

    ``under_way`` are other applications that are being sealed under the same mandate, and are not committed.
    """
    used = _used_by(connection, rests_on)
    if application not in used and len(used | set(under_way)) >= rests_on.most_uses:
        raise MandateUsedUp(application=application, mandate=rests_on.mandate)


def count(connection: sqlite3.Connection, rests_on: RestsOn, application: str) -> None:
    """Count the application's use of the mandate, once however often it seals, or refuse."""
    check_left(connection, rests_on, application, ())
    used = _used_by(connection, rests_on)
    if application not in used:
        row = (rests_on.mandate, application, len(used) + 1, rests_on.most_uses)
        connection.execute("INSERT INTO mandate_use VALUES (?, ?, ?, ?)", row)


def _used_by(connection: sqlite3.Connection, rests_on: RestsOn) -> frozenset[str]:
    rows = connection.execute("SELECT application FROM mandate_use WHERE mandate = ?", (rests_on.mandate,))
    return frozenset(application for (application,) in rows)
