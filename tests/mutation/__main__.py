"""``python -m tests.mutation [MODULE ...] [--minutes N]``: how many changes of a module its own tests notice.

Goes on where it stopped; prints the score of what was tried so far, and what nobody noticed.
"""

import sys
import time
from argparse import ArgumentParser

from tests.mutation.running import Score, score
from tests.mutation.targets import TARGETS


def main() -> int:
    parser = ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="the end of its name, such as merkle; else all")
    parser.add_argument("--minutes", type=float, default=60.0, help="how long; it goes on there the next time")
    parser.add_argument("--tries", type=int, help="how many changes a module at most, this time")
    said = parser.parse_args()
    until = time.monotonic() + 60 * said.minutes
    chosen = [one for one in TARGETS if not said.modules or one.module.rpartition(".")[2] in said.modules]
    scores = [_told(score(one, until=until, tries=said.tries)) for one in chosen]
    tried, killed = sum(one.tried for one in scores), sum(one.killed for one in scores)
    if tried:
        sys.stdout.write(
            f"Score {killed / tried:.1%}: {killed} of {tried} tried, {sum(one.of for one in scores)} in all\n"
        )
    return 0 if tried else 1


def _told(one: Score) -> Score:
    for change in one.survivors:
        sys.stdout.write(f"  {one.module}:{change.line}: {change.what}\n")
    sys.stdout.write(f"{one.module}: {one.killed} of {one.tried} noticed, {one.of - one.tried} not tried yet\n")
    sys.stdout.flush()
    return one


if __name__ == "__main__":
    sys.exit(main())
