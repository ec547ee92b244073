"""Approving at the key, beside one P-256 verification; and whole uses, from the web server's action to the record."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from time import process_time
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from bench import probes, uses
from bench.goals import APPROVAL_CHECK, USES, USES_TOGETHER
from bench.product import serving
from bench.report import Figure, Probe, Report, ninety_ninth, reached
from privyseal.kernel.canonical import canonical
from privyseal.pdf.placement import Placement
from privyseal.signer import passkeys
from privyseal.signer.documents import Document
from privyseal.signer.passkeys import Credential, Page
from privyseal.signer.software_passkeys import SoftwarePasskey
from privyseal.signer.statement import Approved, Purpose, Statement, challenge, parse, parse_approved

_NOON: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_ROUNDS: Final = 15
_TIMES: Final = 200
_MICROSECONDS: Final = 1_000_000
_MILLISECONDS: Final = 1000
_APPLICATIONS: Final = 8
_ACTS: Final = 24


def run() -> Report:
    page = Page("https://approve.example")
    key = SoftwarePasskey(person="1" * 32, page=page, id=bytes(16))
    pinned = Credential(id=key.id, person=key.person, key=key.key, is_bound=True, starts_at=_NOON)
    said = _statement().to_bytes()
    received = canonical({"statements": [Approved(said, (key.says_yes(said),)).to_json()]})
    signature = key.private_key.sign(said, ec.ECDSA(SHA256()))
    public = key.private_key.public_key()

    def check() -> None:
        (approved,) = parse_approved(json.loads(received)["statements"])
        parse(approved.statement)
        (yes,) = approved.assertions
        if isinstance(yes, passkeys.PasskeyAssertion):
            passkeys.check(yes, challenge(approved.statement), page=page, credential=pinned, at=_NOON)

    def verify() -> None:
        public.verify(signature, said, ec.ECDSA(SHA256()))

    ours, least = _interleaved(check, verify)
    probe = Probe("one P-256 verification", least, "µs")
    return Report("signer", (reached(APPROVAL_CHECK, ours / least, Probe("ours", ours, "µs"), probe), *_uses()))


def _uses() -> tuple[Figure, ...]:
    """Use a seal again and again through the product's own action, beside what bounds it."""
    with serving() as product:
        rate, seconds = uses.rate(product, _APPLICATIONS)
        together = uses.rate_together(product, _ACTS)
        synced, signed = probes.fdatasync(product.data), probes.p256()
    return (
        reached(USES, rate, synced, signed),
        reached(USES_TOGETHER, together.rate, synced, signed),
        Figure("processor time of one of fifty, web server's code", together.of_web * _MILLISECONDS, "ms"),
        Figure("the same, signer", together.of_signer * _MILLISECONDS, "ms"),
        Figure("one of them, median", median(seconds) * _MILLISECONDS, "ms"),
        Figure("one of them, 99th percentile", ninety_ninth(seconds) * _MILLISECONDS, "ms"),
    )


def _interleaved(*works: Callable[[], None]) -> tuple[float, ...]:
    """Return the median of each work's processor time in microseconds, all of them in each round."""
    found: list[list[float]] = [[] for _ in works]
    for _ in range(_ROUNDS):
        for number, work in enumerate(works):
            began = process_time()
            for _ in range(_TIMES):
                work()
            found[number].append((process_time() - began) / _TIMES * _MICROSECONDS)
    return tuple(median(times) for times in found)


def _statement() -> Statement:
    spot = Placement(page=1, x=60_000, y=40_000)
    return Statement(
        application="2" * 32,
        purpose=Purpose.USE,
        documents=(Document(sha256="3" * 64, following="others", placements=(spot,)),),
        seal="4" * 32,
        seal_version=1,
        impressions=1,
        starts_at=_NOON,
        expires_at=_NOON + timedelta(days=7),
        applicant="5" * 32,
        policy="1",
        stage=1,
    )
