import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import psycopg
import pytest

from privyseal.config import schema
from privyseal.config.postgres import Cluster

pytestmark = pytest.mark.running

_CATALOGUES: Final = (
    (
        "SELECT c.relname, a.attname, a.attnum, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, "
        "pg_get_expr(d.adbin, d.adrelid) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
        "LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum "
        "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND a.attnum > 0"
    ),
    "SELECT conrelid::regclass::text, conname, convalidated, pg_get_constraintdef(oid) FROM pg_constraint",
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
)


# Beside the first start itself, Django's own way takes half a minute: ./dev test --long migrating.
@pytest.mark.long
def test_a_first_start_makes_the_schema_that_django_would_make(data: Path) -> None:
    made = []
    for way in (["migrate"], ["manage", "migrate", "--verbosity", "0", "--skip-checks"]):
        with Cluster(data / way[0], settings={"fsync": "off"}) as cluster:
            here = {"PRIVYSEAL_DATA": str(data), "PRIVYSEAL_DATABASE_URL": cluster.url()}
            subprocess.run([sys.executable, "-m", "privyseal", *way], env={**os.environ, **here}, check=True)
            made.append(_schema(cluster.url()))

    quick, ordinary = made

    assert len(quick) > 1000
    assert quick == ordinary


@pytest.mark.parametrize("name", ["0001_initial", "9999_later", ""])
def test_a_database_of_another_version_is_not_migrated(cluster: Cluster, name: str) -> None:
    with psycopg.connect(cluster.url()) as database:
        database.execute("CREATE TABLE django_migrations (id serial, app text, name text)")
        if name:
            database.execute("INSERT INTO django_migrations (app, name) VALUES ('identity', %s)", [name])

    assert schema.strange(cluster.url()) == ([f"identity.{name}"] if name else [])


def _schema(url: str) -> Sequence[str]:
    with psycopg.connect(url) as connection:
        return sorted(repr(row) for asked in _CATALOGUES for row in connection.execute(asked).fetchall())
