"""Heads before a cosigner, refusals and commands, in one transaction that is undone; the cosigner is a real one."""

import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import pytest
from django.db import connection, transaction

from privyseal.cosigner import home
from privyseal.cosigner.answering import Cosigner as Answering
from privyseal.cosigner.client import Cosigner
from privyseal.cosigner.home import Home
from privyseal.cosigner.server import Server
from privyseal.egress import Egress
from privyseal.kernel import merkle, note
from privyseal.kernel.canonical import sha256
from privyseal.kernel.cosignature import cosigned_at
from privyseal.kernel.errors import NotFound, Refused
from privyseal.kernel.note import Checkpoint, NoteBroken
from privyseal.kernel.tiles import Tile
from privyseal.ledger import book, cosigned, heads, queries, tiles
from privyseal.ledger.actors import Service
from privyseal.ledger.commands import CommandIdReused, _plain, command
from privyseal.ledger.cosigning import AGAIN, Follower
from privyseal.ledger.heads import CheckpointAhead, CheckpointOfAnother, CheckpointsDiffer
from privyseal.ledger.models import CommandRow, CosignatureRow, CosignerRow, FactRow, RefusalTally
from privyseal.ledger.naming import Name, Names
from privyseal.ledger.proofs import root_at
from privyseal.ledger.refusals import WINDOW, close_tallies, record_refusal
from tests.ledger.test_plain_ledger import CLERK, KEY_OF_NOW, NOON, OTHER, Log, log
from tests.logs import KEY, ORIGIN

__all__ = ["log"]  # a fixture that is asked for by its name
SECOND = timedelta(seconds=1)
NOW = 1_795_665_600

pytestmark = pytest.mark.usefixtures("db")


class Beside:
    """A cosigner in a thread of this process, which a test starts and stops."""

    def __init__(self, folder: Path) -> None:
        self._home, self._socket, self._stack = folder / "data", folder / "socket", ExitStack()
        self.key = home.make(self._home, "audit.example")
        self.cosigner = Cosigner(self.key, f"unix:{self._socket}")
        self.follower = Follower(connection.connection, self.cosigner, Egress())
        self.start()

    def start(self) -> None:
        server = Server(Answering(Home(self._home), KEY_OF_NOW, lambda: NOW), self._socket)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        for end in (server.server_close, thread.join, server.shutdown):
            self._stack.callback(end)

    def stop(self) -> None:
        self._stack.close()
        self._socket.unlink(missing_ok=True)


@pytest.fixture
def beside(log: Log) -> Iterator[Beside]:
    with TemporaryDirectory(prefix="privyseal-", dir="/tmp") as folder:
        one = Beside(Path(folder))
        yield one
        one.stop()


def stands() -> tuple[int, int, str, datetime | None]:
    return CosignerRow.objects.values_list("size", "seconds", "problem", "problem_at").get(pk="audit.example")


# --- before a cosigner -----------------------------------------------------------------------------------------


def test_each_head_is_offered_once_and_again_after_twenty_seconds(log: Log, beside: Beside) -> None:
    step = beside.follower.step
    assert step(NOON) is None
    log.add(3)
    signed = log.sign()

    text = step(NOON) or ""

    (row,) = CosignatureRow.objects.all()
    assert (text, row.size, row.cosigner, row.seconds) == (signed + row.line, 3, "audit.example", NOW)
    assert cosigned_at(text, beside.key) == NOW
    assert stands() == (3, NOW, "", None)
    assert (AGAIN, step(NOON + AGAIN - SECOND), step(NOON + AGAIN)) == (timedelta(seconds=20), None, text)
    log.add(2)
    log.sign()
    assert step(NOON + AGAIN) is not None
    assert [row.size for row in CosignatureRow.objects.order_by("size")] == [3, 5]


def test_a_head_that_another_signed_comes_before_the_newest(log: Log, beside: Beside) -> None:
    for _ in range(3):
        log.add(2)
        log.sign()
    CosignatureRow.objects.create(size=4, cosigner="manager.example", seconds=NOW, line="")

    sizes = [size for _ in range(2) if beside.follower.step(NOON) for size in [stands()[0]]]

    assert sizes == [4, 6]


def test_one_that_is_elsewhere_is_followed_from_where_it_is(log: Log, beside: Beside) -> None:
    log.add(3)
    log.sign()
    beside.follower.step(NOON)
    CosignerRow.objects.update(size=0)
    log.add(18)
    log.sign()

    assert beside.follower.step(NOON) is not None
    assert stands() == (21, NOW, "", None)


def test_what_goes_wrong_stands_beside_the_cosigner_since_when_and_is_over_once_it_is_well(
    log: Log, beside: Beside, caplog: pytest.LogCaptureFixture
) -> None:
    log.add(3)
    log.sign()
    beside.stop()
    with caplog.at_level(logging.ERROR):
        assert [beside.follower.step(NOON + number * SECOND) for number in range(2)] == [None, None]
    assert stands() == (0, 0, "cosigner-absent", NOON)
    assert [(one.message, vars(one)["code"]) for one in caplog.records] == [("head not cosigned", "cosigner-absent")]
    beside.start()
    assert beside.follower.step(NOON + AGAIN) is not None
    assert stands() == (3, NOW, "", None)
    log.add(1)
    log.sign(key=OTHER)
    assert beside.follower.step(NOON + 2 * AGAIN) is None
    assert stands() == (3, NOW, "cosigner-refuses", NOON + 2 * AGAIN)


def test_one_that_is_ahead_of_this_record_is_not_followed(log: Log, beside: Beside) -> None:
    ahead = Checkpoint(ORIGIN, 9, bytes(32)).text
    beside.cosigner.add_checkpoint(note.sign_note(ahead, ORIGIN, KEY), old=0, proof=[], egress=Egress())
    log.add(3)
    log.sign()

    assert beside.follower.step(NOON) is None
    assert stands() == (0, 0, "cosigner-elsewhere", NOON)
    assert {"cosigner-refuses", "cosigner-elsewhere"} == cosigned._DIFFERENCES  # noqa: SLF001  what both say


# --- heads and tiles -------------------------------------------------------------------------------------------


def head(size: int, *, root: bytes = b"", origin: str = ORIGIN) -> str:
    return note.sign_note(Checkpoint(origin, size, root or root_at(size)).text, origin, KEY)


def test_two_heads_are_one_record_or_two(log: Log) -> None:
    log.add(21)
    now = Names([Name(KEY_OF_NOW)])

    for size in (0, 1, 8, 21):
        for pair in ((head(21), head(size)), (head(size), head(21))):
            found = heads.compare(*pair, now)
            assert (found.earlier.size, found.later.size, found.added) == (size, 21, 21 - size)
            proof = [note.octets(line) for line in found.proof.splitlines()]
            if 0 < size < 21:
                merkle.verify_consistency(size, found.earlier.root, 21, found.later.root, proof)
            else:
                assert proof == []
    lost = Names([Name(KEY_OF_NOW, 8), Name(note.verifier_key(f"{ORIGIN}/2", KEY))])
    told: list[tuple[str, Names, type[Refused]]] = [
        (head(8, root=bytes(32)), now, CheckpointsDiffer),
        (head(21, root=bytes(32)), now, CheckpointsDiffer),
        (head(0, root=bytes(32)), now, CheckpointsDiffer),
        (head(22, root=bytes(32)), now, CheckpointAhead),
        (head(9), lost, CheckpointAhead),
        (head(8, origin="other.example"), now, CheckpointOfAnother),
        ("no note", now, NoteBroken),
    ]
    for other, names, refusal in told:
        with pytest.raises(refusal):
            heads.compare(other, head(21 if names is now else 8), names)


def test_tiles_end_where_the_newest_signed_head_does(log: Log) -> None:
    log.add(5)
    with pytest.raises(NotFound):
        tiles.hashes(Tile(0, 0, 1))
    log.sign()
    log.add(1)
    bodies = [bytes(body) for body in FactRow.objects.order_by("leaf__index").values_list("body", flat=True)]

    assert tiles.hashes(Tile(0, 0, 5)) == b"".join(merkle.leaf_hash(body) for body in bodies[:5])
    assert tiles.entries(Tile(0, 0, 5)) == b"".join(len(body).to_bytes(2, "big") + body for body in bodies[:5])
    for read in (tiles.hashes, tiles.entries):
        with pytest.raises(NotFound) as refused:
            read(Tile(0, 0, 6))
        assert refused.value.facts == {"tile": "0/000.p/6"}


def test_facts_that_are_loaded_come_after_those_there_and_before_those_that_come(log: Log) -> None:
    with transaction.atomic():
        book.record("test.first", by=CLERK, at=NOON)
    first = FactRow.objects.get().pk
    log.add(2)
    assert log.ids == [first + 1, first + 2]
    log.loader.keep_counting()
    with transaction.atomic():
        book.record("test.last", by=CLERK, at=NOON)
    assert FactRow.objects.latest("pk").pk == first + 3
    assert log.integrator.size == 2
    log.integrator.number("test.first")
    assert [fact.kind for fact in queries.facts_between(0, 3, kinds=[], ending="")] == [
        "test.noted",
        "test.noted",
        "test.first",
    ]


# --- commands and refusals -------------------------------------------------------------------------------------


def test_what_a_command_was_asked_is_told_apart_by_its_plain_form() -> None:
    said = {
        "at": NOON,
        7: (True, None, "x"),
        "password": "secret",
        "file": b"data",
        "set": {"b", "a"},
        "path": Path("p"),
    }

    assert _plain(said) == {
        "at": "2026-11-23T04:00:00.000000Z",
        "7": [True, None, "x"],
        "file": sha256(b"data"),
        "set": ["a", "b"],
        "path": "PosixPath('p')",
    }
    assert _plain([frozenset({2, 1}), [3]]) == [["1", "2"], [3]]


def test_the_second_click_finds_the_first_ones_result_and_no_others() -> None:
    done: list[int] = []

    @command("test.do")
    def act(actor: Service, at: datetime, number: int) -> int:
        done.append(number)
        return number * 2

    first = UUID(int=1)
    assert [act.once(first, CLERK, NOON, 7), act.once(first, CLERK, NOON + SECOND, 7)] == [14, 14]
    with pytest.raises(CommandIdReused) as refused:
        act.once(first, CLERK, NOON, 8)
    assert refused.value.facts == {"command": str(first)}
    assert (done, act.name, vars(act)["__name__"]) == ([7], "test.do", "act")
    with transaction.atomic():
        assert act.within(CLERK, NOON, 9) == 18
    row = CommandRow.objects.get(pk=first)
    assert (row.name, row.actor, row.result, row.at) == ("test.do", "service:clerk", 14, NOON)
    assert (CommandIdReused.code, UTC) == ("command-id-reused", NOON.tzinfo)


def refuse(at: datetime, number: int = 1) -> None:
    record_refusal("test.do", NotFound(number=number), by=CLERK, at=at)


def told() -> list[tuple[str, object]]:
    return [(fact.kind, fact.data.get("repeated")) for fact in reversed(queries.latest_facts())]


def test_equal_refusals_within_a_minute_are_told_once_and_how_often() -> None:
    assert timedelta(minutes=1) == WINDOW
    for seconds in (0, 1, 59):
        refuse(NOON + seconds * SECOND)
    assert told() == [("test.do.refused", None)]
    assert close_tallies(NOON + 59 * SECOND) == 0
    refuse(NOON + 60 * SECOND)
    assert told() == [("test.do.refused", None), ("test.do.refused", 2), ("test.do.refused", None)]
    refuse(NOON + 60 * SECOND, number=2)
    assert close_tallies(NOON + 120 * SECOND) == 2  # one that came alone is told no more
    assert (len(told()), RefusalTally.objects.count()) == (4, 0)
    (last,) = queries.latest_facts(limit=1)
    assert (last.actor, last.data) == ("service:clerk", {"code": "not-found", "number": 2})


def test_a_refusal_that_cannot_be_recorded_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_fact ADD CONSTRAINT no_more CHECK (kind <> 'test.do.refused')")

    with caplog.at_level(logging.CRITICAL):
        refuse(NOON)

    assert [(one.message, vars(one)["command"]) for one in caplog.records] == [("refusal not recorded", "test.do")]
    assert told() == []
