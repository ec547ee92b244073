"""Our commands as somebody types them, with an installation of their own."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Shell:
    """A place to run our commands in, with an installation of its own."""

    folder: Path

    def run(self, *words: str | Path, data: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PRIVYSEAL", "COV"))}
        here = {
            **kept,
            "PRIVYSEAL_DATA": str(data or self.folder / "data"),
            "PYTHONPATH": os.pathsep.join(sys.path),
            **more,
        }
        command = [sys.executable, "-m", "privyseal", *map(str, words)]
        return subprocess.run(
            command, cwd=self.folder, env=here, capture_output=True, text=True, check=False, timeout=120
        )

    def demo(self, name: str, data: bytes, *more: str) -> tuple[int, dict[str, Any]]:
        (self.folder / name).write_bytes(data)
        done = self.run("demo", name, "--out", f"sealed-{name}", "--json", *more)
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)


@contextmanager
def shell_of_its_own() -> Iterator[Shell]:
    """Give a folder that PostgreSQL's own account may pass through, unlike pytest's."""
    with tempfile.TemporaryDirectory(prefix="privyseal-shell-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield Shell(folder)
