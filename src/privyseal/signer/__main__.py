"""The signer as a program: ``python -m privyseal.signer --data DIR --socket PATH``, or ``privyseal signer serve``."""

import gc
import json
import logging
import os
import signal
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from privyseal.kernel.cosignature import CosignerKey
from privyseal.kernel.quorum import WITHIN, Needed, Quorum
from privyseal.signer import clock, custodians
from privyseal.signer.database import CannotStart, Database, open_durably
from privyseal.signer.epochs import Epochs
from privyseal.signer.home import occupied
from privyseal.signer.keyfile import opened
from privyseal.signer.operations import Signer
from privyseal.signer.outside import Outside, from_pem
from privyseal.signer.server import LOG, Server
from privyseal.signer.sockets import CannotListen, bind
from privyseal.signer.tokens import EVERY_TYPE, Algorithm, Place, Token

_TOLD_TO_STOP: Final = frozenset({signal.SIGTERM, signal.SIGINT})
_FACTS: Final = ("op", "intent", "code", "milliseconds", "reason", "missing")
_ROOT: Final = 0
_ALLOCATIONS: Final = 10_000  # between two looks for garbage in cycles, of which a use leaves none


def configure(parser: ArgumentParser) -> None:
    """Declare ``signer serve`` and what custodians of its keys ask of a signer that runs, with their options."""
    actions = parser.add_subparsers(dest="action", required=True)
    _add_options(actions.add_parser("serve", help="run the signer"))
    clock.configure(actions.add_parser("clock", help="have a stopped signer go on from now, where its clock was ahead"))
    custodians.configure(actions)


def run(arguments: Namespace) -> int:
    """Serve until told to stop, or do what a custodian asks; return the exit code."""
    return _RUNS.get(arguments.action, custodians.run)(arguments)


def _run_server(arguments: Namespace) -> int:
    # Set before the first file is made: keys, journal and socket are nobody else's.
    os.umask(0o077)
    _log_to(sys.stderr.fileno())
    try:
        _serve(arguments, _quorum(arguments))
    except (CannotStart, CannotListen) as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = ArgumentParser(prog="python -m privyseal.signer", description="Run the signer.")
    _add_options(parser)
    return _run_server(parser.parse_args(arguments))


def _add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="the signer's own directory")
    parser.add_argument("--socket", type=Path, required=True, help="where to listen")
    parser.add_argument("--peer-uid", type=int, help="a user who may call, beside root and the signer's own")
    parser.add_argument("--key-file", type=Path, help="what opens the keys, unless custodians do; made if missing")
    parser.add_argument("--name-responder", action="store_true", help="certificates say who answers for them (OCSP)")
    parser.add_argument("--token-module", type=Path, metavar="FILE", help="a PKCS#11 library: keys in hardware")
    parser.add_argument("--token", default="privyseal", metavar="LABEL", help="which token of that library")
    parser.add_argument("--token-pin-file", type=Path, metavar="FILE", help="a file with the token's user PIN")
    parser.add_argument("--token-types", default=EVERY_TYPE, help="whose keys are made there: types of seals, or all")
    parser.add_argument("--token-algorithm", type=Algorithm, choices=list(Algorithm), default=Algorithm.P256)
    parser.add_argument("--outside-roots", type=Path, metavar="FILE", help="roots (PEM) of an authority outside")
    parser.add_argument("--outside-types", default=EVERY_TYPE, help="whose certificates come from it, or all")
    parser.add_argument("--cosigner", type=CosignerKey.parse, action="append", default=[], help="a cosigner's key")
    parser.add_argument("--cosignatures", type=Needed, choices=list(Needed), default=Needed.NONE)
    parser.add_argument("--cosigned-within", type=int, default=int(WITHIN.total_seconds()), metavar="SECONDS")


def _quorum(arguments: Namespace) -> Quorum:
    if arguments.cosignatures is not Needed.NONE and not arguments.cosigner:
        raise CannotStart("Cosignatures are asked for, and no cosigner is named.")
    return Quorum(tuple(arguments.cosigner), arguments.cosignatures, timedelta(seconds=arguments.cosigned_within))


def _token(arguments: Namespace) -> Token | None:
    if arguments.token_module is None:
        return None
    try:
        pin = arguments.token_pin_file.read_text(encoding="utf-8").strip()
    except (AttributeError, OSError) as error:
        raise CannotStart("The token's user PIN is in a file that --token-pin-file names.") from error
    types = frozenset(arguments.token_types.replace(",", " ").split())
    return Token(Place(arguments.token_module, arguments.token, pin, types, arguments.token_algorithm))


def _outside(arguments: Namespace) -> Outside:
    if arguments.outside_roots is None:
        return Outside()
    try:
        roots = from_pem(arguments.outside_roots.read_bytes())
    except (OSError, ValueError) as error:
        raise CannotStart("The file that --outside-roots names holds no certificates.") from error
    return Outside(roots, frozenset(arguments.outside_types.replace(",", " ").split()))


def _serve(arguments: Namespace, quorum: Quorum) -> None:
    data: Path = arguments.data
    socket_path: Path = arguments.socket
    peer_uid: int | None = arguments.peer_uid
    gc.set_threshold(_ALLOCATIONS)
    # Blocked before any thread exists, so that none but sigwait gets them.
    signal.pthread_sigmask(signal.SIG_BLOCK, _TOLD_TO_STOP)
    peers = frozenset({_ROOT, os.geteuid()} | ({peer_uid} if peer_uid is not None else set()))
    with occupied(data), closing(Database(open_durably(data / "signer.sqlite"))) as database:
        keys = opened(database, arguments.key_file or data / "signer.key")
        listener = bind(socket_path, is_shared=peer_uid is not None)
        signer = Signer(
            database,
            lambda: datetime.now(UTC),
            keys,
            quorum,
            _token(arguments),
            Epochs(data),
            outside=_outside(arguments),
            names_responder=arguments.name_responder,
        )
        server = Server(signer, listener, peer_uids=peers, folder=data)
        server.start()
        LOG.info("listening")
        if not keys.is_open:
            LOG.warning("sealed", extra={"missing": keys.missing})
        signal.sigwait(_TOLD_TO_STOP)
        socket_path.unlink(missing_ok=True)
        server.stop()
        LOG.info("stopped")


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        line |= {name: value for name in _FACTS if (value := record.__dict__.get(name)) is not None}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def _log_to(descriptor: int) -> None:
    handler = logging.StreamHandler(os.fdopen(os.dup(descriptor), "w", buffering=1))
    handler.setFormatter(_JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


_RUNS: Final[Mapping[str, Callable[[Namespace], int]]] = {"serve": _run_server, "clock": clock.run}


if __name__ == "__main__":
    sys.exit(main())
