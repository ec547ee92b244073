"""Thousands of files in one job, beside copying them: the disk is what bounds both."""

import os
import shutil
import time
from collections.abc import Callable, Iterable
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from bench import goals, probes
from bench.papers import paper
from bench.peer import Peer, self_issued
from bench.report import Figure, Probe, Report, reached
from bench.seal import FACE, sealed
from privyseal.pdf import batch
from privyseal.pdf.cms import software_key
from privyseal.pdf.face import sheet
from privyseal.pdf.revision import Hashed

_FILES: Final = 2_000
_ROUNDS: Final = 4  # the first is not counted
_PROCESSES: Final = 2
_PEER_FILES: Final = 40


def run() -> Report:
    private_key = ec.generate_private_key(ec.SECP256R1())
    key = software_key(private_key, self_issued(private_key))
    document = paper(1, 55_000)
    sealed(document, key, page=1)  # prepared before the processes part

    def sealing(content: Hashed) -> bytes:
        return sealed(content, key, page=1)

    with TemporaryDirectory(dir=Path.cwd()) as name:
        folder = Path(name)
        sources = _written(folder, document)
        rounds = [_round(folder, sources, sealing) for _ in range(_ROUNDS)][1:]
        synced = probes.fdatasync(folder)
    copied, whole, parts = (median(times) for times in zip(*rounds, strict=True))
    peer = Peer(private_key, key.certificate, sheet(FACE))
    began = time.perf_counter()
    for _ in range(_PEER_FILES):
        peer.seal(document, page=1)
    slow = Probe("pyHanko in one process", _PEER_FILES / (time.perf_counter() - began), "/s")
    copies = Probe("copies with fdatasync", _FILES / copied, "/s")
    return Report(
        "batch",
        (
            reached(goals.BATCH_WHOLE, median(one[1] / one[0] for one in rounds), copies, synced),
            reached(goals.BATCH_PARTS, median(one[2] / one[0] for one in rounds), copies, synced),
            Figure("sealed files a second", _FILES / whole, "/s", probes=(slow,)),
            Figure("appended parts a second", _FILES / parts, "/s", probes=(slow,)),
        ),
    )


def _written(folder: Path, document: bytes) -> list[Path]:
    """Write the files, each of them another."""
    place = folder / "in"
    place.mkdir()
    sources = [place / f"{number:05}.pdf" for number in range(_FILES)]
    for number, source in enumerate(sources):
        source.write_bytes(document.replace(b"0 0 m 1 99 l", b"%d 0 m 1 99 l" % (number % 10)))
    return sources


def _round(folder: Path, sources: list[Path], sealing: batch.Sealing) -> tuple[float, float, float]:
    """Return the seconds to copy, to seal whole files and to keep appended parts, one after the other."""
    out = folder / "out"
    times = []
    for job in (
        lambda: _copy_all(sources, out),
        lambda: batch.seal_files(sources, out, sealing, processes=_PROCESSES),
        lambda: batch.seal_parts(sources, out / "parts", sealing, processes=_PROCESSES),
    ):
        out.mkdir()
        times.append(_seconds(job))
        shutil.rmtree(out)
    return times[0], times[1], times[2]


def _seconds(job: Callable[[], Iterable[object]]) -> float:
    os.sync()
    began = time.perf_counter()
    count = sum(1 for _ in job())
    if count != _FILES:
        raise RuntimeError(f"{count} of {_FILES} files")
    return time.perf_counter() - began


def _copy_all(sources: list[Path], out: Path) -> list[Path]:
    """Copy each file with fdatasync, in as many processes as seal."""
    halves = [sources[at::_PROCESSES] for at in range(_PROCESSES)]
    crew = [get_context("fork").Process(target=_copy, args=(half, out)) for half in halves]
    for process in crew:
        process.start()
    for process in crew:
        process.join()
    return list(out.iterdir())


def _copy(sources: list[Path], out: Path) -> None:
    for source in sources:
        with (out / source.name).open("wb") as stream:
            stream.write(source.read_bytes())
            stream.flush()
            os.fdatasync(stream.fileno())
