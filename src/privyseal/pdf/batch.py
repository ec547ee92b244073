"""Seal thousands of files in one job: each wholly or not at all, on the disk, and again from where a kill left it."""

import ctypes
import hashlib
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Final, TypeAlias, TypeVar

from privyseal.kernel.errors import Refused
from privyseal.pdf import pack
from privyseal.pdf.pack import Part
from privyseal.pdf.revision import Hashed

Sealing: TypeAlias = Callable[[Hashed], bytes]
"""Returns the revision to append to a document, or refuses it."""

_CHUNK: Final = 64
"""How many files wait for the disk together."""

_DIE_WITH_PARENT: Final = 1

_Chunk: TypeAlias = Sequence[Path]
_Result = TypeVar("_Result")


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
    for chunk, outcomes in _shared_out(partial(_seal_chunk, folder=folder, sealing=sealing), sources, processes):
        _flush_folder(folder)
        yield from (Outcome(source, *outcome) for source, outcome in zip(chunk, outcomes, strict=True))


def seal_parts(sources: Sequence[Path], file: Path, sealing: Sealing, *, processes: int = 2) -> Iterator[Outcome]:
    """Keep what is appended to each file in one pack; yield what became of each, once it is on the disk."""
    _check_names(sources)
    with pack.opened(file) as parts:
        _flush_folder(file.absolute().parent)
        yield from (Outcome(source) for source in sources if source.name in parts.names)
        waiting = [source for source in sources if source.name not in parts.names]
        for chunk, (outcomes, made) in _shared_out(partial(_parts, sealing=sealing), waiting, processes):
            parts.add(made)
            yield from (Outcome(source, *outcome) for source, outcome in zip(chunk, outcomes, strict=True))


def _check_names(sources: Sequence[Path]) -> None:
    if len({source.name for source in sources}) != len(sources):
        raise ValueError("two files of one name in one batch")


def _seal_chunk(sources: _Chunk, *, folder: Path, sealing: Sealing) -> list[tuple[bool, str]]:
    """Seal these files and return, once all are on the disk, which are new and why others were refused."""
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
        _flush_file_system(written[0][0])
    for descriptor, target in written:
        os.close(descriptor)
        _unfinished(target).rename(target)
    return outcomes


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


def _parts(sources: _Chunk, *, sealing: Sealing) -> tuple[list[tuple[bool, str]], list[Part]]:
    outcomes, made = [], []
    for source in sources:
        try:
            document = source.read_bytes()
            hashed = hashlib.sha256(document)
            revision = sealing(Hashed(document, hashed))
        except (OSError, Refused) as error:
            outcomes.append((False, str(error)))
            continue
        made.append(Part(source.name, hashed.digest(), revision))
        outcomes.append((True, ""))
    return outcomes, made


def _flush_file_system(descriptor: int) -> None:
    """Wait until all that was written to the file system of this file is on the disk, or raise OSError.

    One wait for a chunk: one for each of its files takes a third longer. Since Linux 5.8 it tells of what failed.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syncfs(descriptor):
        raise OSError(ctypes.get_errno(), "syncfs")


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _shared_out(
    task: Callable[[_Chunk], _Result], sources: Sequence[Path], processes: int
) -> Iterator[tuple[_Chunk, _Result]]:
    """Do the task for some files at a time in several processes; yield the results as they come."""
    chunks = [sources[at : at + _CHUNK] for at in range(0, len(sources), _CHUNK)]
    waiting = list(range(len(chunks)))[::-1]
    with _crew(task, chunks, processes) as pipes:
        busy = {pipe: waiting.pop() for pipe in pipes[: len(chunks)]}
        for pipe, number in busy.items():
            pipe.send(number)
        while busy:
            for pipe in _answered(busy):
                result, number = pipe.recv(), busy.pop(pipe)
                if waiting:
                    busy[pipe] = waiting.pop()
                    pipe.send(busy[pipe])
                yield chunks[number], result


def _answered(busy: Iterable[Connection]) -> list[Connection]:
    return [pipe for pipe in wait(busy) if isinstance(pipe, Connection)]


@contextmanager
def _crew(task: Callable[[_Chunk], _Result], chunks: Sequence[_Chunk], processes: int) -> Iterator[list[Connection]]:
    """Start the processes, forked: the key they seal with is in memory alone and is never written to be handed over."""
    context = multiprocessing.get_context("fork")
    pairs = [context.Pipe() for _ in range(processes)]
    crew = [context.Process(target=_work, args=(theirs, task, chunks, os.getpid())) for _, theirs in pairs]
    try:
        for worker in crew:
            worker.start()
        for _, theirs in pairs:
            theirs.close()
        yield [ours for ours, _ in pairs]
    finally:
        for worker in crew:
            worker.kill()
            worker.join()


def _work(pipe: Connection, task: Callable[[_Chunk], _Result], chunks: Sequence[_Chunk], parent: int) -> None:
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    while os.getppid() == parent:
        pipe.send(task(chunks[pipe.recv()]))
