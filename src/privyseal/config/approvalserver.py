"""The approval page: granian in WSGI mode, one process, which alone knows what is under way.

A program of its own, ``python -m privyseal.config.approvalserver``. It is told nothing that opens the database, a
session or a key: what it shows is handed over by the web application, on a socket.
"""

import logging
import os
import resource
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from privyseal.approval_page.door import Door
from privyseal.approval_page.keeping import Kept
from privyseal.approval_page.site import Site
from privyseal.config import env, serving
from privyseal.signer.passkeys import Page

_THREADS: Final = 8
_ROOT: Final = 0
_LAST_PORT: Final = 65_535
_NOWHERE: Final = "an address of https:// with a name, other than the web application's, or http://localhost"


@dataclass(frozen=True, slots=True)
class Counter:
    """Where the approval page listens, under which address browsers find it, and where it leads back to."""

    host: str
    port: int
    url: str
    home: str
    socket: str
    peer_uid: int | None
    log_level: str

    @classmethod
    def from_environment(cls) -> "Counter":
        front = env.integer("PORT", 8000, least=1, most=65535)
        port = env.integer("APPROVAL_PORT", front + 1 if front < _LAST_PORT else front - 1, least=1, most=_LAST_PORT)
        home = env.address("PUBLIC_URL", f"http://localhost:{front}")
        return cls(
            host=env.text("APPROVAL_HOST", "127.0.0.1"),
            port=port,
            url=approval_url(port, home=home),
            home=home,
            socket=env.text("APPROVAL_SOCKET"),
            peer_uid=_peer(),
            log_level=env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
        )

    @property
    def is_for_this_machine(self) -> bool:
        """Tell whether browsers elsewhere find the web application and not this page."""
        return _is_local(self.url) and not _is_local(self.home)


def approval_url(port: int, *, home: str) -> str:
    """Return the page's own origin, or refuse one that no passkey can be bound to, and the web application's."""
    value = env.address("APPROVAL_URL", f"http://localhost:{port}")
    host = urlsplit(value).hostname or ""
    if (urlsplit(value).scheme != "https" and host != "localhost") or _is_number(host) or value == home:
        raise env.WrongSetting(name=f"{env.PREFIX}APPROVAL_URL", expected=_NOWHERE)
    return value


def serve(counter: Counter) -> None:
    """Answer browsers and the web application until told to stop."""
    serving.serve(
        "privyseal.config.approvalserver:application",
        host=counter.host,
        port=counter.port,
        threads=_THREADS,
        log_level=counter.log_level,
    )


def application() -> Site:
    """Return what answers browsers, with the way in for the web application opened beside it."""
    serving.end_with_server()
    _hold_many_files()
    counter, kept = Counter.from_environment(), Kept()
    peers = {_ROOT, os.geteuid()} | ({counter.peer_uid} if counter.peer_uid is not None else set())
    folder = Path(counter.socket).parent
    Door(kept, _now, peer_uids=frozenset(peers), folder=folder).listen(Path(counter.socket))
    logging.getLogger("privyseal.approval_page").info("listening")
    return Site(kept, _now, own=Page(counter.url), home=counter.home)


def _hold_many_files() -> None:
    """Let this process hold as many open files as the machine lets it: each document that is shown is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _now() -> datetime:
    return datetime.now(UTC)


def _peer() -> int | None:
    return env.integer("APPROVAL_PEER_UID", 0, least=0, most=2**31 - 1) if env.text("APPROVAL_PEER_UID") else None


def _is_local(address: str) -> bool:
    return urlsplit(address).hostname in {"localhost", "127.0.0.1", "::1"}


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


if __name__ == "__main__":
    serve(Counter.from_environment())
