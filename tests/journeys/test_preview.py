"""Pages with seals as they are shown before, beside the sealed file: the same picture, dot for dot."""

import hashlib
import io
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Browser, Route

from privyseal import approval_page, web
from privyseal.approval_page import drawing
from privyseal.approval_page.keeping import Held
from privyseal.pdf import wording
from privyseal.pdf.asking import Across, At, AtWords, OverDate, Wish, resolved
from privyseal.pdf.face import Face, digest, svg
from privyseal.pdf.intake import accept
from privyseal.pdf.placement import PageSize, Placement
from privyseal.pdf.render import page_png
from privyseal.pdf.revision import Hashed
from privyseal.pdf.spots import Edge
from privyseal.sealing.models import Document as Received
from privyseal.seals.models import Seal
from privyseal.signer import engine
from privyseal.signer.documents import Code, Document, Following, Writing
from privyseal.signer.passkeys import Page
from privyseal.web.shown.documents import Ink, dots_an_inch, show
from tests.approval_page.asked import ask_for, use_of
from tests.engine.conftest import FACE, NOON, authority_named
from tests.engine.faces import IMPRINT, OVALS, RECTANGLES
from tests.engine.papers import contract, stream

Dots: TypeAlias = npt.NDArray[Any]

STYLES: Final = Path(web.__file__).parent / "static" / "web"
STYLES_OF_APPROVERS: Final = Path(str(approval_page.__file__)).parent / "static"
PRINT: Final = b"".join(
    b"BT /F 14 Tf 40 %d Td (Party A: seal here 2026-11-27 %b) Tj ET\n" % (y, b"and on " * 3) for y in range(60, 350, 16)
)
"""Stands under every seal: one that hid it would be seen."""

MIDDLE: Final = At("1", 80_000, 75_000)
_FAR: Final = 150
_MOST_FAR: Final = 20
"""One draws lines thinner than a dot pale, the other whole; a seal that hides what it stands on is far in hundreds."""

# Pages lie beside each other on whole dots, each as large as its image.
_BODY: Final = """<style>
  body { display: flex; flex-wrap: wrap; align-items: start; margin: 0; }
  .pages, .page { gap: 0; margin: 0; padding: 0; }
  .page > span, .pages li > span { display: none; }
</style>"""
_BOXES: Final = """[...document.querySelectorAll(".sheet img")].map((image) => {
  const { left, top, right, bottom } = image.getBoundingClientRect();
  return [left, top, right, bottom].map(Math.round);
})"""


@dataclass(frozen=True, slots=True)
class Case:
    """A document, and the seals that go on it, one after the other."""

    document: bytes
    seals: Sequence[tuple[Face, Wish]]
    codes: tuple[Code, ...] = ()
    writings: tuple[Writing, ...] = ()
    copy_says: str = ""


def printed(*, pages: int = 1, page_entries: bytes = b"", lines: bytes = PRINT) -> bytes:
    content = {10_000 + number: stream(lines) for number in range(1, pages + 1)}
    return contract(pages=pages, media=(0, 0, 400, 420), page_entries=page_entries, more=content)


CASES: Final[Mapping[str, Case]] = {
    "millimetres": Case(printed(), [(FACE, MIDDLE)]),
    "words": Case(printed(), [(FACE, AtWords("seal here", which=9))]),
    "date": Case(printed(), [(FACE, OverDate(which=9))]),
    "across": Case(printed(pages=3), [(FACE, Across(edges=(Edge.RIGHT, Edge.LEFT)))]),
    "across turned pages": Case(printed(pages=2, page_entries=b"/Rotate 90"), [(OVALS[0], Across())]),
    "turned and cut": Case(printed(page_entries=b"/Rotate 270/CropBox[20 10 380 400]"), [(OVALS[1], MIDDLE)]),
    "upside down": Case(printed(page_entries=b"/Rotate 180"), [(RECTANGLES[0], MIDDLE)]),
    "unit": Case(printed(page_entries=b"/UserUnit 2"), [(FACE, At("1", 150_000, 150_000))]),
    "copy": Case(printed(), [(RECTANGLES[1], MIDDLE)], copy_says="仅供投标使用"),
    "code and date": Case(
        printed(),
        [(FACE, MIDDLE)],
        codes=(Code("https://seal.example.com/r/0123456789abcdef", Placement(1, 22_000, 136_000), 20_000),),
        writings=(Writing("2026年11月27日", Placement(1, 80_000, 72_000)),),
    ),
    "codes over strips": Case(
        printed(pages=2, lines=b""),
        [(FACE, Across())],
        codes=tuple(Code("https://seal.example.com/r/0", Placement(page, 125_000, 74_000), 20_000) for page in (1, 2)),
    ),
    "imprint": Case(printed(), [(IMPRINT, MIDDLE)]),
    "two over each other": Case(printed(), [(FACE, MIDDLE), (OVALS[1], At("1", 95_000, 65_000))]),
}


@dataclass(frozen=True, slots=True)
class Made:
    """A case that was sealed: its pages before and after, and what is laid over them before."""

    inked: Sequence[Ink]
    sizes: Sequence[PageSize]
    before: Sequence[bytes]
    sealed: Sequence[bytes]
    file: bytes


def made(case: Case) -> Made:
    """Take a document in and seal it as the signer does."""
    accepted = accept(case.document, copy_says=case.copy_says)
    key, data, inked = authority_named("Demo CA").key(), accepted.data, list[Ink]()
    for number, (face, wish) in enumerate(case.seals):
        spots = resolved(wish, face.size, accepted.pages, partial(wording.find, accepted.data, pages=accepted.pages))
        codes, writings = ((), ()) if number else (case.codes, case.writings)
        approved = Document("0" * 64, Following.OTHERS, spots, codes, writings)
        begun, tool = Hashed(data, hashlib.sha256(data)), engine.Tool(face, key)
        data += engine.make(begun, approved=approved, tool=tool, field=f"seal-{number}", at=NOON)
        inked.append(Ink(Seal(name="合同专用章", face=face.to_json()), spots, codes, writings=writings))
    return Made(inked, accepted.pages, _drawn(accepted.data, accepted.pages), _drawn(data, accepted.pages), data)


def _drawn(data: bytes, sizes: Sequence[PageSize]) -> list[bytes]:
    return [
        page_png(data, page=number, dpi=dots_an_inch(size.width, size.height))
        for number, size in enumerate(sizes, start=1)
    ]


@pytest.fixture(scope="module")
def cases() -> Mapping[str, Made]:
    return {name: made(case) for name, case in CASES.items()}


@pytest.fixture(scope="module")
def shown(cases: Mapping[str, Made], chromium: Browser) -> Mapping[str, Sequence[Dots]]:
    """Lay all cases out on one page, by the template and the styles of the product, and look at it once."""
    files = {f"/{file.name}": ("text/css", file.read_bytes()) for file in STYLES.glob("*.css")}
    links = "".join(f'<link rel="stylesheet" href="{name}">' for name in files)
    parts = []
    for case, one in enumerate(cases.values()):
        files |= {f"/{case}/{at}.png": ("image/png", page) for at, page in enumerate(one.before, start=1)}
        files |= {
            reverse("seal-face", args=[ink.seal.uid]): ("image/svg+xml", svg(Face.from_json(ink.seal.face)).encode())
            for ink in one.inked
        }
        parts.append(_part(one, f"/{case}/{{}}.png".format))
    files["/"] = ("text/html", f"<!doctype html><head>{links}{_BODY}</head><body>{''.join(parts)}".encode())
    pages = _looked_at(chromium, files)
    return {name: [pages.pop(0) for _ in one.before] for name, one in cases.items()}


def _part(one: Made, page_url: Callable[[int], str]) -> str:
    pages = [{"width": size.width, "height": size.height} for size in one.sizes]
    shown = show(Received(name="合同.pdf", pages=pages), one.inked, page_url=page_url)
    html = render_to_string("web/parts/sheets.html", {"shown": shown})
    width = _picture(one.before[0]).shape[1] + 2  # within the frame of the sheet
    eager = html.replace('loading="lazy" decoding="async"', 'decoding="sync"')
    return f'<section style="inline-size: {width}px">{eager}</section>'


@pytest.fixture(scope="module")
def asked(cases: Mapping[str, Made], chromium: Browser) -> Mapping[str, Sequence[Dots]]:
    """Lay all cases out as the approval page shows them, by its own drawing and styles, and look once."""
    files, parts = {"/page.css": ("text/css", (STYLES_OF_APPROVERS / "page.css").read_bytes())}, []
    for case, one in enumerate(cases.values()):
        sha256, html = f"{case:064x}", _asked(one, f"{case:064x}")
        files |= {f"/a/x/{sha256}/{at}.png": ("image/png", page) for at, page in enumerate(one.before, start=1)}
        width = _picture(one.before[0]).shape[1] + 2
        shown = "".join(re.findall(r"<figure.*?</figure>|<ol .*?</ol>", html, re.DOTALL))
        parts.append(f'<section style="inline-size: {width}px">{shown}</section>'.replace('loading="lazy"', ""))
    links = '<link rel="stylesheet" href="/page.css">'
    files["/"] = ("text/html", f"<!doctype html><head>{links}{_BODY}</head><body>{''.join(parts)}".encode())
    pages = _looked_at(chromium, files)
    return {name: [pages.pop(0) for _ in one.before] for name, one in cases.items()}


def _asked(one: Made, sha256: str) -> str:
    """Return the approval page for one statement a seal, each but the first after the one before."""
    faces = [Face.from_json(ink.seal.face) for ink in one.inked]
    uids = ["", *(f"{number:032x}" for number in range(1, len(faces) + 1))]
    stated = [
        replace(
            use_of(),
            documents=(
                Document(sha256, "others", tuple(ink.spots), tuple(ink.codes), tuple(ink.writings), after=uids[number]),
            ),
            seal=uids[number + 1],
            impressions=9,
            face_sha256=digest(faces[number]),
        )
        for number, ink in enumerate(one.inked)
    ]
    ask = replace(ask_for(*stated), faces=tuple(faces))
    held = Held(sha256, io.BytesIO(), 0, tuple(one.sizes))
    return drawing.approval(ask, [held], address="x", own=Page("http://localhost:8001"), home="")


def _looked_at(chromium: Browser, files: Mapping[str, tuple[str, bytes]]) -> list[Dots]:
    """Return what a browser shows of every page."""

    def answer(route: Route) -> None:
        kind, body = files.get(urlsplit(route.request.url).path, ("text/javascript", b""))
        route.fulfill(body=body, content_type=kind)

    page = chromium.new_page(viewport={"width": 2_500, "height": 1_000})
    page.route("**/*", answer)
    page.goto("http://pages.example/")
    boxes = page.evaluate(_BOXES)
    whole = _picture(page.screenshot(full_page=True))
    page.close()
    return [whole[top:bottom, left:right] for left, top, right, bottom in boxes]


@pytest.mark.parametrize("name", CASES)
def test_what_is_shown_before_is_what_is_sealed(
    name: str, cases: Mapping[str, Made], shown: Mapping[str, Sequence[Dots]]
) -> None:
    for before, sealed, seen in zip(cases[name].before, cases[name].sealed, shown[name], strict=True):
        assert _far_apart(_picture(before), _picture(sealed)) > 50 * _MOST_FAR
        assert _far_apart(_picture(sealed), seen) <= _MOST_FAR


@pytest.mark.parametrize("name", CASES)
def test_what_an_approver_says_yes_to_is_what_is_sealed(
    name: str, cases: Mapping[str, Made], asked: Mapping[str, Sequence[Dots]]
) -> None:
    for sealed, seen in zip(cases[name].sealed, asked[name], strict=True):
        assert _far_apart(_picture(sealed), seen) <= _MOST_FAR


@pytest.mark.parametrize("name", ["across turned pages", "codes over strips", "two over each other"])
def test_what_an_approver_says_yes_to_is_what_poppler_draws_of_the_sealed_file(
    name: str, cases: Mapping[str, Made], asked: Mapping[str, Sequence[Dots]], tmp_path: Path
) -> None:
    """The ink alone: letters of the page itself each of the two draws with a font of its own."""
    one = cases[name]
    (tmp_path / "sealed.pdf").write_bytes(one.file)
    subprocess.run(["pdftoppm", "-png", "-r", "110", "-cropbox", "sealed.pdf", "page"], cwd=tmp_path, check=True)
    drawn = [file.read_bytes() for file in sorted(tmp_path.glob("page*.png"))]

    for poppler, bare, seen in zip(drawn, one.before, asked[name], strict=True):
        assert _far_apart(_ink(_picture(poppler)), _ink(_picture(bare))) > 50 * _MOST_FAR
        assert _far_apart(_ink(_picture(poppler)), _ink(seen)) <= 5 * _MOST_FAR


def _ink(picture: Dots) -> Dots:
    """Return which dots are red."""
    red = picture[:, :, :1].astype(int) - picture[:, :, 1:].max(axis=2, keepdims=True) > 60
    return np.asarray(red * 255, np.uint8).repeat(3, axis=2)


def _far_apart(one: Dots, other: Dots) -> int:
    """Return how many dots of a picture are like none of those around them in the other, either way."""
    assert one.shape == other.shape
    return int((_strange(one, other) | _strange(other, one)).any(axis=2).sum())


def _strange(one: Dots, other: Dots) -> Dots:
    """Return what is far lighter or darker, in any colour, than every dot around it in the other picture."""
    around = np.ones((3, 3), np.uint8)
    lighter, darker = cv2.subtract(one, cv2.dilate(other, around)), cv2.subtract(cv2.erode(other, around), one)
    return np.asarray(cv2.max(lighter, darker) > _FAR)


def _picture(png: bytes) -> Dots:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
