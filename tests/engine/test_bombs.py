"""A file built to keep a reader busy gets an answer within ten seconds and a gigabyte, and is never valid."""

import time
from datetime import UTC, datetime

import pytest

from privyseal.pdf.accepted import PdfTooHard
from privyseal.pdf.confined import Task, run
from privyseal.pdf.inside import CPU_SECONDS, MEMORY_BYTES
from privyseal.pdf.judge import judge
from privyseal.pdf.judgement import Verdict
from tests.engine.bombs import BOMBS

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_SECONDS = 10.0


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_gets_an_answer_soon(name: str) -> None:
    data = BOMBS[name]()
    began = time.process_time()

    judged = judge(data, trust=[], at=AT)

    assert judged.verdict is not Verdict.VALID
    assert time.process_time() - began < _SECONDS


def test_the_answer_comes_from_a_process_of_little_memory_and_time() -> None:
    assert (MEMORY_BYTES, CPU_SECONDS) == (1_000_000_000, 10)
    for name in ("a page that unfolds to 2 GB", "cross-references that unfold to 2 GB", "arrays in arrays"):
        try:
            judged = run(Task.JUDGE, BOMBS[name](), trust=(), at=AT)
        except PdfTooHard:
            continue
        assert judged.verdict is not Verdict.VALID


def test_there_are_as_many_bombs_as_we_say() -> None:
    assert len(BOMBS) >= 30
