"""Who leads and what is left: locks between connections, batches that are full, a signer that says no."""

from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from privyseal.cosigner.client import Cosigner
from privyseal.egress import Egress
from privyseal.kernel.cosignature import cosigner_key
from privyseal.kernel.errors import Refused
from privyseal.kernel.note import VerifierKey
from privyseal.ledger import cosigned, integrator, keyholder, stamping
from privyseal.ledger.cosigning import Follower
from privyseal.ledger.integrator import Integrator
from privyseal.ledger.models import Leaf
from privyseal.signer.client import Client
from tests.ledger.conftest import NOON
from tests.ledger.test_integrator import CLERK, note, settle


def follower(connection: psycopg.Connection[tuple[object, ...]], name: str) -> Follower:
    key = cosigner_key(name, Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32))
    return Follower(connection, Cosigner(key, "unix:/nowhere"), Egress())


def test_one_follows_a_cosigner_and_another_one_another(committed: str) -> None:
    with psycopg.connect(committed) as one, psycopg.connect(committed) as other:
        assert follower(one, "audit.example").take_lead()
        assert not follower(other, "audit.example").take_lead()
        assert follower(other, "manager.example").take_lead()
        assert Integrator(one, Client(Path("/nowhere"))).take_lead()
        assert not Integrator(other, Client(Path("/nowhere"))).take_lead()


def test_what_a_full_batch_leaves_is_numbered_by_the_next(
    integrator: Integrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("privyseal.ledger.integrator.BATCH", 2)
    for number in range(5):
        note(CLERK, NOON, number=number)

    assert settle(integrator, 5, seconds=5) == 5


def test_a_head_that_the_signer_refuses_stops_the_integrator(
    integrator: Integrator, log: tuple[Client, VerifierKey]
) -> None:
    log[0].checkpoint(size=1, root=bytes(32), old_size=0, proof=[])
    note(CLERK, NOON, number=1)

    with pytest.raises(Refused):
        settle(integrator, 1)
    assert Leaf.objects.count() == 1


def test_what_watches_and_stamps_goes_by_these_names() -> None:
    commands = (cosigned.record_standing, keyholder.record_state, stamping._keep_stamp)  # noqa: SLF001  as recorded

    assert [one.name for one in commands] == ["cosigner.watch", "signer.watch", "signer.keep-stamp"]
    assert (integrator.BATCH, integrator.ADVISORY_LOCK, keyholder.WATCH.name) == (2_000, 0x5EA1_0001, "watch")
    assert " ".join(keyholder.State) == "sealed opened"
