import gc
import subprocess
import sys
from pathlib import Path

import pytest

from privyseal.__main__ import COMMANDS, main
from privyseal.config.loading import load
from privyseal.config.webserver import counts_of
from tests.running.served import ROOT, environment

pytestmark = pytest.mark.running


def test_every_command_tells_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        with pytest.raises(SystemExit, match="0"):
            main([name, "--help"])

        assert capsys.readouterr().out.startswith(f"usage: privyseal {name}")


def test_help_lists_every_command_with_a_summary(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--help"])

    said = capsys.readouterr().out
    assert code == 0
    assert [line.split()[0] for line in said.splitlines() if line.startswith("  ")] == list(COMMANDS)


@pytest.mark.parametrize("words", [[], ["stamp"]])
def test_an_unknown_command_is_answered_with_the_list(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code = main(words)

    said = capsys.readouterr()
    assert code == 2
    assert "usage: privyseal COMMAND" in said.out + said.err


def test_a_refusal_is_one_sentence_with_its_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PRIVYSEAL_DATABASE_URL", raising=False)
    monkeypatch.delenv("PRIVYSEAL_OWNER_DATABASE_URL", raising=False)

    code = main(["migrate"])

    assert code == 1
    assert capsys.readouterr().err == (
        "privyseal: There is no database to migrate: "
        "set PRIVYSEAL_OWNER_DATABASE_URL, or run `privyseal serve`. [cannot-start]\n"
    )


def test_what_is_counted_lies_in_memory_and_in_no_folder_that_others_may_enter(tmp_path: Path) -> None:
    data, memory = tmp_path / "data", tmp_path / "memory"
    memory.mkdir()

    mine = counts_of(data, memory)

    assert (mine.parent, mine.stat().st_mode & 0o777) == (memory, 0o700)
    mine.chmod(0o777)
    assert counts_of(data, memory) == counts_of(data, tmp_path / "none") == data / "metrics"


def test_nobodys_password_is_set_past_the_record(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["manage", "changepassword", "li"]) == 1
    assert "past the record" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["verify", "nothing.pdf"], ["prove", "receipt", "nothing.tlog-proof"]])
def test_strangers_need_neither_django_nor_a_database(words: list[str], tmp_path: Path) -> None:
    program = f"""
import sys
from privyseal.__main__ import main
main({words!r})
print(sorted({{name.partition('.')[0] for name in sys.modules}} & {{'django', 'psycopg'}}))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(tmp_path / "data"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.splitlines()[-1] == "[]"
    assert "Traceback" not in done.stderr


def test_garbage_is_searched_for_again_whatever_becomes_of_loading() -> None:
    with pytest.raises(ModuleNotFoundError):
        load("privyseal.config.missing")

    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
