"""Many files in one job: each wholly or not at all, and again from where a kill left it."""

import hashlib
import os
import signal
from itertools import count
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

import pytest

from privyseal.pdf import batch, pack
from privyseal.pdf.batch import Outcome
from privyseal.pdf.pack import NotAPack, Pack, PackInUse, Part, PartMissing
from privyseal.pdf.revision import Hashed
from tests.engine.conftest import Sealing
from tests.engine.outside import Outside
from tests.engine.papers import contract

NAMES: Final = tuple(f"contract-{number:03}.pdf" for number in range(1, 131))


JOBS: Final = {"files": batch.seal_files, "parts": batch.seal_parts}


@pytest.fixture
def sources(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "in"
    folder.mkdir()
    for number, name in enumerate(NAMES, start=1):
        (folder / name).write_bytes(contract(pages=1 + number % 3))
    return [folder / name for name in NAMES]


@pytest.fixture
def seal(sealing: Sealing) -> batch.Sealing:
    def appended(document: Hashed) -> bytes:
        return sealing(document.data)[len(document.data) :]

    sealing(contract())  # the face is drawn before the processes part
    return appended


def hashed(document: bytes) -> Hashed:
    return Hashed(document, hashlib.sha256(document))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def add(parts: Pack, *added: Part) -> None:
    records = b"".join(part.record for part in added)
    with TemporaryFile() as file:
        file.write(records + b"left from before")
        file.flush()
        parts.add(file.fileno(), len(records))


def test_every_file_is_sealed_into_the_folder(
    sources: list[Path], out: Path, seal: batch.Sealing, outside: Outside
) -> None:
    outcomes = list(batch.seal_files(sources, out, seal))

    assert sorted(outcomes, key=lambda one: one.source) == [Outcome(source, is_new=True) for source in sources]
    assert sorted(file.name for file in out.iterdir()) == list(NAMES)
    assert outside.pdfsig((out / NAMES[-1]).read_bytes())[0].is_whole


def test_the_parts_make_the_same_files(sources: list[Path], out: Path, seal: batch.Sealing) -> None:
    file = out / "parts"

    outcomes = list(batch.seal_parts(sources, file, seal))

    assert all(outcome.is_new for outcome in outcomes)
    for source in (sources[0], sources[-1]):
        document = source.read_bytes()
        assert pack.whole(file, source.name, document) == document + seal(hashed(document))


def test_a_refused_file_stops_no_other(sources: list[Path], out: Path, seal: batch.Sealing) -> None:
    sources[3].write_bytes(b"no PDF")
    sources[4].unlink()

    outcomes = {outcome.source: outcome for outcome in batch.seal_files(sources, out, seal)}

    assert outcomes[sources[3]].refused == "pdf-not-sealable (reason=no-startxref)"
    assert "No such file" in outcomes[sources[4]].refused
    assert len(list(out.iterdir())) == len(NAMES) - 2


@pytest.mark.parametrize("keeps", ["files", "parts"])
def test_a_second_run_seals_nothing_again(keeps: str, sources: list[Path], out: Path, seal: batch.Sealing) -> None:
    job, target = JOBS[keeps], out if keeps == "files" else out / "parts"
    list(job(sources[:70], target, seal))
    before = {file: file.read_bytes() for file in out.iterdir()}

    outcomes = list(job(sources, target, seal))

    assert sum(outcome.is_new for outcome in outcomes) == len(NAMES) - 70
    assert all(file.read_bytes().startswith(content) for file, content in before.items())


@pytest.mark.parametrize("keeps", ["files", "parts"])
def test_a_killed_run_is_taken_up_where_it_was(keeps: str, sources: list[Path], out: Path, seal: batch.Sealing) -> None:
    job, target = JOBS[keeps], out if keeps == "files" else out / "parts"
    done = count()

    def deadly(document: Hashed) -> bytes:
        if next(done) == 20:
            os.kill(os.getppid(), signal.SIGKILL)
        return seal(document)

    child = os.fork()
    if not child:
        list(job(sources, target, deadly))
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL

    outcomes = list(job(sources, target, seal))

    assert len(outcomes) == len(NAMES)
    assert any(outcome.is_new for outcome in outcomes)
    for source in sources:
        document = source.read_bytes()
        whole = (out / source.name).read_bytes() if keeps == "files" else pack.whole(target, source.name, document)
        assert whole == document + seal(hashed(document))


def test_two_files_of_one_name_are_no_batch(sources: list[Path], out: Path, seal: batch.Sealing) -> None:
    with pytest.raises(ValueError, match="one name"):
        list(batch.seal_files([*sources, out / NAMES[0]], out, seal))


@pytest.mark.parametrize("lost", [1, 31, 32, 33, 70, 109])
def test_what_a_crash_left_half_written_is_cut_off(out: Path, lost: int) -> None:
    file = out / "parts"
    first, second = Part("a.pdf", bytes(32), b"first"), Part("b.pdf", bytes(32), bytes(40))
    with pack.opened(file) as parts:
        add(parts, first, second)
    file.write_bytes(file.read_bytes()[:-lost])

    with pack.opened(file) as parts:
        assert parts.names == {"a.pdf"}
        add(parts, second)

    assert file.read_bytes() == first.record + second.record


def test_a_file_that_is_no_pack_is_left_alone(out: Path) -> None:
    file = out / "letter.pdf"
    file.write_bytes(contract())

    with pytest.raises(NotAPack), pack.opened(file):
        pass

    assert file.read_bytes() == contract()


def test_a_pack_is_added_to_by_one_process(out: Path) -> None:
    with pack.opened(out / "parts"):
        child = os.fork()
        if not child:
            try:
                with pack.opened(out / "parts"):
                    os._exit(1)
            except PackInUse:
                os._exit(0)
        assert os.waitpid(child, 0)[1] == 0


def test_a_part_belongs_to_one_document(out: Path) -> None:
    with pack.opened(out / "parts") as parts:
        add(parts, Part("a.pdf", bytes(32), b"part"))

    with pytest.raises(PartMissing):
        pack.whole(out / "parts", "a.pdf", b"another document")
