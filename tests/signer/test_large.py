"""Documents of any size lie in a file of the signer's own while they are sealed, and are gone afterwards."""

import mmap
from dataclasses import replace
from pathlib import Path

import pytest

from privyseal.kernel.canonical import sha256
from privyseal.pdf import judge
from privyseal.signer.client import Client
from privyseal.signer.operations import Signer
from privyseal.signer.protocol import SignerFull
from tests.disk import full_after
from tests.signer.cast import NOON, USE, WANG, approved, document, pdf, to_seal, uid
from tests.signer.conftest import serving

BID = pdf("bid", filler_bytes=5_000_000)
APPROVED = approved(replace(USE, documents=(document(BID),)))


def test_a_document_lent_from_a_file_gets_the_same_seal_as_one_in_memory(
    sealing: Signer, socket_path: Path, tmp_path: Path
) -> None:
    bid, folder = tmp_path / "bid.pdf", tmp_path / "signer"
    folder.mkdir()
    bid.write_bytes(BID)

    with serving(sealing, socket_path, folder=folder), bid.open("rb") as file:
        client = Client(socket_path)
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as lent:
            sealed = client.seal(intent=uid("bid"), operator=WANG, approved=[APPROVED], document=lent, field="Seal1")
        again = sealing.seal(to_seal(APPROVED, intent="bid", data=BID), BID)

    assert sealed == again
    assert sealed.sealed_sha256 == sha256(BID + sealed.appended)
    judged = judge.judge(BID + sealed.appended, trust=[sealing.public().ca], at=NOON)
    assert judged.verdict is judge.Verdict.VALID
    assert list(folder.iterdir()) == []


def test_a_signer_whose_disk_is_full_says_so_and_seals_nothing(
    sealing: Signer, socket_path: Path, tmp_path: Path
) -> None:
    with serving(sealing, socket_path, folder=tmp_path), full_after(1_000_000), pytest.raises(SignerFull):
        Client(socket_path).seal(intent=uid("bid"), operator=WANG, approved=[APPROVED], document=BID, field="Seal1")

    sealed = sealing.seal(to_seal(APPROVED, intent="bid", data=BID), BID)
    assert sealed.sealed_sha256 == sha256(BID + sealed.appended)
