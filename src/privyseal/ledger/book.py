"""The only way into the ledger."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import psycopg
from django.db import DatabaseError, connection

from privyseal.kernel.canonical import Json, canonical, utc_text
from privyseal.kernel.errors import Refused
from privyseal.kernel.tiles import MOST_BYTES
from privyseal.ledger import finding
from privyseal.ledger.actors import Actor
from privyseal.ledger.packing import packed
from privyseal.ledger.series import series_of
from privyseal.ledger.transactions import listed, transaction_required

FORMAT: Final = 1
SUBJECTS: Final = frozenset(
    {
        "application",
        "campaign",
        "category",
        "company",
        "device",
        "document",
        "fact",
        "grant",
        "incident",
        "installation",
        "intent",
        "permit",
        "person",
        "policy",
        "post",
        "rules",
        "seal",
        "unit",
    }
)

_COPY: Final = "COPY ledger_fact (kind, actor, at, subjects, body) FROM STDIN"
_INSERT: Final = "INSERT INTO ledger_fact (kind, actor, at, subjects, body) VALUES (%s, %s, %s, %s, %s) RETURNING id"


class LedgerUnwritable(Refused):
    code = "ledger-unwritable"


@transaction_required
def record(kind: str, /, *, by: Actor, at: datetime, **said: Json) -> int:
    """Write one fact in the transaction that makes it true, or refuse and so undo it; return its key.

    A name of SUBJECTS says what the fact is about and can be searched for; the rest is data: ids, digests, counts.
    """
    found_by, body = fact(kind, by.pseudonym, at, said)
    try:
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, [kind, by.pseudonym, at, found_by, packed(body)])
            (key,) = cursor.fetchone()
    except DatabaseError as error:
        raise LedgerUnwritable(kind=kind) from error
    return int(key)


@transaction_required
def record_each(kind: str, /, each: Iterable[Mapping[str, Json]], *, by: Actor, at: datetime) -> None:
    """Write a fact of one kind for each of many things, as ``record`` does for one."""
    every = list(each)
    alike = series_of(every, lambda said, salt: packed(fact(kind, by.pseudonym, at, said, salt)[1])) if every else None
    kept = (alike.filled(said) if alike else packed(fact(kind, by.pseudonym, at, said)[1]) for said in every)
    found_by = (listed(finding.keys(_subjects(said))) for said in every)
    rows = [(kind, by.pseudonym, at, *one) for one in zip(found_by, kept, strict=True)]
    try:
        with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            for row in rows:
                copy.write_row(row)
    except (DatabaseError, psycopg.DatabaseError) as error:
        raise LedgerUnwritable(kind=kind) from error


def fact(
    kind: str, actor: str, at: datetime, said: Mapping[str, Json], salt: str | None = None
) -> tuple[list[int], bytes]:
    """Return what a fact is found by, and its canonical bytes."""
    subjects = _subjects(said)
    data = {name: value for name, value in said.items() if name not in SUBJECTS}
    body = fact_body(kind, actor, at, subjects=subjects, data=data, salt=salt)
    return finding.keys(subjects), body


def _subjects(said: Mapping[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in said.items() if name in SUBJECTS and value is not None}


def fact_body(
    kind: str,
    actor: str,
    at: datetime,
    *,
    subjects: Mapping[str, Json],
    data: Mapping[str, Json],
    salt: str | None = None,
) -> bytes:
    """Return the canonical bytes of a fact, salted with 128 random bits so that nothing in it can be guessed.

    Refuses what is longer than an entry of a log may be, C2SP tlog-tiles v1.
    """
    body = canonical(
        {
            "v": FORMAT,
            "kind": kind,
            "actor": actor,
            "at": utc_text(at),
            "subjects": subjects,
            "data": data,
            "salt": salt or secrets.token_hex(16),
        }
    )
    if len(body) > MOST_BYTES:
        raise LedgerUnwritable(kind=kind)
    return body
