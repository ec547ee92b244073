"""Files that are no PDF and can become one: pictures here, office files by a LibreOffice of the machine."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path, PurePath
from typing import Final

from privyseal.kernel.errors import Refused
from privyseal.kernel.file_kinds import OFFICE_NAMES
from privyseal.pdf.accepted import USUAL, PdfTooHard

MOST_SECONDS: Final = 90

_PICTURES: Final = re.compile(rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|II\*\0|MM\0\*")
_OFFICE: Final = re.compile(rb"PK\x03\x04|\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|\{\\rtf")
_OFFICE_NAMES: Final = frozenset(OFFICE_NAMES)
_SOURCE: Final = Path(__file__).parents[2]


class PictureUnreadable(Refused):
    """The picture is damaged, or has more dots than any page."""

    code = "picture-unreadable"


class OfficeNotInstalled(Refused):
    """No LibreOffice is installed, or the machine cannot keep it from the network."""

    code = "office-not-installed"


class OfficeNotConverted(Refused):
    """LibreOffice made no PDF of the file."""

    code = "office-not-converted"


def is_picture(data: bytes) -> bool:
    return _PICTURES.match(data) is not None


def is_office(name: str, data: bytes) -> bool:
    return _OFFICE.match(data) is not None and PurePath(name).suffix.lower() in _OFFICE_NAMES


def office_as_pdf(name: str, data: bytes, *, program: str, seconds: int = MOST_SECONDS) -> bytes:
    """Return the PDF that LibreOffice makes of a file, in a cage without network, or refuse.

    Macros do not run: LibreOffice trusts no document in a profile that is new each time.
    """
    if not program:
        raise OfficeNotInstalled
    USUAL.check_size(len(data))
    with tempfile.TemporaryDirectory(prefix="privyseal-office-") as folder:
        source = Path(folder) / f"in{PurePath(name).suffix.lower()}"
        source.write_bytes(data)
        _run(program, source, seconds)
        made = source.with_suffix(".pdf")
        if not made.is_file() or made.is_symlink():
            raise OfficeNotConverted
        return made.read_bytes()


def _run(program: str, source: Path, seconds: int) -> None:
    inner = subprocess.Popen(  # noqa: S603  our own interpreter, module and argument list
        (sys.executable, "-s", "-P", "-m", "privyseal.pdf.office", program, os.fspath(source)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=source.parent,
        env={
            "PYTHONPATH": os.fspath(_SOURCE),
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "HOME": os.fspath(source.parent),
            "TMPDIR": os.fspath(source.parent),
        },
        start_new_session=True,
    )
    with inner:
        try:
            status = inner.wait(timeout=seconds)
        except subprocess.TimeoutExpired as error:
            raise PdfTooHard(reason="time") from error
        finally:
            _end(inner.pid)
    if status == NOT_CAGED:
        raise OfficeNotInstalled
    if status:
        raise OfficeNotConverted(status=status)


def _end(group: int) -> None:
    """End whatever the program left running in its session."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


NOT_CAGED: Final = 78  # EX_CONFIG of sysexits.h
