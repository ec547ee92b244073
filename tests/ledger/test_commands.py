from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from privyseal.identity.models import Person
from privyseal.kernel.errors import NotFound
from privyseal.ledger import book
from privyseal.ledger.commands import CommandIdReused, command
from privyseal.ledger.models import CommandRow, FactRow, RefusalTally
from privyseal.ledger.queries import facts_about, latest_facts
from privyseal.ledger.refusals import close_tallies
from privyseal.ledger.transactions import OutsideTransaction
from tests.conftest import recorded


@command("test.rename")
def rename(actor: Person, at: datetime, *, name: str, refuse: bool = False) -> str:
    actor.name = name
    actor.save(update_fields=["name"])
    book.record("test.renamed", by=actor, at=at, person=actor.pseudonym, length=len(name))
    if refuse:
        raise NotFound(length=len(name))
    return name


@pytest.mark.invariant("T10", column="database")
def test_a_command_writes_its_fact_in_its_own_transaction(stranger: Person, noon: datetime) -> None:
    assert rename(stranger, noon, name="丘内") == "丘内"

    (fact,) = facts_about("person", stranger.pseudonym)
    assert (fact.kind, fact.actor, fact.data, fact.index) == ("test.renamed", stranger.pseudonym, {"length": 2}, None)
    assert fact.at == noon


@pytest.mark.invariant("T10", column="database")
def test_a_refused_command_changes_nothing_but_the_record(stranger: Person, noon: datetime) -> None:
    with pytest.raises(NotFound):
        rename(stranger, noon, name="丘内", refuse=True)

    stranger.refresh_from_db()
    assert stranger.name == "丘外"
    assert recorded() == ["test.rename.refused"]
    assert latest_facts()[0].data == {"code": "not-found", "length": 2}


@pytest.mark.invariant("T13", column="database")
def test_the_second_click_finds_the_first_ones_result(stranger: Person, noon: datetime) -> None:
    command_id = uuid4()

    first = rename.once(command_id, stranger, noon, name="丘内")
    second = rename.once(command_id, stranger, noon + timedelta(seconds=1), name="丘内")

    assert first == second == "丘内"
    assert recorded() == ["test.renamed"]


def test_a_command_id_is_good_for_one_content_only(stranger: Person, noon: datetime) -> None:
    command_id = uuid4()
    rename.once(command_id, stranger, noon, name="丘内")

    with pytest.raises(CommandIdReused):
        rename.once(command_id, stranger, noon, name="丘上")

    stranger.refresh_from_db()
    assert stranger.name == "丘内"


def test_another_person_cannot_read_a_result_by_its_command_id(stranger: Person, chen: Person, noon: datetime) -> None:
    command_id = uuid4()
    rename.once(command_id, stranger, noon, name="丘内")

    with pytest.raises(CommandIdReused):
        rename.once(command_id, chen, noon, name="丘内")


def test_a_refused_command_leaves_its_id_free(stranger: Person, noon: datetime) -> None:
    command_id = uuid4()
    with pytest.raises(NotFound):
        rename.once(command_id, stranger, noon, name="丘内", refuse=True)

    assert not CommandRow.objects.filter(pk=command_id).exists()


def test_equal_refusals_within_a_minute_become_one_fact_with_a_count(stranger: Person, noon: datetime) -> None:
    for second in (0, 10, 20):
        with pytest.raises(NotFound):
            rename(stranger, noon + timedelta(seconds=second), name="丘内", refuse=True)
    assert recorded() == ["test.rename.refused"]

    assert close_tallies(noon + timedelta(seconds=59)) == 0
    assert close_tallies(noon + timedelta(seconds=61)) == 1

    assert [fact.data for fact in latest_facts()] == [
        {"code": "not-found", "length": 2, "repeated": 2},
        {"code": "not-found", "length": 2},
    ]
    assert not RefusalTally.objects.exists()


def test_a_refusal_after_its_minute_is_a_fact_of_its_own(stranger: Person, noon: datetime) -> None:
    for second in (0, 10, 90):
        with pytest.raises(NotFound):
            rename(stranger, noon + timedelta(seconds=second), name="丘内", refuse=True)

    assert [fact.data.get("repeated") for fact in latest_facts()] == [None, 1, None]


def test_other_refusals_are_not_mixed_into_the_count(stranger: Person, noon: datetime) -> None:
    for name in ("甲", "甲乙"):
        with pytest.raises(NotFound):
            rename(stranger, noon, name=name, refuse=True)

    assert recorded() == ["test.rename.refused", "test.rename.refused"]


@pytest.mark.invariant("T10", column="rule")
def test_a_fact_outside_a_command_is_a_bug(stranger: Person, noon: datetime) -> None:
    with pytest.raises(OutsideTransaction):
        book.record("test.loose", by=stranger, at=noon)


def test_a_command_inside_a_command_is_a_bug(stranger: Person, noon: datetime) -> None:
    @command("test.outer")
    def outer(actor: Person, at: datetime) -> None:
        rename(actor, at, name="丘内")

    with pytest.raises(RuntimeError):
        outer(stranger, noon)


def test_where_the_ledger_cannot_be_written_nothing_happens(stranger: Person, noon: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION full_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE disk_full; END $$;"
            "CREATE TRIGGER full_up BEFORE INSERT ON ledger_fact FOR EACH ROW EXECUTE FUNCTION full_up()"
        )

    with pytest.raises(book.LedgerUnwritable):
        rename(stranger, noon, name="丘内")

    stranger.refresh_from_db()
    assert (stranger.name, FactRow.objects.count()) == ("丘外", 0)
