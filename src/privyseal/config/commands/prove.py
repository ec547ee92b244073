"""``privyseal prove receipt FILE``: check a receipt with no database, no network and no Django."""

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Final

from privyseal.kernel import receipt
from privyseal.kernel.canonical import NotCanonical, parse
from privyseal.kernel.errors import Refused
from privyseal.kernel.note import VerifierKey

PROVED: Final = 0
BROKEN: Final = 1
CANNOT_TELL: Final = 2


def configure(parser: ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    one = what.add_parser("receipt", help="check a receipt offline")
    one.add_argument("file", type=Path, metavar="FILE", help="the receipt, a .tlog-proof file")
    one.add_argument(
        "--log-key",
        metavar="KEY",
        help="the log's key as its owner publishes it, or a file with it (default: this installation's)",
    )
    one.add_argument("--json", action="store_true", help="answer as one JSON document")


def run(arguments: Namespace) -> int:
    """Return 0 where the receipt proves its fact, 1 where it does not, 2 where no log key is known."""
    key = trusted_key(arguments.log_key)
    if key is None:
        return _answer(arguments, CANNOT_TELL, {"proved": False, "code": "no-log-key"})
    try:
        text = arguments.file.read_text(encoding="utf-8")
        checked = receipt.check(text, key)
        fact = parse(checked.fact)
    except (OSError, UnicodeError) as error:
        return _answer(arguments, CANNOT_TELL, {"proved": False, "code": "file-unreadable", "detail": str(error)})
    except NotCanonical:
        return _answer(arguments, BROKEN, {"proved": False, "code": "fact-unreadable"})
    except Refused as refusal:
        return _answer(arguments, BROKEN, {"proved": False, "code": refusal.code})
    head = checked.checkpoint
    said = {"index": checked.index, "origin": head.origin, "size": head.size, "root": head.root.hex(), "fact": fact}
    return _answer(arguments, PROVED, {"proved": True, **said})


def trusted_key(given: str | None) -> VerifierKey | None:
    """Return the log key to trust: the one given, or the one this installation published for itself."""
    if given is not None:
        path = Path(given)
        return VerifierKey.parse(path.read_text(encoding="utf-8") if path.is_file() else given)
    own = Path(os.environ.get("PRIVYSEAL_DATA", ".data")) / "public" / "log.vkey"
    return VerifierKey.parse(own.read_text(encoding="utf-8")) if own.is_file() else None


_WORDS: Final = {
    "no-log-key": "No log key to trust: give the log's published key with --log-key.",
    "file-unreadable": "The file cannot be read.",
    "fact-unreadable": "The receipt proves bytes that are no fact.",
    "receipt-unreadable": "This is not a receipt.",
    "note-broken": "The checkpoint in the receipt is not signed by this log.",
    "proof-broken": "The receipt does not prove that the fact is in the log.",
    "key-unreadable": "The log key is not in the form name+id+key.",
}


def _answer(arguments: Namespace, code: int, said: dict[str, object]) -> int:
    if arguments.json:
        text = json.dumps(said, ensure_ascii=False, indent=2)
    elif said["proved"]:
        text = f"Proved: fact {said['index']} of {said['origin']} (log of {said['size']} facts).\n" + json.dumps(
            said["fact"], ensure_ascii=False, indent=2
        )
    else:
        text = f"Not proved ({said['code']}). {_WORDS.get(str(said['code']), '')}"
    sys.stdout.write(text + "\n")
    return code
