"""The face of a seal as SVG and as PDF: two pictures of one geometry; ``raster`` draws the third."""

from functools import lru_cache
from html import escape
from typing import Final

from privyseal.kernel import canonical
from privyseal.pdf.layout import FaceTextTooLong, shapes
from privyseal.pdf.placement import Size
from privyseal.pdf.template import Face, FaceUnreadable

__all__ = ["Face", "FaceTextTooLong", "FaceUnreadable", "digest", "drawing", "outline", "sheet", "svg"]


_BARE: Final = ' fill="none"'
_RING: Final = 300  # micrometres: half the stroke of an outline


def digest(face: Face) -> str:
    return canonical.sha256(canonical.canonical(face.to_json()))


@lru_cache(maxsize=64)
def drawing(face: Face) -> bytes:
    """Return PDF operators that draw the face in a box from 0 to its size, in micrometres, y upwards."""
    colour = " ".join(f"{int(face.colour[at : at + 2], 16) / 255:.3f}" for at in (1, 3, 5))
    paths = "\n".join(shape.pdf() for shape in shapes(face))
    return f"q\n{colour} rg\n{colour} RG\n1 j\n{paths}\nQ\n".encode("ascii")


def outline(size: Size, *, title: str) -> str:
    """Return a ring of this size as one SVG element: where a seal goes whose face nobody has drawn."""
    radius, stroke = min(size.width, size.height) // 2 - _RING, 2 * _RING
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size.width / 1000:g}mm" height="{size.height / 1000:g}mm" '
        f'viewBox="0 0 {size.width} {size.height}" role="img" fill="none" stroke="#c00000" stroke-width="{stroke}" '
        f'stroke-dasharray="3000 2000"><title>{escape(title)}</title>'
        f'<circle cx="{size.width // 2}" cy="{size.height // 2}" r="{radius}"/></svg>\n'
    )


@lru_cache(maxsize=64)
def svg(face: Face) -> str:
    """Return the face as one SVG element to scale, with its words as its title."""
    width, height = face.size.width, face.size.height
    paths = "".join(
        f'<path d="{shape.svg(height)}" stroke-width="{shape.stroke}"{"" if shape.is_filled else _BARE}/>'
        for shape in shapes(face)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width / 1000:g}mm" height="{height / 1000:g}mm" '
        f'viewBox="0 0 {width} {height}" role="img" fill="{face.colour}" stroke="{face.colour}" '
        f'stroke-linejoin="round"><title>{escape(face.words)}</title>{paths}</svg>\n'
    )


def sheet(face: Face) -> bytes:
    """Return a PDF of one page, as large as the face."""
    across, up = face.size.width * 72 / 25_400, face.size.height * 72 / 25_400
    scale = across / face.size.width
    content = f"{scale:.8f} 0 0 {scale:.8f} 0 0 cm\n".encode("ascii") + drawing(face)
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {across:.3f} {up:.3f}]/Contents 4 0 R/Resources<<>>>>".encode(),
        b"<</Length %d>>stream\n%bendstream" % (len(content), content),
    )
    file, places = b"%PDF-1.7\n", []
    for number, value in enumerate(objects, start=1):
        places.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, value)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    trailer = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(file))
    return file + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer
