"""PDFs written by hand, honest and otherwise."""

import zlib
from collections.abc import Mapping, Sequence
from typing import Final

A4: Final = (0.0, 0.0, 595.28, 841.89)
CATALOG: Final = b"<</Type/Catalog/Pages 2 0 R>>"


def file_of(objects: Mapping[int, bytes], *, trailer: bytes = b"", newline: bytes = b"\n") -> bytes:
    """Return a file of one revision with a cross-reference table; object 1 is the catalog."""
    data, places = b"%PDF-1.7\n%\xe4\xb8\xad\n", {}
    for number, value in sorted(objects.items()):
        places[number] = len(data)
        data += b"%d 0 obj\n%b\nendobj\n" % (number, value)
    size = max(objects) + 1
    table = b"".join(
        b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 65535 f \n" for number in range(size)
    )
    end = b"trailer\n<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF" % (size, trailer, len(data))
    return data + b"xref\n0 %d\n" % size + table + end + newline


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<</Length %d%b>>\nstream\n%b\nendstream" % (len(content), entries, content)


def box(corners: Sequence[float]) -> bytes:
    return b"[%b]" % " ".join(f"{corner:g}" for corner in corners).encode()


def contract(
    *,
    pages: int = 2,
    media: Sequence[float] = A4,
    page_entries: bytes = b"",
    catalog_entries: bytes = b"",
    more: Mapping[int, bytes] | None = None,
    trailer: bytes = b"",
    newline: bytes = b"\n",
) -> bytes:
    """Return an unsigned contract; page n is object 10 + n and its content object 10000 + n."""
    kids = b" ".join(b"%d 0 R" % (10 + number) for number in range(1, pages + 1))
    objects = {
        1: CATALOG[:-2] + catalog_entries + b">>",
        2: b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, pages),
        3: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    }
    for number in range(1, pages + 1):
        objects[10 + number] = (
            b"<</Type/Page/Parent 2 0 R/Resources<</Font<</F 3 0 R>>>>/Contents %d 0 R/MediaBox%b%b>>"
            % (10_000 + number, box(media), page_entries)
        )
        objects[10_000 + number] = stream(b"BT /F 12 Tf 72 600 Td (Contract, page %d) Tj ET" % number)
    objects.update(more or {})
    return file_of(objects, trailer=trailer, newline=newline)


def form(value: str = "100") -> bytes:
    """Return a contract with one filled text field that has its own appearance."""
    appearance = stream(
        b"BT /F 12 Tf 2 5 Td (%b) Tj ET" % value.encode(),
        b"/Type/XObject/Subtype/Form/BBox[0 0 100 20]/Resources<</Font<</F 3 0 R>>>>",
    )
    field = (
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(amount)/V(%b)/F 4/Rect[72 500 172 520]/P 11 0 R"
        b"/DA(/F 12 Tf 0 g)/AP<</N 7 0 R>>>>" % value.encode()
    )
    return contract(
        pages=1,
        page_entries=b"/Annots[6 0 R]",
        catalog_entries=b"/AcroForm<</Fields[6 0 R]/DA(/F 12 Tf 0 g)>>",
        more={6: field, 7: appearance},
    )


def deflated_spaces(inflated: int) -> bytes:
    """Return a whole deflated stream of that many spaces, put together from copies of one block."""
    spaces = b" " * 10_000_000
    content = zlib.compressobj(9)
    first = content.compress(spaces) + content.flush(zlib.Z_FULL_FLUSH)
    blocks, check = inflated // len(spaces), 1
    for _ in range(blocks):
        check = zlib.adler32(spaces, check)
    return first + first[2:] * (blocks - 1) + b"\x03\x00" + check.to_bytes(4, "big")


def bomb(inflated: int = 2_000_000_000) -> bytes:
    """Return a small contract whose page unfolds to that many bytes."""
    return contract(pages=1, more={10_001: stream(deflated_spaces(inflated), b"/Filter/FlateDecode")})


def revision(before: bytes, objects: Mapping[int, bytes], *, root: bytes = b"1 0 R", size: int = 20_000) -> bytes:
    """Return the file with one more revision that puts these objects in the place of those of the same number."""
    data = before if before.endswith(b"\n") else before + b"\n"
    table = b""
    for number, value in sorted(objects.items()):
        table += b"%d 1\n%010d 00000 n \n" % (number, len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, value)
    previous = int(before.rpartition(b"startxref")[2].split()[0])
    end = b"trailer\n<</Size %d/Root %b/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (size, root, previous, len(data))
    return data + b"xref\n" + table + end
