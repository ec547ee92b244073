"""``privyseal factors [--adopt]``: move every second factor to the present key."""

import sys
from argparse import ArgumentParser, Namespace

from privyseal.config.loading import load

STRANGE = 1


def configure(parser: ArgumentParser) -> None:
    parser.description = "Encrypt and mark every second factor anew, by PRIVYSEAL_FACTOR_KEY."
    parser.add_argument("--adopt", action="store_true", help="take over factors without our mark, too")


def run(arguments: Namespace) -> int:
    """Return 0 where every factor bears our mark, 1 where some are refused."""
    load("privyseal.seals.actions")
    from django.utils.timezone import now  # noqa: PLC0415  Django is set up only now

    from privyseal.identity import actions  # noqa: PLC0415  as above
    from privyseal.ledger.actors import Service  # noqa: PLC0415  as above
    from privyseal.seals.actions import watch_factors  # noqa: PLC0415  as above

    moved, strange = actions.renew_marks(Service("factors"), now(), is_adopting=arguments.adopt)
    sys.stdout.write(f"{moved} second factors bear the mark of the present key.\n")
    if strange:
        opened = watch_factors(now())
        sys.stdout.write(f"{strange} bear no mark of ours and are refused: their owners enrol them anew.\n")
        sys.stdout.write(f"Incidents opened: {opened}.\n")
    return STRANGE if strange else 0
