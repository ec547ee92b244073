"""Two people at once, on a database where commits are real."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.utils.timezone import localdate

from privyseal.approvals import actions as approvals
from privyseal.approvals.models import Application
from privyseal.approvals.rules import State, Step
from privyseal.custody import actions as custody
from privyseal.identity import actions as identity
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.keeping import actions as keeping
from privyseal.keeping.rules import Decision, Held, UnderHold, UnderInvestigation
from privyseal.kernel.errors import Refused
from privyseal.ledger.models import FactRow
from privyseal.ledger.queries import facts_about
from privyseal.ledger.transactions import file_to_oneself, share_file, writing
from privyseal.sealing import actions as sealing
from privyseal.sealing.models import Intent, StandingUse
from privyseal.seals import actions as seals
from privyseal.seals import permits
from privyseal.seals.actions.incidents import open_incident
from privyseal.seals.entering_uses import enter_use
from privyseal.seals.models import Permit, PermitLine, PermitPart, Seal, UseBook, UseEntry
from privyseal.seals.rules import Act, Role, SealType
from privyseal.seals.rules.incidents import IncidentKind
from privyseal.signer.client import Client
from privyseal.signer.statement import Purpose
from tests.actions.keepers import approved_act, photo, representative, rubber
from tests.conftest import Use, apply, bring, digest_shown, holding, new_person, one_more_seal, say_yes
from tests.running.served import eventually
from tests.standing import accepted_invoices, standing_permit

ROUNDS = 12
FEW_ROUNDS = 4
GONE = seals.Report(account="清点时不在")


@pytest.fixture
def db(committed: str) -> None:
    """Let the cast live in a database that commits."""


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run all acts at the same moment, each on a connection of its own; return results or refusals."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        start.wait()
        try:
            return act()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def codes(results: list[object]) -> list[str]:
    return sorted(result.code for result in results if isinstance(result, Refused))


def test_a_yes_and_a_no_at_once_leave_one_decision(
    official: Seal, contract: str, wang: Person, li: Person, wu: Person, noon: datetime
) -> None:
    for _ in range(ROUNDS):
        uid = apply(wang, noon, official, contract)
        shown = digest_shown(uid)

        def decide(who: Person, step: Step, uid: str = uid, shown: str = shown) -> str:
            return approvals.vote(who, noon, application_uid=uid, step=step, shown_sha256=shown)

        results = at_once(lambda: decide(li, Step.APPROVE), lambda: decide(wu, Step.REJECT))

        state = Application.objects.get(uid=uid).state
        assert codes(results) == ["out-of-turn"]
        assert Permit.objects.filter(application_uid=uid).exists() == (state == State.APPROVED.value)


def test_the_same_click_twice_at_once_is_one_vote(pending: Use, li: Person, noon: datetime) -> None:
    shown, command_id = digest_shown(pending.uid), uuid4()

    def click(command_id: UUID = command_id) -> str:
        return approvals.vote.once(
            command_id, li, noon, application_uid=pending.uid, step=Step.APPROVE, shown_sha256=shown
        )

    assert at_once(*[click] * 4) == [State.APPROVED.value] * 4
    assert len(facts_about("application", pending.uid, kind="application.voted")) == 1


@pytest.mark.invariant("T5", column="database")
def test_the_last_impression_is_spent_once(approved: Use, wang: Person, noon: datetime) -> None:
    permit = approved.permit.uid

    results = at_once(
        *[lambda: sealing.intend_to_seal(wang, noon, permit_uid=permit, document_sha256=approved.document)] * 6
    )

    assert codes(results) == ["permit-spent"] * 5
    assert (Intent.objects.count(), approved.permit.used) == (1, 1)


@pytest.mark.invariant("T22", column="database")
def test_the_last_use_and_more_at_once_leave_the_count_as_it_was_approved(
    official: Seal, contract: str, wang: Person, li: Person, ma: Person, noon: datetime
) -> None:
    for _ in range(ROUNDS):
        permit = standing_permit(wang, li, noon, official, reviewer=ma, a_day=1, in_all=1)
        asked_for = partial(
            approvals.apply_to_top_up, wang, noon, application_uid=permit.application_uid, reason="发票多于预计", uses=1
        )
        asked = at_once(*[asked_for] * 2)
        assert codes(asked) == ["addition-waits"]
        (more,) = (str(uid) for uid in asked if not isinstance(uid, Refused))

        results = at_once(
            partial(sealing.intend_under_standing, wang, noon, permit_uid=permit.uid, document_sha256=contract),
            partial(say_yes, li, noon, more),
        )

        permit.refresh_from_db()
        won = codes(results) == []
        assert (permit.used, permit.impressions) == ((1, 2) if won else (1, 1))
        assert won or codes(results) == ["permit-spent"]


@pytest.mark.invariant("T12", column="database")
def test_no_use_is_intended_after_a_suspension_committed(
    official: Seal, contract: str, wang: Person, li: Person, zhao: Person, noon: datetime, signer: Client
) -> None:
    for round_ in range(ROUNDS):
        at = noon + timedelta(seconds=round_)
        Seal.objects.update(state="active", signer_state="active")
        uid = apply(wang, at, official, contract)
        say_yes(li, at, uid)
        permit = Permit.objects.get(application_uid=uid).uid

        results = at_once(
            lambda p=permit, at=at: sealing.intend_to_seal(wang, at, permit_uid=p, document_sha256=contract),  # type: ignore[misc]  # bound now
            lambda at=at: seals.suspend_seal(zhao, at, seal_uid=official.uid, reason="抢夺"),  # type: ignore[misc]  # bound now
        )

        assert codes(results) in ([], ["seal-not-in-force"])
        order = {"document.seal.intended", "seal.suspended"}
        facts = list(FactRow.objects.filter(kind__in=order, at=at).order_by("pk").values_list("kind", flat=True))
        used = Permit.objects.get(uid=permit).used
        assert used == facts.count("document.seal.intended")
        if used:
            assert facts == ["document.seal.intended", "seal.suspended"]


def test_a_hold_waits_for_the_erasure_it_lost_to_and_comes_before_every_other(
    approved: Use, company: Company, chen: Person, sun: Person, noon: datetime, long_ago: datetime
) -> None:
    """A hold on a seal covers whoever had a part in it: of them no row is locked by both."""
    gone = [holding(new_person(name, name), Power.USE, company, long_ago) for name in ("early", "late")]
    for person in gone:
        PermitPart.objects.create(permit=approved.permit, person=person, part=PermitPart.Part.RECEIVER)
        identity.leave_group(chen, noon, person_pseudonym=person.pseudonym, left_on=localdate(noon))
    asked = [keeping.ask_erasure(chen, noon, person_pseudonym=each.pseudonym, reason="x") for each in gone]
    erasing, held = threading.Event(), threading.Event()

    def erase() -> None:
        with transaction.atomic():
            keeping.decide_erasure.within(sun, noon, erasure_uid=asked[0], decision=Decision.AGREED)
            erasing.set()
            assert not held.wait(0.1)

    def hold() -> None:
        erasing.wait(5)
        keeping.place_hold(sun, noon, about=Held.SEAL, uid=approved.permit.seal.uid, reason="x")
        held.set()

    assert codes(at_once(erase, hold)) == []
    assert held.is_set()
    with pytest.raises(UnderHold):
        keeping.decide_erasure(sun, noon, erasure_uid=asked[1], decision=Decision.AGREED)


def test_an_incident_that_is_opened_while_somebody_is_erased_keeps_them(
    approved: Use, company: Company, chen: Person, sun: Person, zhao: Person, noon: datetime, long_ago: datetime
) -> None:
    person = holding(new_person("early", "early"), Power.USE, company, long_ago)
    PermitPart.objects.create(permit=approved.permit, person=person, part=PermitPart.Part.RECEIVER)
    identity.leave_group(chen, noon, person_pseudonym=person.pseudonym, left_on=localdate(noon))
    asked = keeping.ask_erasure(chen, noon, person_pseudonym=person.pseudonym, reason="x")
    opening, decided = threading.Event(), threading.Event()

    def look_into() -> None:
        with transaction.atomic():
            kind, seal = IncidentKind.COUNT_MISMATCH, approved.permit.seal
            open_incident(zhao, noon, kind=kind, company=company, seal=seal, owner=zhao, opener=zhao)
            opening.set()
            decided.wait(5)

    def erase() -> None:
        opening.wait(5)
        try:
            keeping.decide_erasure(sun, noon, erasure_uid=asked, decision=Decision.AGREED)
        finally:
            decided.set()

    assert codes(at_once(look_into, erase)) == ["incident-meanwhile"]
    assert Person.objects.get(pk=person.pk).name == "early"
    with pytest.raises(UnderInvestigation):
        keeping.decide_erasure(sun, noon, erasure_uid=asked, decision=Decision.AGREED)


def test_two_erasures_at_once_are_done_one_after_the_other(
    company: Company, chen: Person, sun: Person, noon: datetime, long_ago: datetime
) -> None:
    gone = [holding(new_person(name, name), Power.USE, company, long_ago) for name in ("early", "late")]
    for person in gone:
        identity.leave_group(chen, noon, person_pseudonym=person.pseudonym, left_on=localdate(noon))
    asked = [keeping.ask_erasure(chen, noon, person_pseudonym=each.pseudonym, reason="x") for each in gone]
    erased, over = threading.Event(), threading.Event()

    def erase_first() -> None:
        with transaction.atomic():
            keeping.decide_erasure.within(sun, noon, erasure_uid=asked[0], decision=Decision.AGREED)
            erased.set()
            eventually(lambda: over.is_set() or is_waited_for())

    def erase_second() -> None:
        erased.wait(5)
        try:
            keeping.decide_erasure(sun, noon, erasure_uid=asked[1], decision=Decision.AGREED)
        finally:
            over.set()

    assert codes(at_once(erase_first, erase_second)) == []


@pytest.mark.invariant("T12", column="database")
def test_a_suspension_waits_for_the_use_it_lost_to(approved: Use, wang: Person, zhao: Person, noon: datetime) -> None:
    """Show the lock itself: a use under way holds the seal, so the suspension ends after it."""
    holding, ended = threading.Event(), threading.Event()

    def use() -> None:
        with transaction.atomic():
            permits.spend(approved.permit.uid, by=wang, at=noon, impressions=1, purpose=Purpose.USE)
            holding.set()
            assert not ended.wait(0.3)

    def suspend() -> None:
        holding.wait(5)
        seals.suspend_seal(zhao, noon, seal_uid=approved.permit.seal.uid, reason="x")
        ended.set()

    assert codes(at_once(use, suspend)) == []
    assert ended.is_set()


@pytest.mark.invariant("T3", column="database")
def test_of_a_destruction_and_a_report_of_loss_at_once_one_happens(
    company: Company, zhao: Person, li: Person, wu: Person, wang: Person, ma: Person, noon: datetime, signer: Client
) -> None:
    gu = holding(new_person("gu", "顾守"), Power.CUSTODY, company, noon)
    for number in range(FEW_ROUNDS):
        seal = rubber(zhao, noon, company, gu, name=f"{number}号章")
        seals.carry_out(zhao, noon, permit_uid=approved_act(zhao, [li], noon, seal, Purpose.RETIRE).uid, signer=signer)
        ending = approved_act(zhao, [li, wu], noon, seal, Purpose.DESTROY, witnesses=(wang, ma))
        for person in (wang, ma):
            picture = photo(person, noon, seal)
            seals.attest(person, noon, permit_uid=ending.uid, role=Role.WITNESS, photo_sha256=picture)

        results = at_once(
            lambda p=ending.uid: seals.carry_out(zhao, noon, permit_uid=p, signer=signer),  # type: ignore[misc]  # bound now
            lambda uid=seal.uid: custody.report_seal(zhao, noon, seal_uid=uid, act=Act.LOSE, said=GONE),  # type: ignore[misc]  # bound now
        )

        seal.refresh_from_db()
        assert (seal.state, codes(results)) in [("destroyed", ["out-of-turn"]), ("lost", ["permit-revoked"])]


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    connection.close()


@pytest.mark.invariant("R1", column="stateful")
def test_uses_that_end_at_once_stand_one_after_the_other(
    official: Seal, contract: str, wang: Person, li: Person, noon: datetime
) -> None:
    uid = apply(wang, noon, official, contract)
    say_yes(li, noon, uid)
    permit = Permit.objects.select_related("seal").get(application_uid=uid)
    said = (PermitLine(permit=permit, document_sha256=f"{n:064x}", impressions=1) for n in range(ROUNDS))
    made = PermitLine.objects.bulk_create(said)

    def enter(line: PermitLine) -> None:
        with transaction.atomic():
            enter_use(wang, noon, line=line, seal=permit.seal)
            if line.pk % 3 == 0:
                transaction.set_rollback(True)

    at_once(*(lambda line=line: enter(line) for line in made))

    numbers = list(UseEntry.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert UseBook.objects.get().uses == len(numbers) == sum(line.pk % 3 != 0 for line in made)


@pytest.mark.documents
def test_two_uses_at_the_last_count_of_a_standing_permit_leave_one(
    company: Company, official: Seal, wang: Person, li: Person, ma: Person, noon: datetime
) -> None:
    documents = [bring(wang, noon, company, each) for each in accepted_invoices(2)]
    for _ in range(FEW_ROUNDS):
        permit = standing_permit(wang, li, noon, official, reviewer=ma, a_day=1)

        def use(document: str, uid: str = permit.uid) -> str:
            return sealing.intend_under_standing(wang, noon, permit_uid=uid, document_sha256=document)

        results = at_once(*(partial(use, document) for document in documents))

        assert codes(results) == ["standing-overrun"]
        assert StandingUse.objects.filter(permit=permit).count() == Permit.objects.get(pk=permit.pk).used == 1


@pytest.mark.documents
def test_ending_a_standing_permit_and_using_it_leave_one_order(
    company: Company, official: Seal, wang: Person, li: Person, ma: Person, zhao: Person, noon: datetime
) -> None:
    (document,) = [bring(wang, noon, company, each) for each in accepted_invoices(1)]
    for _ in range(FEW_ROUNDS):
        permit = standing_permit(wang, li, noon, official, reviewer=ma)
        uid = permit.uid

        results = at_once(
            partial(sealing.intend_under_standing, wang, noon, permit_uid=uid, document_sha256=document),
            partial(seals.end_permit, zhao, noon, permit_uid=uid, reason="停用"),
        )

        assert codes(results) in ([], ["permit-revoked"])
        found = Permit.objects.get(pk=permit.pk)
        assert (found.used, found.revoked_at) == (1 - len(codes(results)), noon)
        with pytest.raises(Refused):
            sealing.intend_under_standing(wang, noon, permit_uid=uid, document_sha256=document)


def test_who_deletes_a_file_waits_for_whoever_brings_it_again(wang: Person) -> None:
    brought, wanted, seen = threading.Event(), "a" * 64, []

    def bring_again() -> None:
        with writing():
            share_file(wanted)
            brought.set()
            eventually(is_waited_for)
            Person.objects.filter(pk=wang.pk).update(name="王又来")

    def delete() -> None:
        brought.wait()
        with file_to_oneself(wanted):
            seen.append(Person.objects.get(pk=wang.pk).name)

    at_once(bring_again, delete)

    assert seen == ["王又来"]


def is_waited_for() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return bool(cursor.fetchone() != (0,))


def test_revoking_a_mandate_and_using_what_rests_on_it_leave_one_order(
    company: Company,
    official: Seal,
    contract: str,
    wang: Person,
    li: Person,
    zhao: Person,
    chen: Person,
    noon: datetime,
    signer: Client,
) -> None:
    named = one_more_seal(zhao, li, noon, company, "法定代表人章", SealType.LEGAL_REPRESENTATIVE, signer)
    qian = representative(chen, company, noon)
    for _ in range(FEW_ROUNDS):
        wish = approvals.MandateWish(
            purpose="合同", paper_sha256="5" * 64, starts_at=noon, ends_at=noon + timedelta(days=30)
        )
        mandate = approvals.give_mandate(qian, noon, seal_uid=named.uid, wish=wish)
        use = Use(apply(wang, noon, named, contract), contract)
        say_yes(li, noon, use.uid)
        permit = use.permit.uid

        results = at_once(
            partial(sealing.intend_to_seal, wang, noon, permit_uid=permit, document_sha256=contract),
            partial(seals.revoke_mandate, qian, noon, mandate_uid=mandate),
        )

        assert codes(results) in ([], ["mandate-not-in-force"], ["permit-revoked"])
        assert use.permit.used == 1 - len(codes(results))
