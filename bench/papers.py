"""Documents of a given size to be sealed: pages with a line of text, and a picture of noise that fills them up."""

import hashlib
from io import BytesIO
from pathlib import Path
from typing import Final

import pikepdf
from pikepdf import ObjectStreamMode

_A4: Final = (595, 842)
_PAGES_A_NODE: Final = 50
_SIDE: Final = 320
_OBJECTS_A_PAGE: Final = 3


def paper(pages: int, size: int = 0, *, is_packed: bool = False) -> bytes:
    """Return a document of so many pages and about so many bytes; ``is_packed`` has no cross-reference table."""
    pdf = pikepdf.new()
    for number in range(1, pages + 1):
        page = pdf.add_blank_page(page_size=_A4)
        page.contents_add(b"0 0 m %d 99 l S" % number)
    noise = hashlib.shake_256(b"noise").digest(max(size - 1_000 - 400 * pages, 0))
    pdf.Root.Noise = pdf.make_stream(noise)
    mode = ObjectStreamMode.generate if is_packed else ObjectStreamMode.disable
    output = BytesIO()
    pdf.save(output, object_stream_mode=mode, static_id=True, min_version="1.7", compress_streams=False)
    return output.getvalue()


def write_bid(file: Path, pages: int) -> None:
    """Write a bid as it is scanned: so many pages, each with a picture of 100 KB of its own."""
    noise = hashlib.shake_256(b"noise").digest(_SIDE * _SIDE)
    nodes = pages // _PAGES_A_NODE
    first = 3 + nodes
    places: list[int] = []
    with file.open("wb") as stream:

        def add(body: bytes) -> None:
            places.append(stream.tell())
            stream.write(b"%d 0 obj\n%b\nendobj\n" % (len(places), body))

        stream.write(b"%PDF-1.7\n")
        add(b"<</Type/Catalog/Pages 2 0 R>>")
        kids = b" ".join(b"%d 0 R" % (3 + node) for node in range(nodes))
        add(b"<</Type/Pages/Count %d/Kids[%b]/MediaBox[0 0 595 842]>>" % (pages, kids))
        for node in range(nodes):
            own = range(node * _PAGES_A_NODE, (node + 1) * _PAGES_A_NODE)
            kids = b" ".join(b"%d 0 R" % (first + _OBJECTS_A_PAGE * page) for page in own)
            add(b"<</Type/Pages/Parent 2 0 R/Count %d/Kids[%b]>>" % (_PAGES_A_NODE, kids))
        for page in range(pages):
            at = first + _OBJECTS_A_PAGE * page
            entries = b"<</Type/Page/Parent %d 0 R/Contents %d 0 R/Resources<</XObject<</I %d 0 R>>>>>>"
            add(entries % (3 + page // _PAGES_A_NODE, at + 1, at + 2))
            add(_stream(b"q 400 0 0 400 90 300 cm /I Do Q", b""))
            look = b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/ColorSpace/DeviceGray"
            add(_stream(page.to_bytes(4, "big") + noise[4:], look % (_SIDE, _SIDE)))
        start = stream.tell()
        stream.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1))
        stream.writelines(b"%010d 00000 n \n" % place for place in places)
        stream.write(b"trailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, start))


def _stream(content: bytes, entries: bytes) -> bytes:
    return b"<<%b/Length %d>>stream\n%b\nendstream" % (entries, len(content), content)
