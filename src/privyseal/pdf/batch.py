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

Sealing: TypeAlias = Callable[[bytes], bytes]
"""Returns the revision to append to a document, or refuses it."""

_CHUNK: Final = 64
_DIE_WITH_PARENT: Final = 1

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
    for outcomes in _shared_out(partial(_seal_file, folder=folder, sealing=sealing), sources, processes):
        _flush_folder(folder)
        yield from outcomes


def seal_parts(sources: Sequence[Path], file: Path, sealing: Sealing, *, processes: int = 2) -> Iterator[Outcome]:
    """Keep what is appended to each file in one pack; yield what became of each, once it is on the disk."""
    _check_names(sources)
    with pack.opened(file) as parts:
        _flush_folder(file.absolute().parent)
        yield from (Outcome(source) for source in sources if source.name in parts.names)
        waiting = [source for source in sources if source.name not in parts.names]
        for made in _shared_out(partial(_part, sealing=sealing), waiting, processes):
            parts.add(part for _, part in made if part)
            yield from (outcome for outcome, _ in made)


def _check_names(sources: Sequence[Path]) -> None:
    if len({source.name for source in sources}) != len(sources):
        raise ValueError("two files of one name in one batch")


def _seal_file(source: Path, *, folder: Path, sealing: Sealing) -> Outcome:
    target = folder / source.name
    if target.exists():
        return Outcome(source)
    try:
        document = source.read_bytes()
        revision = sealing(document)
    except (OSError, Refused) as error:
        return Outcome(source, refused=str(error))
    unfinished = target.with_name(f".{target.name}.unfinished")
    with unfinished.open("wb") as stream:
        stream.write(document)
        stream.write(revision)
        stream.flush()
        os.fdatasync(stream.fileno())
    unfinished.rename(target)
    return Outcome(source, is_new=True)


def _part(source: Path, *, sealing: Sealing) -> tuple[Outcome, Part | None]:
    try:
        document = source.read_bytes()
        revision = sealing(document)
    except (OSError, Refused) as error:
        return Outcome(source, refused=str(error)), None
    return Outcome(source, is_new=True), Part(source.name, hashlib.sha256(document).digest(), revision)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _shared_out(task: Callable[[Path], _Result], sources: Sequence[Path], processes: int) -> Iterator[list[_Result]]:
    """Do the task for every file in several processes; yield the results as they come, some files at a time."""
    chunks = [sources[at : at + _CHUNK] for at in range(0, len(sources), _CHUNK)][::-1]
    with _crew(task, processes) as pipes:
        busy = pipes[: len(chunks)]
        for pipe in busy:
            pipe.send(chunks.pop())
        while busy:
            for pipe in _answered(busy):
                results = pipe.recv()
                if chunks:
                    pipe.send(chunks.pop())
                else:
                    busy.remove(pipe)
                yield results


def _answered(busy: Iterable[Connection]) -> list[Connection]:
    return [pipe for pipe in wait(busy) if isinstance(pipe, Connection)]


@contextmanager
def _crew(task: Callable[[Path], _Result], processes: int) -> Iterator[list[Connection]]:
    """Start the processes, forked: the key they seal with is in memory alone and is never written to be handed over."""
    context = multiprocessing.get_context("fork")
    pairs = [context.Pipe() for _ in range(processes)]
    crew = [context.Process(target=_work, args=(theirs, task, os.getpid())) for _, theirs in pairs]
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


def _work(pipe: Connection, task: Callable[[Path], _Result], parent: int) -> None:
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    while os.getppid() == parent:
        pipe.send([task(source) for source in pipe.recv()])
