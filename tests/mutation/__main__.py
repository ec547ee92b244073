"""``python -m tests.mutation [PART or MODULE ...] [--minutes N] [--survivors]``: how many changes the tests notice.

Goes on where it stopped; prints the score of what was tried so far, and what nobody noticed.
"""

import sys
import time
from argparse import ArgumentParser

from tests.mutation.running import Score, score
from tests.mutation.targets import PARTS, SUITES


def main() -> int:
    parser = ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(PARTS)}, or the end of a module's name")
    parser.add_argument("--minutes", type=float, default=60.0, help="how long; it goes on there the next time")
    parser.add_argument("--tries", type=int, help="how many changes at most, this time")
    parser.add_argument("--survivors", action="store_true", help="only what nobody noticed, before the tests of now")
    said = parser.parse_args()
    until = time.monotonic() + 60 * said.minutes
    scores: list[Score] = []
    for suite in SUITES:
        chosen = [
            one for one in suite.targets
            if not said.names or one.part in said.names or one.module.rpartition(".")[2] in said.names
        ]  # fmt: skip
        if chosen:
            scores += score(suite, chosen, until=until, tries=said.tries, again_only=said.survivors)
    for one in scores:
        for change in one.survivors:
            sys.stdout.write(f"  {one.target.module}:{change.line}: {change.what}\n")
    for part in PARTS:
        _tell(part, [one for one in scores if one.target.part == part])
    return 0 if any(one.tried for one in scores) else 1


def _tell(part: str, scores: list[Score]) -> None:
    tried, killed = sum(one.tried for one in scores), sum(one.killed for one in scores)
    if tried:
        of, hanging = sum(one.of for one in scores), sum(one.hanging for one in scores)
        sys.stdout.write(f"{part}: {killed / tried:.1%}, {killed} of {tried} noticed ({hanging} hang), {of} in all\n")


if __name__ == "__main__":
    sys.exit(main())
