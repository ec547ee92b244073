"""The cosigner as a program: spoken to over a socket, killed around its write, started again."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from privyseal.cosigner.client import Cosigner, CosignerAbsent, CosignerElsewhere, CosignerRefuses
from privyseal.egress import Egress
from privyseal.kernel.cosignature import CosignerKey, cosigned_at
from privyseal.kernel.note import KeyUnreadable
from tests.cosigner import dying
from tests.cosigner.running import HERE, cosigning, process
from tests.logs import Log
from tests.running.served import free_port

NOWHERE = Egress()


@pytest.fixture
def socket() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="privyseal-cosigner-", dir="/tmp") as short:
        yield Path(short) / "socket"


def offer(cosigner: Cosigner, log: Log, old: int, new: int) -> str:
    return cosigner.add_checkpoint(log.head(new), old=old, proof=log.proof(old, new), egress=NOWHERE).line


def test_a_head_is_cosigned_over_a_socket(folder: Path, key: CosignerKey, log: Log, forked: Log, socket: Path) -> None:
    with cosigning(folder, key, log.key.text, socket) as cosigner:
        line = offer(cosigner, log, 0, 6)

        assert cosigned_at(log.head(6) + line, key) > 0
        with pytest.raises(CosignerElsewhere) as elsewhere:
            offer(cosigner, log, 3, 8)
        assert elsewhere.value.facts["size"] == 6
        with pytest.raises(CosignerRefuses):
            offer(cosigner, forked, 6, 8)
    with pytest.raises(CosignerAbsent):
        offer(cosigner, log, 6, 8)


def test_a_head_is_cosigned_over_a_port(folder: Path, key: CosignerKey, log: Log) -> None:
    port, inside = free_port(), Egress(frozenset({"127.0.0.1"}))
    cosigner = Cosigner.parse(f"{key.text}@http://127.0.0.1:{port}/")
    words = ["serve", "--data", str(folder), "--log-key", log.key.text, "--listen", f"127.0.0.1:{port}"]
    command = [sys.executable, "-m", "privyseal.cosigner", *words]

    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=HERE) as started:
        assert started.stderr is not None
        assert "listening" in started.stderr.readline()
        line = cosigner.add_checkpoint(log.head(6), old=0, proof=[], egress=inside).line
        started.terminate()

        assert started.wait(10) == 0
    assert cosigned_at(log.head(6) + line, key) > 0


@pytest.mark.parametrize("step", [dying.BEFORE_WRITE, dying.BEFORE_ANSWER])
def test_a_killed_cosigner_goes_on_and_never_signs_a_second_view(
    step: str, folder: Path, key: CosignerKey, log: Log, forked: Log, socket: Path
) -> None:
    mortal = Cosigner(key, f"unix:{socket}")
    with process(socket, "tests.cosigner.dying", step, str(folder), log.key.text, str(socket)) as killed:
        with pytest.raises(CosignerAbsent):
            offer(mortal, log, 0, 8)
        assert killed.wait(10) == -9

    with cosigning(folder, key, log.key.text, socket) as cosigner:
        if step == dying.BEFORE_ANSWER:
            with pytest.raises(CosignerElsewhere) as elsewhere:
                offer(cosigner, forked, 0, 8)  # nobody has seen a cosignature, and yet the view is taken
            assert elsewhere.value.facts["size"] == 8
            assert offer(cosigner, log, 8, 8)
        else:
            assert offer(cosigner, log, 0, 8)
        assert offer(cosigner, log, 8, 12)


@pytest.mark.parametrize("text", ["{key}", "{key}@ftp://somewhere", "{key}@unix:relative", "nothing@unix:/path"])
def test_an_address_without_its_key_is_no_cosigner(text: str, key: CosignerKey) -> None:
    with pytest.raises(KeyUnreadable):
        Cosigner.parse(text.format(key=key.text))
