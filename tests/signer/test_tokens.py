"""Keys in hardware, by PKCS#11: a real signer with SoftHSM, what outside judges say, and hardware that is away."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import load_der_x509_certificate

from privyseal.kernel.errors import Refused
from privyseal.pdf.judge import Verdict, judge
from privyseal.signer import replaying
from privyseal.signer.answers import Sealed
from privyseal.signer.client import Client, SignerUnavailable
from privyseal.signer.impressions import ImpressionsSpent
from tests.signer.cast import (
    CONTRACT,
    DESTROY,
    FACE,
    FOUNDING,
    INVOICE,
    LI,
    MAKE,
    SEAL,
    USE,
    WANG,
    ZHAO,
    ZHOU,
    approved,
    document,
    pdf,
    uid,
)
from tests.signer.test_process import HERE, Home, home, running, seal, today

__all__ = ["home"]
LIBRARY = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "271828"


@dataclass(frozen=True)
class Hardware:
    """A token of SoftHSM that a test may take away and bring back."""

    folder: Path

    def objects(self) -> int:
        """Return how many keys are in it, each half counted; the token's own file is none."""
        return len(list(self.folder.glob("*/*.object"))) - 1

    def take_away(self) -> None:
        self.folder.rename(self.folder.with_suffix(".away"))

    def bring_back(self) -> None:
        self.folder.with_suffix(".away").rename(self.folder)


@pytest.fixture
def hardware(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hardware:
    folder, settings = tmp_path / "tokens", tmp_path / "softhsm.conf"
    folder.mkdir()
    settings.write_text(f"directories.tokendir = {folder}\nobjectstore.backend = file\nlog.level = ERROR\n")
    monkeypatch.setitem(HERE, "SOFTHSM2_CONF", str(settings))
    made = ["softhsm2-util", "--init-token", "--free", "--label", "seals", "--pin", PIN, "--so-pin", PIN]
    subprocess.run(made, check=True, capture_output=True, env=HERE)
    (tmp_path / "pin").write_text(PIN)
    return Hardware(folder)


@contextmanager
def signer(home: Home, *more: str) -> Iterator[Client]:
    pin = home.data.parent / "pin"
    token = ["--token-module", LIBRARY, "--token", "seals", "--token-pin-file", str(pin), *more]
    with running("privyseal.signer", *home.options, *token):
        yield home.client


def make(client: Client) -> bytes:
    """Found the installation and make the official seal; return its certificate."""
    client.found(
        public_url=FOUNDING.public_url, origin=FOUNDING.origin, web_key=FOUNDING.web_key, approvals=1, is_demo=True
    )
    made = client.make(seal=SEAL, approved=[approved(today(MAKE))], face=FACE, manager=ZHAO)
    return made.certificate


@pytest.mark.parametrize(("algorithm", "kind"), [("p256", ec.EllipticCurvePublicKey), ("rsa3072", rsa.RSAPublicKey)])
def test_a_seal_whose_key_is_in_hardware_is_valid_to_every_judge(
    home: Home, hardware: Hardware, tmp_path: Path, algorithm: str, kind: type
) -> None:
    file = tmp_path / "sealed.pdf"
    with signer(home, "--token-algorithm", algorithm) as client:
        certificate, authority = make(client), client.public().ca
        file.write_bytes(CONTRACT + seal(client, today(USE)).appended)

    assert isinstance(load_der_x509_certificate(certificate).public_key(), kind)
    assert hardware.objects() == 2  # the two halves of one key
    assert judge(file.read_bytes(), trust=[authority], at=datetime.now(UTC)).verdict is Verdict.VALID
    said = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid." in said
    assert "Total document signed" in said


def test_hardware_that_is_away_costs_no_impression(home: Home, hardware: Hardware) -> None:
    use = today(USE)
    with signer(home) as client:
        make(client)
    hardware.take_away()

    with signer(home) as client:
        with pytest.raises(SignerUnavailable) as refused:
            seal(client, use)
        assert refused.value.code == "token-unavailable"
        hardware.bring_back()

        assert seal(client, use) == seal(client, use)
        with pytest.raises(ImpressionsSpent):
            seal(client, use, intent="intent 2")


def test_a_destroyed_seal_has_no_key_in_the_hardware_whether_it_is_there_or_comes_back(
    home: Home, hardware: Hardware
) -> None:
    said = [approved(today(DESTROY), by=(LI, ZHOU))]
    with signer(home) as client:
        make(client)
        hardware.take_away()
        client.destroy(seal=SEAL, approved=said)
        hardware.bring_back()
        assert hardware.objects() == 2

        client.destroy(seal=SEAL, approved=said)

        assert hardware.objects() == 0


def test_a_restored_signer_destroys_in_the_hardware_what_was_destroyed_since(
    home: Home, hardware: Hardware, tmp_path: Path
) -> None:
    with signer(home) as client:
        make(client)
        head = client.checkpoint(size=1, root=bytes(32), old_size=0, proof=())
    shutil.copytree(home.data, tmp_path / "restored")
    restored = replace(home, data=tmp_path / "restored")

    replaying.replay(restored.data, replaying.Later(head, (), ended={SEAL: "0" * 32}), at=datetime.now(UTC))
    with signer(restored):
        assert hardware.objects() == 0


def test_only_seals_of_the_named_types_have_their_keys_in_hardware(home: Home, hardware: Hardware) -> None:
    with signer(home, "--token-types", "contract,finance") as client:
        make(client)

        assert seal(client, today(USE)).appended
        assert hardware.objects() == 0


def test_a_batch_by_a_key_in_hardware_is_sealed_each_or_not_at_all_while_it_is_away(
    home: Home, hardware: Hardware
) -> None:
    documents, said = (CONTRACT, pdf("not approved"), INVOICE), replace(today(USE), impressions=2)
    statement = approved(replace(said, documents=(document(CONTRACT), document(INVOICE))))
    each = [(uid(f"intent {number}"), "Seal1", data) for number, data in enumerate(documents)]
    with signer(home) as client:
        make(client)
        hardware.take_away()
        with pytest.raises(SignerUnavailable) as refused:
            client.seal_each(operator=WANG, approved=[statement], each=each)
        hardware.bring_back()

        made = client.seal_each(operator=WANG, approved=[statement], each=each)
        again = client.seal_each(operator=WANG, approved=[statement], each=each)
        authority = client.public().ca

    assert refused.value.code == "token-unavailable"
    assert [one.code if isinstance(one, Refused) else "sealed" for one in made] == [
        "sealed",
        "document-not-approved",
        "sealed",
    ]
    # What is new each time in hardware is kept: the same bytes come back.
    assert [one for one in again if isinstance(one, Sealed)] == [one for one in made if isinstance(one, Sealed)]
    for data, one in zip(documents, made, strict=True):
        if isinstance(one, Sealed):
            assert judge(data + one.appended, trust=[authority], at=datetime.now(UTC)).verdict is Verdict.VALID
