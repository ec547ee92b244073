"""Masking: one file that two readers read as two."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from tests.engine.attacks.scene import EVIL, NEW, Attack, Scene, blank, with_row
from tests.engine.handmade import (
    CATALOG,
    CONTENT,
    PAGE,
    Paper,
)


def _twice_named(scene: Scene, number: int, old: bytes, new: bytes) -> bytes:
    unsigned = blank()
    return scene.signed(unsigned.revised({number: unsigned.objects[number].replace(old, new)})).data


def _elsewhere(scene: Scene) -> bytes:
    """Return a paper whose content the table finds where an object of another number stands."""
    unsigned = blank()
    other = unsigned.revised({NEW: EVIL})
    at = other.data.index(b"\n%d 0 obj" % NEW) + 1
    misled = with_row(other.data, CONTENT, b"%010d 00000 n" % at)
    return scene.signed(replace(other, data=misled)).data


MASKED: Final[Mapping[str, Attack]] = {
    "a page with two contents": lambda scene: _masked_page(scene, b"/Contents 16000 0 R/Contents 10001 0 R"),
    "a page with two spellings of its contents": lambda scene: _masked_page(
        scene, b"/C#6fntents 16000 0 R/Contents 10001 0 R"
    ),
    "a catalog with two page trees": lambda scene: _masked_catalog(scene, b"/Pages 2 0 R/Pages 16001 0 R"),
    "a content found under another number": _elsewhere,
    "bytes before the header": lambda scene: b"PK\x03\x04" + scene.data,
}


def _masked_page(scene: Scene, entries: bytes) -> bytes:
    both = b"/Contents 10001 0 R"

    def masked(signing: Paper) -> Paper:
        return signing.revised({NEW: EVIL, PAGE: signing.page().replace(both, entries)})

    first = masked(blank()).signed("A", scene.key, certify=scene.certify)
    return first.signed("B", scene.key).data if scene.parties > 1 else first.data


def _masked_catalog(scene: Scene, entries: bytes) -> bytes:
    unsigned = blank()
    pages = b"<</Type/Pages/Kids[11 0 R]/Count 1>>"
    catalog = unsigned.catalog().replace(b"/Pages 2 0 R", entries)
    first = unsigned.revised({16_001: pages, CATALOG: catalog}).signed("A", scene.key)
    return first.signed("B", scene.key).data if scene.parties > 1 else first.data
