"""Django's own management commands, for developers."""

from argparse import REMAINDER, ArgumentParser, Namespace
from typing import Final

from django.core.management import ManagementUtility

from privyseal.config.failures import CannotStart

# They write rows that are on no record, and one of them alone makes somebody into somebody else.
_PAST_THE_RECORD: Final = frozenset({"changepassword", "createsuperuser", "flush", "loaddata"})


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("words", nargs=REMAINDER, help="a Django command and its options")


def run(arguments: Namespace) -> int:
    if not _PAST_THE_RECORD.isdisjoint(arguments.words[:1]):
        raise CannotStart(
            f"{arguments.words[0]} would write past the record. Passwords are chosen by their owners, by an entry code"
            " that somebody of security makes."
        )
    ManagementUtility(["privyseal manage", *arguments.words]).execute()
    return 0
