"""``privyseal restore FILE --identity KEYFILE [--head NOTE]... [--erased LIST] [--drill]``: prove it, and open it."""

import os
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from datetime import datetime
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from privyseal.config.failures import CannotStart

if TYPE_CHECKING:
    from privyseal.config.backup.certificate import Leave

CERTIFICATE = "restored.txt"


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--identity", type=Path, required=True, metavar="KEYFILE", help="an age identity")
    parser.add_argument(
        "--head",
        type=Path,
        action="append",
        default=[],
        metavar="NOTE",
        help="a signed head that somebody keeps: a cosigner's, a receipt's",
    )
    parser.add_argument(
        "--erased", type=Path, metavar="LIST", help="the newest list of who was erased: it is done again"
    )
    parser.add_argument(
        "--wal", type=Path, metavar="FOLDER", help="the archive of the database's own log: later than the backup"
    )
    parser.add_argument("--until", type=_moment, metavar="TIME", help="as it was then: 2026-11-26T12:00+08:00")
    parser.add_argument(
        "--outlived", type=Path, metavar="FOLDER", help="the folder of a stopped signer that outlived the database"
    )
    parser.add_argument("--without", type=int, metavar="N", help="go on although exactly so many facts are missing")
    parser.add_argument("--auditor", metavar="LOGIN", help="the auditor who agrees to that, and types the password")
    parser.add_argument("--auditor-password", type=Path, metavar="FILE", help="a file with it, where nobody types")
    parser.add_argument(
        "--share",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a share of the signer's keys, one for each custodian who agrees to that",
    )
    parser.add_argument("--drill", action="store_true", help="into a folder that is gone afterwards")


def run(arguments: Namespace) -> int:
    if not arguments.drill:
        return _restore(arguments)
    with tempfile.TemporaryDirectory(prefix="privyseal-drill-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # the account that PostgreSQL runs as passes through
        os.environ["PRIVYSEAL_DATA"] = str(folder / "data")
        return _restore(arguments)


def _restore(arguments: Namespace) -> int:
    from privyseal.config.backup import restoring  # noqa: PLC0415  a drill names its folder first
    from privyseal.config.installation import Installation  # noqa: PLC0415  as above

    installation = Installation.from_environment()
    beside = restoring.Beside(
        heads=arguments.head,
        erased=arguments.erased,
        outlived=arguments.outlived,
        archive=None if arguments.wal is None else arguments.wal.absolute(),
        until=arguments.until,
        leave=_leave(arguments, installation.signer_key_file),
    )
    certificate = restoring.restore(arguments.file, arguments.identity, beside)
    text = certificate.text(is_drill=arguments.drill)
    sys.stdout.write(text)
    if not arguments.drill:
        (installation.data / CERTIFICATE).write_text(text, encoding="utf-8")
    return 0


def _moment(said: str) -> datetime:
    moment = datetime.fromisoformat(said)
    if moment.tzinfo is None:
        raise ValueError(said)
    return moment


def _leave(arguments: Namespace, key_file: Path) -> "Leave | None":
    """Return by whose leave facts may be missing; None where nobody gave any."""
    from privyseal.config.backup.certificate import Leave  # noqa: PLC0415  a drill names its folder first

    if arguments.without is None:
        return None
    if not arguments.auditor:
        raise CannotStart("Going on without facts takes an auditor's leave: --auditor LOGIN.")
    file: Path | None = arguments.auditor_password
    password = getpass(f"Password of {arguments.auditor}: ") if file is None else file.read_text("utf-8").strip()
    shares = [path.read_text("ascii").strip() for path in arguments.share]
    return Leave(arguments.without, arguments.auditor, password, shares, key_file)
