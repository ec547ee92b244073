"""``privyseal prove receipt FILE``: check a receipt with no database, no network and no Django.

``privyseal prove sample FILE`` draws again whether the use is a sample that the receipt proves;
``privyseal prove device FILE`` checks what a machine signed.
"""

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from privyseal.config import machine_logs
from privyseal.custody.rules import MAKERS_WORD
from privyseal.kernel import drawing, receipt
from privyseal.kernel.canonical import Json, NotCanonical, parse
from privyseal.kernel.cosignature import CosignerKey
from privyseal.kernel.errors import Refused
from privyseal.kernel.note import VerifierKey
from privyseal.kernel.quorum import Needed, Quorum
from privyseal.signer import proving

PROVED: Final = 0
BROKEN: Final = 1
CANNOT_TELL: Final = 2
OWN_KEYS: Final = ("log.vkey", "log.before.vkey")


def configure(parser: ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    for name, told in (
        ("receipt", "check a receipt offline"),
        ("sample", "draw again whether a use under a standing permit is a sample, from the receipt of its intent"),
    ):
        one = what.add_parser(name, help=told)
        one.add_argument("file", type=Path, metavar="FILE", help="the receipt, a .tlog-proof file")
        one.add_argument(
            "--log-key",
            metavar="KEY",
            help="the log's key as its owner publishes it, or a file with it (default: this installation's)",
        )
        one.add_argument(
            "--cosigner",
            metavar="KEY",
            action="append",
            default=[],
            help="a cosigner's key as its holder publishes it, or a file with it; may be given again",
        )
        one.add_argument(
            "--cosignatures",
            type=Needed,
            choices=list(Needed),
            default=None,
            help="whose cosignatures it has to carry (default: of all that are named)",
        )
        if name == "receipt":
            said = "prove every yes that the use names as well; they come in the same file"
            one.add_argument("--with-approvals", action="store_true", help=said)
        one.add_argument("--json", action="store_true", help="answer as one JSON document")
    machine_logs.configure(what.add_parser("device", help="check offline what a machine signed of its uses"))


def run(arguments: Namespace) -> int:
    """Return 0 where it is proved, 1 where it is not, 2 where that cannot be told."""
    return machine_logs.run(arguments) if arguments.what == "device" else _receipt(arguments)


def _receipt(arguments: Namespace) -> int:
    """Return 0 where the receipt proves its fact, 1 where it does not, 2 where no log key is known."""
    keys = trusted_keys(arguments.log_key)
    if not keys:
        return _answer(arguments, CANNOT_TELL, {"proved": False, "code": "no-log-key"})
    try:
        text, lines = proving.split(arguments.file.read_text(encoding="utf-8"))
        checked = receipt.check(text, receipt.key_for(text, keys), _quorum(arguments))
        fact = parse(checked.fact)
        yeses = proving.check(fact, lines) if lines or getattr(arguments, "with_approvals", False) else None
    except (OSError, UnicodeError) as error:
        return _answer(arguments, CANNOT_TELL, {"proved": False, "code": "file-unreadable", "detail": str(error)})
    except NotCanonical:
        return _answer(arguments, BROKEN, {"proved": False, "code": "fact-unreadable"})
    except Refused as refusal:
        return _answer(arguments, BROKEN, {"proved": False, "code": refusal.code})
    head = checked.checkpoint
    cosigned = {name: _time(seconds) for name, seconds in checked.cosigned.items()}
    said = {
        "index": checked.index,
        "origin": head.origin,
        "size": head.size,
        "root": head.root.hex(),
        "cosigned": cosigned,
        "fact": fact,
    }
    if yeses is not None:
        said["approvals"] = [one.to_json() for one in yeses]
    if arguments.what == "sample":
        is_sample = _draw(fact, head.root)
        if is_sample is None:
            return _answer(arguments, CANNOT_TELL, {"proved": False, "code": "no-use"})
        said["is_sample"] = is_sample
    return _answer(arguments, PROVED, {"proved": True, **said})


def _draw(fact: Json, root: bytes) -> bool | None:
    """Return whether the use that a fact intends is a sample; None where it intends none under a standing permit."""
    match fact:
        case {
            "kind": "document.seal.intended",
            "subjects": {"permit": str(permit), "document": str(document)},
            "data": {"standing_number": int(number), "sample_every": int(every)},
        }:
            is_drawn = drawing.is_drawn(root, permit=permit, number=number, document_sha256=document, every=every)
            return number == 1 or is_drawn
    return None


def _quorum(arguments: Namespace) -> Quorum:
    keys = tuple(CosignerKey.parse(_said(given)) for given in arguments.cosigner)
    return Quorum(keys, arguments.cosignatures or (Needed.ALL if keys else Needed.NONE))


def _time(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    except (OverflowError, ValueError):
        return f"{seconds} s after 1970"  # past the years that a calendar has


def _said(given: str) -> str:
    """Return the text of a key, which is given or lies in a file."""
    path = Path(given)
    return path.read_text(encoding="utf-8") if path.is_file() else given


def trusted_keys(given: str | None) -> tuple[VerifierKey, ...]:
    """Return the log's keys to trust: those given, or those this installation published for itself, of now first."""
    if given is not None:
        return VerifierKey.parse_all(_said(given))
    public = Path(os.environ.get("PRIVYSEAL_DATA", ".data")) / "public"
    own = [public / name for name in OWN_KEYS if (public / name).is_file()]
    return tuple(key for path in own for key in map(VerifierKey.parse, path.read_text(encoding="utf-8").split()))


_WORDS: Final = {
    "no-log-key": "No log key to trust: give the log's published key with --log-key.",
    "file-unreadable": "The file cannot be read.",
    "fact-unreadable": "The receipt proves bytes that are no fact.",
    "receipt-unreadable": "This is not a receipt.",
    "approvals-differ": "The approvals in the file are not those that the use names.",
    "approval-broken": "An approval is not signed by the key that came with it, or is to something else.",
    "no-use": "The receipt is not of the intent of a use under a standing permit.",
    "note-broken": "The checkpoint in the receipt is not signed by this log.",
    "proof-broken": "The receipt does not prove that the fact is in the log.",
    "cosignature-missing": "The checkpoint does not carry the cosignatures that are asked for.",
    "key-unreadable": "A key is not in the form name+id+key.",
}


_DRAWN: Final = {True: "Drawn: the use is a sample", False: "Drawn: the use is no sample"}


def _words(said: Mapping[str, Any]) -> str:
    lines = [f"Proved: fact {said['index']} of {said['origin']} (log of {said['size']} facts)."]
    lines += [f"Cosigned by {name} at {at}." for name, at in said["cosigned"].items()]
    lines += [_MAKERS_WORD] if said["fact"].get("data", {}).get("assurance") == MAKERS_WORD else []
    lines += [_yes_words(one) for one in said.get("approvals", [])]
    return "\n".join([*lines, json.dumps(said["fact"], ensure_ascii=False, indent=2)])


_MAKERS_WORD: Final = "Through its maker's cloud: what was counted has its maker's word alone."


def _yes_words(one: Mapping[str, Any]) -> str:
    asked = f" on {one['origin']}" if one["origin"] else ""
    software = ", by software: nobody was asked" if one["is_software"] else ""
    who = f"Stage {one['stage']}: {one['decision']} of {one['approver']} by {one['assurance']}{asked}{software};"
    return f"{who} key SHA-256 {one['key_sha256']}."


def _answer(arguments: Namespace, code: int, said: dict[str, object]) -> int:
    if arguments.json:
        text = json.dumps(said, ensure_ascii=False, indent=2)
    elif "is_sample" in said:
        text = f"{_DRAWN[bool(said['is_sample'])]} (root {said['root']} of a log of {said['size']} facts)."
    elif said["proved"]:
        text = _words(said)
    else:
        text = f"Not proved ({said['code']}). {_WORDS.get(str(said['code']), '')}"
    sys.stdout.write(text + "\n")
    return code
