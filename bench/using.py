"""Uses of a seal as the web server makes them: ``using prepare N``, ``using seal`` with what is to be sealed.

``using together N`` seals N applications of fifty documents. What is timed is one call of ``seal_document`` a document,
or of ``seal_each`` an application: intent, signer and record, all of it committed.
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


def main(words: Sequence[str]) -> None:
    if words[0] == "prepare":
        found = [acts.prepare(_OF_ONE_APPLICATION, f"bench {number}") for number in range(int(words[1]))]
        json.dump([(one["permit"], document) for one in found for document in one["documents"]], sys.stdout)
        return
    if words[0] == "together":
        _together(int(words[1]))
        return
    client().status()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    waiting = json.loads(sys.stdin.readline())
    began = time.monotonic()
    with ThreadPoolExecutor(_THREADS) as threads:
        sealed = list(threads.map(_sealed, waiting))
    json.dump({"began": began, "ended": time.monotonic(), "seconds": sealed}, sys.stdout)


def _together(applications: int) -> None:
    """Seal all documents of each application in one act, one application after the other."""
    prepared = [acts.prepare(_OF_ONE_APPLICATION, f"batch {number}") for number in range(applications)]
    client().status()
    began, busy = time.monotonic(), time.process_time()
    for one in prepared:
        sealing.seal_each(demo.person(demo.APPLICANT), datetime.now(UTC), permit_uid=one["permit"], signer=client())
    took, busy = time.monotonic() - began, time.process_time() - busy
    done = Intent.objects.filter(permit__uid__in=[one["permit"] for one in prepared], state=Intent.State.SEALED)
    json.dump({"sealed": done.count(), "seconds": took, "busy": busy}, sys.stdout)


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
