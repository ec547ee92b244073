"""What a signer, which takes nothing back, has written about some seals, applications, companies and people."""

import json
import sqlite3
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, Final

# By which columns a row is about one of them. Using a seal for another application changes nothing for the seal.
ABOUT: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "awaited": ("seal", "application"),
        "charter": ("of",),
        "counter": ("application",),
        "denial": ("uid", "seal"),
        "device": ("company",),
        "device_grant": ("application",),
        "intent": ("application",),
        "mandate_use": ("mandate", "application"),
        "resumption": ("application", "seal"),
        "revoked_outside": ("seal",),
        "roster_entry": ("roster", "person"),
        "roster_seat": ("roster",),
        "rubber": ("uid",),
        "seal": ("uid",),
        "seal_version": ("seal",),
        "token_key": ("seal",),
    }
)
# Of the whole installation, of a machine, or of a passkey: a test that asks for these makes its own.
ABOUT_NOTHING_KEPT: Final = frozenset(
    {
        *("checkpoint", "clock", "cosigner", "head", "installation", "keeping", "page", "paper_key", "passkey_count"),
        *(
            "quorum",
            "clock_set",
            "responder",
            "shown",
            "device_certificate",
            "device_home",
            "device_order",
            "device_anew",
        ),
    }
)
_QUESTIONS: Final = [
    f"SELECT * FROM {table} WHERE " + " OR ".join(f"{column} IN (SELECT value FROM json_each(?1))" for column in about)
    for table, about in ABOUT.items()
]


def tables(state: sqlite3.Connection) -> set[str]:
    return {name for (name,) in state.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def told_about(state: sqlite3.Connection, names: Collection[str]) -> list[list[Any]]:
    """Return every row about any of these names, table by table."""
    meant = json.dumps(sorted(names))
    return [state.execute(question, [meant]).fetchall() for question in _QUESTIONS]
