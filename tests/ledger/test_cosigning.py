"""Heads of a real log before real cosigners: each catches up by itself, and none is shown a second view."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import DatabaseError, connection
from pytest_django import Settings

from privyseal.cosigner import home
from privyseal.cosigner.client import Cosigner
from privyseal.egress import Egress
from privyseal.kernel import receipt
from privyseal.kernel.cosignature import CosignatureMissing, cosigned_at, cosigner_key
from privyseal.kernel.note import VerifierKey
from privyseal.kernel.quorum import Needed, Quorum
from privyseal.ledger.cosigning import AGAIN, Follower
from privyseal.ledger.integrator import Integrator
from privyseal.ledger.models import CosignatureRow, CosignerRow, FactRow
from privyseal.ledger.proofs import NotYetProvable, receipt_for
from privyseal.signer.client import Client
from tests.cosigner.running import cosigning
from tests.ledger.conftest import NOON
from tests.ledger.test_integrator import CLERK, note, settle


class Beside:
    """A cosigner that a test starts and stops."""

    def __init__(self, folder: Path, log_key: str, *, name: str = "audit.example/cosigner") -> None:
        self._folder, self._log_key = folder / "data", log_key
        self._socket = folder / "socket"
        self._stack = ExitStack()
        self.cosigner = Cosigner(home.make(self._folder, name), f"unix:{self._socket}")

    def start(self) -> None:
        self._stack.enter_context(cosigning(self._folder, self.cosigner.key, self._log_key, self._socket))

    def stop(self) -> None:
        self._stack.close()


@pytest.fixture
def beside(log: tuple[Client, VerifierKey]) -> Iterator[Beside]:
    with tempfile.TemporaryDirectory(prefix="privyseal-cosigner-", dir="/tmp") as folder:
        one = Beside(Path(folder), log[1].text)
        one.start()
        yield one
        one.stop()


@pytest.fixture
def follower(committed: str, beside: Beside) -> Iterator[Follower]:
    with psycopg.connect(committed) as own:
        yield Follower(own, beside.cosigner, Egress())


def grow(integrator: Integrator, facts: int) -> None:
    for number in range(facts):
        note(CLERK, NOON, number=number)
    settle(integrator, facts)


def stands() -> tuple[int, str]:
    return CosignerRow.objects.values_list("size", "problem").get()


def test_each_new_head_is_cosigned_once_and_again_after_a_while(
    integrator: Integrator, follower: Follower, beside: Beside
) -> None:
    assert follower.take_lead()
    assert follower.step(NOON) is None  # there is no head yet
    grow(integrator, 3)

    cosigned = follower.step(NOON) or ""

    assert abs(cosigned_at(cosigned, beside.cosigner.key) - datetime.now(UTC).timestamp()) < 60
    assert follower.step(NOON + AGAIN - timedelta(seconds=1)) is None
    assert follower.step(NOON + AGAIN) is not None
    grow(integrator, 2)
    assert follower.step(NOON + AGAIN) is not None
    assert [row.size for row in CosignatureRow.objects.order_by("size")] == [3, 5]
    assert stands() == (5, "")


def test_a_cosigner_that_was_away_catches_up(integrator: Integrator, follower: Follower, beside: Beside) -> None:
    grow(integrator, 3)
    follower.step(NOON)
    beside.stop()
    grow(integrator, 9)

    assert follower.step(NOON) is None
    assert stands() == (3, "cosigner-absent")
    since = CosignerRow.objects.get().problem_at
    follower.step(NOON + timedelta(minutes=1))
    assert CosignerRow.objects.get().problem_at == since == NOON
    beside.start()

    assert follower.step(NOON) is not None
    assert stands() == (12, "")


def test_what_was_forgotten_here_is_asked_of_the_cosigner(
    integrator: Integrator, follower: Follower, beside: Beside, committed: str
) -> None:
    grow(integrator, 3)
    follower.step(NOON)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_cosigner SET size = 0")
    grow(integrator, 2)

    assert follower.step(NOON) is not None
    assert stands() == (5, "")


def test_not_even_the_owner_changes_what_was_cosigned(integrator: Integrator, follower: Follower) -> None:
    grow(integrator, 1)
    follower.step(NOON)

    for act in ("UPDATE ledger_cosignature SET line = ''", "DELETE FROM ledger_cosignature"):
        with pytest.raises(DatabaseError, match="only ever added to"), connection.cursor() as cursor:
            cursor.execute(act)


def test_a_receipt_carries_the_cosignatures_of_a_head_that_both_signed(
    integrator: Integrator,
    log: tuple[Client, VerifierKey],
    follower: Follower,
    beside: Beside,
    committed: str,
    settings: Settings,
) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="privyseal-cosigner-", dir="/tmp") as folder,
        psycopg.connect(committed) as own,
    ):
        other = Beside(Path(folder), log[1].text, name="management.example/cosigner")
        other.start()
        keys = (beside.cosigner.key, other.cosigner.key)
        settings.QUORUM = Quorum(keys, Needed.ALL)
        grow(integrator, 3)
        follower.step(NOON)
        with pytest.raises(NotYetProvable):
            receipt_for(FactRow.objects.order_by("pk")[0].pk)
        grow(integrator, 2)

        Follower(own, other.cosigner, Egress()).step(NOON)

        assert list(CosignatureRow.objects.order_by("cosigner").values_list("size", flat=True)) == [3, 3]
        text = receipt_for(FactRow.objects.order_by("pk")[0].pk)
        other.stop()
    assert set(receipt.check(text, log[1], settings.QUORUM).cosigned) == {key.name for key in keys}
    stranger = cosigner_key("stranger.example", Ed25519PrivateKey.generate())
    assert receipt.check(text, log[1], Quorum((*keys, stranger), Needed.ANY)).checkpoint.size == 3
    with pytest.raises(CosignatureMissing):
        receipt.check(text, log[1], Quorum((*keys, stranger), Needed.ALL))
    with pytest.raises(CosignatureMissing):
        receipt.check(text, log[1], Quorum((stranger,), Needed.ANY))
