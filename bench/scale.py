"""A group of 500 companies: what seeding it takes, what its lists cost, and whether long ones ask more than short ones.

Short is one application of each kind in the demo company alone. Over a list without any, what belongs to its rows is
not asked for: that count stands beside.

The group is made once under ``build/group`` and used again.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from bench import inside, probes
from bench.goals import GROUP_DISK, GROUP_SECONDS, LIST_QUERIES, LIST_TIME, MAY_TIME, PAGE_TIME
from bench.product import ROOT, Broken, Product, serving
from bench.report import Figure, Report, reached

_PLACE: Final = ROOT / "build" / "group"
_TIMES: Final = 20
_MOST_SECONDS: Final = 1_200.0  # twenty times each of 313 pages
_MILLISECONDS: Final = 1000
_GIGABYTE: Final = 1_000_000_000
_DEMO: Final = ("applicant=wang", "approver=li", "group approver=li", "manager=zhao", "auditor=sun")
_GROUP: Final = (
    "applicant=p000008",
    "approver=p000004",
    "group approver=p000003",
    "manager=p000001",
    "auditor=sun",
)


def run() -> Report:
    figures = [] if (_PLACE / "data" / "seeded").exists() else [_seed()]
    with serving() as product:
        empty = inside.ask(product, "pages", "3", *_DEMO, seconds=_MOST_SECONDS)["pages"]
        inside.ask(product, "one_each")
        short = inside.ask(product, "pages", "3", *_DEMO, seconds=_MOST_SECONDS)["pages"]
    product = Product(_PLACE, is_kept=True)
    try:
        product.start()
        full = inside.ask(product, "pages", str(_TIMES), *_GROUP, seconds=_MOST_SECONDS)
        transaction = probes.empty_transaction(product.databases().web)
    finally:
        product.stop()
    figures.append(reached(GROUP_DISK, _bytes(_PLACE) / _GIGABYTE))
    slowest = max(full["pages"], key=lambda page: full["pages"][page]["seconds"])
    figures += [
        reached(LIST_TIME, full["pages"][slowest]["seconds"] * _MILLISECONDS, transaction),
        reached(PAGE_TIME, max(one["seconds"] for one in full["further"].values()) * _MILLISECONDS, transaction),
        reached(LIST_QUERIES, _asking_more(short, full["pages"])),
        reached(MAY_TIME, max(full["may"].values()) * _MILLISECONDS),
        *(
            Figure(_named(page, shown, short.get(page), empty.get(page)), shown["seconds"] * _MILLISECONDS, "ms")
            for page, shown in (full["pages"] | full["further"]).items()
        ),
    ]
    return Report("scale", tuple(figures))


def _seed() -> Figure:
    _PLACE.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    command = [sys.executable, "-m", "privyseal", "seed", "--size", "group"]
    environment = {**os.environ, "PRIVYSEAL_DATA": str(_PLACE / "data"), "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, env=environment, cwd=ROOT, check=False)  # noqa: S603 - our own argument list, no shell
    if done.returncode:
        raise Broken("The group could not be seeded.")
    (_PLACE / "data" / "seeded").touch()
    return reached(GROUP_SECONDS, time.monotonic() - began)


def _asking_more(short: dict[str, Any], full: dict[str, Any]) -> int:
    """Count the pages that need more queries over the group than over a list of one."""
    return sum(full[page]["queries"] > short[page]["queries"] for page in short.keys() & full.keys())


def _named(page: str, *counted: dict[str, float] | None) -> str:
    """Name a page with its queries over the group, over one row, and over none; a page deep in a list has the first."""
    return f"{page} ({', '.join(format(found['queries'], '.0f') for found in counted if found)} queries)"


def _bytes(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())
