"""Two signers of one installation never both count: the one of an earlier epoch stops."""

from pathlib import Path

import pytest

from privyseal.signer import epochs
from privyseal.signer.client import Client
from privyseal.signer.database import Database
from privyseal.signer.epochs import Epoch, Epochs, SignerIsAnother, SignerReplaced
from privyseal.signer.keys import Keys
from privyseal.signer.operations import Signer
from tests.signer.cast import SEAL
from tests.signer.conftest import Clock, serving


def caller(socket_path: Path, epoch: int) -> Client:
    return Client(socket_path, epoch=lambda: epoch)


def test_a_signer_that_was_replaced_stops_for_good(
    database: Database, clock: Clock, keys: Keys, sealing: Signer, socket_path: Path, tmp_path: Path
) -> None:
    with serving(Signer(database, clock, keys, epochs=Epochs(tmp_path)), socket_path):
        caller(socket_path, 1).suspend(seal=SEAL)
        with pytest.raises(SignerReplaced):
            caller(socket_path, 2).suspend(seal=SEAL)
        # From then on nobody is answered, whatever they know.
        with pytest.raises(SignerReplaced):
            caller(socket_path, 1).suspend(seal=SEAL)

    assert epochs.read(tmp_path) == Epoch(1, replaced_by=2)
    with serving(Signer(database, clock, keys, epochs=Epochs(tmp_path)), socket_path), pytest.raises(SignerReplaced):
        caller(socket_path, 1).public()


def test_a_caller_from_before_the_restore_is_refused(
    database: Database, clock: Clock, keys: Keys, sealing: Signer, socket_path: Path, tmp_path: Path
) -> None:
    epochs.write(tmp_path, Epoch(2))

    with serving(Signer(database, clock, keys, epochs=Epochs(tmp_path)), socket_path):
        with pytest.raises(SignerIsAnother):
            caller(socket_path, 1).suspend(seal=SEAL)
        caller(socket_path, 2).suspend(seal=SEAL)
        # Who only asks how it stands names no epoch.
        assert Client(socket_path).status().is_founded
