"""What else of the ledger would change unnoticed: whose right reads, what is told apart, what a lost lead costs."""

from datetime import datetime
from uuid import UUID

import pytest
from django.db import connection

from privyseal.kernel.canonical import Json, canonical, sha256
from privyseal.ledger.actors import Service
from privyseal.ledger.commands import command
from privyseal.ledger.models import CommandRow
from privyseal.ledger.transactions import reading_as_auditor, writing
from tests.ledger.test_plain_ledger import CLERK, NOON


@command("test.do")
def act(actor: Service, at: datetime, number: int, when: list[datetime], *, password: str, name: str) -> None:
    """Do nothing, as often as it is asked."""


@pytest.mark.usefixtures("db")
def test_what_a_command_was_asked_is_kept_as_this_digest() -> None:
    act.once(UUID(int=1), CLERK, NOON, 7, [NOON], password="secret", name="x")
    act.once(UUID(int=1), CLERK, NOON, 7, [NOON], password="other", name="x")

    said: dict[str, Json] = {"args": [7, ["2026-11-23T04:00:00.000000Z"]], "kwargs": {"name": "x"}}
    assert CommandRow.objects.get().input_sha256 == sha256(canonical(said))


@pytest.mark.usefixtures("db")
def test_an_auditor_reads_under_a_right_of_its_own_and_writes_nothing() -> None:
    def now() -> tuple[object, ...]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, current_setting('transaction_read_only')")
            return tuple(cursor.fetchone())

    before = now()
    with reading_as_auditor():
        during = now()

    assert (during, now()) == (("privyseal_audit", "on"), before)
    with pytest.raises(RuntimeError), writing(), writing():
        pass
