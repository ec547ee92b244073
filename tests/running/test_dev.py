"""The one script, on machines that lack something: a folder of programs stands for the machine."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.running.served import ROOT

_COMMON: Final = ("sh", "dirname", "cat", "cksum", "df", "awk", "grep", "tail", "id", "find", "mkdir", "chmod", "rm")


class Machine:
    """A checkout and a PATH with nothing on it but what a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.checkout = folder / "checkout"
        self.programs = folder / "programs"
        self.checkout.mkdir()
        self.programs.mkdir()
        for name in ("dev", "requirements-dev.txt", "pyproject.toml"):
            shutil.copy(ROOT / name, self.checkout)
        for name in _COMMON:
            found = shutil.which(name)
            assert found is not None
            (self.programs / name).symlink_to(found)

    def install(self, name: str, script: str) -> None:
        program = self.programs / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    def dev(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.checkout / "dev", *words],
            env={"PATH": str(self.programs), "HOME": str(self.checkout), **settings},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_script_is_plain_shell_and_short() -> None:
    script = ROOT / "dev"

    assert subprocess.run(["sh", "-n", script], check=False).returncode == 0
    assert len(script.read_text().splitlines()) <= 170


def test_help_and_unknown_words_need_nothing(machine: Machine) -> None:
    assert machine.dev("help").returncode == 0
    assert machine.dev("stamp").stderr.endswith("dev: There is no command 'stamp'.\n")


def test_an_old_python_is_named(machine: Machine) -> None:
    machine.install("python3", 'case "$1" in --version) echo Python 3.9.2 ;; *) exit 1 ;; esac')

    done = machine.dev("serve")

    assert done.returncode == 1
    assert done.stderr == "dev: Privyseal needs Python 3.11 or newer and this machine has Python 3.9.2.\n"


def test_a_missing_python_is_named(machine: Machine) -> None:
    done = machine.dev("serve")

    assert done.stderr.endswith("dev: Privyseal needs Python 3.11 or newer and this machine has no python3 at all.\n")


def test_a_missing_venv_module_is_named_with_its_package(machine: Machine) -> None:
    machine.install("python3", 'case "$2" in *ensurepip*) exit 1 ;; *) exit 0 ;; esac')

    done = machine.dev("serve")

    assert done.stderr == "dev: Python's venv module is missing: install it with: sudo apt-get install python3-venv\n"


def test_a_full_disk_is_named(machine: Machine) -> None:
    machine.install("python3", "exit 0")
    (machine.programs / "df").unlink()
    machine.install("df", "echo Filesystem; echo /dev/vda 1000000 990000 10240 99% /")

    done = machine.dev("serve")

    assert done.stderr == "dev: The disk is full: 10 MB are free here and 1500 MB are needed.\n"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("Failed to establish a new connection", "The packages cannot be fetched: is the network there?"),
        ("OSError: No space left on device", "The disk is full: make room and start again."),
        ("Hash mismatch for django", "A package is not the one that was locked: nothing was installed."),
    ],
)
def test_packages_that_cannot_be_installed_are_explained(machine: Machine, said: str, sentence: str) -> None:
    machine.install("python3", "exit 0")
    python = machine.checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\ncase "$1" in -m) echo "{said}"; exit 1 ;; esac\n')
    python.chmod(0o755)

    done = machine.dev("serve")

    assert done.returncode == 1
    assert f"dev: {sentence}" in done.stderr


def test_modules_are_compiled_once_whatever_the_machine_says(machine: Machine) -> None:
    machine.install("python3", "exit 0")
    programs = machine.checkout / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("python", "uv"):
        program = programs / name
        program.write_text(f'#!/bin/sh\necho "{name} $* ${{PYTHONDONTWRITEBYTECODE-and keeps it}}" >>"$HOME/ran"\n')
        program.chmod(0o755)

    machine.dev("docs", PYTHONDONTWRITEBYTECODE="1")

    ran = (machine.checkout / "ran").read_text().splitlines()
    assert "uv pip sync --compile-bytecode --require-hashes requirements-dev.txt and keeps it" in ran
    assert ran[-2:] == [
        "python -m compileall -q src and keeps it",
        "python -m privyseal.config.documents and keeps it",
    ]


def test_a_build_machine_without_a_tool_fails(machine: Machine) -> None:
    done = machine.dev("test", CI="true", JARS=str(machine.programs))

    tools = "chromium poppler-utils mupdf-tools qpdf openssl libnss3-tools softhsm2 mosquitto"
    packages = f"{tools} default-jdk-headless libpdfbox2-java libbcpkix-java"
    assert done.returncode == 1
    assert done.stderr == f"dev: The tests need these packages, which are not installed: {packages}.\n"


def test_the_build_runs_the_tests() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == "exec ./dev test"
