"""Each import contract is seen to fail, in a copy of the source where somebody breaks it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OFFENCES = {
    "Look down only": ("kernel/offence.py", "from privyseal.pdf import placement"),
    "Rules, engine, signer and kernel are pure: no Django, no database of ours": (
        "approvals/rules.py",
        "from django.db import connection",
    ),
    "Only the ledger touches its tables": ("sealing/offence.py", "from privyseal.ledger.models import FactRow"),
    "From above, the signer is its client and its statement": (
        "sealing/offence.py",
        "from privyseal.signer import store",
    ),
    "A passkey in software is for demonstrations": (
        "approvals/offence.py",
        "from privyseal.signer import software_passkeys",
    ),
    "Edges reach the domain through actions and queries": ("web/offence.py", "from privyseal.ledger import book"),
    "pyHanko judges us in tests, and nothing stands on it": ("signer/offence.py", "import pyhanko.sign"),
    "Photographs and pages are looked at in the confined process alone": ("pdf/offence.py", "import cv2"),
    "No cycles": ("ledger/offence.py", "from privyseal.seals import models"),
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    copy = tmp_path_factory.mktemp("broken")
    shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__", "static", "locale"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    for place, line in OFFENCES.values():
        path = copy / "src" / "privyseal" / place
        said = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(f"{line}\n{said}", encoding="utf-8")
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    run = subprocess.run(
        command, cwd=copy, env={"PYTHONPATH": "src", "PATH": "/usr/bin"}, capture_output=True, text=True, check=False
    )
    assert run.returncode == 1, run.stdout + run.stderr
    return run.stdout


@pytest.mark.parametrize("contract", OFFENCES)
def test_a_broken_contract_is_noticed(contract: str, report: str) -> None:
    assert f"{contract} BROKEN" in report.replace("\n ", " ")


def test_every_contract_of_ours_is_tried() -> None:
    written = (ROOT / "pyproject.toml").read_text(encoding="utf-8").split("[[tool.importlinter.contracts]]")[1:]

    assert {section.split('name = "')[1].split('"')[0] for section in written} == set(OFFENCES)
