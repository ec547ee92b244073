"""What a simulated camera sees: a printed page, and on it the imprint of the seal that came down."""

from typing import Final

from privyseal.pdf.face import drawing
from privyseal.pdf.render import page_png
from privyseal.pdf.template import Face

_DPI: Final = 72
_ACROSS: Final = 595
_UP: Final = 842
_POINT: Final = 72 / 25_400  # a micrometre in points


def photograph(seal: str, number: int) -> bytes:
    """Return a PNG of a page stamped by this seal, which says the number of the picture."""
    words = (f"Simulated page {number}", f"Seal {seal or 'none'}")
    text = b"".join(
        b"BT /F 11 Tf 72 %d Td (%b) Tj ET\n" % (760 - 20 * row, line.encode()) for row, line in enumerate(words)
    )
    lines = b"".join(b"72 %d m 523 %d l S\n" % (y, y) for y in range(200, 700, 24))
    face = Face(ring="Simulated seal", code="", centre="star")
    x, y = 330 + number * 7 % 90, 130 + number * 11 % 60
    imprint = b"q %f 0 0 %f %d %d cm\n%b\nQ\n" % (_POINT, _POINT, x, y, drawing(face))
    return page_png(_pdf(b"0.7 G\n" + lines + b"0 g\n" + text + imprint), page=1, dpi=_DPI)


def _pdf(content: bytes) -> bytes:
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"
        % (_ACROSS, _UP),
        b"<</Length %d>>stream\n%bendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    file, places = b"%PDF-1.7\n", []
    for number, value in enumerate(objects, start=1):
        places.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, value)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    trailer = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(file))
    return file + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer
