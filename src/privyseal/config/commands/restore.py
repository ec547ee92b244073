"""``privyseal restore FILE --identity KEYFILE [--head NOTE]... [--erased LIST] [--drill]``: prove it, and open it."""

import os
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from pathlib import Path

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

    certificate = restoring.restore(arguments.file, arguments.identity, heads=arguments.head, erased=arguments.erased)
    text = certificate.text(is_drill=arguments.drill)
    sys.stdout.write(text)
    if not arguments.drill:
        (Installation.from_environment().data / CERTIFICATE).write_text(text, encoding="utf-8")
    return 0
