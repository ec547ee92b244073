"""The signer as a program: started, stopped, killed."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

import pytest

from privyseal.pdf.judge import Verdict, judge
from privyseal.signer import answers
from privyseal.signer.__main__ import configure
from privyseal.signer.client import Client, SignerUnavailable
from privyseal.signer.database import ClockRunsBackwards
from privyseal.signer.impressions import ImpressionsSpent
from privyseal.signer.statement import Statement
from privyseal.signer.store import NotFounded
from tests.signer import dying
from tests.signer.cast import CONTRACT, FACE, FOUNDING, MAKE, SEAL, USE, WANG, ZHAO, approved, uid

HERE = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def today(statement: Statement) -> Statement:
    """A program reads the real clock."""
    now = datetime.now(UTC)
    return replace(statement, starts_at=now - timedelta(hours=1), expires_at=now + timedelta(hours=1))


@dataclass(frozen=True)
class Home:
    data: Path
    socket: Path

    @property
    def options(self) -> list[str]:
        return ["--data", str(self.data), "--socket", str(self.socket)]

    @property
    def client(self) -> Client:
        return Client(self.socket)


@pytest.fixture
def home(tmp_path: Path, socket_path: Path) -> Home:
    return Home(data=tmp_path / "signer", socket=socket_path)


@contextmanager
def running(*program: str) -> Iterator[subprocess.Popen[str]]:
    """Run a signer until the block ends; the block begins when it listens."""
    process = subprocess.Popen([sys.executable, "-m", *program], stderr=subprocess.PIPE, text=True, env=HERE)
    with process:
        assert process.stderr is not None
        try:
            said = process.stderr.readline()
            assert json.loads(said)["event"] == "listening", said + process.stderr.read()
            yield process
        finally:
            process.kill()


@contextmanager
def signer(home: Home) -> Iterator[subprocess.Popen[str]]:
    with running("privyseal.signer", *home.options) as process:
        yield process


def run_to_its_end(*program: str) -> tuple[int, str]:
    command = [sys.executable, "-m", *program]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env=HERE)
    return ended.returncode, ended.stderr


def set_up(client: Client) -> None:
    client.found(
        public_url=FOUNDING.public_url, origin=FOUNDING.origin, web_key=FOUNDING.web_key, approvals=1, is_demo=True
    )
    client.make(seal=SEAL, approved=[approved(today(MAKE))], face=FACE, manager=ZHAO)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a signer that was founded, has made a seal and was killed: what tests begin with is copied."""
    with TemporaryDirectory(prefix="signer-") as short:
        first = Home(data=tmp_path_factory.mktemp("made") / "signer", socket=Path(short) / "socket")
        with signer(first):
            set_up(first.client)
    return first.data


@pytest.fixture
def kept(home: Home, made: Path) -> Home:
    """A home with that signer's data."""
    copytree(made, home.data)
    return home


def seal(client: Client, statement: Statement, *, intent: str = "intent 1") -> answers.Sealed:
    return client.seal(
        intent=uid(intent), operator=WANG, approved=[approved(statement)], document=CONTRACT, field="Seal1"
    )


def test_a_restarted_signer_knows_everything(home: Home) -> None:
    use = today(USE)
    with signer(home):
        set_up(home.client)
        public, sealed = home.client.public(), seal(home.client, use)

    with signer(home):
        assert replace(home.client.public(), crl=public.crl) == public
        assert seal(home.client, use) == sealed
        with pytest.raises(ImpressionsSpent):
            seal(home.client, use, intent="intent 2")


def test_a_signer_that_is_interrupted_leaves_no_socket(home: Home) -> None:
    with signer(home) as process:
        process.send_signal(signal.SIGINT)

        assert process.wait(20) == 0
        assert not home.socket.exists()


def test_killed_between_commit_and_answer_a_retry_over_its_own_socket_gets_the_same_bytes(kept: Home) -> None:
    home, use = kept, today(USE)
    with running("tests.signer.dying", dying.BEFORE_ANSWER, str(home.data), str(home.socket)) as process:
        with pytest.raises(SignerUnavailable):
            seal(home.client, use)
        assert process.wait(20) == -signal.SIGKILL
    with closing(sqlite3.connect(home.data / "signer.sqlite")) as left:
        [(committed,)] = left.execute("SELECT appended FROM intent").fetchall()
    assert home.socket.exists()

    with signer(home):
        assert seal(home.client, use).appended == committed
        with pytest.raises(ImpressionsSpent):
            seal(home.client, use, intent="intent 2")


def test_killed_before_the_commit_nothing_is_spent(kept: Home) -> None:
    home, use = kept, today(USE)
    with running("tests.signer.dying", dying.BEFORE_COMMIT, str(home.data), str(home.socket)) as process:
        with pytest.raises(SignerUnavailable):
            seal(home.client, use)
        assert process.wait(20) == -signal.SIGKILL

    with signer(home):
        sealed = seal(home.client, use, intent="intent 2")
        root = home.client.public().ca
        with pytest.raises(ImpressionsSpent):
            seal(home.client, use)

    assert judge(CONTRACT + sealed.appended, trust=[root], at=sealed.sealed_at).verdict is Verdict.VALID


def test_a_second_signer_on_the_same_data_or_socket_does_not_start(home: Home) -> None:
    with signer(home):
        on_data = replace(home, socket=home.socket.with_name("other"))
        on_socket = replace(home, data=home.data.with_name("other"))

        for other, why in (
            (on_data, f"Another signer is running on {home.data}.\n"),
            (on_socket, f"Another program answers on {home.socket}.\n"),
        ):
            assert run_to_its_end("privyseal.signer", *other.options) == (1, why)
            assert not home.client.status().is_founded
        assert not on_data.socket.exists()


def test_keys_are_for_their_owners_eyes_only(home: Home) -> None:
    home.data.mkdir(mode=0o755)

    with signer(home):
        modes = {path.name: path.stat().st_mode & 0o777 for path in home.data.iterdir()}

        assert home.data.stat().st_mode & 0o777 == 0o700
        assert modes == dict.fromkeys(modes, 0o600)
        assert {"signer.sqlite", "signer.lock"} <= modes.keys()
        assert home.socket.stat().st_mode & 0o777 == 0o600


def test_a_data_directory_that_cannot_be_one_is_said_so(home: Home) -> None:
    home.data.write_text("a file")

    assert run_to_its_end("privyseal.signer", *home.options) == (
        1,
        f"The signer cannot use {home.data}: File exists.\n",
    )


def test_a_clock_set_back_over_a_restart_is_noticed(kept: Home) -> None:
    home, use = kept, today(USE)
    with closing(sqlite3.connect(home.data / "signer.sqlite")) as left:
        tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        left.execute("UPDATE clock SET seen_at = ?", (tomorrow,))
        left.commit()

    with signer(home), pytest.raises(ClockRunsBackwards):
        seal(home.client, use)


def test_a_named_user_may_call(home: Home) -> None:
    with running("privyseal.signer", *home.options, "--peer-uid", str(os.geteuid())):
        assert not home.client.status().is_founded
        assert home.socket.stat().st_mode & 0o777 == 0o666


def test_every_log_line_is_json(home: Home) -> None:
    with signer(home) as process:
        with pytest.raises(NotFounded):
            home.client.public()
        process.terminate()
        assert process.stderr is not None
        lines = [json.loads(line) for line in process.stderr]
        assert (process.wait(20), home.socket.exists()) == (0, False)

    assert [line["event"] for line in lines] == ["answered", "stopped"]
    assert (lines[0]["op"], lines[0]["code"], lines[0]["level"]) == ("public", "not-founded", "info")


def loaded_by(statement: str) -> Sequence[str]:
    script = f"import sys; {statement}; print(*sys.modules)"
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=HERE
    ).stdout.split()


@pytest.mark.parametrize("module", ["privyseal.signer.__main__", "privyseal.signer.client"])
def test_neither_start_nor_client_waits_for_the_pdf_engine_or_django(module: str) -> None:
    loaded = loaded_by(f"import {module}")

    assert module in loaded
    assert not {"pyhanko", "pikepdf", "django"} & set(loaded)


def test_the_signer_process_loads_no_django() -> None:
    loaded = loaded_by("import privyseal.signer.__main__, privyseal.signer.engine")

    assert "privyseal.pdf.seal" in loaded
    assert not [module for module in loaded if module.split(".")[0] in {"django", "psycopg", "pyhanko"}]


def test_the_command_line_offers_to_serve(home: Home) -> None:
    parser = ArgumentParser()
    configure(parser)

    arguments = parser.parse_args(["serve", *home.options])

    assert (arguments.data, arguments.socket, arguments.peer_uid) == (home.data, home.socket, None)


def custodian(*words: str, home: Home) -> tuple[int, str]:
    return run_to_its_end("privyseal", "signer", *words, "--socket", str(home.socket))


def test_a_signer_of_custodians_starts_sealed_until_two_of_them_have_come(home: Home, tmp_path: Path) -> None:
    use, files = today(USE), [str(tmp_path / f"{name}.share") for name in ("qian", "wu", "zheng")]
    with signer(home):
        set_up(home.client)
        assert custodian("entrust", *files, "--needed", "2", home=home) == (0, "")
        assert custodian("entrust", str(tmp_path / "x"), str(tmp_path / "y"), home=home)[0] == 1

    with signer(home):
        with pytest.raises(SignerUnavailable) as refused:
            seal(home.client, use)
        assert refused.value.code == "signer-sealed"
        assert custodian("status", home=home)[0] == 3
        assert custodian("open", "--share", files[2], home=home)[0] == 3
        assert custodian("open", "--share", files[0], home=home)[0] == 0

        assert seal(home.client, use).appended
