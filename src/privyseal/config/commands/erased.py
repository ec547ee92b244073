"""``privyseal erased list | again FILE``: who was erased, without names, and the same done again after a restore."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from privyseal.config.loading import load


def configure(parser: ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    what.add_parser("list", help="print a line for each erasure, to lie beside a backup")
    again = what.add_parser("again", help="erase again whom a restored backup brought back")
    again.add_argument("file", metavar="FILE", help="the newest list, or - for what is piped in")


def run(arguments: Namespace) -> int:
    load()
    from django.conf import settings  # noqa: PLC0415  Django is set up only now
    from django.utils.timezone import now  # noqa: PLC0415  as above

    from privyseal.config.backup import erasures  # noqa: PLC0415  as above
    from privyseal.keeping import actions  # noqa: PLC0415  as above
    from privyseal.keeping.erased import done_so_far  # noqa: PLC0415  as above

    if arguments.what == "list":
        sys.stdout.write(erasures.signed(done_so_far(), settings.DATA))
        return 0
    is_piped = arguments.file == "-"
    read = erasures.parse(sys.stdin.buffer.read(), "-") if is_piped else erasures.read(Path(arguments.file))
    again = actions.erase_again(now(), erasures.check(read, settings.DATA))
    sys.stdout.write(f"Erased again: {again.done}\n")
    for pseudonym in again.left:
        sys.stdout.write(f"Not erased, something here holds them: {pseudonym}\n")
    return 1 if again.left else 0
