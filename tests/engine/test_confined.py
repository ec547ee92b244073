"""A hostile file costs a process its life, and nothing else."""

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

import privyseal
from privyseal.pdf import accepted
from privyseal.pdf.confined import Task, run
from privyseal.pdf.intake import accept
from privyseal.pdf.judge import judge
from privyseal.pdf.placement import NoSuchPage
from tests.engine.conftest import NOON, Authority, Sealing
from tests.engine.papers import bomb, contract, deflated_spaces, file_of, stream

PNG = b"\x89PNG\r\n\x1a\n"


def test_intake_answers_as_it_does_outside() -> None:
    document = contract(page_entries=b"/AA<</O<</S/JavaScript/JS(x)>>>>")

    assert run(Task.ACCEPT, document) == accept(document)


def test_the_judge_answers_as_it_does_outside(sealing: Sealing, authority: Authority) -> None:
    sealed = sealing(contract())

    inside = run(Task.JUDGE, sealed, trust=(authority.der,), at=NOON)

    assert inside == judge(sealed, trust=[authority.der], at=NOON)


def test_a_page_is_drawn() -> None:
    assert run(Task.PAGE, contract(), page=2, dpi=36).startswith(PNG)


def test_refusals_come_out_as_themselves() -> None:
    with pytest.raises(accepted.TooManyPages) as refusal:
        run(Task.ACCEPT, contract(pages=5_001))
    assert refusal.value.facts == {"pages": 5_001, "most": 5_000}
    with pytest.raises(NoSuchPage):
        run(Task.PAGE, contract(), page=3, dpi=36)
    with pytest.raises(accepted.PdfDamaged):
        run(Task.PAGE, b"%PDF-1.7", page=1, dpi=36)


def test_a_file_too_large_starts_no_process() -> None:
    started = time.monotonic()

    with pytest.raises(accepted.FileTooLarge):
        run(Task.ACCEPT, bytes(60_000_000))

    assert time.monotonic() - started < 0.1


def test_a_bomb_is_refused_by_every_task(authority: Authority) -> None:
    document = bomb(1_500_000_000)

    with pytest.raises(accepted.PdfTooHard):
        run(Task.ACCEPT, document)
    with pytest.raises(accepted.PdfTooHard):
        run(Task.PAGE, document, page=1, dpi=36)


def test_a_bomb_in_the_cross_references_is_refused() -> None:
    data = file_of({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[]/Count 0>>"})
    packed = deflated_spaces(1_500_000_000)
    entries = b"/Type/XRef/Size 9999999/W[1 4 2]/Root 1 0 R/Filter/FlateDecode"
    table = b"9 0 obj\n" + stream(packed, entries) + b"\nendobj\n"
    hostile = data + table + b"startxref\n%d\n%%%%EOF\n" % len(data)

    with pytest.raises((accepted.PdfTooHard, accepted.PdfDamaged)):
        run(Task.ACCEPT, hostile)


LOOPS = {
    "pages that contain each other": file_of(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1/Parent 3 0 R>>",
            3: b"<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>",
        }
    ),
    "cross-references that point to themselves": contract().replace(
        b"/Root 1 0 R", b"/Root 1 0 R/Prev %d" % contract().index(b"xref\n0")
    ),
    "arrays in arrays": contract(more={4: b"[" * 200_000 + b"]" * 200_000}),
    "a length that is its own stream": contract(more={4: b"<</Length 4 0 R>>\nstream\nabc\nendstream"}),
}


@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_for_parsers_ends_in_an_answer(name: str) -> None:
    started = time.monotonic()

    try:
        result = run(Task.ACCEPT, LOOPS[name])
    except (accepted.PdfDamaged, accepted.PdfTooHard, accepted.PdfWithoutPages):
        assert time.monotonic() - started < 20
        return

    assert run(Task.ACCEPT, result.data).data == result.data


def test_a_loop_for_renderers_ends_in_a_refusal() -> None:
    endless = b"/X Do\n" * 400
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</XObject<</X %d 0 R>>>>"
    nested = {number: stream(endless, form % (number + 1)) for number in range(4, 9)}
    nested[9] = stream(b"0 0 600 800 re f\n" * 400, b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]")
    document = contract(pages=1, more={**nested, 10_001: stream(b"/X Do")})
    document = document.replace(b"/Font<</F 3 0 R>>", b"/XObject<</X 4 0 R>>")

    with pytest.raises(accepted.PdfTooHard):
        run(Task.PAGE, document, page=1, dpi=36)


def test_a_picture_of_too_many_points_is_refused() -> None:
    with pytest.raises(accepted.PdfTooHard):
        run(Task.PAGE, contract(), page=1, dpi=7_200)


def test_the_inner_process_has_little_memory_and_writes_no_file() -> None:
    done = _inside(
        "inside.give_up(inside.LIMITS)\n"
        "try: bytearray(2 * inside.MEMORY_BYTES)\n"
        "except MemoryError: print('memory', end=' ')\n"
        "try: open('/tmp/privyseal-test', 'wb').write(b'x' * 100_000)\n"
        "except OSError: print('file', end=' ')\n"
        "finally: os.unlink('/tmp/privyseal-test')\n"
    )

    assert done == "memory file "


def test_the_inner_process_reaches_no_network_where_the_kernel_lets_it_leave() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = _inside(
            "gone = inside._leave_network(ctypes.CDLL(None))\n"
            f"try: socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), 1).close(); print(gone, True)\n"
            "except OSError: print(gone, False)\n"
        )

    assert done in {"True False\n", "False True\n"}


def _inside(code: str) -> str:
    """Return what this code prints in a process of its own."""
    head = "import ctypes, os, signal, socket, sys; sys.path.insert(0, sys.argv[1]); from privyseal.pdf import inside\n"
    ignored = "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    source = Path(privyseal.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", head + ignored + code, source], capture_output=True, check=True)
    return done.stdout.decode()


def test_the_outer_side_loads_no_library_that_reads_pdfs() -> None:
    probe = (
        "import sys; sys.path.insert(0, sys.argv[1]); import privyseal.pdf.confined\n"
        "print(sorted({'pikepdf', 'pyhanko', 'pypdfium2', 'django'} & set(sys.modules)))"
    )
    source = Path(privyseal.__file__).parents[1]

    done = subprocess.run([sys.executable, "-c", probe, source], capture_output=True, check=True)

    assert done.stdout == b"[]\n"
