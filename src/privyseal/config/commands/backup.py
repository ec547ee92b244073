"""``privyseal backup --to FILE --recipient KEY --recipient KEY``, and ``privyseal backup --key FILE``."""

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyrage

from privyseal.config.failures import CannotStart

if TYPE_CHECKING:
    from privyseal.config.installation import Databases, Installation


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("--to", type=Path, metavar="FILE", help="where to write the backup")
    parser.add_argument("--recipient", action="append", default=[], metavar="KEY", help="an age key; at least two")
    parser.add_argument("--key", type=Path, metavar="FILE", help="make a key to decrypt with instead, and keep it here")
    parser.add_argument("--json", action="store_true", help="answer as one JSON document")


def run(arguments: Namespace) -> int:
    if arguments.key is not None:
        return _make_key(arguments.key)
    if arguments.to is None:
        raise CannotStart("Say where to write the backup: --to FILE.")
    return _back_up(arguments)


def _back_up(arguments: Namespace) -> int:
    from privyseal.config.backup import archive, making  # noqa: PLC0415  a key is made without the database's programs
    from privyseal.config.installation import Installation  # noqa: PLC0415  as above
    from privyseal.config.processes import standing  # noqa: PLC0415  as above
    from privyseal.signer.copying import CannotContinue  # noqa: PLC0415  as above

    archive.recipients(arguments.recipient)
    installation = Installation.from_environment()
    with standing(_say) as environment:
        try:
            made = making.make(installation, _databases(installation), arguments.to, arguments.recipient)
        except CannotContinue as error:
            raise CannotStart(str(error)) from error
        os.environ.update(environment)
        beside = _record(made, arguments.to)
        whole = _copy_whole(installation)
    made |= {"erased": str(beside), "base": str(whole) if whole else None}
    said = json.dumps(made, indent=2) if arguments.json else _sentence(made)
    sys.stdout.write(said + "\n")
    return 0


def _record(made: dict[str, Any], target: Path) -> Path:
    """Put the backup on record, and beside it who was erased so far; return where that lies."""
    from privyseal.config.loading import load  # noqa: PLC0415  a key is made without Django

    load()
    from django.conf import settings  # noqa: PLC0415  Django is set up only now

    from privyseal.config.backup import erasures, recording  # noqa: PLC0415  as above
    from privyseal.keeping.erased import done_so_far  # noqa: PLC0415  as above

    beside, erased_sha256 = erasures.lay_beside(target, done_so_far(), settings.DATA)
    said = {"sha256": made["sha256"], "cut": made["size"], "erased_sha256": erased_sha256}
    recording.enter_backup(recording.BACKUP, datetime.now(UTC), **said)
    return beside


def _copy_whole(installation: "Installation") -> Path | None:
    """Where the database's own log is archived, copy the whole database beside it; return where.

    And say which files of the log are missing since the oldest copy, before somebody needs them.
    """
    from privyseal.config.backup import archiving  # noqa: PLC0415  a key is made without the database's programs
    from privyseal.config.postgres import Cluster  # noqa: PLC0415  as above

    archive, cluster = archiving.folder(), Cluster(installation.data)
    if archive is None or installation.databases is not None or not cluster.attach():
        return None
    if gap := archiving.missing_since_oldest(archive):
        _say(archiving.said_of(gap))
    return archiving.copy_whole(cluster, archive)


def _databases(installation: "Installation") -> "Databases":
    """Return the database as its owner reaches it, who alone may read all of it."""
    from privyseal.config.installation import Databases  # noqa: PLC0415  a key is made without it
    from privyseal.config.postgres import Cluster  # noqa: PLC0415  as above

    if installation.databases is not None:
        return installation.databases
    cluster = Cluster(installation.data)
    if not cluster.attach():
        raise CannotStart("The database does not answer.")
    return Databases.of(cluster)


def _sentence(made: dict[str, Any]) -> str:
    archive = f"{made['file']}: {made['bytes']} bytes, cut at {made['size']} facts.\nSHA-256 {made['sha256']}"
    return f"{archive}\nWho was erased so far, for a restore of this backup or an earlier one: {made['erased']}"


def _make_key(path: Path) -> int:
    key = pyrage.x25519.Identity.generate()
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"# public key: {key.to_public()}\n{key}\n")
    except FileExistsError as error:
        raise CannotStart(f"{path} is there already: a key is never written over.") from error
    sys.stdout.write(f"{key.to_public()}\n")
    return 0


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
