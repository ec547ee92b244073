"""Incremental saving: something is appended."""

import zlib
from collections.abc import Mapping
from typing import Final

from tests.engine.attacks.scene import EVIL, NEW, Attack, Scene, changed, with_last, with_row
from tests.engine.handmade import (
    CONTENT,
    FORM,
    PAGE,
    PAGES,
)
from tests.engine.papers import stream


def _unfinished(scene: Scene) -> bytes:
    return scene.data + b"%d 0 obj\n%b\nendobj\n" % (CONTENT, EVIL)


def _other_root(scene: Scene) -> bytes:
    pages = b"<</Type/Pages/Kids[16001 0 R]/Count 1>>"
    page = b"<</Type/Page/Parent 16000 0 R/MediaBox[0 0 595 842]/Resources<<>>/Contents 16002 0 R>>"
    objects = {16_000: pages, 16_001: page, 16_002: EVIL, 16_003: b"<</Type/Catalog/Pages 16000 0 R/AcroForm 8 0 R>>"}
    return with_last(scene.paper.revised(objects).data, b"/Root 1 0 R", b"/Root 16003 0 R")


def _by_stream(scene: Scene, *, is_compressed: bool) -> bytes:
    """Return the file with its page changed by a revision that has a cross-reference stream."""
    previous = int(scene.data.rpartition(b"startxref")[2].split()[0])
    new_page = scene.paper.page(content=NEW)
    data = scene.data + b"%d 0 obj\n%b\nendobj\n" % (NEW, EVIL)
    at = len(data)
    if is_compressed:
        inner = zlib.compress(b"%d 0 %b" % (PAGE, new_page))
        entries = b"/Type/ObjStm/N 1/First %d/Filter/FlateDecode" % len(b"%d 0 " % PAGE)
        data += b"16001 0 obj\n%b\nendobj\n" % stream(inner, entries)
    else:
        data += b"%d 0 obj\n%b\nendobj\n" % (PAGE, new_page)
    where = len(data)
    entry = (2, 16_001, 0) if is_compressed else (1, at, 0)
    rows = {PAGE: entry, NEW: (1, len(scene.data), 0), 16_001: (1, at, 0), 16_002: (1, where, 0)}
    table = b"".join(
        kind.to_bytes(1, "big") + place.to_bytes(4, "big") + third.to_bytes(1, "big")
        for kind, place, third in rows.values()
    )
    index = b" ".join(b"%d 1" % number for number in rows)
    entries = b"/Type/XRef/Size 16003/W[1 4 1]/Index[%b]/Root 1 0 R/Prev %d" % (index, previous)
    return data + b"16002 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (stream(table, entries), where)


def _second_copy(scene: Scene) -> bytes:
    """Return the file changed, with the first signature's value copied into a field of its own at the end."""
    value = scene.paper.objects[scene.paper.values[0]]
    widget = b"<</Type/Annot/Subtype/Widget/FT/Sig/T(C)/F 132/P 11 0 R/Rect[0 0 0 0]/V 16001 0 R>>"
    form = b"<</Fields[6 0 R 15000 0 R 15010 0 R 16000 0 R]/SigFlags 3/DA(/F 12 Tf 0 g)>>"
    return scene.paper.revised({CONTENT: EVIL, 16_000: widget, 16_001: value, FORM: form}).data


def _page_more(scene: Scene) -> bytes:
    pages = b"<</Type/Pages/Kids[11 0 R 12 0 R 16000 0 R]/Count 3>>"
    page = b"<</Type/Page/Parent 2 0 R/Resources<</Font<</F 3 0 R>>>>/Contents 16001 0 R/MediaBox[0 0 595 842]>>"
    return scene.paper.revised({PAGES: pages, 16_000: page, 16_001: EVIL}).data


def _between(scene: Scene) -> bytes:
    """Return a paper changed by the revision in which the next party signs."""
    return scene.paper.signed("C", scene.key, rectangle=(10, 20, 90, 80), more={CONTENT: EVIL}).data


APPENDED: Final[Mapping[str, Attack]] = {
    "a page's content replaced": lambda scene: scene.paper.revised({CONTENT: EVIL}).data,
    "a page's content pointed elsewhere": lambda scene: (
        scene.paper.revised({NEW: EVIL, PAGE: scene.paper.page(content=NEW)}).data
    ),
    "a page added": _page_more,
    "a page removed": lambda scene: scene.paper.revised({PAGES: b"<</Type/Pages/Kids[11 0 R]/Count 1>>"}).data,
    "pages swapped": lambda scene: scene.paper.revised({PAGES: b"<</Type/Pages/Kids[12 0 R 11 0 R]/Count 2>>"}).data,
    "another catalog": _other_root,
    "the content freed": lambda scene: with_row(scene.data, CONTENT, b"0000000000 00001 f"),
    "objects without a table": _unfinished,
    "the page changed by a cross-reference stream": lambda scene: _by_stream(scene, is_compressed=False),
    "the page changed inside an object stream": lambda scene: _by_stream(scene, is_compressed=True),
    "a copy of the signature at the end": _second_copy,
    "a script that opens": changed(catalog=b"/OpenAction<</S/JavaScript/JS(app.alert)>>"),
    "another page layout": changed(catalog=b"/PageLabels<</Nums[0<</P(9)>>]>>"),
    "a file attached": changed(catalog=b"/Names<</EmbeddedFiles<</Names[(a)<</Type/Filespec/F(a)>>]>>>>"),
    "a form that viewers draw": changed(form=b"/NeedAppearances true"),
    "a form of another kind": changed(form=b"/XFA(x)"),
    "a page turned": changed(page=b"/Rotate 180"),
    "a page cut": changed(page=b"/CropBox[0 0 10 10]"),
    "a page's own action": changed(page=b"/AA<</O<</S/URI/URI(http://localhost/)>>>>"),
    "changed as the next party signs": _between,
}
