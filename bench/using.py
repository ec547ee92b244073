"""Uses of a seal as the web server makes them: ``using prepare N``, then ``using seal`` or ``using together``.

N applications of fifty documents are prepared; what is to be sealed is read. What is timed is one call of
``seal_document`` a document, or of ``seal_each`` an application: intent, signer and record, all of it committed.
"""

import json
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Final

from tests.saga import acts

from privyseal.config import demo
from privyseal.sealing import actions as sealing
from privyseal.sealing.models import Intent
from privyseal.sealing.signing import client

_OF_ONE_APPLICATION: Final = 50
_THREADS: Final = 4
_ACTS: Final = 3
"""At a time in each process: while one waits for the signer or the disk, another goes on."""


def main(words: Sequence[str]) -> None:
    if words[0] == "prepare":
        found = [acts.prepare(_OF_ONE_APPLICATION, f"bench {number}") for number in range(int(words[1]))]
        json.dump([(one["permit"], document) for one in found for document in one["documents"]], sys.stdout)
        return
    client().status()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    waiting = json.loads(sys.stdin.readline())
    began, processor = time.monotonic(), time.process_time()
    act, threads = (_together, _ACTS) if words[0] == "together" else (_sealed, _THREADS)
    with ThreadPoolExecutor(threads) as acting:
        sealed = list(acting.map(act, waiting))
    took = {"began": began, "ended": time.monotonic(), "processor": time.process_time() - processor}
    json.dump({**took, "seconds": sealed}, sys.stdout)


def _together(permit: str) -> float:
    """Seal all documents of an application in one act."""
    began = time.monotonic()
    sealing.seal_each(demo.person(demo.APPLICANT), datetime.now(UTC), permit_uid=permit, signer=client())
    took = time.monotonic() - began
    sealed = Intent.objects.filter(permit__uid=permit, state=Intent.State.SEALED).count()
    if sealed != _OF_ONE_APPLICATION:
        raise RuntimeError(f"{sealed} documents of an application are sealed.")
    return took


def _sealed(waiting: tuple[str, str]) -> float:
    permit, document = waiting
    began = time.monotonic()
    sealing.seal_document(
        demo.person(demo.APPLICANT),
        datetime.now(UTC),
        permit_uid=permit,
        document_sha256=document,
        signer=client(),
    )
    return time.monotonic() - began
