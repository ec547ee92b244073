"""``python -m privyseal.pdf.office PROGRAM FILE``: give up network and excess, then become LibreOffice."""

import os
import resource
import sys
from pathlib import Path
from typing import Final, NoReturn

from privyseal.pdf.foreign import MOST_SECONDS, NOT_CAGED
from privyseal.pdf.inside import give_up

_LIMITS: Final = (
    (resource.RLIMIT_AS, 4_000_000_000),
    (resource.RLIMIT_CPU, MOST_SECONDS),
    (resource.RLIMIT_FSIZE, 200_000_000),
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_NOFILE, 512),
)


def main(program: str, file: str) -> int:
    """Return only where the cage cannot be shut; else there is nothing left here to return to."""
    # LibreOffice fetches what a document links to: without its cage it would speak to whomever the document names.
    if give_up(_LIMITS):
        _become(program, file)
    return NOT_CAGED


def _become(program: str, file: str) -> NoReturn:
    folder = Path(file).parent
    os.execv(  # noqa: S606  our own argument list, no shell
        program,
        (
            *(program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore", "--nologo"),
            *("--nodefault", "--nolockcheck", "--convert-to", "pdf", "--outdir", str(folder), file),
        ),
    )


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
