"""Seconds of fuzzing with every build, and as long as one likes beside it: nothing crashes, nothing hangs."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from privyseal.pdf.face import Face
from tests.engine.handmade import OTHER_PLACE, paper
from tests.engine.honest import PRODUCERS
from tests.engine.parties import root
from tests.engine.photos import jpeg, photo
from tests.fuzz.targets import TARGETS

ROOT: Final = Path(__file__).parents[2]
_SHORT, _LONG = 12, 900


@pytest.fixture(scope="module")
def seeds() -> list[bytes]:
    """What the fuzzer begins with: honest files, signed and not, what stands in their signatures, a photo."""
    key = root("Seeds").party("Seed").key
    signed = paper(payee="Bob").declared("A").declared("B", OTHER_PLACE).signed("A", key, certify=2).signed("B", key)
    start = signed.data.rindex(b"/Contents<") + 10
    container = bytes.fromhex(signed.data[start : start + 2 * 1024].decode())
    files = [produce() for produce in PRODUCERS.values()]
    picture = jpeg(photo(Face(ring="上海示例贸易有限公司"), dpi=160))
    return [signed.data[-40_000:], container, key.certificate, picture, *files, *(file[9:] for file in files)]


def fuzz(target: str, seconds: int, folder: Path, seeds: list[bytes]) -> None:
    for number, seed in enumerate(seeds):
        (folder / f"seed-{number}").write_bytes(seed)

    command: list[str | Path] = [sys.executable, "-m", "tests.fuzz", target, str(seconds), folder]
    done = subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": f"{ROOT}/src"}, capture_output=True, check=False)

    assert done.returncode == 0, done.stderr.decode(errors="replace")[-4_000:]


# In every build files are also damaged for intake, by tests/engine/test_intake.py: it is fuzzed in the long run alone.
@pytest.mark.parametrize("target", [target for target in TARGETS if target != "intake"])
def test_a_short_time_of_fuzzing_finds_nothing(target: str, tmp_path: Path, seeds: list[bytes]) -> None:
    fuzz(target, _SHORT, tmp_path, seeds)


@pytest.mark.long
@pytest.mark.parametrize("target", TARGETS)
def test_a_long_time_of_fuzzing_finds_nothing(target: str, tmp_path: Path, seeds: list[bytes]) -> None:
    fuzz(target, _LONG, tmp_path, seeds)
