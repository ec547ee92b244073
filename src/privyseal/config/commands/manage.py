"""Django's own management commands, for developers."""

from argparse import REMAINDER, ArgumentParser, Namespace

from django.core.management import ManagementUtility


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("words", nargs=REMAINDER, help="a Django command and its options")


def run(arguments: Namespace) -> int:
    ManagementUtility(["privyseal manage", *arguments.words]).execute()
    return 0
