"""A hundred thousand pages that bear a stamp, and photographs that are looked for: ``sought PAGES OWNER``.

Some hundred pages are printed and read as those of any document are. A page that stands for many others takes half of
its words from one of these and the rest, like its points, from all: each word is as frequent as in real print, and many
pages have the words of one in common. The photographs are of documents beside these, entered like any.
"""

import json
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Final

import numpy as np
import psycopg
from django.conf import settings
from tests.photographed import DISTORTIONS, agreement, jpeg, printed

from bench.rubber import permit_by_hand
from privyseal.config import demo
from privyseal.custody.models import PagePrint
from privyseal.custody.printing import keep_pages, likeliest_pages
from privyseal.custody.queries.stamps import approved_uses_of
from privyseal.paper.points import Points
from privyseal.paper.verdict import Print
from privyseal.pdf import photographs
from privyseal.pdf.photographed import alike, print_of_photo
from privyseal.seals.models import PermitLine

_PRINTED: Final = 400
_PAGES: Final = 4
_PAGE: Final = 3
_BESIDE: Final = 5_000  # where the agreements begin that are photographed
_COPY: Final = "COPY page_print (document_sha256, page, points, words) FROM STDIN"
_INDEX: Final = "CREATE INDEX page_by_word ON page_print USING gin (words) WITH (fastupdate=off)"


def main(words: Sequence[str]) -> None:
    missing = int(words[0]) - PagePrint.objects.count()
    if missing > 0:
        _fill(missing, words[1])
    permit = permit_by_hand(copies=1)
    asked, at = [], datetime.now(UTC)
    for number, name in enumerate(sorted(DISTORTIONS)):
        pdf = agreement(_PAGES, seed=_BESIDE + number)
        photo = jpeg(DISTORTIONS[name](printed(pdf, _PAGE), Random(number)))  # noqa: S311  not a secret
        settings.BLOBS.put(pdf)
        document = sha256(pdf).hexdigest()
        keep_pages(document)
        PermitLine.objects.filter(permit=permit).update(document_sha256=document)
        at += timedelta(minutes=2)
        asked.append(_asked(name, photo, at))
    json.dump({"pages": PagePrint.objects.count(), "asked": asked}, sys.stdout)


def _asked(name: str, photo: bytes, at: datetime) -> dict[str, object]:
    """Ask as the page does; then again in its three parts."""
    began, used = time.perf_counter(), _children_seconds()
    found = approved_uses_of(demo.person(demo.AUDITOR), at, photo)
    whole, processor = time.perf_counter() - began, _children_seconds() - used
    taken = print_of_photo(photo)
    photographed = time.perf_counter()
    likely = likeliest_pages(taken.words)
    looked_up = time.perf_counter()
    kept = PagePrint.objects.in_bulk(likely)
    alike(taken, [bytes(page.points) for page in kept.values()])
    held = time.perf_counter()
    return {
        "name": name,
        "is_found": bool(found),
        "seconds": whole,
        "processor": processor,
        "looking_up": looked_up - photographed,
        "holding_beside": held - looked_up,
    }


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _fill(missing: int, owner: str) -> None:
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("DROP INDEX IF EXISTS page_by_word")
        with connection.cursor().copy(_COPY) as copy:
            for row in _rows(missing):
                copy.write_row(row)
        connection.execute("SET maintenance_work_mem = '512MB'")
        connection.execute(_INDEX)
        connection.execute("VACUUM ANALYZE page_print")


def _rows(missing: int) -> Iterator[tuple[bytes, int, bytes, list[int]]]:
    real = list(_printed())
    for number, each in enumerate(real):
        yield sha256(b"printed %d" % number).digest(), 1, each.points, list(each.words)
    for number, each in enumerate(_mixed(real, missing - len(real))):
        yield sha256(b"mixed %d" % (number // _PAGES)).digest(), 1 + number % _PAGES, each.points, list(each.words)


def _printed() -> Iterator[Print]:
    for seed in range(_PRINTED // _PAGES):
        yield from photographs.prints_of(agreement(_PAGES, seed=seed), first=1, last=_PAGES)


def _mixed(real: Sequence[Print], count: int) -> Iterator[Print]:
    generator = np.random.default_rng(1)
    words = [np.array(each.words, np.int64) for each in real]
    said, points = np.concatenate(words), [Points.unpacked(each.points) for each in real]
    places, codes = np.concatenate([each.places for each in points]), np.concatenate([each.codes for each in points])
    for _ in range(count):
        own = words[generator.integers(len(words))]
        half = generator.choice(own, len(own) // 2, replace=False)
        others = said[generator.integers(len(said), size=len(own) - len(half))]
        some = generator.integers(len(codes), size=len(points[0]))
        mixed = tuple(int(word) for word in np.unique(np.concatenate([half, others])))
        yield Print(Points(places[some], codes[some]).packed(), mixed)
