"""``privyseal seed --size group``: a demo installation as large as the largest group that is promised to work."""

import os
import sys
import time
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from typing import Final

import psycopg

from privyseal.config.installation import Installation
from privyseal.config.loading import load
from privyseal.config.processes import Crew
from privyseal.config.seeding.sizes import SIZES

# What fills in one transaction needs no log to be undone by, and what is large enough is sorted in memory.
_LOADING: Final = {
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "64MB",
    "maintenance_work_mem": "512MB",
    "work_mem": "256MB",
}


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("--size", choices=sorted(SIZES), default="group")


def run(arguments: Namespace) -> int:
    """Found the demo company where nothing is founded yet and put the group below it; return 0."""
    size, began = SIZES[arguments.size], time.monotonic()
    installation = Installation.from_environment()
    with Crew(installation, _say) as crew:
        crew.raise_backstage(database=_LOADING)
        crew.refuse_unless_founded(is_demo=True)
        os.environ.update(installation.worker(crew.databases))
        load("privyseal.config.seeding.fill")
        from privyseal.config.seeding.fill import Seeding  # noqa: PLC0415  Django is set up only now
        from privyseal.sealing.signing import client  # noqa: PLC0415  as above

        _say(f"{size.companies:,} companies, {size.people:,} people, {size.seals:,} seals.")
        with psycopg.connect(crew.databases.owner) as connection:
            Seeding(connection, client(), size).fill(datetime.now(UTC), _tell)
    _say(f"Seeded in {time.monotonic() - began:.0f} s.")
    return 0


def _tell(done: int, total: int) -> None:
    _say(f"{done:,} of {total:,} applications ({100 * done // total} %).")


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()
