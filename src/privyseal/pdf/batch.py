"""Seal thousands of files in one job: each wholly or not at all, on the disk, and again from where a kill left it."""

import ctypes
import hashlib
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from privyseal.kernel.disk import flush_file_system
from privyseal.kernel.errors import Refused
from privyseal.pdf import pack
from privyseal.pdf.pack import Part
from privyseal.pdf.revision import Hashed

Sealing: TypeAlias = Callable[[Hashed], bytes]
"""Returns the revision to append to a document, or refuses it."""

_CHUNK: Final = 64
_CHUNK_OF_PARTS: Final = 256
"""How many wait for the disk together, whole files and parts: to wait for many parts takes as long as for few."""

_DIE_WITH_PARENT: Final = 1

_Chunk: TypeAlias = Sequence[Path]
_Became: TypeAlias = list[tuple[bool, str]]
"""Of each file whether it is new, and why it was refused."""

_Task: TypeAlias = Callable[[_Chunk], tuple[_Became, Sequence[bytes]]]
"""Does some files; returns what became of each, and what is to be kept in one piece."""


class _Done(NamedTuple):
    """What became of some files; the first so many bytes of an open file are to be kept, until the next are done."""

    sources: _Chunk
    became: _Became
    kept: int
    size: int

    def outcomes(self) -> Iterator["Outcome"]:
        return (Outcome(source, *one) for source, one in zip(self.sources, self.became, strict=True))


class _Worker(NamedTuple):
    """A process by its pipe, and two files in memory: it writes one while the other is read."""

    pipe: Connection
    pads: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: sealed now, sealed by an earlier run, or refused with a reason."""

    source: Path
    is_new: bool = False
    refused: str = ""


def seal_files(sources: Sequence[Path], folder: Path, sealing: Sealing, *, processes: int = 2) -> Iterator[Outcome]:
    """Seal each file into the folder under its own name; yield what became of each, once it is on the disk.

    A file that is in the folder already was sealed by an earlier run and is left alone. One run at a time.
    """
    _check_names(sources)
    for done in _shared_out(partial(_seal_chunk, folder=folder, sealing=sealing), sources, processes):
        _flush_folder(folder)
        yield from done.outcomes()


def seal_parts(sources: Sequence[Path], file: Path, sealing: Sealing, *, processes: int = 2) -> Iterator[Outcome]:
    """Keep what is appended to each file in one pack; yield what became of each, once it is on the disk."""
    _check_names(sources)
    with pack.opened(file) as parts:
        _flush_folder(file.absolute().parent)
        yield from (Outcome(source) for source in sources if source.name in parts.names)
        waiting = [source for source in sources if source.name not in parts.names]
        for done in _shared_out(partial(_parts, sealing=sealing), waiting, processes, _CHUNK_OF_PARTS):
            parts.add(done.kept, done.size)
            yield from done.outcomes()


def _check_names(sources: Sequence[Path]) -> None:
    if len({source.name for source in sources}) != len(sources):
        raise ValueError("two files of one name in one batch")


def _seal_chunk(sources: _Chunk, *, folder: Path, sealing: Sealing) -> tuple[_Became, Sequence[bytes]]:
    """Seal these files and return what became of them, once all are on the disk."""
    outcomes, written = [], []
    for source in sources:
        target = folder / source.name
        if target.exists():
            outcomes.append((False, ""))
            continue
        try:
            document = source.read_bytes()
            revision = sealing(Hashed(document, hashlib.sha256(document)))
        except (OSError, Refused) as error:
            outcomes.append((False, str(error)))
            continue
        written.append((_begun(_unfinished(target), (document, revision)), target))
        outcomes.append((True, ""))
    if written:
        flush_file_system(written[0][0])
    for descriptor, target in written:
        os.close(descriptor)
        _unfinished(target).rename(target)
    return outcomes, ()


def _unfinished(target: Path) -> Path:
    return target.with_name(f".{target.name}.unfinished")


def _begun(file: Path, content: Iterable[bytes]) -> int:
    """Write a file, have the disk begin with it, and return a descriptor of it."""
    with file.open("wb") as stream:
        for part in content:
            stream.write(part)
        stream.flush()
        os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return os.dup(stream.fileno())


def _parts(sources: _Chunk, *, sealing: Sealing) -> tuple[_Became, Sequence[bytes]]:
    """Seal these files and return what became of them, and the records of their parts."""
    outcomes, records = [], []
    for source in sources:
        try:
            document = source.read_bytes()
            hashed = hashlib.sha256(document)
            revision = sealing(Hashed(document, hashed))
        except (OSError, Refused) as error:
            outcomes.append((False, str(error)))
            continue
        records.append(Part(source.name, hashed.digest(), revision).record)
        outcomes.append((True, ""))
    return outcomes, records


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _shared_out(task: _Task, sources: Sequence[Path], processes: int, together: int = _CHUNK) -> Iterator[_Done]:
    """Do the task for some files at a time in several processes; yield what is done as it comes."""
    share = min(together, -(-len(sources) // (2 * processes)) or 1)  # so that a small job keeps all of them busy
    chunks = [sources[at : at + share] for at in range(0, len(sources), share)]
    waiting = list(range(len(chunks)))[::-1]
    with _crew(task, chunks, processes) as crew:
        busy = {worker.pipe: (worker, waiting.pop()) for worker in crew[: len(chunks)]}
        for pipe, (_, number) in busy.items():
            pipe.send(number)
        while busy:
            for pipe in _answered(busy):
                became, pad, size = pipe.recv()
                worker, number = busy.pop(pipe)
                if waiting:
                    busy[pipe] = (worker, waiting.pop())
                    pipe.send(busy[pipe][1])
                yield _Done(chunks[number], became, worker.pads[pad], size)


def _answered(busy: Iterable[Connection]) -> list[Connection]:
    return [pipe for pipe in wait(busy) if isinstance(pipe, Connection)]


@contextmanager
def _crew(task: _Task, chunks: Sequence[_Chunk], processes: int) -> Iterator[list[_Worker]]:
    """Start the processes, forked: the key they seal with is in memory alone and is never written to be handed over."""
    context = multiprocessing.get_context("fork")
    with ExitStack() as ending:
        crew = []
        for _ in range(processes):
            ours, theirs = context.Pipe()
            crew.append(_Worker(ours, (_pad(ending), _pad(ending))))
            process = context.Process(target=_work, args=(theirs, crew[-1].pads, task, chunks, os.getpid()))
            process.start()
            ending.callback(_end, process)
            theirs.close()
        yield crew


def _pad(ending: ExitStack) -> int:
    descriptor = os.memfd_create("batch")
    ending.callback(os.close, descriptor)
    return descriptor


def _end(process: BaseProcess) -> None:
    process.kill()
    process.join()


def _work(pipe: Connection, pads: tuple[int, int], task: _Task, chunks: Sequence[_Chunk], parent: int) -> None:
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    for pad in cycle(range(len(pads))):
        if os.getppid() != parent:
            return
        became, records = task(chunks[pipe.recv()])
        pipe.send((became, pad, _laid(pads[pad], b"".join(records))))


def _laid(pad: int, content: bytes) -> int:
    """Write over the beginning of a file and return how many bytes that are."""
    done = 0
    while done < len(content):
        done += os.pwrite(pad, memoryview(content)[done:], done)
    return done
