"""Changes that are no other behaviour, each with its reason: the end of the module, the line, the change, why."""

from typing import Final

_ID: Final = "if not isinstance(value, str) or not 0 < len(value) <= most * 4 // 3 + 2:"
_SLOWER: Final = "what is not taken for plain is written the slower way, to the same bytes"
_ENDING: Final = "a name that is another's by the time the function returns"
_CLOSED: Final = "the next line closes it to others, whatever it was made with"
_FOLDER: Final = "directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)"
_UNTOUCHED: Final = (
    'row = self._database.one("SELECT (SELECT max(size) FROM checkpoint), (SELECT count(*) FROM seal_version)")'
)
_DECODED: Final = 'read = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)'
_LOGGED: Final = "milliseconds = round((time.perf_counter() - began) * 1000, 1)"
_OPEN: Final = "the line before refuses where there is no master key"
_WARM: Final = 'threading.Thread(target=uses.warm_up, name="warm-up", daemon=True).start()'
_OF_DEVICE: Final = 'return codes.key_of(self._home(self._now()).master, device.holder(""))'
_CALLED: Final = "another name for the one column"
_LEADS: Final = 'row = self._connection.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY_LOCK]).fetchone()'
_FOLLOWS: Final = 'row = self._connection.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCKS, key]).fetchone()'
_NO_CHARTER: Final = "no charter is of that name, as of none"
_BOTH: Final = "where a charter in force is given, company and seal are given too"
_OF: Final = (
    'def of(self, approved: Sequence[Approved], *, seal: SealRecord | None, company: str = "", uid: str = "") -> Rule:'
)
EQUIVALENT: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("changes", "raise ChangeUnreadable from error", "nothing raised", "the next line raises the same"),
    ("statement", "@lru_cache(maxsize=_REMEMBERED)", "*", "how much is remembered for speed"),
    ("passkeys", _ID, "4 is 5", "what passes this quick look is decoded and measured again"),
    ("passkeys", _ID, "LtE is Lt", "the quick look lets two more pass than the longest has"),
    ("passkeys", _ID, "FloorDiv is Mult", "what passes this quick look is decoded and measured again"),
    ("protocol", "_CHUNK_BYTES: Final = 1 << 20", "*", "how much is read at a time"),
    ("authority", "_MOST_REVOKED: Final = 1_000_000", "*", "room between the numbers of two lists, never filled"),
    ("rosters", 'company: str = ""', "'' is 'X'", _BOTH),
    ("rosters", 'seal: str = ""', "'' is 'X'", _BOTH),
    ("rosters", 'def in_force(self, *, company: str = "", seal: str = "") -> InForce:', "'' is 'X'", _NO_CHARTER),
    ("ruling", _OF, "'' is 'X'", _NO_CHARTER),
    ("ruling", "return self._rosters.in_force()", "None returned", "read where a charter is amended alone"),
    ("alike", "first = documents[0]", "0 is 1", "all of them are compared with it, whichever it is"),
    ("canonical", "if kind is dict:", "Is is IsNot", _SLOWER),
    ("canonical", "return True", "*", _SLOWER),
    ("proofs", "return False", "None returned", "asked only for whether it is so"),
    ("integrator", _LEADS, "'SELECT pg_try_advisory_lock(%s)' is 'SELECT pg_try_advisory_lock(%s)X'", _CALLED),
    ("cosigning", _FOLLOWS, "'SELECT pg_try_advisory_lock(%s, %s)' is 'SELECT pg_try_advisory_lock(%s, %s)X'", _CALLED),
    ("integrator", "if level > 0 and merkle.is_kept(level):", "0 is 1", "of the first level nothing is kept anyway"),
    ("cosigning", "if row.rowcount:", "condition turned round", "what is logged"),
    ("passkeys", _ID, "0 is 1", "one letter is no byte, and refused as such"),
    ("passkeys", _ID, "2 is 3", "the quick look lets one more pass, which is decoded and measured"),
    ("passkeys", _DECODED, "True is False", "what is passed over makes another spelling, which is refused"),
    ("authority", "since = at.replace(microsecond=0)", "0 is 1", "a certificate holds whole seconds"),
    ("protocol", "while len(received) < count:", "Lt is LtE", "no byte is asked for then, and none ends it"),
    ("home", "data.mkdir(mode=0o700, parents=True, exist_ok=True)", "448 is 449", _CLOSED),
    ("keyfile", 'half = path.with_suffix(".half")', "'.half' is '.halfX'", _ENDING),
    ("epochs", 'new = path.with_suffix(".new")', "'.new' is '.newX'", _ENDING),
    ("epochs", _FOLDER, "BitOr is BitAnd", "a folder opens to be read either way, and Python closes it at exec"),
    ("keys", 'return _protected(self._master or b"", key, of)', "b'' is b'X'", _OPEN),
    ("keys", 'return _revealed(self._master or b"", kept, of)', "b'' is b'X'", _OPEN),
    (
        "keys",
        'fresh = _protected(master, _revealed(old or b"", kept, of), of)',
        "b'' is b'X'",
        "without one nothing lies under it",
    ),
    (
        "keys",
        '(_protected(master, b"", _MARK), needed, json.dumps(digests)),',
        "b'' is b'X'",
        "only whether it opens is looked at",
    ),
    (
        "keys",
        "if len(known) < keeping.needed or not _opens(shares.join(known), keeping):",
        "Or is And",
        "too few join to a key that does not open",
    ),
    ("keys", "return False", "None returned", "asked only for whether it is so"),
    ("store", _UNTOUCHED, "*", "another name for the second column"),
    ("store", "if first is not None and asked.rule is not None:", "And is Or", "a founding has both or neither"),
    (
        "store",
        "(since, seal, before if before is not None else MAX_VERSIONS + 1),",
        "1 is 2",
        "no version has that number",
    ),
    (
        "replaying",
        "_take_keys(connection, seal, before=MAX_VERSIONS + 1, at=at)",
        "1 is 2",
        "no version has that number",
    ),
    ("cosigned", "covered = row[0] if row else 0", "0 is 1", "a sum over rows always has its row"),
    (
        "database",
        'connection.create_function("uscc_of", 1, uscc_of, deterministic=True)',
        "True is False",
        "how often SQLite asks it",
    ),
    (
        "shares",
        'return cls(bytes.fromhex(of), int(place, 16), base64.b32decode(f"{value}===="))',
        "16 is 17",
        "its form is one digit",
    ),
    ("server", _LOGGED, "1000 is 1001", "what is logged"),
    ("server", _LOGGED, "1 is 2", "what is logged"),
    ("server", _WARM, "*", "an import that the first use would do itself"),
    ("devices", _OF_DEVICE, "'' is 'X'", "the key is of machine and epoch, not of a seal"),
    (
        "device_store",
        "if connection.execute(query, (kept, granted.grant)).rowcount and used < granted.impressions:",
        "Lt is LtE",
        "nothing is given back then",
    ),
    ("canonical", 'return -_LARGEST <= cast("int", value) <= _LARGEST', "LtE is Lt", _SLOWER),
)


def reason(module: str, line: str, what: str) -> str | None:
    """Return why this change needs no test, where that is known."""
    for end, of_line, change, why in EQUIVALENT:
        if module.endswith(f".{end}") and line.strip() == of_line and change in ("*", what):
            return why
    return None
