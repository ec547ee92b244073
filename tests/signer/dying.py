"""A real signer that is killed at a step of its first sealing: ``python -m tests.signer.dying STEP DATA SOCKET``."""

import os
import signal
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from privyseal.kernel.errors import Refused
from privyseal.pdf.timestamps import TimestampAuthority
from privyseal.signer import answers, requests
from privyseal.signer.bodies import Body
from privyseal.signer.database import Database, open_durably
from privyseal.signer.home import occupied
from privyseal.signer.impressions import Impressions, Judged
from privyseal.signer.keyfile import opened
from privyseal.signer.operations import Signer
from privyseal.signer.server import Server
from privyseal.signer.sockets import bind

BEFORE_COMMIT: Final = "before-commit"
BEFORE_ANSWER: Final = "before-answer"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DiesBeforeItCommits(Impressions):
    def spend(self, *made: Judged) -> dict[str, Refused]:
        die()
        return super().spend(*made)


class DiesBeforeItAnswers(Signer):
    def seal(self, request: requests.Seal, document: Body, stamps: TimestampAuthority | None = None) -> answers.Sealed:
        sealed = super().seal(request, document, stamps)
        die()
        return sealed


class DiesBeforeItCommitsASeal(Signer):
    def __init__(self, database: Database, home: Path) -> None:
        super().__init__(database, lambda: datetime.now(UTC), opened(database, home / "signer.key"))
        self._uses = self._using(DiesBeforeItCommits(database))


def main(step: str, data: str, socket_path: str) -> None:
    with occupied(Path(data)) as home, closing(Database(open_durably(home / "signer.sqlite"))) as database:
        mortal = (
            DiesBeforeItCommitsASeal(database, home)
            if step == BEFORE_COMMIT
            else DiesBeforeItAnswers(database, lambda: datetime.now(UTC), opened(database, home / "signer.key"))
        )
        Server(mortal, bind(Path(socket_path), is_shared=False), peer_uids=frozenset({os.geteuid()})).start()
        sys.stderr.write('{"event": "listening"}\n')
        sys.stderr.flush()
        signal.pause()


if __name__ == "__main__":
    main(*sys.argv[1:])
