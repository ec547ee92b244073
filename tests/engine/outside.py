"""The judges that nobody here wrote: poppler, qpdf, OpenSSL, pyHanko, MuPDF."""

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Final

from asn1crypto import parser  # type: ignore[import-untyped]  # asn1crypto ships no types
from asn1crypto import x509 as asn1_x509
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

_DOTS_AN_INCH: Final = 72
_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")


@dataclass(frozen=True, slots=True)
class PopplerSays:
    signature: str
    certificate: str
    is_whole: bool


class NotAccepted(Exception):
    pass


def output_of(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, check=False, env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"})
    if done.returncode:
        raise NotAccepted((done.stdout + done.stderr).decode())
    return (done.stdout + done.stderr).decode()


class Outside:
    """The outside judges, told to trust one root and given one folder to work in."""

    def __init__(self, folder: Path, root_pem: bytes, root_der: bytes) -> None:
        self.folder = folder
        self.root = asn1_x509.Certificate.load(root_der)
        self.pem = folder / "root.pem"
        self.pem.write_bytes(root_pem)
        self.database = f"sql:{folder}"
        output_of("certutil", "-N", "-d", self.database, "--empty-password")
        output_of("certutil", "-A", "-d", self.database, "-n", "root", "-t", "CT,C,C", "-i", self.pem)

    def pdfsig(self, data: bytes) -> list[PopplerSays]:
        text = output_of("pdfsig", "-nssdir", self.database, self._file(data))
        return [
            PopplerSays(
                signature=_line(part, "Signature Validation"),
                certificate=_line(part, "Certificate Validation"),
                is_whole="- Total document signed" in part,
            )
            for part in text.split("Signature #")[1:]
        ]

    def qpdf(self, data: bytes) -> str:
        return output_of("qpdf", "--check", self._file(data))

    def mutool(self, data: bytes) -> str:
        return output_of("mutool", "sign", "-v", self._file(data))

    def openssl(self, data: bytes) -> str:
        """Check the last signature as CAdES, with its bytes cut out by hand."""
        start, before, after, length = byte_range(data)
        contents = bytes.fromhex(data[before + 1 : after - 1].decode("ascii"))
        container, content = self.folder / "container.der", self.folder / "content.bin"
        container.write_bytes(contents[: parser.peek(contents)])
        content.write_bytes(data[start : start + before] + data[after : after + length])
        options = ("-cades", "-purpose", "any", "-inform", "DER", "-binary", "-out", "/dev/null")
        files = ("-in", str(container), "-content", str(content), "-CAfile", str(self.pem))
        return output_of("openssl", "cms", "-verify", *options, *files)

    def pyhanko(self, data: bytes, *, at: datetime) -> list[bool]:
        """Return pyHanko's bottom line for each signature, under its own default rules."""
        reader = PdfFileReader(BytesIO(data))
        return [
            validate_pdf_signature(
                signature, ValidationContext(trust_roots=[self.root], moment=at, allow_fetching=False)
            ).bottom_line
            for signature in reader.embedded_signatures
        ]

    def picture(self, data: bytes, *, page: int = 1, dpi: int = 36) -> "Picture":
        """Return a page as poppler draws it."""
        name = self.folder / "page"
        crop = ("-cropbox", "-singlefile", "-f", str(page), "-r", str(dpi))
        output_of("pdftoppm", *crop, self._file(data), name)
        return Picture.read(name.with_suffix(".ppm").read_bytes())

    def pictures(self, data: bytes) -> list[Image.Image]:
        """Return all pages as poppler draws them."""
        output_of("pdftoppm", "-cropbox", "-r", str(_DOTS_AN_INCH), self._file(data), self.folder / "poppler")
        return drawn(self.folder, "poppler-")

    def pictures_by_mupdf(self, data: bytes) -> list[Image.Image]:
        """Return all pages as MuPDF draws them."""
        output_of(
            "mutool", "draw", "-q", "-r", str(_DOTS_AN_INCH), "-o", self.folder / "mupdf-%d.ppm", self._file(data)
        )
        return drawn(self.folder, "mupdf-")

    def _file(self, data: bytes) -> Path:
        file = self.folder / "file.pdf"
        file.write_bytes(data)
        return file


@dataclass(frozen=True, slots=True)
class Picture:
    width: int
    height: int
    pixels: bytes

    @classmethod
    def read(cls, ppm: bytes) -> "Picture":
        _, size, _, pixels = ppm.split(b"\n", 3)
        width, height = (int(number) for number in size.split())
        return cls(width, height, pixels)

    def red_box(self) -> tuple[float, float, float, float]:
        """Return left, bottom, right, top of everything red, as shares of the page."""
        spots = [
            (at // 3 % self.width, at // 3 // self.width)
            for at in range(0, len(self.pixels), 3)
            if self.pixels[at] > 1.6 * self.pixels[at + 1] and self.pixels[at] > 1.6 * self.pixels[at + 2]
        ]
        columns, rows = [x for x, _ in spots], [y for _, y in spots]
        return (
            min(columns) / self.width,
            1 - (max(rows) + 1) / self.height,
            (max(columns) + 1) / self.width,
            1 - min(rows) / self.height,
        )


def drawn(folder: Path, beginning: str) -> list[Image.Image]:
    """Read and remove the pages that somebody drew into a folder, in order; fewer than ten."""
    files = sorted(folder.glob(f"{beginning}*.ppm"))
    found = [Image.open(file).convert("RGB") for file in files]
    for file in files:
        file.unlink()
    return found


def byte_range(data: bytes) -> Sequence[int]:
    """Return the four numbers of the last signature."""
    return [int(number) for number in list(_RANGE.finditer(data))[-1].groups()]


def flipped(data: bytes, at: int, bits: int = 1) -> bytes:
    return data[:at] + bytes((data[at] ^ bits,)) + data[at + 1 :]


def _line(text: str, name: str) -> str:
    found = re.search(rf"- {name}: (.*)", text)
    return found[1] if found else ""
