"""The power goes while the signer works: whatever it answered is on the disk when it comes back."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

import pytest

from privyseal.kernel import merkle
from privyseal.signer import requests
from privyseal.signer.database import Database, make_durable, open_durably
from privyseal.signer.denials import Denial, What
from privyseal.signer.keys import Keys
from privyseal.signer.operations import Signer
from tests.signer.cast import CONTRACT, FOUNDING, MASTER, NOON, SEAL, USE, approved, to_make, to_seal, uid
from tests.signer.power import Disk, Plugged
from tests.signer.test_checkpoints import FACTS, to_sign

NAME: Final = "signer.sqlite"
CUTS: Final = 200
MOST_MOVES: Final = 140

Acknowledged = list[tuple[str, tuple[str | int | bytes, ...]]]


@pytest.fixture(scope="module")
def founded_file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A signer's file that has the company's official seal, closed in order."""
    path = tmp_path_factory.mktemp("power") / NAME
    with closing(Database(open_durably(path))) as database:
        signer = Signer(database, lambda: NOON, Keys(database, MASTER))
        signer.found(FOUNDING)
        signer.make(to_make())
    return path.read_bytes()


def cut(file: bytes, random: Random, folder: Path, *, weaken: str = "") -> tuple[Acknowledged, Path]:
    """Work until the power goes; return what was answered before, and what the disk has."""
    disk = Disk({NAME: file}, random, cut_at=random.randint(1, MOST_MOVES))
    plugged = Plugged(disk, NAME)
    make_durable(plugged.connection)
    if weaken:
        plugged.connection.execute(weaken)
    database = Database(plugged.connection)
    answered: Acknowledged = []
    for query, row, act in work(Signer(database, lambda: NOON, Keys(database, MASTER)), database, random):
        act()
        if disk.is_cut:
            break
        answered.append((query, row))
    disk.cut()
    assert disk.left is not None
    plugged.unplug()
    for name, data in disk.left.items():
        (folder / name).write_bytes(data)
    return answered, folder / NAME


def work(
    signer: Signer, database: Database, random: Random
) -> Iterator[tuple[str, tuple[str | int | bytes, ...], Callable[[], object]]]:
    """Yield acts of the signer, each with the row that its answer promises."""
    size = 0
    for number in range(1000):
        name = f"{number} of {random.random()}"
        match random.choice(["deny", "deny", "sign", "seal", "tidy"]):
            case "deny":
                denied = Denial(What.APPLICATION, uid(name), "")
                query = "SELECT 1 FROM denial WHERE uid = ?"
                yield query, (denied.uid,), partial(signer.deny, requests.Deny(denied=(denied,)))
            case "sign" if size < len(FACTS):
                size += 1
                root = merkle.root(FACTS[:size])
                request = to_sign(size, after=size - 1)
                yield (
                    "SELECT 1 FROM checkpoint WHERE size > ? OR root = ?",
                    (size, root),
                    partial(signer.checkpoint, request),
                )
            case "seal":
                use = approved(replace(USE, application=uid(name)))
                asked = to_seal(use, intent=name)
                query = "SELECT 1 FROM intent JOIN counter USING (application, seal) WHERE uid = ? AND seal = ?"
                yield query, (asked.intent, SEAL), partial(signer.seal, asked, CONTRACT)
            case _:
                yield "SELECT 1 WHERE ? = ?", (1, 1), database.forget_old_pages


def missing(answered: Acknowledged, path: Path) -> int:
    """Return how many answers the disk knows nothing of; the file itself must be whole."""
    with closing(open_durably(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert (
            connection.execute("SELECT count(*), coalesce(sum(impressions), 0) FROM intent").fetchone()
            == connection.execute("SELECT count(*), coalesce(sum(used), 0) FROM counter").fetchone()
        )
        return sum(connection.execute(query, row).fetchone() is None for query, row in answered)


def cuts(file: bytes, folder: Path, number: int, *, seed: str, weaken: str = "") -> tuple[int, int]:
    """Return how many answers there were before so many cuts, and how many of them were lost."""
    answers = lost = 0
    for each in range(number):
        place = folder / f"{seed}-{each}"
        place.mkdir()
        random = Random(f"{seed} {each}")  # noqa: S311  a history that can be told again
        answered, path = cut(file, random, place, weaken=weaken)
        answers += len(answered)
        lost += missing(answered, path)
    return answers, lost


def test_no_answer_is_lost_when_the_power_goes(founded_file: bytes, tmp_path: Path) -> None:
    answers, lost = cuts(founded_file, tmp_path, CUTS, seed="full")

    assert answers > 3 * CUTS
    assert lost == 0


def test_with_a_weaker_setting_answers_would_be_lost(founded_file: bytes, tmp_path: Path) -> None:
    answers, lost = cuts(founded_file, tmp_path, 5, seed="weak", weaken="PRAGMA synchronous = NORMAL")

    assert answers > 0
    assert lost > 0
