"""``privyseal prove device FILE``: check what a machine signed, with no database, no network and no Django."""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding

from privyseal.device import logged
from privyseal.device.events import Event
from privyseal.device.logged import Logged
from privyseal.device.published import Published
from privyseal.kernel.canonical import Json, sha256, utc_text
from privyseal.kernel.errors import Refused

PROVED: Final = 0
BROKEN: Final = 1
CANNOT_TELL: Final = 2
_GIVEN: Final = "given"
_OWN: Final = "own"
_NUMBERS: Final = ("impression", "counter", "sha256", "reason", "operator")
_WORDS: Final = {
    "file-unreadable": "The file cannot be read.",
    "log-unreadable": "This is no log of a machine, or the authority is none as it is published.",
    "log-foreign": "A certificate is not by this authority, or not of the machine that the frames are of.",
    "frame-forged": "A frame is not signed by a key of these certificates.",
    "frame-broken": "A frame cannot be read.",
    "chain-broken": "An event does not name the one before it: something was changed, taken out or put in.",
    "events-missing": "Events are missing within a frame.",
}


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the log of a machine, from an evidence pack")
    parser.add_argument(
        "--authority",
        type=Path,
        metavar="FILE",
        help="the machines' authority as its owner publishes it: /pki/devices.json, or the certificate in DER or PEM "
        "(default: the one that the log brought itself)",
    )
    parser.add_argument("--json", action="store_true", help="answer as one JSON document")


def run(arguments: Namespace) -> int:
    """Return 0 where the machine's keys signed all of it, 1 where they did not, 2 where a file cannot be read."""
    try:
        given = Published.read(arguments.authority.read_bytes()) if arguments.authority else None
        found = logged.check(arguments.file.read_text(encoding="ascii"), given.authority if given else None)
    except (OSError, UnicodeError):
        return _no(arguments, CANNOT_TELL, "file-unreadable")
    except Refused as refusal:
        return _no(arguments, BROKEN, refusal.code)
    ended = _ended(found, given)
    said: Mapping[str, Json] = {
        "proved": True,
        "authority": _GIVEN if given else _OWN,
        "is_authority_given": given is not None,
        "ended": [{"certificate": serial, "since": utc_text(since)} for serial, since in ended.items()],
        **found.to_json(),
    }
    sys.stdout.write((_json(said) if arguments.json else "\n".join(_lines(found, said, ended))) + "\n")
    return PROVED


def _ended(found: Logged, given: Published | None) -> Mapping[str, datetime]:
    """Return which certificates of the log count no more since when, as was published."""
    over = given.ended if given else {}
    named = (f"{one.serial_number:x}" for one in found.certificates)
    return {serial: over[serial] for serial in named if serial in over}


def _lines(found: Logged, said: Mapping[str, Json], ended: Mapping[str, datetime]) -> Iterator[str]:
    numbers = f"{found.events[0].number} to {found.events[-1].number}"
    yield f"Proved: {len(found.events)} events of the machine {found.device}, {numbers}, are signed by its own key."
    whose = "the one given" if said["is_authority_given"] else "the log's own; compare it with /pki/devices.json"
    yield f"Authority of machines: SHA-256 {said['authority_sha256']} ({whose})."
    for one in found.certificates:
        until = f"{one.not_valid_before_utc:%Y-%m-%d} to {one.not_valid_after_utc:%Y-%m-%d}"
        yield f"Certificate {one.serial_number:x}, {until}, SHA-256 {sha256(one.public_bytes(Encoding.DER))}."
    for serial, since in ended.items():
        yield f"Its machine had ended by {utc_text(since)}: certificate {serial} counts for nothing from then on."
    gaps = {after: before for before, after in found.gaps}
    heads = {head.number: head.digest for head in found.heads}
    for event in found.events:
        if event.number in gaps:
            yield f"  … events {gaps[event.number] + 1} to {event.number - 1} are not in this log"
        yield f"  {event.number}  {utc_text(event.at)}  {event.type}{_about(event)}"
        if event.number in heads:
            yield f"     up to here the record holds {heads[event.number]}"


def _about(event: Event) -> str:
    return "".join(f"  {name} {event.said[name]}" for name in _NUMBERS if event.said.get(name) not in (None, ""))


def _no(arguments: Namespace, code: int, why: str) -> int:
    said = _json({"proved": False, "code": why}) if arguments.json else f"Not proved ({why}). {_WORDS.get(why, '')}"
    sys.stdout.write(said + "\n")
    return code


def _json(said: Mapping[str, Json] | Sequence[Json]) -> str:
    return json.dumps(said, ensure_ascii=False, indent=2)
