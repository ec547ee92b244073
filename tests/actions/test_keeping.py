"""What must not go, and whom nobody finds any more: holds, erasures, and both after a restore."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

import pytest
from django.db import connection, transaction
from django.utils.timezone import localdate

from privyseal.approvals.actions.phrases import keep_phrases
from privyseal.approvals.models import Application, OwnPhrases
from privyseal.identity import actions as identity
from privyseal.identity.models import Company, EntryCode, Person, Session
from privyseal.identity.rules import Power
from privyseal.keeping import actions
from privyseal.keeping.actions.again import Again
from privyseal.keeping.erased import done_so_far
from privyseal.keeping.models import Blotting, Erasure, Hold
from privyseal.keeping.queries import holds_visible_to
from privyseal.keeping.rules import (
    AlreadyErased,
    DecidedByAsker,
    Decision,
    ErasureNotOwn,
    ErasureUnderWay,
    Held,
    KeepingUnexplained,
    StillHere,
    StillOnSeal,
    StillUndecided,
    UnderHold,
    UnderInvestigation,
)
from privyseal.keeping.traces import matching
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn, Refused
from privyseal.ledger.queries import last_fact_about
from privyseal.notification.models import Address, Message
from privyseal.seals.models import Incident, IncidentSeal, PermitPart, Seal, SealPerson
from tests.actions.keepers import forbidden
from tests.conftest import Use, holding, new_person, recorded
from tests.jobs import do_jobs

NAME, LOGIN, MOBILE = "唐安琪", "tang.anqi", "+8613912345678"


@pytest.fixture
def tang(company: Company, chen: Person, noon: datetime, long_ago: datetime) -> Person:
    """Used seals here, and has left the group; everything that an account leaves lies about."""
    person = holding(new_person(LOGIN, NAME), Power.USE, company, long_ago)
    Address.objects.create(person=person, channel="sms", value=MOBILE, named_at=noon, confirmed_at=noon)
    Message.objects.create(
        person=person, cause="1", kind="seal.kept", actor="x", about={}, urgency="daily", happened_at=noon, made_at=noon
    )
    identity.leave_group(chen, noon, person_pseudonym=person.pseudonym, left_on=localdate(noon))
    return Person.objects.get(pk=person.pk)


def dumped() -> Iterator[tuple[str, bytes]]:
    """Yield each table as a dump has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [table for (table,) in cursor.fetchall()]
        for table in tables:
            with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
                yield table, b"".join(bytes(part) for part in copy)


def tables_with(words: Sequence[str]) -> set[str]:
    """Return the tables in a dump of which one of the words stands, in the clear or in bytes."""
    sought = [form for word in words for form in (word.encode(), word.encode().hex().encode())]
    return {table for table, rows in dumped() if any(form in rows for form in sought)}


def erase(chen: Person, sun: Person, at: datetime, person: Person) -> str:
    uid = actions.ask_erasure(chen, at, person_pseudonym=person.pseudonym, reason="本人要求删除")
    pseudonym = actions.decide_erasure(sun, at, erasure_uid=uid, decision=Decision.AGREED)
    do_jobs()
    return pseudonym


@pytest.mark.invariant("C4", column="database")
def test_no_name_of_whom_was_erased_stands_anywhere_in_a_dump(
    tang: Person, pending: Use, chen: Person, sun: Person, noon: datetime
) -> None:
    Application.objects.filter(uid=pending.uid).update(reason=f"请{NAME}用印，电话{MOBILE}")
    keep_phrases(tang, noon, lines="同意。")
    keep_phrases(chen, noon, lines=f"请{NAME}先看。")
    before = tables_with([NAME, LOGIN, MOBILE])

    pseudonym = erase(chen, sun, noon, tang)

    assert {"person", "message_address", "application", "own_phrases"} <= before
    assert OwnPhrases.objects.get().person == chen
    assert tables_with([NAME, LOGIN, MOBILE]) == set()
    erased = Person.objects.get(pseudonym=pseudonym)
    assert (erased.pk, erased.is_active, erased.has_usable_password()) == (tang.pk, False, False)
    assert not Message.objects.filter(person=erased).exists()
    fact = last_fact_about("person.erased", "person", pseudonym)
    assert fact is not None
    said = {"erasure": Erasure.objects.get().uid, "asked_by": chen.pseudonym}
    assert fact.data == said
    finished = last_fact_about("erasure.finished", "person", pseudonym)
    assert finished is not None
    assert finished.data == {**said, "rows_blotted": 2, "rows_left": 0, "files_deleted": 0}


def test_a_name_that_somebody_else_bears_stays_in_what_was_written(
    tang: Person, pending: Use, chen: Person, sun: Person, noon: datetime
) -> None:
    new_person("tang2", NAME)
    Application.objects.filter(uid=pending.uid).update(reason=f"请{NAME}用印")

    erase(chen, sun, noon, tang)

    assert tables_with([LOGIN, MOBILE]) == set()
    assert tables_with([NAME]) == {"person", "application"}


def test_who_is_erased_gets_neither_name_nor_account_again(
    tang: Person, chen: Person, sun: Person, noon: datetime
) -> None:
    pseudonym = erase(chen, sun, noon, tang)

    with forbidden("erased_stays_erased"):
        Person.objects.filter(pseudonym=pseudonym).update(name=NAME)
    with forbidden("erased_stays_erased"):
        Person.objects.filter(pseudonym=pseudonym).update(is_active=True)
    with pytest.raises(AlreadyErased):
        actions.ask_erasure(chen, noon, person_pseudonym=pseudonym, reason="再次")
    with pytest.raises(NotFound):
        actions.decide_erasure(sun, noon, erasure_uid=Erasure.objects.get().uid, decision=Decision.AGREED)


def test_security_asks_and_the_auditor_decides_and_a_no_erases_nothing(
    tang: Person, chen: Person, sun: Person, zhao: Person, noon: datetime
) -> None:
    with pytest.raises(NotEntitled):
        actions.ask_erasure(zhao, noon, person_pseudonym=tang.pseudonym, reason="本人要求")
    with pytest.raises(KeepingUnexplained):
        actions.ask_erasure(chen, noon, person_pseudonym=tang.pseudonym, reason=" ")
    uid = actions.ask_erasure(chen, noon, person_pseudonym=tang.pseudonym, reason="本人要求")
    with pytest.raises(ErasureUnderWay):
        actions.ask_erasure(chen, noon, person_pseudonym=tang.pseudonym, reason="本人要求")
    with pytest.raises(NotEntitled):
        actions.decide_erasure(chen, noon, erasure_uid=uid, decision=Decision.AGREED)

    actions.decide_erasure(sun, noon, erasure_uid=uid, decision=Decision.REFUSED)

    assert (Person.objects.get(pk=tang.pk).name, recorded()[-1]) == (NAME, "erasure.refused")
    with forbidden("erasure_is_decided_by_a_second_person"):
        Erasure.objects.filter(uid=uid).update(decided_by=chen)
    with forbidden("nobody_erases_themselves"):
        Erasure.objects.filter(uid=uid).update(decided_by=tang)


def test_nobody_is_erased_who_is_here_asked_for_under_investigation_or_on_a_seal(
    tang: Person,
    stamp: Seal,
    chen: Person,
    sun: Person,
    wang: Person,
    noon: datetime,
) -> None:
    def refused(person: Person) -> type[Refused]:
        with pytest.raises(Refused) as found:
            actions.ask_erasure(chen, noon, person_pseudonym=person.pseudonym, reason="本人要求")
        return found.type

    assert refused(chen) is ErasureNotOwn
    assert refused(wang) is StillHere
    hold = actions.place_hold(sun, noon, about=Held.PERSON, uid=tang.pseudonym, reason="诉讼保全")
    assert refused(tang) is UnderHold
    Hold.objects.filter(uid=hold).update(lift_asked_by=sun, lift_asked_at=noon, lift_reason="结案")
    Hold.objects.filter(uid=hold).update(lifted_by=chen, lifted_at=noon)
    incident = Incident.objects.create(
        kind="count-mismatch", company=stamp.company, seal=stamp, owner=tang, opened_at=noon, due_at=noon
    )
    assert refused(tang) is UnderInvestigation
    Incident.objects.filter(pk=incident.pk).update(owner=sun)
    bears = SealPerson.objects.create(seal=stamp, person=tang, named_by=sun, named_at=noon)
    assert refused(tang) is StillOnSeal
    bears.delete()

    assert actions.ask_erasure(chen, noon, person_pseudonym=tang.pseudonym, reason="本人要求")


def test_what_was_asked_while_nothing_stood_against_it_is_not_done_once_something_does(
    tang: Person, company: Company, chen: Person, sun: Person, noon: datetime
) -> None:
    uid = actions.ask_erasure(chen, noon, person_pseudonym=tang.pseudonym, reason="本人要求")
    actions.place_hold(sun, noon, about=Held.PERSON, uid=tang.pseudonym, reason="诉讼保全")

    with pytest.raises(UnderHold):
        actions.decide_erasure(sun, noon, erasure_uid=uid, decision=Decision.AGREED)
    assert Person.objects.get(pk=tang.pk).name == NAME
    with forbidden("whom_something_holds_is_not_erased"):
        Erasure.objects.filter(uid=uid).update(decision="agreed", decided_by=sun, decided_at=noon)


def test_whoever_had_a_part_in_what_is_held_or_looked_into_is_not_erased(
    tang: Person, approved: Use, company: Company, chen: Person, sun: Person, noon: datetime
) -> None:
    permit, seal = approved.permit, approved.permit.seal
    PermitPart.objects.create(permit=permit, person=tang, part=PermitPart.Part.RECEIVER)

    def incident(**about: object) -> Incident:
        return Incident.objects.create(company=company, owner=sun, opened_at=noon, due_at=noon, **about)

    erased = Erasure(person=tang, reason="x", asked_by=chen, asked_at=noon, decided_by=sun, decided_at=noon)
    erased.decision = Decision.AGREED.value
    for refusal, make in (
        (UnderHold, lambda: Hold.objects.create(company=company, reason="诉讼保全", placed_by=sun, placed_at=noon)),
        (UnderHold, lambda: Hold.objects.create(company=company, seal=seal, reason="x", placed_by=sun, placed_at=noon)),
        (UnderInvestigation, lambda: incident(kind="count-mismatch", seal=seal)),
        (UnderInvestigation, lambda: incident(kind="freeze")),
        (
            UnderInvestigation,
            lambda: IncidentSeal.objects.create(incident=incident(kind="other", seal=None), seal=seal),
        ),
    ):
        before = transaction.savepoint()
        make()
        with pytest.raises(refusal):
            actions.ask_erasure(chen, noon, person_pseudonym=tang.pseudonym, reason="本人要求")
        Person.objects.filter(pk=tang.pk).update(name="■")
        with forbidden("whom_something_holds_is_not_erased"):
            erased.save(force_insert=True)
        transaction.savepoint_rollback(before)

    incident(kind="freeze", is_drill=True)
    assert actions.ask_erasure(chen, noon, person_pseudonym=tang.pseudonym, reason="本人要求")


def test_an_application_that_waits_keeps_whoever_asked(
    tang: Person, pending: Use, chen: Person, noon: datetime
) -> None:
    Application.objects.filter(uid=pending.uid).update(applicant=tang)

    with pytest.raises(StillUndecided):
        actions.ask_erasure(chen, noon, person_pseudonym=tang.pseudonym, reason="本人要求")


def test_a_hold_is_placed_by_one_and_lifted_by_two(
    company: Company,
    stamp: Seal,
    chen: Person,
    sun: Person,
    wang: Person,
    noon: datetime,
) -> None:
    with pytest.raises(NotEntitled):
        actions.place_hold(wang, noon, about=Held.SEAL, uid=stamp.uid, reason="诉讼保全")
    with pytest.raises(KeepingUnexplained):
        actions.place_hold(sun, noon, about=Held.SEAL, uid=stamp.uid, reason="")
    with pytest.raises(NotFound):
        actions.place_hold(sun, noon, about=Held.APPLICATION, uid="0" * 32, company_uid=company.uid, reason="保全")
    uid = actions.place_hold(sun, noon, about=Held.SEAL, uid=stamp.uid, reason="诉讼保全")
    with pytest.raises(OutOfTurn):
        actions.lift_hold(chen, noon, hold_uid=uid)
    actions.ask_lifting(sun, noon, hold_uid=uid, reason="结案")
    with pytest.raises(DecidedByAsker):
        actions.lift_hold(sun, noon, hold_uid=uid)

    actions.lift_hold(chen, noon, hold_uid=uid)

    assert recorded()[-1] == "hold.lifted"
    assert list(holds_visible_to(sun, noon).values_list("uid", flat=True)) == [uid]
    assert not holds_visible_to(wang, noon).exists()
    with forbidden("legal_hold_stays"):
        Hold.objects.filter(uid=uid).update(lifted_at=None, lifted_by=None)
    with forbidden("legal_hold_stays"):
        Hold.objects.filter(uid=uid).delete()
    with forbidden("hold_is_lifted_by_a_second_person"):
        Hold.objects.create(
            company=company, reason="保全", placed_by=sun, placed_at=noon, lift_reason="结案", lift_asked_by=sun,
            lift_asked_at=noon, lifted_by=sun, lifted_at=noon,
        )  # fmt: skip


@pytest.mark.invariant("C4", column="stateful")
def test_a_restored_backup_erases_again_whom_it_brought_back(
    tang: Person, chen: Person, sun: Person, noon: datetime
) -> None:
    brought_back = {name: getattr(tang, name) for name in ("name", "login", "password")}
    erase(chen, sun, noon, tang)
    (line,) = lines = list(done_so_far())
    assert not any(word in line for word in (NAME, LOGIN, MOBILE))
    assert actions.erase_again(noon, lines) == Again(0)
    with connection.cursor() as cursor:  # as it was before: the fences are the owner's to lift
        cursor.execute("ALTER TABLE person DISABLE TRIGGER erased_stays_erased")
        Blotting.objects.all().delete()
        Erasure.objects.all().delete()
        Person.objects.filter(pk=tang.pk).update(**brought_back)
        cursor.execute("ALTER TABLE person ENABLE TRIGGER erased_stays_erased")

    # A hold that was lifted before the erasure came back as well, and whoever decided may be younger than the backup.
    held = actions.place_hold(sun, noon, about=Held.PERSON, uid=tang.pseudonym, reason="诉讼保全")
    assert actions.erase_again(noon, lines) == Again(0, (tang.pseudonym,))
    assert actions.erase_again(noon, [line.replace(sun.pseudonym, "f" * 32)]) == Again(0, (tang.pseudonym,))
    actions.ask_lifting(sun, noon, hold_uid=held, reason="结案")
    actions.lift_hold(chen, noon, hold_uid=held)

    assert [actions.erase_again(noon, lines) for _ in range(2)] == [Again(1), Again(0)]

    assert tables_with([NAME, LOGIN, MOBILE]) == set()
    assert (recorded()[-1], list(done_so_far())) == ("erasure.finished", lines)


def test_entry_codes_and_sessions_of_whom_was_erased_are_gone(
    tang: Person, chen: Person, sun: Person, noon: datetime
) -> None:
    erase(chen, sun, noon, tang)

    assert not EntryCode.objects.filter(person=tang).exists()
    assert not Session.objects.filter(person=tang).exists()


def test_a_name_with_the_signs_of_a_pattern_is_looked_for_as_it_stands() -> None:
    assert re.search(matching("O.Li (王)"), "an O.Li (王) !")
    assert not re.search(matching("O.Li"), "an OxLi !")
