"""A real cosigner that is killed around its first write: ``-m tests.cosigner.dying STEP DATA LOG_KEY SOCKET``."""

import os
import signal
import sys
import time
from pathlib import Path
from typing import Final

from privyseal.cosigner.answering import Cosigner
from privyseal.cosigner.home import Home
from privyseal.cosigner.server import Server
from privyseal.kernel.note import VerifierKey

BEFORE_WRITE: Final = "before-write"
BEFORE_ANSWER: Final = "before-answer"


class Dies(Home):
    def __init__(self, folder: Path, step: str) -> None:
        super().__init__(folder)
        self._step = step

    def keep(self, note: str) -> None:
        if self._step == BEFORE_ANSWER:
            super().keep(note)
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    step, data, log_key, path = sys.argv[1:]
    mortal = Cosigner(Dies(Path(data), step), VerifierKey.parse(log_key), lambda: int(time.time()))
    with Server(mortal, Path(path)) as server:
        server.serve_forever()
