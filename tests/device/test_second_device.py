"""A second device, in JavaScript and from the document alone, keeps to the protocol: the document suffices."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pytest

from privyseal.__main__ import main
from tests.disk import quick_folder

DEVICE: Final = Path(__file__).parent / "second" / "device.mjs"


def node() -> str:
    """Return the node that the browser driver of the tests brings along."""
    found = find_spec("playwright")
    assert found is not None
    assert found.origin is not None
    return str(Path(found.origin).parent / "driver" / "node")


def conformance(capsys: pytest.CaptureFixture[str], *command: str) -> tuple[int, dict[str, Any]]:
    code = main(["device", "conformance", "--json", *command])
    return code, json.loads(capsys.readouterr().out)


def test_a_device_written_from_the_document_alone_keeps_to_the_protocol(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = conformance(capsys, node(), str(DEVICE), str(quick_folder("privyseal-device-")))

    assert [one for one in said["cases"] if one["how"] != "passed"] == []
    assert (code, said["failed"]) == (0, 0)


def test_a_bench_that_knows_nothing_fails_at_the_first_thing(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = conformance(capsys, "sh", "-c", "while read -r line; do echo unknown; done")

    assert code == 1
    assert {one["how"] for one in said["cases"]} == {"not tried", "failed"}
