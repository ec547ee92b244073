"""PDF files the tests make themselves."""

from functools import cache
from io import BytesIO
from typing import Final

import pikepdf

PASSWORD: Final = "Twelve-Cranes-7"


@cache
def protected(document: bytes) -> bytes:
    """Return a document that nobody opens without the password."""
    file = BytesIO()
    with pikepdf.open(BytesIO(document)) as pdf:
        pdf.save(file, encryption=pikepdf.Encryption(owner=PASSWORD, user=PASSWORD))
    return file.getvalue()


def one_page(text: str = "Contract", *, width: int = 595, height: int = 842, pages: int = 1) -> bytes:
    """Return a small, plain PDF with a line of text on each page; sizes in points."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(pages))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number in range(pages):
        stream = f"BT /F1 14 Tf 72 {height - 90} Td ({text}, page {number + 1}) Tj ET"
        objects += [
            (
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents {5 + 2 * number} 0 R"
                " /Resources << /Font << /F1 3 0 R >> >> >>"
            ),
            f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        ]
    return _file(objects)


def _file(objects: list[str]) -> bytes:
    data, offsets = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    return data + f"{head}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(data)}\n%%EOF\n".encode()
