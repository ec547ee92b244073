"""Bids of hundreds of megabytes and thousands of pages, sealed and judged where they lie, in little memory."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from cryptography.x509 import load_der_x509_certificate

from privyseal.pdf import confined
from privyseal.pdf.accepted import Accepted, Limits
from privyseal.pdf.confined import Task
from privyseal.pdf.seal import Following
from tests.engine.conftest import Authority, Sealing
from tests.engine.outside import output_of
from tests.engine.papers import contract

ROOT: Final = Path(__file__).parents[2]
PAGES_A_NODE: Final = 50
MOST_MEMORY: Final = 250_000_000
"""What a command may have of its own, Python and its libraries included; the file itself stays on the disk."""


def write_bid(file: Path, *, pages: int, picture_bytes: int) -> None:
    """Write so many pages, and a picture of so many zeros that takes no room on the disk."""
    nodes = range(3 + pages, 3 + pages + pages // PAGES_A_NODE)
    objects = {1: b"<</Type/Catalog/Pages 2 0 R>>"}
    objects[2] = b"<</Type/Pages/Count %d/Kids[%b]/MediaBox[0 0 595 842]>>" % (pages, references(nodes))
    for at, node in enumerate(nodes):
        own = range(3 + at * PAGES_A_NODE, 3 + (at + 1) * PAGES_A_NODE)
        objects[node] = b"<</Type/Pages/Parent 2 0 R/Count %d/Kids[%b]>>" % (PAGES_A_NODE, references(own))
        objects |= dict.fromkeys(own, b"<</Type/Page/Parent %d 0 R/Resources<<>>>>" % node)
    places = {}
    with file.open("wb") as stream:
        stream.write(b"%PDF-1.7\n")
        for number, body in objects.items():
            places[number] = stream.tell()
            stream.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        picture = len(objects) + 1
        places[picture] = stream.tell()
        stream.write(b"%d 0 obj\n<</Length %d>>stream\n" % (picture, picture_bytes))
        stream.seek(picture_bytes, os.SEEK_CUR)
        stream.write(b"\nendstream\nendobj\n")
        start = stream.tell()
        rows = b"".join(b"%010d 00000 n \n" % places[number] for number in range(1, picture + 1))
        stream.write(b"xref\n0 %d\n0000000000 65535 f \n%b" % (picture + 1, rows))
        stream.write(b"trailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (picture + 1, start))


def references(numbers: range) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)


def privyseal(*words: str | Path) -> tuple[str, str]:
    """Return what a command of little memory says, and what it tells on the way."""
    limited = ("prlimit", f"--data={MOST_MEMORY}", sys.executable, "-m", "privyseal", *words)
    done = subprocess.run(limited, cwd=ROOT, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    return done.stdout, done.stderr


@pytest.fixture
def p12(tmp_path: Path, authority: Authority) -> Path:
    private_key = ec.generate_private_key(ec.SECP256R1())
    certificate = load_der_x509_certificate(authority.issue("合同专用章", private_key))
    file = tmp_path / "key.p12"
    file.write_bytes(pkcs12.serialize_key_and_certificates(None, private_key, certificate, None, NoEncryption()))
    return file


@pytest.mark.parametrize(("pages", "megabytes"), [(500, 70), pytest.param(5_000, 550, marks=pytest.mark.long)])
def test_a_large_bid_is_sealed_across_all_its_pages_and_judged(
    pages: int, megabytes: int, tmp_path: Path, p12: Path, authority: Authority
) -> None:
    (tmp_path / "root.pem").write_bytes(authority.pem)
    document, sealed = tmp_path / "bid.pdf", tmp_path / "sealed.pdf"
    write_bid(document, pages=pages, picture_bytes=megabytes * 1_000_000)

    _, told = privyseal(
        *("pdf", "seal", document, sealed, "--as-it-is", "--p12", p12),
        *("--page", "all", "--x-mm", "150", "--y-mm", "60", "--edge", "right"),
    )
    said, _ = privyseal("verify", sealed, "--trust", tmp_path / "root.pem", "--json")

    size = document.stat().st_size
    assert told.splitlines()[-1] == f"{size >> 26 << 6} of {size >> 20} MB"
    assert json.loads(said)["verdict"] == "valid"
    assert sealed.stat().st_size - size < 5_000_000
    assert "Signature is Valid" in output_of("pdfsig", sealed)
    sealed.unlink()


def taken_in(data: bytes, folder: Path) -> tuple[Accepted, bytes]:
    """Return what is said of a file that is taken in from the disk, and the file that comes of it."""
    (folder / "came.pdf").write_bytes(data)
    with (folder / "came.pdf").open("rb") as source, (folder / "accepted.pdf").open("w+b") as into:
        into.write(b"what an earlier try has left" * 100)
        into.flush()
        return confined.accept_large(source, into, limits=Limits()), (folder / "accepted.pdf").read_bytes()


def test_a_file_on_the_disk_becomes_what_it_becomes_in_memory(tmp_path: Path, sealing: Sealing) -> None:
    plain = contract(page_entries=b"/AA<</O<</S/JavaScript/JS(x)>>>>")
    broken = plain.replace(b"startxref\n", b"startxref\n9")

    for data in (plain, broken):
        in_memory = confined.run(Task.ACCEPT, data)
        said, written = taken_in(data, tmp_path)
        assert (replace(said, data=written), written) == (in_memory, in_memory.data)
    signed = sealing(contract(), following=Following.OTHERS)
    assert taken_in(signed, tmp_path)[1] == signed


@pytest.mark.parametrize(("pages", "megabytes"), [(500, 70), pytest.param(5_000, 500, marks=pytest.mark.long)])
def test_a_large_bid_is_taken_in_from_file_to_file_with_news(pages: int, megabytes: int, tmp_path: Path) -> None:
    bid, told = tmp_path / "bid.pdf", list[int]()
    write_bid(bid, pages=pages, picture_bytes=megabytes * 1_000_000)

    with bid.open("rb") as source, (tmp_path / "accepted.pdf").open("w+b") as into:
        taken = confined.accept_large(source, into, limits=Limits(size=550_000_000), tell=told.append)
        again = confined.run(Task.PAGE, into, page=pages, dpi=36)

    assert (len(taken.pages), taken.data, taken.signed) == (pages, b"", False)
    assert told == sorted(set(told))
    assert told[-1] == 100
    assert again.startswith(b"\x89PNG")
