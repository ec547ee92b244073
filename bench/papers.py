"""Documents of a given size to be sealed: pages with a line of text, and a picture of noise that fills them up."""

import hashlib
from io import BytesIO
from typing import Final

import pikepdf
from pikepdf import ObjectStreamMode

_A4: Final = (595, 842)


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
