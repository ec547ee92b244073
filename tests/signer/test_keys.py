"""Keys at rest lie under a master key; a sealed signer is careful still, and signs nothing; custodians open it."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidTag

from privyseal.signer import keys as kept
from privyseal.signer import requests, unlocking
from privyseal.signer.answers import Entrusted
from privyseal.signer.client import Client
from privyseal.signer.database import CannotStart, Database, open_durably
from privyseal.signer.denials import ApplicationDenied, Denial, What
from privyseal.signer.impressions import ImpressionsSpent
from privyseal.signer.keyfile import opened
from privyseal.signer.keys import (
    CustodiansNeeded,
    CustodiansTooFew,
    Keys,
    NothingEntrusted,
    ShareRefused,
    SignerSealed,
)
from privyseal.signer.operations import Signer
from privyseal.signer.protocol import SignerUnavailable
from privyseal.signer.server import PeerNotAllowed
from privyseal.signer.shares import split
from privyseal.signer.unlocking import Confirm, Entrust, Lock, Open
from tests.signer.cast import CONTRACT, MASTER, NOON, SEAL, USE, to_destroy, to_make, to_seal, uid
from tests.signer.conftest import Clock, serving

PKCS8_EC = bytes.fromhex("06072a8648ce3d0201")  # the algorithm that every unprotected P-256 key names
ANOTHERS = split(MASTER, needed=2, shares=2, random=bytes)[0].text
ED25519 = bytes.fromhex("302e020100300506032b6570")


@pytest.fixture
def shares(sealing: Signer) -> tuple[str, ...]:
    """The shares of three custodians, two of whom open the signer from now on."""
    made = Entrusted.parse(sealing.unlock(Entrust(needed=2, shares=3, by=()))).shares
    sealing.unlock(Confirm(made))
    return made


def at_rest(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def test_no_key_lies_open_in_the_file(sealing: Signer, tmp_path: Path) -> None:
    assert sealing.public().log_key

    assert PKCS8_EC + b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x04\x6d" not in at_rest(tmp_path)
    assert ED25519 not in at_rest(tmp_path)


def test_keys_of_before_are_taken_in_at_the_next_start(sealing: Signer, database: Database, tmp_path: Path) -> None:
    sealed = sealing.seal(to_seal(), CONTRACT)
    with database.writing() as connection:
        for table, column, row, of, key in kept._every_key(connection):  # noqa: SLF001 - the file as it was before
            plain = kept._revealed(MASTER, key, of)  # noqa: SLF001 - as above
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (plain, row))
        connection.execute("DELETE FROM keeping")
    assert ED25519 in at_rest(tmp_path)

    again = Signer(database, lambda: NOON, Keys(database, bytes(32)))

    assert ED25519 not in at_rest(tmp_path)
    assert again.seal(to_seal(), CONTRACT) == sealed


def test_another_master_key_opens_nothing(sealing: Signer, database: Database) -> None:
    assert sealing.status().is_open

    with pytest.raises(CannotStart, match="not the one"):
        Keys(database, bytes(32))


def test_a_key_cannot_be_put_in_the_place_of_another(sealing: Signer, database: Database) -> None:
    with database.writing() as connection:
        connection.execute("UPDATE seal_version SET key = (SELECT ca_key FROM installation)")

    with pytest.raises(InvalidTag):
        sealing.seal(to_seal(), CONTRACT)


@pytest.mark.parametrize(
    "ask",
    [
        lambda signer: signer.seal(to_seal(), CONTRACT),
        lambda signer: signer.make(replace(to_make(), seal=uid("another"))),
        lambda signer: signer.checkpoint(requests.Checkpoint(size=1, root=bytes(32), old_size=0, proof=())),
        lambda signer: signer.unlock(Entrust(needed=2, shares=3, by=())),
    ],
)
def test_a_sealed_signer_signs_nothing(sealing: Signer, ask: Callable[[Signer], object]) -> None:
    sealing.unlock(Lock())

    with pytest.raises(SignerSealed) as caught:
        ask(sealing)
    assert isinstance(caught.value, SignerUnavailable)  # what was asked stays open, and is asked again


def test_a_sealed_signer_is_careful_still(sealing: Signer) -> None:
    public = sealing.public()
    sealing.unlock(Lock())

    assert (sealing.status().is_open, sealing.status().missing) == (False, 1)
    assert sealing.public() == public
    sealing.suspend(requests.Suspend(seal=SEAL))
    sealing.deny(requests.Deny(denied=(Denial(What.APPLICATION, USE.application),)))
    sealing.destroy(to_destroy())

    sealing.unlock(Open(MASTER.hex()))
    with pytest.raises(ApplicationDenied):
        sealing.seal(to_seal(), CONTRACT)
    assert len(list(x509.load_der_x509_crl(sealing.public().crl))) == 1


def test_what_was_answered_is_answered_while_sealed(sealing: Signer) -> None:
    sealed = sealing.seal(to_seal(), CONTRACT)

    sealing.unlock(Lock())

    assert sealing.seal(to_seal(), CONTRACT) == sealed


def test_a_use_that_found_the_signer_sealed_counts_once_it_is_open(sealing: Signer) -> None:
    sealing.unlock(Lock())
    with pytest.raises(SignerSealed):
        sealing.seal(to_seal(), CONTRACT)
    sealing.unlock(Open(MASTER.hex()))

    sealing.seal(to_seal(), CONTRACT)

    with pytest.raises(ImpressionsSpent):
        sealing.seal(replace(to_seal(), intent=uid("intent 2")), CONTRACT)


def test_two_custodians_open_what_one_does_not(shares: tuple[str, ...], database: Database, clock: Clock) -> None:
    signer = Signer(database, clock, Keys(database))
    assert (signer.status().needed, signer.status().missing) == (2, 2)

    signer.unlock(Open(shares[2]))
    signer.unlock(Open(shares[2]))
    assert signer.status().missing == 1
    signer.unlock(Open(shares[0]))

    assert signer.status().is_open
    assert signer.seal(to_seal(), CONTRACT).appended


def test_a_share_waits_for_the_other_only_so_long(shares: tuple[str, ...], database: Database, clock: Clock) -> None:
    signer = Signer(database, clock, Keys(database))
    signer.unlock(Open(shares[0]))
    clock.at += kept.COLLECTED_FOR + timedelta(seconds=1)

    signer.unlock(Open(shares[1]))

    assert signer.status().missing == 1


@pytest.mark.parametrize("said", ["", "PS1-", MASTER.hex(), ANOTHERS])
def test_what_is_no_share_of_this_key_is_refused_and_spoils_nothing(
    shares: tuple[str, ...], database: Database, clock: Clock, said: str
) -> None:
    signer = Signer(database, clock, Keys(database))
    signer.unlock(Open(shares[0]))

    with pytest.raises(ShareRefused):
        signer.unlock(Open(said))
    signer.unlock(Open(shares[1]))

    assert signer.status().is_open


def test_the_key_file_of_before_opens_nothing_once_custodians_do(
    shares: tuple[str, ...], database: Database, tmp_path: Path
) -> None:
    assert len(shares) == 3

    assert not Keys(database, MASTER).is_open
    assert not opened(database, tmp_path / "signer.key").is_open
    assert not (tmp_path / "signer.key").exists()


def test_shares_hold_only_once_all_of_them_were_shown(sealing: Signer, database: Database) -> None:
    made = Entrusted.parse(sealing.unlock(Entrust(needed=2, shares=3, by=()))).shares

    with pytest.raises(NothingEntrusted):
        sealing.unlock(Confirm(made[:2]))

    assert Keys(database, MASTER).is_open
    sealing.unlock(Confirm(made))
    sealing.unlock(Confirm(made))
    assert not Keys(database, MASTER).is_open


def test_custodians_hand_on_what_they_keep_and_nobody_else_does(sealing: Signer, shares: tuple[str, ...]) -> None:
    for by in ((), shares[:1], (shares[0], shares[0])):
        with pytest.raises(CustodiansNeeded):
            sealing.unlock(Entrust(needed=2, shares=2, by=by))

    made = Entrusted.parse(sealing.unlock(Entrust(needed=2, shares=2, by=shares[:2]))).shares
    sealing.unlock(Confirm(made))
    sealing.unlock(Lock())

    with pytest.raises(ShareRefused):
        sealing.unlock(Open(shares[0]))
    for share in made:
        sealing.unlock(Open(share))
    assert sealing.seal(to_seal(), CONTRACT).appended


@pytest.mark.parametrize(("needed", "number"), [(0, 0), (1, 3), (1, 1), (3, 2)])
def test_nobody_alone_is_a_custodian(sealing: Signer, needed: int, number: int) -> None:
    with pytest.raises(CustodiansTooFew):
        sealing.unlock(Entrust(needed=needed, shares=number, by=()))


def test_a_key_file_is_made_once_and_missed_when_it_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "elsewhere" / "signer.key"
    database = Database(open_durably(tmp_path / "signer.sqlite"))
    assert opened(database, path).is_open
    assert opened(database, path).is_open
    assert path.stat().st_mode & 0o777 == 0o600

    path.unlink()

    with pytest.raises(CannotStart, match="not there"):
        opened(database, path)
    database.close()


@pytest.mark.parametrize("ask", [Open(MASTER.hex()), Lock(), Entrust(needed=2, shares=3, by=()), Confirm(())])
def test_whoever_was_merely_let_in_neither_opens_nor_locks(
    sealing: Signer, socket_path: Path, monkeypatch: pytest.MonkeyPatch, ask: unlocking.Unlocks
) -> None:
    me = os.geteuid()
    with serving(sealing, socket_path, peer_uids=frozenset({me})):
        # The caller is this process; the signer takes itself for another account's, and root for nobody.
        monkeypatch.setattr("privyseal.signer.server._ROOT", -1)
        monkeypatch.setattr(os, "geteuid", lambda: me + 1)

        with pytest.raises(PeerNotAllowed):
            Client(socket_path)._ask(ask)  # noqa: SLF001 - every one of them, in one test
        assert Client(socket_path).status().is_open
