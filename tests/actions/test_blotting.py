"""What others wrote of somebody who is erased, and tables that named them: a job takes them, whatever stops it."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings

from privyseal.approvals.models import Application
from privyseal.identity import actions as identity
from privyseal.identity import sheets
from privyseal.identity.models import Company, Person, TableImport
from privyseal.identity.rules import Import
from privyseal.identity.tasks import PEOPLE_TABLE
from privyseal.keeping import actions
from privyseal.keeping.actions.blotting import go_on
from privyseal.keeping.models import Blotting
from privyseal.keeping.rules import Decision, Held
from privyseal.kernel.errors import NotFound, OutOfTurn
from privyseal.ledger.actors import Service
from tests.actions.keepers import forbidden
from tests.actions.test_keeping import LOGIN, MOBILE, NAME, tables_with, tang
from tests.conftest import Use, recorded
from tests.jobs import do_jobs, forget_jobs

__all__ = ["tang"]
KEEPER = Service("keeper")
FEW = 8
"""Blocks of 8 kB a step: a database of a test takes several steps."""


def agreed(chen: Person, sun: Person, at: datetime, person: Person) -> str:
    uid = actions.ask_erasure(chen, at, person_pseudonym=person.pseudonym, reason="本人要求删除")
    actions.decide_erasure(sun, at, erasure_uid=uid, decision=Decision.AGREED)
    return uid


def brought(chen: Person, at: datetime, *, state: Import, row: tuple[str, ...]) -> TableImport:
    sha256 = settings.BLOBS.put(sheets.filled(("login", "name"), [row]))
    return TableImport.objects.create(table="people", sha256=sha256, brought_by=chen, brought_at=at, state=state.value)


def is_stored(found: TableImport) -> bool:
    try:
        settings.BLOBS.size(found.sha256)
    except NotFound:
        return False
    return True


def test_an_erasure_takes_the_name_at_once_and_the_rest_goes_on_after_a_kill_between_two_steps(
    tang: Person, pending: Use, chen: Person, sun: Person, noon: datetime
) -> None:
    text = f"请{NAME}用印，电话{MOBILE.removeprefix('+86')}，见{LOGIN}。另见{LOGIN}.old、x{LOGIN}"
    Application.objects.filter(uid=pending.uid).update(reason=text)
    uid = agreed(chen, sun, noon, tang)

    assert not Person.objects.filter(name=NAME).exists()
    assert NAME in Application.objects.get(uid=pending.uid).reason
    steps = 0
    while go_on(KEEPER, noon, erasure_uid=uid, blocks=FEW) and steps < 2:
        steps += 1
    under_way = Blotting.objects.get()
    assert (steps, under_way.finished_at) == (2, None)
    assert 0 < under_way.tables < under_way.of
    forget_jobs()
    assert [actions.blot_what_waits() for _ in range(2)] == [1, 0]
    do_jobs()
    do_jobs()

    finished = Blotting.objects.get()
    assert (finished.words, finished.tables, finished.rows, finished.left) == (None, finished.of, 1, 0)
    assert Application.objects.get(uid=pending.uid).reason == f"请■用印，电话■，见■。另见{LOGIN}.old、x{LOGIN}"
    assert recorded().count("erasure.finished") == 1
    assert actions.blot(noon, erasure_uid=uid)
    with forbidden("what_is_blotted_is_kept_until_the_end"):
        Blotting.objects.update(words=[NAME])


def test_a_hold_that_comes_meanwhile_stops_the_blotting_until_it_is_lifted(
    tang: Person, pending: Use, chen: Person, sun: Person, noon: datetime
) -> None:
    Application.objects.filter(uid=pending.uid).update(reason=f"请{NAME}用印")
    uid = agreed(chen, sun, noon, tang)
    table = brought(chen, noon, state=Import.FINE, row=(LOGIN, NAME))
    hold = actions.place_hold(sun, noon, about=Held.PERSON, uid=tang.pseudonym, reason="诉讼保全")

    do_jobs()

    assert (actions.blot_what_waits(), go_on(KEEPER, noon, erasure_uid=uid, blocks=FEW)) == (0, False)
    assert NAME in Application.objects.get(uid=pending.uid).reason
    assert is_stored(table)
    actions.ask_lifting(sun, noon, hold_uid=hold, reason="结案")
    actions.lift_hold(chen, noon, hold_uid=hold)
    assert actions.blot_what_waits() == 1
    do_jobs()
    assert tables_with([NAME, LOGIN, MOBILE]) == set()
    assert not is_stored(table)


@pytest.mark.parametrize("row", [("x", NAME), (LOGIN, "x"), ("x", "13912345678")])
def test_a_kept_table_that_names_who_is_erased_is_deleted_and_one_that_does_not_stays(
    tang: Person, chen: Person, sun: Person, noon: datetime, row: tuple[str, ...]
) -> None:
    naming = brought(chen, noon, state=Import.FINE, row=row)
    other = brought(chen, noon, state=Import.FINE, row=("tang.an", "唐安"))

    agreed(chen, sun, noon, tang)
    do_jobs()

    assert (is_stored(naming), is_stored(other), Blotting.objects.get().files) == (False, True, 1)
    naming.refresh_from_db()
    assert (naming.state, naming.deleted_at is None) == ("refused", False)
    assert naming.refusal == {"code": "table-deleted", "facts": {"table": "people"}}
    assert recorded()[-3:] == ["table.let-go", "table.deleted", "erasure.finished"]
    with pytest.raises(OutOfTurn):
        identity.enter_table(chen, noon, table=PEOPLE_TABLE, import_uid=naming.uid)
    with forbidden("table_that_waits_keeps_its_file"):
        TableImport.objects.filter(pk=naming.pk).update(state="fine", refusal=None)


def test_files_of_tables_go_once_nobody_needs_them(company: Company, chen: Person, noon: datetime) -> None:
    entered = brought(chen, noon, state=Import.ENTERED, row=("a", "甲"))
    fine = brought(chen, noon, state=Import.FINE, row=("b", "乙"))
    shared = [brought(chen, noon, state=state, row=("c", "丙")) for state in (Import.WRONG, Import.FINE)]

    assert [actions.discard_tables_over(noon) for _ in range(2)] == [2, 0]
    assert [is_stored(each) for each in (entered, fine, *shared)] == [False, True, True, True]
    TableImport.objects.filter(pk=entered.pk).update(deleted_at=None)  # killed between the file and the record of it
    assert actions.discard_tables_over(noon) == 1

    assert actions.discard_tables_over(noon + timedelta(days=15)) == 2
    assert not any(map(is_stored, (fine, *shared)))
    assert TableImport.objects.get(pk=fine.pk).state == "refused"
    with forbidden("table_is_recorded_before_it_is_deleted"):
        TableImport.objects.filter(pk=fine.pk).update(let_go_at=None)
