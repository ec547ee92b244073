"""What those who keep the signer's keys type on its machine: ``privyseal signer status|open|lock|entrust|...``."""

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from datetime import timedelta
from getpass import getpass
from pathlib import Path
from typing import Any, Final

from privyseal.kernel.cosignature import CosignerKey
from privyseal.kernel.errors import Refused
from privyseal.kernel.quorum import WITHIN, Needed, Quorum
from privyseal.signer.client import Client

_WORDS: Final = {
    "signer-unavailable": "No signer answers on this socket.",
    "signer-sealed": "The signer is sealed: open it first.",
    "share-refused": "This share does not open this signer, or was copied wrongly.",
    "custodians-needed": "Those who keep the keys have to be there: --by FILE, once for each share, or the key file.",
    "request-unreadable": "No cosigner is named, or the time is not from 60 to 604800 seconds.",
    "custodians-too-few": "A key is in two shares at least and fifteen at most, and no more are needed than there are.",
    "nothing-entrusted": "The files do not hold what was handed out; nothing has changed.",
    "peer-not-allowed": "Only the signer's own account and root may do this.",
}


def configure(actions: Any) -> None:  # noqa: ANN401  a private class of argparse
    """Declare the commands and their options."""
    _command(actions, "status", "say whether the signer is open, and whom it waits for")
    share = _command(actions, "open", "give one custodian's share, from a file or typed")
    share.add_argument("--share", type=Path, metavar="FILE", help="a file with the share, or the key file itself")
    _command(actions, "lock", "have the signer forget what opens its keys")
    entrust = _command(actions, "entrust", "give the key into the hands of custodians, one file each")
    entrust.add_argument("files", type=Path, nargs="+", metavar="FILE", help="where each custodian's share goes")
    entrust.add_argument("--needed", type=int, default=2, help="how many of them open the signer")
    cosigners = _command(
        actions, "cosigners", "say whose cosignatures a use takes from now on, whatever the options say"
    )
    cosigners.add_argument("--cosigner", type=CosignerKey.parse, action="append", default=[], help="a cosigner's key")
    cosigners.add_argument("--cosignatures", type=Needed, choices=list(Needed), required=True)
    cosigners.add_argument("--cosigned-within", type=int, default=int(WITHIN.total_seconds()), metavar="SECONDS")
    cosigners.add_argument(
        "--by", type=Path, action="append", default=[], metavar="FILE", help="a share, or the key file"
    )
    entrust.add_argument("--by", type=Path, action="append", default=[], metavar="FILE", help="a share of now")


def run(arguments: Namespace) -> int:
    """Do one of them; return the exit code: 3 where the signer is sealed."""
    client = Client(arguments.socket or _usual_socket())
    try:
        if arguments.action == "open":
            client.open(_said(arguments.share))
        elif arguments.action == "lock":
            client.lock()
        elif arguments.action == "entrust":
            entrust(client, arguments.files, needed=arguments.needed, by=arguments.by)
        elif arguments.action == "cosigners":
            within = timedelta(seconds=arguments.cosigned_within)
            quorum = Quorum(tuple(arguments.cosigner), arguments.cosignatures, within)
            client.pin_cosigners(quorum, by=[_read(path) for path in arguments.by])
        return _show(client)
    except Refused as refusal:
        sys.stderr.write(f"privyseal: {_WORDS.get(refusal.code, 'The signer refuses.')} [{refusal.code}]\n")
        return 1


def entrust(client: Client, files: list[Path], *, needed: int, by: list[Path]) -> None:
    """Write each share into a file of its own, read all of them back, and only then have them hold; or refuse.

    Whatever ends this in between, the keys are still opened as before.
    """
    shares = client.entrust(needed=needed, shares=len(files), by=[_read(path) for path in by])
    for path, share in zip(files, shares, strict=True):
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(share + "\n")
            file.flush()
            os.fsync(file.fileno())
    client.confirm([_read(path) for path in files])


def _command(actions: Any, name: str, summary: str) -> ArgumentParser:  # noqa: ANN401  a private class of argparse
    parser: ArgumentParser = actions.add_parser(name, help=summary)
    parser.add_argument("--socket", type=Path, help="where the signer listens; by default PRIVYSEAL_SIGNER_SOCKET")
    return parser


def _usual_socket() -> Path:
    return Path(os.environ.get("PRIVYSEAL_SIGNER_SOCKET", ""))


def _said(path: Path | None) -> str:
    """Return the share in a file, or the one that is typed without being shown."""
    if path is not None:
        return _read(path)
    return getpass("Your share: ") if sys.stdin.isatty() else sys.stdin.readline().strip()


def _read(path: Path) -> str:
    return path.read_text(encoding="ascii").strip()


def _show(client: Client) -> int:
    status = client.status()
    said = {"open": status.is_open, "custodians_needed": status.needed, "missing": status.missing}
    sys.stdout.write(json.dumps(said) + "\n")
    return 0 if status.is_open else 3
