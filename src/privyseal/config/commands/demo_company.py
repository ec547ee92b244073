"""``privyseal demo-company``: found the demo company where nothing is founded yet."""

from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime

from privyseal.config.loading import load


def configure(parser: ArgumentParser) -> None:
    parser.description = __doc__


def run(_arguments: Namespace) -> int:
    load("privyseal.config.demo")
    from privyseal.config import demo  # noqa: PLC0415  Django is set up only now
    from privyseal.sealing.signing import client  # noqa: PLC0415  as above

    demo.found(datetime.now(UTC), signer=client())
    demo.furnish(datetime.now(UTC), signer=client())
    return 0
