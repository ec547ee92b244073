"""Who may enter the embedded database, and with what."""

import os
import secrets
import signal
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from privyseal.config import accounts
from privyseal.config.grants import AUDIT, INTEGRATOR, WEB
from privyseal.config.postgres_site import Site

SUPERUSER: Final = "postgres"
OWNER: Final = "privyseal"  # migrations alone; makes the databases of tests
WITH_PASSWORD: Final = (WEB, INTEGRATOR, AUDIT)


def write_access_rules(site: Site) -> dict[str, str]:
    """Let the account that started us in as owner without a password, and everybody else with theirs.

    The rules lie beside the cluster, not in it: root never writes where another account may plant a link.
    """
    people = {site.account.name, accounts.current().name}
    identities = "".join(f'owner "{person}" {role}\n' for person in sorted(people) for role in (OWNER, SUPERUSER))
    rules = (
        f"local all,replication {OWNER},{SUPERUSER} peer map=owner\nlocal all {','.join(WITH_PASSWORD)} scram-sha-256\n"
    )
    files = {"hba_file": (site.rules, rules), "ident_file": (site.identities, identities)}
    changed = [_replace(path, text) for path, text in files.values()]
    if any(changed):
        _reload(site)
    return {setting: str(path) for setting, (path, _) in files.items()}


def prepare(url: str, data: Path) -> None:
    """Create what is missing; a second call changes nothing."""
    with psycopg.connect(url, autocommit=True) as connection:
        known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        if OWNER not in known:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(OWNER)))
        for role in WITH_PASSWORD:
            if role not in known or not _file(data, role).exists():
                _give_password(connection, data, role, verb="ALTER" if role in known else "CREATE")
        # Pages that an auditor opens are read under the audit role; what it may do is not inherited by anybody.
        connection.execute(f"GRANT {AUDIT} TO {WEB}, {OWNER} WITH INHERIT FALSE, SET TRUE")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [OWNER]).fetchone():
            _create_database(connection)


def password(data: Path, role: str) -> str:
    return _file(data, role).read_text() if role in WITH_PASSWORD else ""


def keep_secret(path: Path, value: str) -> None:
    """Write the secret whole or not at all, for this account's eyes only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(value)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _give_password(connection: psycopg.Connection[tuple[object, ...]], data: Path, role: str, *, verb: str) -> None:
    chosen = secrets.token_urlsafe(32)
    statement = sql.SQL(verb + " ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), sql.Literal(chosen))
    connection.execute(statement)
    keep_secret(_file(data, role), chosen)


def _create_database(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    owner = sql.Identifier(OWNER)
    others = sql.SQL(", ").join(map(sql.Identifier, WITH_PASSWORD))
    connection.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(owner, owner))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(owner))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(owner, others))


def _file(data: Path, role: str) -> Path:
    return data / "secrets" / role


def _replace(path: Path, text: str) -> bool:
    if path.exists() and path.read_text() == text:
        return False
    path.write_text(text)
    path.chmod(0o644)
    return True


def _reload(site: Site) -> None:
    pid = site.pid()
    if pid is not None:
        os.kill(pid, signal.SIGHUP)
