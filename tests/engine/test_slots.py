"""A bound that holds for all processes of a machine together."""

import subprocess
import sys
from pathlib import Path

import pytest

from privyseal.pdf.slots import Busy, one_of

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
