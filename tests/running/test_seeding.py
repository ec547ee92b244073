"""A demo installation as large as wanted, filled from the shell."""

import json
from collections.abc import Iterator

import pytest

from tests import prepared
from tests.pdfs import one_page
from tests.running.shell import Shell, shell_of_its_own

pytestmark = pytest.mark.running


@pytest.fixture(scope="module")
def seeded() -> Iterator[Shell]:
    with shell_of_its_own() as shell:
        prepared.place(shell.folder / "data")
        done = shell.run("seed", "--size", "small")
        assert done.returncode == 0, done.stderr
        assert "600 of 600 applications (100 %)." in done.stderr
        yield shell


def test_the_ledger_of_a_seeded_group_verifies_like_any_other(seeded: Shell) -> None:
    told = seeded.run("ledger", "verify", "--json")

    found = json.loads(told.stdout)
    assert (told.returncode, found["waiting"]) == (0, 0)
    assert found["facts"] > 600


def test_a_group_is_seeded_once(seeded: Shell) -> None:
    again = seeded.run("seed", "--size", "small")

    assert (again.returncode, again.stderr.splitlines()[-1]) == (1, "privyseal: already-seeded [already-seeded]")


def test_a_seeded_group_goes_on_by_the_rules(seeded: Shell) -> None:
    """Numbers, places in the tree and keys come after those that were copied."""
    code, _ = seeded.demo("after.pdf", one_page())

    assert code == 0
