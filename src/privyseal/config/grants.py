"""What each database role may do. Applied by the owner after every migration; applying twice changes nothing."""

from typing import Any, Final

from psycopg import sql

from privyseal.ledger.transactions import AUDIT_ROLE, AUDIT_SCHEMA

WEB: Final = "privyseal_web"
INTEGRATOR: Final = "privyseal_integrator"
AUDIT: Final = AUDIT_ROLE

_TREE: Final = ("ledger_leaf", "ledger_node", "ledger_checkpoint", "ledger_cosignature")
_LEDGER: Final = ("ledger_fact", *_TREE, "ledger_cosigner")
# What is only ever added to.
_BOOKS: Final = ("ledger_continuation", "ledger_head_stamp", "calendar_year", "use_entry", "use_remark", "seal_remark")
# Where a secret hides, the audit role reads a view of the same name in which it is empty.
_HIDDEN: Final = {
    "person": ("password",),
    "session": ("session_data",),
    "entry_code": ("code_sha256",),
    "message_address": ("code",),
    "message_browser": ("auth",),
    "device_code": ("secret",),
    "application_draft": ("said", "alike"),
}
_SHUT: Final = ("django_session",)  # of installations from before 0.2; nothing writes it any more
_FACT_COLUMNS: Final = ("kind", "actor", "at", "subjects", "body")


def apply(cursor: Any) -> None:  # noqa: ANN401  Django's cursor wrapper and psycopg's cursor alike
    """Give each role its rights on the tables that exist now; roles that do not exist here are passed over."""
    tables = _column(cursor, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    roles = _column(cursor, "SELECT rolname FROM pg_roles WHERE rolname LIKE 'privyseal\\_%' ORDER BY 1")
    for role, give in ((WEB, _web), (INTEGRATOR, _integrator), (AUDIT, _audit)):
        if role in roles:
            _run(cursor, "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}", role)
            _run(cursor, "GRANT USAGE ON SCHEMA public TO {role}", role)
            give(cursor, tables)


def _web(cursor: Any, tables: list[str]) -> None:  # noqa: ANN401  as in apply
    """Let the web role write everything but the past: facts it may add, column by column, and read."""
    for table in tables:
        added = "SELECT, INSERT" if table in _BOOKS else "SELECT, INSERT, UPDATE, DELETE"
        rights = "SELECT" if table in (*_LEDGER, "django_migrations") else added
        _run(cursor, f"GRANT {rights} ON {{table}} TO {{role}}", WEB, table)
    _run(cursor, f"GRANT INSERT ({', '.join(_FACT_COLUMNS)}) ON ledger_fact TO {{role}}", WEB)
    _run(cursor, "GRANT UPDATE (told) ON ledger_cosigner TO {role}", WEB)
    _run(cursor, "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}", WEB)


def _integrator(cursor: Any, _tables: list[str]) -> None:  # noqa: ANN401  as in apply
    """Let the integrator alone write the tree, and nothing else."""
    _run(cursor, "GRANT SELECT ON ledger_fact TO {role}", INTEGRATOR)
    for table in _TREE:
        _run(cursor, "GRANT SELECT, INSERT ON {table} TO {role}", INTEGRATOR, table)
    _run(cursor, "GRANT SELECT, INSERT, UPDATE ON ledger_cosigner TO {role}", INTEGRATOR)


def clear_the_way(cursor: Any) -> None:  # noqa: ANN401  as in apply
    """Take away the audit role's views, which would hold fast the columns that a migration changes."""
    cursor.execute(f"DROP SCHEMA IF EXISTS {AUDIT_SCHEMA} CASCADE")


def _audit(cursor: Any, tables: list[str]) -> None:  # noqa: ANN401  as in apply
    """Let the audit role read everything but secrets, which it sees as empty."""
    clear_the_way(cursor)
    cursor.execute(f"CREATE SCHEMA {AUDIT_SCHEMA}")
    _run(cursor, f"GRANT USAGE ON SCHEMA {AUDIT_SCHEMA} TO {{role}}", AUDIT)
    for table in set(tables) - {*_HIDDEN, *_SHUT}:
        _run(cursor, "GRANT SELECT ON {table} TO {role}", AUDIT, table)
    for table in _HIDDEN.keys() & set(tables):
        view = sql.SQL("CREATE VIEW {view} AS SELECT {shown} FROM {table}").format(
            view=sql.Identifier(AUDIT_SCHEMA, table), shown=_as_shown(cursor, table), table=sql.Identifier(table)
        )
        cursor.execute(view)
    _run(cursor, f"GRANT SELECT ON ALL TABLES IN SCHEMA {AUDIT_SCHEMA} TO {{role}}", AUDIT)
    _run(cursor, "GRANT SELECT (id, login, name, pseudonym, is_active) ON person TO {role}", AUDIT)


def _as_shown(cursor: Any, table: str) -> sql.Composed:  # noqa: ANN401  as in apply
    """Return the columns of a table; a hidden one is empty and of its own type, for the sake of prepared statements."""
    cursor.execute(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = ('public.' || quote_ident(%s))::regclass AND attnum > 0 AND NOT attisdropped"
        " ORDER BY attnum",
        [table],
    )
    hidden, columns = _HIDDEN[table], cursor.fetchall()
    return sql.SQL(", ").join(
        sql.SQL("''::{} AS {}").format(sql.SQL(kind), sql.Identifier(name)) if name in hidden else sql.Identifier(name)
        for name, kind in columns
    )


def _column(cursor: Any, query: str, *values: str) -> list[str]:  # noqa: ANN401  as in apply
    cursor.execute(query, values or None)
    return [str(row[0]) for row in cursor.fetchall()]


def _run(cursor: Any, statement: str, role: str, table: str = "") -> None:  # noqa: ANN401  as in apply
    names = {"role": sql.Identifier(role), "table": sql.Identifier(table or role)}
    cursor.execute(sql.SQL(statement).format(**names))
