"""PDFBox with Bouncy Castle as one more judge: one JVM for all files of a run, because to start one takes seconds."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image

from tests.engine.outside import drawn

_FOLDER: Final = "/usr/share/java"
_JARS: Final = ("pdfbox2", "fontbox2", "commons-logging", "bcprov", "bcpkix", "bcutil")
_JVM: Final = ("java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Djava.awt.headless=true")


class NotRead(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Signed:
    """Whether one signature is right over its bytes, where these end, and how many pages could be drawn of them."""

    is_valid: bool
    end: int
    pages: int


@dataclass(frozen=True, slots=True)
class Says:
    signatures: tuple[Signed, ...]
    pages: Sequence[Image.Image]


class PdfBox:
    """It works in one folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "file.pdf"
        self._said = (folder / "said.txt").open("wb")
        classes = ":".join(f"{_FOLDER}/{jar}.jar" for jar in _JARS)
        self._jvm = subprocess.Popen(
            (*_JVM, "-cp", classes, Path(__file__).with_name("Pdfbox.java")),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
        )

    def says(self, data: bytes) -> Says:
        """Return what it makes of a file and how it draws each page, or raise NotRead."""
        assert self._jvm.stdin is not None
        assert self._jvm.stdout is not None
        self._file.write_bytes(data)
        self._jvm.stdin.write(f"{self._file}\n")
        self._jvm.stdin.flush()
        answer = json.loads(self._jvm.stdout.readline() or '{"failed": "it ended"}')
        if "failed" in answer:
            raise NotRead(answer["failed"])
        signatures = tuple(Signed(*one) for one in answer["signatures"])
        return Says(signatures, drawn(self._file.parent, f"{self._file.name}-"))

    def close(self) -> None:
        self._jvm.communicate()
        self._said.close()
