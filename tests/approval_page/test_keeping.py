"""How much one person may have under way on the approval page, on plain values."""

import os
import socket
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest

from privyseal.approval_page.client import Client
from privyseal.approval_page.door import Door
from privyseal.approval_page.enrolling import Enrol
from privyseal.approval_page.keeping import MAX_ASKS, MAX_ASKS_OF_ONE, ApprovalCodeUnknown, ApprovalPageFull, Kept
from tests.files_left import no_file_left
from tests.running.served import eventually
from tests.signer.cast import LI, WANG, uid

NOON: Final = datetime(2026, 11, 27, 12, tzinfo=UTC)


def ask(person: str) -> Enrol:
    said = {"name": "Wang", "login": "wang", "challenge": "", "language": "en", "back": "/", "context": ""}
    return Enrol(person=person, excluded=(), **said)


def test_whoever_asks_without_end_loses_their_own_and_nobody_elses() -> None:
    kept = Kept()
    theirs, _ = kept.begin(ask(LI), NOON)
    own = [kept.begin(ask(WANG), NOON)[0] for _ in range(MAX_ASKS + 1)]

    for code in (theirs, *own[-MAX_ASKS_OF_ONE:]):
        assert kept.ready(code, NOON)
    with pytest.raises(ApprovalCodeUnknown):
        kept.ready(own[-MAX_ASKS_OF_ONE - 1], NOON)


def test_a_door_without_a_file_left_for_a_caller_answers_again_once_there_is_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with TemporaryDirectory(prefix="door-") as folder, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        path = Path(folder) / "socket"
        Door(Kept(), lambda: NOON, peer_uids=frozenset({os.geteuid()}), folder=Path(folder)).listen(path)
        with no_file_left(caller.fileno()):
            caller.connect(os.fspath(path))
            eventually(lambda: "cannot accept a caller" in caplog.text)

        Client(path, timeout_seconds=10).status()


def test_callers_of_a_door_that_dawdle_make_room_for_who_waits() -> None:
    with TemporaryDirectory(prefix="door-") as folder, ExitStack() as slow:
        path = Path(folder) / "socket"
        peers = frozenset({os.geteuid()})
        Door(Kept(), lambda: NOON, peer_uids=peers, folder=Path(folder), patience_seconds=0.01).listen(path)
        for _ in range(17):
            caller = slow.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            caller.connect(os.fspath(path))
            caller.sendall(b"\x00")

        Client(path, timeout_seconds=10).status()


def test_what_was_counted_takes_no_room_for_what_comes() -> None:
    kept = Kept()
    for number in range(MAX_ASKS):
        code, _ = kept.begin(ask(uid(str(number))), NOON)
    with pytest.raises(ApprovalPageFull):
        kept.begin(ask(WANG), NOON)

    kept.counted(kept.answer(kept.open(kept.ready(code, NOON), NOON), (), NOON), NOON)

    assert kept.begin(ask(WANG), NOON)
