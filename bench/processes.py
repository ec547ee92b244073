"""The CPU time of processes with all their children, as the kernel counts it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_TICKS_A_SECOND: Final = os.sysconf("SC_CLK_TCK")
# Fields of /proc/PID/stat after the name, which ends with the last bracket.
_TIMES: Final = slice(11, 15)  # utime, stime, and the same of children that have ended


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of the process, its children, and those of them that have ended."""
    return sum(_ticks(member) for member in (pid, *_descendants(pid))) / _TICKS_A_SECOND


def child(pid: int, words: str) -> int:
    """Return the child whose command line contains the words."""
    return next(found for found in _children(pid) if words in _command_line(found))


def family(pid: int) -> Iterator[tuple[int, str]]:
    """Yield the process, its children and theirs, each with its command line."""
    for member in (pid, *_descendants(pid)):
        yield member, _command_line(member)


def own_bytes(pid: int) -> int:
    """Return the memory that a process has of its own, beside what is mapped from files; none of one that is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    kilobytes = next((line.split()[1] for line in status.splitlines() if line.startswith("RssAnon:")), "0")
    return int(kilobytes) * 1024


def _descendants(pid: int) -> Iterator[int]:
    for found in _children(pid):
        yield found
        yield from _descendants(found)


def _children(pid: int) -> list[int]:
    """Return the children of all threads of a process; none of one that is gone."""
    try:
        written = [(thread / "children").read_text() for thread in Path(f"/proc/{pid}/task").iterdir()]
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(child) for children in written for child in children.split()]


def _ticks(pid: int) -> int:
    return sum(map(int, _fields(pid)[_TIMES]))


def _fields(pid: int) -> list[str]:
    """Return what the kernel says of the process; nothing of one that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
