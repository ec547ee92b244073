"""Pictures and office files that become PDF, copies for one purpose, and fonts that are not there."""

import stat
import sys
from io import BytesIO
from pathlib import Path
from typing import Final

import pikepdf
import pytest
from PIL import Image

from privyseal.pdf import confined, foreign
from privyseal.pdf.accepted import CopyOfSealed, FileTooLarge, PdfTooHard
from privyseal.pdf.confined import Task
from privyseal.pdf.copies import check_words, words_for_copy
from privyseal.pdf.foreign import OfficeNotConverted, OfficeNotInstalled, PictureUnreadable
from privyseal.pdf.glyphs import MissingGlyph
from tests.engine.conftest import Sealing
from tests.pdfs import one_page

DOCX: Final = b"PK\x03\x04 a document"
# What stands in for LibreOffice: it gets its arguments and does what the test says.
PROGRAM: Final = """#!{python}
import pathlib, socket, sys, time
assert sys.argv[1].startswith("-env:UserInstallation=file:///") and "--headless" in sys.argv
folder, source = pathlib.Path(sys.argv[-2]), pathlib.Path(sys.argv[-1])
made = source.with_suffix(".pdf")
{does}
"""


@pytest.fixture
def office(tmp_path: Path) -> Path:
    return tmp_path / "soffice"


def does(office: Path, what: str) -> str:
    office.write_text(PROGRAM.format(python=sys.executable, does=what))
    office.chmod(office.stat().st_mode | stat.S_IXUSR)
    return str(office)


def picture(kind: str, size: tuple[int, int] = (1240, 1754), mode: str = "RGB", pages: int = 1) -> bytes:
    written = BytesIO()
    page, *others = (Image.new(mode, size, 200) for _ in range(pages))
    page.save(written, kind, **({"save_all": True, "append_images": others} if others else {}))
    return written.getvalue()


@pytest.mark.parametrize(
    ("data", "pages"),
    [
        (picture("PNG"), [(210, 297)]),
        (picture("JPEG", (1754, 1240)), [(297, 210)]),
        (picture("PNG", (1000, 1000), "LA"), [(210, 210)]),
        (picture("TIFF", mode="L", pages=3), [(210, 297)] * 3),
    ],
    ids=["png", "across", "see-through", "several"],
)
def test_a_picture_becomes_pages_that_fit_on_a4(data: bytes, pages: list[tuple[int, int]]) -> None:
    accepted = confined.run(Task.ACCEPT, data)

    assert [(round(page.width / 1000), round(page.height / 1000)) for page in accepted.pages] == pages
    assert accepted.data.startswith(b"%PDF-")
    assert confined.run(Task.ACCEPT, data).data == accepted.data


@pytest.mark.parametrize("data", [picture("PNG")[:200], b"\xff\xd8\xff" + bytes(50)], ids=["cut-off", "no-picture"])
def test_a_broken_picture_is_refused(data: bytes) -> None:
    with pytest.raises(PictureUnreadable):
        confined.run(Task.ACCEPT, data)


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("合同.docx", DOCX, True),
        ("合同.DOC", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", True),
        ("合同.zip", DOCX, False),
        ("合同.docx", b"%PDF-1.7", False),
    ],
)
def test_an_office_file_is_known_by_name_and_beginning(name: str, data: bytes, expected: bool) -> None:  # noqa: FBT001  a test's value
    assert foreign.is_office(name, data) is expected


def test_an_office_file_is_made_a_pdf_by_the_program_of_the_machine(office: Path) -> None:
    program = does(office, f"made.write_bytes({one_page('Made')!r})")

    assert foreign.office_as_pdf("合同.docx", DOCX, program=program) == one_page("Made")


def test_without_a_program_an_office_file_is_refused() -> None:
    with pytest.raises(OfficeNotInstalled):
        foreign.office_as_pdf("合同.docx", DOCX, program="")


@pytest.mark.parametrize(
    "what",
    [
        "sys.exit(1)",
        "pass",
        "made.symlink_to('/etc/hostname')",
        "made.write_bytes(bytes(300_000_000))",
    ],
    ids=["fails", "makes-nothing", "makes-a-link", "makes-too-much"],
)
def test_a_program_that_makes_no_pdf_is_refused(what: str, office: Path) -> None:
    with pytest.raises(OfficeNotConverted):
        foreign.office_as_pdf("合同.docx", DOCX, program=does(office, what))


def test_a_program_that_does_not_end_is_ended(office: Path) -> None:
    with pytest.raises(PdfTooHard):
        foreign.office_as_pdf("合同.docx", DOCX, program=does(office, "time.sleep(60)"), seconds=2)


def test_the_program_has_no_network(office: Path) -> None:
    program = does(
        office,
        "names = [name for _, name in socket.if_nameindex()]\n"
        "up = pathlib.Path('/proc/net/route').read_text().splitlines()[1:]\n"
        "made.write_bytes(repr((names, up)).encode())",
    )

    assert foreign.office_as_pdf("合同.docx", DOCX, program=program) == b"(['lo'], [])"


def test_an_office_file_that_is_too_large_is_refused(office: Path) -> None:
    with pytest.raises(FileTooLarge):
        foreign.office_as_pdf("合同.docx", DOCX + bytes(50_000_000), program=does(office, "pass"))


def test_a_copy_says_on_every_page_what_it_is_for_and_stays_one_revision() -> None:
    plain = one_page("Licence", pages=2)

    copy = confined.run(Task.ACCEPT, plain, copy_says=words_for_copy("仅供投标使用", None))

    assert copy.changes == ("watermarked",)
    assert copy.data.count(b"%%EOF") == 1
    with pikepdf.open(BytesIO(copy.data)) as pdf:
        assert [len(page.Resources.XObject) for page in pdf.pages] == [1, 1]


def test_a_signed_file_is_no_copy_for_something(sealing: Sealing) -> None:
    with pytest.raises(CopyOfSealed):
        confined.run(Task.ACCEPT, sealing(one_page("Contract")), copy_says="仅供投标使用")


def test_words_that_cannot_be_drawn_are_refused_before_the_file_is_read() -> None:
    with pytest.raises(MissingGlyph):
        check_words("\U0001f600")


def test_fonts_that_are_named_and_not_there_are_warned_of() -> None:
    without = confined.run(Task.ACCEPT, one_page("Contract"))
    scanned = confined.run(Task.ACCEPT, picture("PNG"))

    assert (without.warnings, scanned.warnings) == (("fonts-not-embedded",), ())
