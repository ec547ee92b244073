"""``privyseal jobs``: what takes longer than a page may, until told to stop."""

from argparse import ArgumentParser, Namespace

from privyseal.config.loading import load


def configure(parser: ArgumentParser) -> None:
    parser.description = "Do jobs, such as entering a table of many rows. Any number of these may run."


def run(_arguments: Namespace) -> int:
    load("privyseal.config.jobs")
    from privyseal.config import jobs  # noqa: PLC0415  Django is set up only now

    jobs.run()
    return 0
