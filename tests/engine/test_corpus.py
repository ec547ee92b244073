"""Files that nobody here wrote: each is sealed and valid for strangers, or refused for a reason that is true."""

import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from privyseal.kernel.errors import Refused
from privyseal.pdf import marks
from privyseal.pdf.accepted import Accepted, NotSealable, PdfEncrypted, PdfProtected, PdfRestricted
from privyseal.pdf.confined import Task, run
from privyseal.pdf.judge import Verdict, judge
from privyseal.pdf.placement import PageTooSmall, usual_place
from privyseal.pdf.reading import pages
from privyseal.pdf.reading.file import PdfFile
from tests.engine.conftest import FACE, NOON, Authority, Sealing
from tests.engine.outside import NotAccepted, Outside, output_of

BESIDE: Final = Path(__file__).parents[3] / "shared" / "corpus"
CORPUS: Final = Path(os.environ.get("PRIVYSEAL_CORPUS", BESIDE)) / "pdf"
SAMPLE: Final = (
    "annotation-tx.pdf",
    "empty_protected.pdf",
    "habibi-rotated.pdf",
    "issue16553.pdf",
    "issue20453.pdf",
    "issue7492.pdf",
    "libreoffice-form.pdf",
    "mixedfonts.pdf",
    "pdflatex-outline.pdf",
)


def files(*, only: tuple[str, ...] | None = None) -> list[Path]:
    found = sorted(CORPUS.glob("*.pdf"))
    return [file for file in found if only is None or file.name in only]


@pytest.mark.parametrize("file", files(only=SAMPLE), ids=lambda file: file.name)
def test_a_sample_of_real_files(file: Path, sealing: Sealing, outside: Outside, authority: Authority) -> None:
    _sealed_or_truly_refused(file, sealing, outside, authority)


@pytest.mark.long
@pytest.mark.parametrize("file", files(), ids=lambda file: file.name)
def test_every_real_file(file: Path, sealing: Sealing, outside: Outside, authority: Authority) -> None:
    _sealed_or_truly_refused(file, sealing, outside, authority)


@pytest.mark.parametrize("file", files(only=SAMPLE), ids=lambda file: file.name)
def test_a_sample_of_real_files_by_the_engine_alone(file: Path, sealing: Sealing, outside: Outside) -> None:
    _sealed_as_it_is(file, sealing, outside)


@pytest.mark.long
def test_the_engine_alone_seals_as_many_real_files_as_pyhanko(sealing: Sealing, outside: Outside) -> None:
    ours = [file for file in files() if _sealed_as_it_is(file, sealing, outside)]
    theirs = [file for file in files() if _is_writable_for_pyhanko(file)]

    assert len(ours) >= len(theirs)


def _sealed_as_it_is(file: Path, sealing: Sealing, outside: Outside) -> bool:
    """Return whether the engine takes the file; what it makes of it, strangers accept as far as they read the file."""
    document = file.read_bytes()
    try:
        read = PdfFile.open(document)
        last = pages.count(read)
        size = marks.shown(read, [last])[last].frame.size
        sealed = sealing(document, placement=usual_place(last, size, FACE.size))
    except PageTooSmall:
        return True  # nobody can put this face there
    except NotSealable:
        return False
    says = outside.pdfsig(sealed)[-1]
    assert (says.signature, says.is_whole) == ("Signature is Valid.", True)
    if _is_clean(document, outside):
        assert outside.qpdf(sealed)
    if _is_writable_for_pyhanko(file):
        assert outside.pyhanko(sealed, at=NOON)[-1]
    return True


def _is_clean(document: bytes, outside: Outside) -> bool:
    try:
        return bool(outside.qpdf(document))
    except NotAccepted:
        return False


def _is_writable_for_pyhanko(file: Path) -> bool:
    try:
        reader = IncrementalPdfFileWriter(BytesIO(file.read_bytes())).prev
    except Exception:  # noqa: BLE001  a parser on a hostile file
        return False
    return not reader.encrypted and not reader.xrefs.hybrid_xrefs_present


def _sealed_or_truly_refused(file: Path, sealing: Sealing, outside: Outside, authority: Authority) -> None:
    try:
        accepted = run(Task.ACCEPT, file.read_bytes())
        placement = usual_place(len(accepted.pages), accepted.pages[-1], FACE.size)
    except Refused as refusal:
        said, true_of = type(refusal), _TRUE[type(refusal)]
    else:
        _check_sealed(accepted, sealing(accepted.data, placement=placement), outside, authority)
        return
    assert true_of(file), said


def _check_sealed(accepted: Accepted, sealed: bytes, outside: Outside, authority: Authority) -> None:
    assert judge(sealed, trust=[authority.der], at=NOON).verdict is Verdict.VALID
    says = outside.pdfsig(sealed)[-1]
    assert (says.signature, says.certificate, says.is_whole) == ("Signature is Valid.", "Certificate is Trusted.", True)
    assert outside.picture(sealed, page=len(accepted.pages), dpi=20).red_box()


def _is_encrypted(file: Path) -> bool:
    return "Encrypted:       yes" in _info(file) or "Incorrect password" in _info(file)


def _is_signed(file: Path) -> bool:
    return b"/ByteRange" in file.read_bytes()


def _is_smaller_than_a_seal(file: Path) -> bool:
    pages = next(line for line in _info(file).splitlines() if line.startswith("Pages:")).split()[1]
    line = next(line for line in _info(file, "-f", pages, "-l", pages).splitlines() if "size:" in line)
    width, _, height = line.split("size:")[1].split()[:3]
    return min(float(width), float(height)) * 25_400 / 72 < FACE.diameter


def _info(file: Path, *options: str) -> str:
    try:
        return output_of("pdfinfo", *options, file)
    except NotAccepted as said:
        return str(said)


_TRUE: Final[dict[type[Refused], Callable[[Path], bool]]] = {
    PdfEncrypted: _is_encrypted,
    PdfProtected: _is_encrypted,
    PdfRestricted: _is_encrypted,
    NotSealable: _is_signed,
    PageTooSmall: _is_smaller_than_a_seal,
}
"""What poppler, or the bytes themselves, must say of a file that was refused."""
