"""Bring the database's schema and rights to this version, as its owner."""

import os
from argparse import ArgumentParser, Namespace
from contextlib import nullcontext

from django.core.management import call_command
from django.db import connection, transaction

from privyseal.config import env, grants, schema
from privyseal.config.failures import CannotStart
from privyseal.config.loading import load
from privyseal.config.migrating import each_model_alone


def configure(parser: ArgumentParser) -> None:
    parser.description = __doc__


def run(arguments: Namespace) -> int:
    """Migrate, give the roles their rights, and mark the database; again, nothing changes."""
    del arguments
    url = env.database("OWNER_DATABASE_URL") or env.database("DATABASE_URL")
    if not url:
        raise CannotStart(
            "There is no database to migrate: set PRIVYSEAL_OWNER_DATABASE_URL, or run `privyseal serve`."
        )
    if strange := schema.strange(url):
        raise CannotStart(
            f"The database is another version's: it has had {strange[0]}, which this one does not know. "
            "Start the version that made it; nothing was changed."
        )
    os.environ["PRIVYSEAL_DATABASE_URL"] = url
    load()
    with transaction.atomic(), connection.cursor() as cursor:
        grants.clear_the_way(cursor)
    # A database that bears no mark holds no rows.
    with nullcontext() if schema.found(url) else each_model_alone():
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
    with transaction.atomic(), connection.cursor() as cursor:
        grants.apply(cursor)
    schema.mark(url)
    return 0
