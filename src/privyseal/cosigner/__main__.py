"""``privyseal cosigner make | follow | serve``: a second party's process that sees whether the log is rewritten."""

import logging
import os
import signal
import sys
import threading
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from privyseal.cosigner import home
from privyseal.cosigner.answering import Cosigner
from privyseal.cosigner.server import LOG, Server
from privyseal.kernel.errors import Refused
from privyseal.kernel.note import KeyUnreadable, VerifierKey

_TOLD_TO_STOP: Final = frozenset({signal.SIGTERM, signal.SIGINT})
_MOST_PORT: Final = 65_535


def configure(parser: ArgumentParser) -> None:
    action = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    make = action.add_parser("make", help="make a cosigner's key, and print its public half")
    make.add_argument("--data", type=Path, required=True, help="the cosigner's own folder")
    make.add_argument("--name", required=True, help="its name, such as audit.example.com/cosigner")
    follow = action.add_parser("follow", help="after a loss: cosign the log under its new name alone")
    follow.add_argument("--data", type=Path, required=True, help="the cosigner's own folder")
    follow.add_argument("--log-key", required=True, help="the log's new key, or a file with it")
    serve = action.add_parser("serve", help="run the cosigner")
    serve.add_argument("--data", type=Path, required=True, help="the cosigner's own folder")
    serve.add_argument("--log-key", required=True, help="the log's key as its owner publishes it, or a file with it")
    where = serve.add_mutually_exclusive_group(required=True)
    where.add_argument("--listen", metavar="HOST:PORT", help="the address to listen on")
    where.add_argument("--socket", type=Path, help="a socket file to listen on")


def run(arguments: Namespace) -> int:
    """Make a cosigner, or serve until told to stop; return the exit code."""
    os.umask(0o077)
    try:
        return {"make": _make, "follow": _follow, "serve": _serve}[arguments.action](arguments)
    except Refused as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1


def main(arguments: Sequence[str] | None = None) -> int:
    parser = ArgumentParser(prog="python -m privyseal.cosigner", description="Run a cosigner.")
    configure(parser)
    return run(parser.parse_args(arguments))


def _make(arguments: Namespace) -> int:
    sys.stdout.write(home.make(arguments.data, arguments.name).text + "\n")
    return 0


def _follow(arguments: Namespace) -> int:
    with home.occupied(arguments.data) as own:
        sys.stdout.write(own.follow(_log_key(arguments.log_key)))
    return 0


def _serve(arguments: Namespace) -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    # Blocked before any thread exists, so that none but sigwait gets them.
    signal.pthread_sigmask(signal.SIG_BLOCK, _TOLD_TO_STOP)
    with home.occupied(arguments.data) as own:
        cosigner = Cosigner(own, _log_key(arguments.log_key), lambda: int(time.time()))
        with Server(cosigner, _where(arguments)) as server:
            threading.Thread(target=server.serve_forever, name="serve", daemon=True).start()
            LOG.info("listening")
            signal.sigwait(_TOLD_TO_STOP)
            server.shutdown()
    if arguments.socket:
        arguments.socket.unlink(missing_ok=True)
    return 0


def _log_key(given: str) -> VerifierKey:
    path = Path(given)
    try:
        return VerifierKey.parse(path.read_text(encoding="utf-8") if path.is_file() else given)
    except KeyUnreadable as error:
        raise home.CosignerCannotStart(reason=f"There is no log key in {given}.") from error


def _where(arguments: Namespace) -> tuple[str, int] | Path:
    if arguments.socket:
        return Path(arguments.socket)
    host, _, port = arguments.listen.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > _MOST_PORT:
        raise home.CosignerCannotStart(reason=f"{arguments.listen} is no address like 127.0.0.1:8440.")
    return host, int(port)


if __name__ == "__main__":
    sys.exit(main())
