"""The main job from the shell, in a fresh installation, judged by programs that are not ours."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.pdfs import one_page
from tests.running.shell import Shell

pytestmark = pytest.mark.running


@pytest.fixture(scope="module")
def told(shell: Shell) -> dict[str, Any]:
    code, story = shell.demo("contract.pdf", one_page("Contract", pages=3))
    assert code == 0, story
    return story


@pytest.fixture(scope="module")
def dated(shell: Shell) -> dict[str, Any]:
    document = one_page("Signed 2026-11-25", pages=3)
    code, story = shell.demo("dated.pdf", document, "--over-date", "--edge", "right")
    assert code == 0, story
    return story


def test_the_story_names_who_did_what(told: dict[str, Any]) -> None:
    said = [f"{step['who']}: {step['what']}" for step in told["steps"]]

    assert said[-7:-1] == [
        "王用 (wang): brings contract.pdf",
        "王用 (wang): applies to use the official seal",
        "王用 (wang): tries to approve the application, which is forbidden",
        "李批 (li): sees the document and approves exactly it",
        "王用 (wang): has the document sealed; the signer checks the approval itself",
        "Ledger: numbers the use and signs its tree",
    ]
    assert told["steps"][-5]["outcome"].startswith("refused [duties-not-separate]")
    assert (told["sealed"], told["verdict"], told["demo"]) == (True, "valid", True)
    assert told["approved_by"].startswith("passkey. Demonstration")


def test_the_demo_stands_where_people_say(dated: dict[str, Any]) -> None:
    applied = next(step["outcome"] for step in dated["steps"] if step["what"].startswith("applies to use"))
    assert applied.startswith("page 3, ")
    assert applied.endswith("across the right edge of 3 pages")


def test_outside_judges_call_the_result_valid(told: dict[str, Any], shell: Shell) -> None:
    sealed = shell.folder / told["files"]["sealed"]

    pdfsig = subprocess.run(["pdfsig", "-nocert", sealed], capture_output=True, text=True, check=False).stdout
    qpdf = subprocess.run(["qpdf", "--check", sealed], capture_output=True, text=True, check=False)

    assert "Signature is Valid." in pdfsig
    assert "Total document signed" in pdfsig
    assert qpdf.returncode == 0


def test_our_verifier_agrees_with_receipt_and_without_the_installation(told: dict[str, Any], shell: Shell) -> None:
    files = told["files"]
    key = (shell.folder / files["log_key"]).read_text().strip()
    trust = ("--trust", files["ca"], "--receipt", files["receipt"], "--log-key", key)
    nowhere = shell.folder / "nowhere"

    assert shell.run("verify", files["sealed"], *trust, data=nowhere).returncode == 0
    assert shell.run("verify", files["sealed"], data=nowhere).returncode == 2
    assert shell.run("prove", "receipt", files["receipt"], "--log-key", key, data=nowhere).returncode == 0
    assert shell.run("prove", "receipt", files["receipt"], data=nowhere).returncode == 2


def test_a_receipt_proves_nothing_under_another_key(told: dict[str, Any], shell: Shell) -> None:
    other = "localhost:8000/ledger+00000000+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

    assert shell.run("prove", "receipt", told["files"]["receipt"], "--log-key", other).returncode == 1


def test_a_receipt_of_another_file_does_not_fit(told: dict[str, Any], dated: dict[str, Any], shell: Shell) -> None:
    key = (shell.folder / dated["files"]["log_key"]).read_text().strip()

    done = shell.run("verify", dated["files"]["sealed"], "--receipt", told["files"]["receipt"], "--log-key", key)

    assert done.returncode == 1


@pytest.mark.parametrize("command", [("prove", "receipt"), ("verify",)])
def test_a_stranger_needs_no_django(command: tuple[str, ...], told: dict[str, Any], shell: Shell) -> None:
    words = [*command, told["files"]["receipt" if command[0] == "prove" else "sealed"]]
    script = (
        "import sys; from privyseal.__main__ import main; main(sys.argv[1:]);"
        "sys.exit(any(name.split('.')[0] in {'django', 'psycopg'} for name in sys.modules))"
    )
    here = {**os.environ, "PRIVYSEAL_DATA": str(shell.folder / "data"), "PYTHONPATH": os.pathsep.join(sys.path)}

    done = subprocess.run(
        [sys.executable, "-c", script, *words], cwd=shell.folder, env=here, capture_output=True, check=False
    )

    assert done.returncode == 0, done.stderr


def test_the_ledger_of_the_story_holds(told: dict[str, Any], shell: Shell) -> None:
    done = shell.run("ledger", "verify", "--json")

    found = json.loads(done.stdout)
    assert (done.returncode, found["holds"], found["waiting"]) == (0, True, 0)
    assert shell.run("ledger", "checkpoint").stdout.startswith("localhost:8000/ledger\n")


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("empty.pdf", b"", "file-empty"),
        ("letter.pdf", b"Dear Sirs", "not-a-pdf"),
        ("torn.pdf", one_page(pages=2)[:400], "pdf-damaged"),
    ],
)
def test_a_file_that_cannot_be_sealed_is_refused_with_its_code(
    name: str, data: bytes, code: str, told: dict[str, Any], shell: Shell
) -> None:
    returned, story = shell.demo(name, data)

    assert (returned, story["sealed"], story["code"]) == (1, False, code)
    assert story["why"]
    assert not (shell.folder / f"sealed-{name}").exists()


def test_a_page_that_does_not_exist_is_refused(told: dict[str, Any], shell: Shell) -> None:
    returned, story = shell.demo("contract.pdf", one_page("Contract", pages=3), "--page", "4")

    assert (returned, story["code"]) == (1, "no-such-page")
