"""The first run as a customer holds it, from an answers file."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests import prepared
from tests.running.shell import Shell

pytestmark = pytest.mark.running

ANSWERS: dict[str, Any] = {
    "public_url": "https://seals.example.com",
    "founders": [
        {"power": "system", "login": "zhou", "name": "周维", "password": "correct horse 1"},
        {"power": "security", "login": "chen", "name": "陈安", "password": "correct horse 2"},
        {"power": "security", "login": "he", "name": "何全", "password": "correct horse 3"},
        {"power": "audit", "login": "sun", "name": "孙明", "password": "correct horse 4"},
    ],
    "company": {
        "name": "另一示例有限公司",
        "name_en": "Another Example Ltd.",
        "uscc": "91350100M000100Y43",
        "legal_representative": "钱正",
        "licence": "licence.png",
        "representative": "licence.png",
    },
    "colleagues": [
        {"login": "zhao", "name": "赵管", "password": "correct horse 5", "powers": ["manage"]},
        {"login": "li", "name": "李批", "password": "correct horse 6", "powers": ["approve", "use"]},
    ],
}


def write(folder: Path, answers: dict[str, Any]) -> Path:
    (folder / "licence.png").write_bytes(b"a scan")
    path = folder / "answers.json"
    path.write_text(json.dumps(answers), encoding="utf-8")
    return path


def test_a_customer_founds_an_installation_once(shell: Shell) -> None:
    answers = write(shell.folder, ANSWERS)
    prepared.place(shell.folder / "data")

    founded = shell.run("init", "--answers", answers)
    again = shell.run("init", "--answers", answers)

    assert (founded.returncode, founded.stdout) == (
        0,
        "Founded. Start with `privyseal serve` and sign in at https://seals.example.com\n",
    ), founded.stderr
    assert again.returncode == 1
    assert "[already-founded]" in again.stderr
    # A real installation is never a demo: its people act for themselves.
    (shell.folder / "x.pdf").write_bytes(b"x")
    demo = shell.run("demo", "x.pdf", "--out", "y.pdf", "--json")
    assert json.loads(demo.stdout)["code"] == "not-a-demo"
