"""What the documents say is what the code says."""

import ast
import json
import re
import runpy
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from privyseal.config.ceremony import Answers
from privyseal.config.documents import PARTS, ROOT, documents, parts_of, rewritten
from privyseal.identity.rules import INSTALLATION_POWERS
from privyseal.kernel import merkle, note, receipt

DOCUMENTS: Final = sorted(documents())
NAMES: Final = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]
SOURCE: Final = ROOT / "src" / "privyseal"
VARIABLE: Final = re.compile(r"PRIVYSEAL_[A-Z][A-Z_]*[A-Z]")
LINK: Final = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")
HEADING: Final = re.compile(r"^#{1,6} +(?P<words>.+?) *#*$", re.MULTILINE)
FENCE: Final = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
# What no compiler reads, and a merge may have left half done.
UNREAD: Final = (".css", ".html", ".md", ".po", ".svg", ".txt")
HALF_MERGED: Final = re.compile(r"^(?:<{7}|\|{7}|>{7})(?: |$)", re.MULTILINE)
WORKPLACES: Final = re.compile(r"/(?:home|root)/|\bissues? #?[0-9]|https?://(?:pypi|files|registry)\.", re.IGNORECASE)


@pytest.mark.parametrize("path", DOCUMENTS, ids=NAMES)
def test_the_generated_parts_of_a_document_are_as_the_code_has_them(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert rewritten(text) == text, "Run: ./dev docs"


def test_every_generated_part_stands_in_one_document() -> None:
    standing = Counter(name for path in DOCUMENTS for name in parts_of(path.read_text(encoding="utf-8")))

    assert standing == Counter(PARTS.keys())


def test_a_part_that_was_changed_by_hand_is_written_anew() -> None:
    text = "before\n<!-- generated: seal-alone -->\n| power |\n<!-- end -->\nafter\n"

    assert rewritten(text) == f"before\n<!-- generated: seal-alone -->\n{PARTS['seal-alone']()}<!-- end -->\nafter\n"


def test_every_dependency_is_explained_and_nothing_else_is() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    explained = re.findall(r"^\| `([a-z0-9-]+)` \|", _text("docs/dependencies.md"), re.MULTILINE)

    assert sorted(explained) == sorted(_name(requirement) for requirement in needed)


def test_every_variable_that_the_code_reads_is_explained_and_no_other_is() -> None:
    read = {name for path in SOURCE.rglob("*.py") for name in variables(path.read_text(encoding="utf-8"))}
    explained = set(re.findall(rf"^\| `({VARIABLE.pattern})` \|", _text("docs/running.md"), re.MULTILINE))

    assert explained == read


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('env.text("HOST", "::1")', {"PRIVYSEAL_HOST"}),
        ('env.secret("KEY")', {"PRIVYSEAL_KEY", "PRIVYSEAL_KEY_FILE"}),
        ('map(env.database, ("A_URL", "B_URL"))', {"PRIVYSEAL_A_URL", "PRIVYSEAL_B_URL"}),
        ('os.environ.get("PRIVYSEAL_DATA", ".data")', {"PRIVYSEAL_DATA"}),
        ('"set PRIVYSEAL_PORT or go"', set()),
    ],
)
def test_a_variable_is_found_in_whatever_way_it_is_read(source: str, found: set[str]) -> None:
    assert set(variables(source)) == found


def test_the_answers_that_are_shown_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "licence.pdf").write_bytes(b"a licence")
    (tmp_path / "representative.pdf").write_bytes(b"a declaration")
    shown = json.loads(_block("docs/running.md", "json"))

    answers = Answers.from_json(shown, tmp_path)

    assert {founder.power for founder in answers.founders} == INSTALLATION_POWERS
    assert [power for colleague in answers.colleagues for power in colleague.powers] == ["manage", "approve", "use"]


@pytest.mark.parametrize("size", [1, 2, 6, 7, 8, 13])
def test_the_program_that_checks_a_receipt_by_hand_agrees_with_ours(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program, file = tmp_path / "program.py", tmp_path / "a.tlog-proof"
    program.write_text(_block("docs/ledger.md", "python"), "utf-8")
    monkeypatch.setattr("sys.argv", [str(program), str(file)])

    for index in range(size):
        file.write_text(_receipt(index, size), "utf-8")
        runpy.run_path(str(program))

    assert capsys.readouterr().out == "".join(f"fact {index}\nthe root agrees: True\n" for index in range(size))


def test_the_program_that_checks_a_receipt_by_hand_finds_another_fact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program, file = tmp_path / "program.py", tmp_path / "a.tlog-proof"
    program.write_text(_block("docs/ledger.md", "python"), "utf-8")
    file.write_text(_receipt(3, 7, fact=b"fact 4"), "utf-8")
    monkeypatch.setattr("sys.argv", [str(program), str(file)])

    runpy.run_path(str(program))

    assert capsys.readouterr().out == "fact 4\nthe root agrees: False\n"


@pytest.mark.parametrize("path", DOCUMENTS, ids=NAMES)
def test_no_link_of_a_document_is_dead(path: Path) -> None:
    assert list(dead_links(path)) == []


def test_a_dead_link_would_be_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One word\n[a](page.md#one-word) [b](gone.md) [c](#two) [d](https://example.com/)\n", "utf-8")

    assert list(dead_links(page)) == ["gone.md", "#two"]


@pytest.mark.parametrize("path", DOCUMENTS, ids=NAMES)
def test_no_document_names_a_machine_or_a_registry(path: Path) -> None:
    assert WORKPLACES.findall(path.read_text(encoding="utf-8")) == []


def test_no_file_that_is_shown_was_left_half_merged() -> None:
    shown = [path for folder in (SOURCE, ROOT / "docs", ROOT / "tests") for path in folder.rglob("*")]
    texts = [path for path in (*shown, *ROOT.glob("*.md")) if path.suffix in UNREAD and path.is_file()]

    assert len(texts) > len(DOCUMENTS)
    assert [path for path in texts if HALF_MERGED.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("mark", ["<<<<<<< HEAD", "||||||| base", ">>>>>>> theirs"])
def test_a_merge_left_half_done_would_be_found(mark: str) -> None:
    assert HALF_MERGED.search(f"<p>\n{mark}\n</p>")
    assert not HALF_MERGED.search(f"<p>{mark}</p>")


def variables(source: str) -> Iterator[str]:
    """Yield the settings that a module reads, with their prefix."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and VARIABLE.fullmatch(node.value):
            yield node.value
        if isinstance(node, ast.Call):
            yield from _read_by(node)


def _read_by(call: ast.Call) -> Iterator[str]:
    """Yield what ``env.kind("NAME")`` reads, and ``map(env.kind, ("NAME", ...))``."""
    words = [ast.unparse(call.func), *(ast.unparse(argument) for argument in call.args)]
    reader = words[1] if words[0] == "map" else words[0]
    if not reader.startswith("env.") or reader == "env.WrongSetting":
        return
    first = call.args[1 if words[0] == "map" else 0]
    names = first.elts if isinstance(first, ast.Tuple) else [first]
    for name in names:
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            yield f"PRIVYSEAL_{name.value}"
            if reader == "env.secret":
                yield f"PRIVYSEAL_{name.value}_FILE"


def dead_links(page: Path) -> Iterator[str]:
    """Yield the links of a page that lead to no file or no heading; addresses elsewhere are not opened."""
    for link in LINK.finditer(FENCE.sub("", page.read_text(encoding="utf-8"))):
        target = link["target"]
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = unquote(target).partition("#")
        file = page.parent / name if name else page
        if not file.exists() or (anchor and anchor not in _anchors(file)):
            yield target


def _anchors(page: Path) -> set[str]:
    headings = HEADING.finditer(FENCE.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading["words"].lower()).replace(" ", "-") for heading in headings}


def _name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement)[0].lower()


def _block(name: str, language: str) -> str:
    """Return the first block of a language in a document."""
    found = re.search(rf"^```{language}\n(.*?)^```", _text(name), re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def _receipt(index: int, size: int, *, fact: bytes | None = None) -> str:
    """Return the receipt of a fact in a log of so many, which says that another one stands there if asked to."""
    leaves = [merkle.leaf_hash(f"fact {number}".encode()) for number in range(size)]

    def read(level: int, position: int) -> bytes:
        return merkle.root(leaves[position << level : (position + 1) << level])

    head = note.Checkpoint(origin="seals.example/ledger", size=size, root=merkle.root(leaves))
    signed = note.sign_note(head.text, head.origin, Ed25519PrivateKey.generate())
    proof = merkle.inclusion_proof(index, size, read)
    return receipt.write(fact or f"fact {index}".encode(), index, proof, signed)


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")
