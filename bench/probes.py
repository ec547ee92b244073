"""What the machine does without the product: the figures that bound ours."""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Final

import psycopg
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from bench.report import Probe
from privyseal.config.postgres import Cluster

_SECONDS: Final = 0.5
_TIMES: Final = 5
_PAGE: Final = bytes(8192)  # what PostgreSQL's log is written in
_MEGABYTE: Final = bytes(1_000_000)


def empty_python() -> Probe:
    return Probe("python -c pass", _median_seconds(_start_python), "s")


def empty_postgres(folder: Path) -> Probe:
    """Time the second start of a PostgreSQL with nothing in it."""
    cluster = Cluster(folder / "empty")
    try:
        cluster.start()
        cluster.stop()
        began = time.monotonic()
        cluster.start()
        return Probe("start of an empty PostgreSQL", time.monotonic() - began, "s")
    finally:
        cluster.remove()


def fdatasync(folder: Path) -> Probe:
    path = folder / "synced"
    with path.open("wb", buffering=0) as file:

        def write() -> None:
            file.write(_PAGE)
            os.fdatasync(file.fileno())

        rate = _rate(write)
    path.unlink()
    return Probe("fdatasync", rate, "/s")


def p256() -> Probe:
    key = ec.generate_private_key(ec.SECP256R1())
    return Probe("P-256 signatures", _rate(lambda: key.sign(_PAGE[:32], ec.ECDSA(SHA256()))), "/s")


def ed25519() -> Probe:
    key = Ed25519PrivateKey.generate()
    return Probe("Ed25519 signatures", _rate(lambda: key.sign(_PAGE[:32])), "/s")


def sha256() -> Probe:
    return Probe("SHA-256", _rate(lambda: hashlib.sha256(_MEGABYTE)), "MB/s")


def empty_transaction(url: str) -> Probe:
    return Probe("empty transaction, one client", _rate_of_transactions(url), "/s")


def _rate_of_transactions(url: str) -> float:
    with psycopg.connect(url) as connection:

        def transact() -> None:
            connection.execute("SELECT")
            connection.commit()

        return _rate(transact)


def _rate(act: Callable[[], object]) -> float:
    act()
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < _SECONDS:
        act()
        count += 1
    return count / (time.perf_counter() - began)


def _median_seconds(act: Callable[[], object]) -> float:
    return median(_seconds(act) for _ in range(_TIMES))


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _start_python() -> None:
    subprocess.run([sys.executable, "-c", "pass"], check=True)
