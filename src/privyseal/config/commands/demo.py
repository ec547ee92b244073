"""``privyseal demo FILE.pdf --out SEALED.pdf``: one contract through the whole product, with the demo cast."""

import json
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from privyseal.config.failures import CannotStart
from privyseal.config.loading import load
from privyseal.kernel.errors import Refused
from privyseal.pdf.commands.files import FileUnusable, password_in

if TYPE_CHECKING:
    from privyseal.config.demo_story import Place, Story

_PROVABLE_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.02
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the story: who did what, and with which outcome."""

    who: str
    what: str
    outcome: str


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE.pdf")
    parser.add_argument("--out", type=Path, required=True, metavar="SEALED.pdf")
    parser.add_argument("--password-file", type=Path, metavar="F", help="its first line opens a protected FILE.pdf")
    parser.add_argument("--page", type=int, default=0, metavar="N", help="default: the last page")
    parser.add_argument("--x-mm", type=float, metavar="MM", help="centre of the seal from the left")
    parser.add_argument("--y-mm", type=float, metavar="MM", help="centre of the seal from the bottom")
    parser.add_argument("--at-words", metavar="TEXT", help="on the last of these words instead")
    parser.add_argument("--over-date", action="store_true", help="over the last date instead")
    parser.add_argument("--edge", choices=("right", "left", "both"), help="across the edges of all pages, too")
    parser.add_argument("--json", action="store_true", help="tell the story as one JSON document")


def run(arguments: Namespace) -> int:
    """Return 0 when the file is sealed, recorded and judged valid; 1 when it was refused on the way."""
    load("privyseal.config.demo_story")
    from privyseal.config.demo_story import Story  # noqa: PLC0415  Django is set up only now

    try:
        data = arguments.file.read_bytes()
        story = Story(arguments.file.name, data, password=password_in(arguments.password_file))
    except OSError as error:
        raise CannotStart(f"{arguments.file} cannot be read: {error.strerror}.") from error
    except FileUnusable as refusal:
        raise CannotStart(str(refusal)) from refusal
    steps: list[Step] = []
    try:
        for step in _told(story, arguments):
            steps.append(step)
            if not arguments.json:
                sys.stdout.write(f"{len(steps):2}. {step.who}: {step.what}\n      {step.outcome}\n")
    except Refused as refusal:
        return _end(arguments, steps, {"sealed": False, "code": refusal.code, "why": story.words(refusal)})
    return _end(arguments, steps, {"sealed": True, **_write(story, arguments.out)})


def _told(story: "Story", arguments: Namespace) -> Iterator[Step]:
    yield from (Step(*said) for said in story.ceremony())
    yield Step(*story.receive())
    yield Step(*story.apply(_place(arguments)))
    yield Step(*story.try_to_approve_oneself())
    yield Step(*story.approve())
    yield Step(*story.seal())
    _wait(story.is_provable)
    yield Step(*story.record())
    yield Step(*story.verify())


def _place(arguments: Namespace) -> "Place":
    from privyseal.config.demo_story import Place  # noqa: PLC0415  Django is set up only now

    said = ("page", "x_mm", "y_mm", "at_words", "over_date", "edge")
    return Place(**{name: getattr(arguments, name) for name in said})


def _write(story: "Story", out: Path) -> dict[str, Any]:
    files = {
        "sealed": (out, story.sealed),
        "receipt": (out.with_suffix(".tlog-proof"), story.receipt().encode()),
        "ca": (out.with_suffix(".ca.pem"), story.authority_pem()),
        "log_key": (out.with_suffix(".log.vkey"), story.log_key().encode()),
    }
    try:
        for path, content in files.values():
            path.write_bytes(content)
    except OSError as error:
        raise CannotStart(f"{out} cannot be written: {error.strerror}.") from error
    return {
        "files": {name: str(path) for name, (path, _) in files.items()},
        "verdict": story.verdict,
        "approved_by": story.made_of,
    }


def _end(arguments: Namespace, steps: list[Step], result: dict[str, Any]) -> int:
    if arguments.json:
        said = {"demo": True, "steps": [asdict(step) for step in steps], **result}
        sys.stdout.write(json.dumps(said, ensure_ascii=False, indent=2) + "\n")
    elif result["sealed"]:
        sys.stdout.write("".join(f"{name:>8}: {path}\n" for name, path in result["files"].items()))
    else:
        sys.stdout.write(f"Refused ({result['code']}): {result['why']}\n")
    return 0 if result["sealed"] else 1


def _wait(happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PROVABLE_SECONDS
    while not happens():
        if time.monotonic() > deadline:
            raise CannotStart("The ledger did not number the fact in time: is the worker running?")
        time.sleep(_POLL_SECONDS)
