"""A bound that holds for all processes of a machine together."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from privyseal.pdf.slots import Busy, in_turn, one_of

HOLDS = """
import sys, pathlib
from privyseal.pdf.slots import one_of
with one_of(2, pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_no_more_are_served_at_once_than_there_are_slots(tmp_path: Path) -> None:
    with one_of(2, tmp_path), one_of(2, tmp_path), pytest.raises(Busy), one_of(2, tmp_path):
        pass

    with one_of(2, tmp_path):
        pass


def test_another_process_holds_its_slot_until_it_ends_however_it_ends(tmp_path: Path) -> None:
    other = subprocess.Popen(
        (sys.executable, "-c", HOLDS, str(tmp_path)), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with other:
        assert other.stdout is not None
        other.stdout.readline()
        with one_of(2, tmp_path), pytest.raises(Busy), one_of(2, tmp_path):
            pass
        other.kill()
    with one_of(2, tmp_path), one_of(2, tmp_path):
        pass


def test_one_waits_for_ones_own_and_only_a_few_may_and_not_for_long(tmp_path: Path) -> None:
    drawn: list[str] = []

    def wait() -> None:
        with in_turn(1, 1, tmp_path, seconds=10):
            drawn.append("second")

    with one_of(1, tmp_path):
        with pytest.raises(Busy), in_turn(1, 1, tmp_path, seconds=0):
            pass
        waiting = threading.Thread(target=wait)
        waiting.start()
        assert drawn == []
    waiting.join()
    assert drawn == ["second"]
    line = tmp_path / "line"
    with one_of(2, line), one_of(2, line), pytest.raises(Busy), in_turn(1, 1, tmp_path, seconds=10):
        pass
