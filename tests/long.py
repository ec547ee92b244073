"""Runs too long for every day: they go on where they stopped, and their last result stands in docs/invariants.md."""

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

ROOT: Final = Path(__file__).parents[1]
RESULTS: Final = ROOT / "tests" / "long.json"
_UNDER_WAY: Final = ROOT / ".long"


class Run:
    """A count towards a goal: kept after every chunk, begun anew at another commit, written down at its end."""

    def __init__(self, name: str, *, goal: int, unit: str) -> None:
        self._name, self._goal, self._unit = name, goal, unit
        self._file = _UNDER_WAY / f"{name}.json"
        self._commit = at_commit()

    def __enter__(self) -> Self:
        known = json.loads(self._file.read_text("utf-8")) if self._file.exists() else {}
        self._done: int = known["done"] if known.get("commit") == self._commit else 0
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._write_down()

    @property
    def left(self) -> int:
        return max(0, self._goal - self._done)

    def add(self, done: int) -> None:
        self._done += done
        _UNDER_WAY.mkdir(exist_ok=True)
        self._file.write_text(json.dumps({"commit": self._commit, "done": self._done}), "utf-8")

    def _write_down(self) -> None:
        written_down(self._name, f"{self._done:,} {self._unit}", commit=self._commit)


def written_down(name: str, result: str, *, commit: str = "") -> None:
    """Keep the result of a run that came to its end, of this commit where none is named."""
    results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    results[name] = {
        "commit": commit or at_commit(),
        "on": datetime.now(UTC).date().isoformat(),
        "result": result,
    }
    RESULTS.write_text(json.dumps(results, indent=2, sort_keys=True) + "\n", "utf-8")


def at_commit() -> str:
    return _git("rev-parse", "--short", "HEAD")


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
