"""What each word costs the server that somebody says by telephone while a rubber seal is out, over a seeded group.

The group of the bench of lists is used where it was made; else a twentieth of it is made, once.
"""

import math
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Final

from bench import inside
from bench.goals import CONFIRM_TIME
from bench.product import ROOT, Broken, Product
from bench.report import Figure, Probe, Report, reached

_WHOLE: Final = ROOT / "build" / "group"
_TWENTIETH: Final = ROOT / "build" / "twentieth"
_TIMES: Final = 25
_SECONDS: Final = 150.0
_MILLISECONDS: Final = 1000
_NINETY_FIVE: Final = 0.95
_PROCESSOR: Final = ", processor"
_CONFIRMS: Final = ("the keeper confirms", "the supervisor confirms")


def run() -> Report:
    whole = (_WHOLE / "data" / "seeded").exists()
    place = _WHOLE if whole else _TWENTIETH
    if not (place / "data" / "seeded").exists():
        _seed(place)
    product = Product(place, is_kept=True)
    try:
        product.start()
        found = inside.ask(product, "stamping", str(_TIMES), seconds=_SECONDS)
    finally:
        product.stop()
    seconds = found["seconds"]
    walls = {what: _ninety_fifth(each) for what, each in seconds.items() if not what.endswith(_PROCESSOR)}
    size = Probe("applications", 2_000_000 if whole else 100_000, "")
    empty = Probe("an empty request", _ninety_fifth(found["empty"]), "ms")
    used = max(median(seconds[what + _PROCESSOR]) for what in _CONFIRMS) * _MILLISECONDS
    figures = [
        reached(CONFIRM_TIME, max(walls[what] for what in _CONFIRMS), empty, size),
        Figure("of that, processor time of the web server's code, median", used, "ms"),
        *(Figure(f"{what}, 95th percentile", each, "ms") for what, each in walls.items()),
    ]
    return Report("custody", tuple(figures))


def _seed(place: Path) -> None:
    place.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "privyseal", "seed", "--size", "twentieth"]
    environment = {**os.environ, "PRIVYSEAL_DATA": str(place / "data"), "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, env=environment, cwd=ROOT, check=False)  # noqa: S603 - our own argument list, no shell
    if done.returncode:
        raise Broken("The group could not be seeded.")
    (place / "data" / "seeded").touch()


def _ninety_fifth(values: Sequence[float]) -> float:
    return sorted(values)[math.ceil(_NINETY_FIVE * len(values)) - 1] * _MILLISECONDS
