"""``privyseal signer clock``: after a clock that was ahead, a stopped signer goes on from the time that it is."""

import json
import sys
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from pathlib import Path

from privyseal.kernel.canonical import utc_text
from privyseal.signer import anew
from privyseal.signer.copying import CannotContinue
from privyseal.signer.database import CannotStart


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="the signer's own directory")
    parser.add_argument("--key-file", type=Path, help="what opens the keys, unless custodians do")
    parser.add_argument("--share", type=Path, action="append", default=[], metavar="FILE", help="a custodian's share")


def run(arguments: Namespace) -> int:
    """Set it by leave of those who keep the keys: an earlier time opens windows again that were over."""
    data, shares = arguments.data, [path.read_text("ascii").strip() for path in arguments.share]
    try:
        with anew.reopened(data, shares=shares, key_file=arguments.key_file or data / "signer.key") as opened:
            now = datetime.now(UTC)
            before = opened.set_clock(now)
    except (CannotContinue, CannotStart) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(json.dumps({"was": before and utc_text(before), "is": utc_text(now)}) + "\n")
    return 0
