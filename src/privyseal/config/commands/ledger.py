"""``privyseal ledger verify | checkpoint | receipt FACT | stamp DAY``: the ledger seen from the database."""

import json
import sys
from argparse import ArgumentParser, Namespace
from datetime import date
from pathlib import Path
from typing import Any

from privyseal.config.loading import load

BROKEN = 1


def configure(parser: ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    verify = what.add_parser("verify", help="derive every leaf, node, root and signature again")
    verify.add_argument("--json", action="store_true", help="answer as one JSON document")
    what.add_parser("checkpoint", help="print the latest signed checkpoint")
    stamp = what.add_parser("stamp", help="write a day's head, and the time stamp over it, into two files")
    stamp.add_argument("day", type=date.fromisoformat, metavar="DAY", help="such as 2026-11-27, UTC")
    stamp.add_argument("-o", "--output", type=Path, default=Path(), metavar="FOLDER")
    receipt = what.add_parser("receipt", help="print the receipt of a fact")
    receipt.add_argument("fact", type=int, metavar="FACT", help="the fact's number, as the record page shows it")
    receipt.add_argument("--with-approvals", action="store_true", help="with every yes that the use names")


def run(arguments: Namespace) -> int:
    """Return 0 where the ledger holds, 1 where it is broken or has nothing to show."""
    load()
    of = {"verify": _verify, "checkpoint": _checkpoint, "receipt": _receipt, "stamp": _stamp}
    return of[arguments.what](arguments)


def _verify(arguments: Namespace) -> int:
    from privyseal.identity.queries import installation  # noqa: PLC0415  Django is set up only now
    from privyseal.kernel.note import VerifierKey  # noqa: PLC0415  as above
    from privyseal.ledger.proofs import audit  # noqa: PLC0415  as above
    from privyseal.ledger.queries import facts_behind  # noqa: PLC0415  as above

    founded = installation()
    if founded is None:
        sys.stderr.write("Nothing is founded here yet: run privyseal init.\n")
        return BROKEN
    found = audit(VerifierKey.parse(founded.log_key))
    said: dict[str, Any] = {
        "holds": found.broken is None,
        "facts": found.facts,
        "checkpoints": found.checkpoints,
        "waiting": facts_behind(),
        "root": found.root.hex(),
        "broken": found.broken,
        "index": found.index,
    }
    sys.stdout.write((json.dumps(said, indent=2) if arguments.json else _sentence(said)) + "\n")
    return 0 if found.broken is None else BROKEN


def _sentence(said: dict[str, Any]) -> str:
    if said["holds"]:
        facts = f"The ledger holds: {said['facts']} facts, {said['checkpoints']} signed checkpoints"
        return f"{facts}, {said['waiting']} waiting for their index.\nRoot {said['root']}"
    return f"The ledger is BROKEN ({said['broken']}), noticed at fact {said['index']}."


def _checkpoint(_arguments: Namespace) -> int:
    from privyseal.ledger.queries import latest_checkpoint  # noqa: PLC0415  Django is set up only now

    note = latest_checkpoint()
    if note is None:
        sys.stderr.write("No checkpoint is signed yet.\n")
        return BROKEN
    sys.stdout.write(note)
    return 0


def _receipt(arguments: Namespace) -> int:
    from privyseal.ledger.proofs import receipt_for  # noqa: PLC0415  Django is set up only now
    from privyseal.ledger.queries import fact_with_id  # noqa: PLC0415  Django is set up only now
    from privyseal.verification.proving import receipt_with_approvals  # noqa: PLC0415  Django is set up only now

    fact = fact_with_id(arguments.fact) if arguments.with_approvals else None
    sys.stdout.write(receipt_with_approvals(fact) if fact else receipt_for(arguments.fact))
    return 0


def _stamp(arguments: Namespace) -> int:
    from privyseal.ledger.stamping import stamped_on  # noqa: PLC0415  Django is set up only now

    found = stamped_on(arguments.day)
    if found is None or not found.is_over_its_head:
        sys.stderr.write("Nothing was stamped on that day.\n" if found is None else "The token is over another head.\n")
        return BROKEN
    for ending, data in (("note", found.note.encode()), ("tst", found.token)):
        (arguments.output / f"{found.day}.{ending}").write_bytes(data)
    sys.stdout.write(f"openssl ts -verify -data {found.day}.note -in {found.day}.tst -token_in -CAfile ROOTS.pem\n")
    return 0
