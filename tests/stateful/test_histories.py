"""Random histories over the real actions, on a database that really commits: no step breaks a promise."""

from collections.abc import Iterator
from functools import partial
from itertools import product
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import override_settings
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from psycopg import sql

from privyseal.approvals.rules import Step
from privyseal.approvals.rules.course import Turn
from privyseal.approvals.rules.deadlines import Lapse
from privyseal.approvals.rules.joint import Mode
from privyseal.config.invariants import Column, proofs
from privyseal.pdf.accepted import Accepted
from privyseal.seals.rules.standing import DocumentClass
from privyseal.signer.answers import Public
from privyseal.signer.client import Client
from tests import long
from tests.standing import accepted_invoices
from tests.stateful.between import SPOILS, broken_between, snapshot
from tests.stateful.cabinets import Cabinets
from tests.stateful.promises import PROMISES, broken
from tests.stateful.reached import DAILY, LONG
from tests.stateful.world import Stage, World

STEPS_EACH = 200
# As many as take two thousand steps and more; the same ones in every run, so that a build fails for what it changed.
HISTORIES = 5


@pytest.fixture
def db(committed: str) -> None:
    """Let the stage be set in a database that commits."""


@pytest.fixture
def stage(db: None, public: Public, signer: Client, accepted_contract: Accepted) -> Iterator[Stage]:
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # many join, and none of them signs in
    with override_settings(PASSWORD_HASHERS=quick):
        yield Stage.build(
            str(connection.settings_dict["NAME"]),
            public=public,
            signer=signer,
            accepted=accepted_contract,
            invoices=accepted_invoices(3),
        )


def run(stage: Stage, *, histories: int, are_new: bool) -> int:
    """Run so many histories, the same each time or new ones, and return how many steps they took."""
    Cabinets.stage, before = stage, Cabinets.steps
    kept = settings(
        max_examples=histories,
        stateful_step_count=STEPS_EACH,
        deadline=None,
        database=None,
        derandomize=not are_new,
        print_blob=True,
        phases=(Phase.generate,),  # a history of real commits is read as it is: making it shorter takes minutes
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Cabinets, settings=kept)
    return Cabinets.steps - before


@pytest.mark.invariant(
    "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10",
    "T11", "T12", "T13", "T14", "T15", "T16", "T17", "T19", "T20", "T21", "T22", "T24", "T25", "T26", "T27", "T28",
    "T29", "C1",
    column="stateful",
)  # fmt: skip
def test_no_random_history_breaks_a_promise(stage: Stage) -> None:
    assert run(stage, histories=HISTORIES, are_new=False) >= 2000


@pytest.mark.long
def test_fifty_thousand_steps_break_no_promise(stage: Stage) -> None:
    with long.Run("histories", goal=50_000, unit="steps, no promise broken") as counted:
        while counted.left:
            counted.add(run(stage, histories=5, are_new=True))
    assert sorted(LONG - Cabinets.reached.keys()) == []


@pytest.fixture
def lived(stage: Stage) -> Iterator[World]:
    """A world in which something of each kind has happened."""
    Cabinets.stage = stage
    history = Cabinets()
    history.apply(who="wang", rightly=False, operator="wang", is_own=True, which=0, window=(-60, 10_000))
    history.vote(who="li", rightly=False, which=0, step=Step.APPROVE)
    history.press(who="wang", rightly=False, which=0)
    routine = DocumentClass.INVOICE
    history.apply_for_standing(who="wang", rightly=False, which=0, reviewer="ma", routine=routine, days=30)
    history.use_standing(who="wang", rightly=True, which=0, document=0)
    history.stand_for_a_unit_in_good_order(who="wang", ending="below")
    for _ in range(3):  # it is refused now and then, and a promise needs a use to be broken at
        history.use_a_named_seal(who="wang", way="own yes")
        if history.world.newest("SELECT 1 FROM intent i JOIN permit p ON p.id = i.permit_id WHERE p.own_yes_id > 0"):
            break
    history.come_late_in_good_order(who="wang", lapse=Lapse.ADD)
    history.decide_both_in_good_order(who="wang", mode=Mode.TOGETHER, own="wang", end="yes")
    history.add_in_good_order(who="wang", way="uses")
    history.stamp_in_good_order(who="wang", ending="spoiled")
    history.go_out_in_good_order(who="wang", ending="used")
    history.count_in_good_order(who="zhao", counter="wang", seen=1)
    for kind in ("bids", "slips"):
        history.stamp_by_a_category_in_good_order(who="wang", kind=kind)
    history.stamp_at_a_machine_in_good_order(who="wang", ending="lost")
    history.take_out_of_a_cabinet_in_good_order(who="wang", ending="back")
    yield history.world
    history.teardown()


def test_each_promise_would_be_seen_broken(lived: World) -> None:
    """Spoil the tables as no constraint would let anybody, once for each promise, and look."""
    assert broken(lived.eyes) == []
    with lived.eyes.transaction(force_rollback=True):
        unguarded(lived.eyes)
        for promise in PROMISES:
            with lived.eyes.transaction(force_rollback=True):
                lived.eyes.execute(promise.spoil)
                assert promise.name in broken(lived.eyes), promise.spoil
        for name, first, spoil in SPOILS:
            with lived.eyes.transaction(force_rollback=True):
                lived.eyes.execute(first)
                before = snapshot(lived.eyes)
                lived.eyes.execute(spoil)
                assert name in broken_between(before, snapshot(lived.eyes), lived.eyes), spoil


def unguarded(eyes: psycopg.Connection[Any]) -> None:
    """Take away every constraint and trigger of our own, as somebody with the database in their hands could."""
    for table, constraint in eyes.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint"
        " WHERE (contype IN ('c', 'x', 'u') OR contype = 'p' AND conname NOT LIKE '%_pkey')"
        " AND connamespace = 'public'::regnamespace"
    ).fetchall():
        eyes.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {} CASCADE").format(_named(table), sql.Identifier(constraint))
        )
    for (index,) in eyes.execute(
        "SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class c ON c.oid = indrelid"
        " WHERE indisunique AND NOT indisprimary AND c.relnamespace = 'public'::regnamespace"
    ).fetchall():
        eyes.execute(sql.SQL("DROP INDEX {}").format(_named(index)))

    for (table,) in eyes.execute("SELECT relname FROM pg_class JOIN pg_trigger ON tgrelid = pg_class.oid").fetchall():
        eyes.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))


def _named(name: str) -> sql.Identifier:
    return sql.Identifier(name.strip('"'))


def test_the_promises_are_those_of_the_page() -> None:
    """T13 is asked where a form is sent twice, R1 where many enter uses at once, C4 of the erased, C5 of the key."""
    named = {name for name, column in proofs() if column == Column.STATEFUL}

    assert named == {*(promise.name for promise in PROMISES), "T3", "T4", "T13", "R1", "C4", "C5"}


def test_what_a_history_must_reach_is_reached_in_good_order(stage: Stage) -> None:
    """A rule that only ever refuses proves nothing: each does its act where it can be done."""
    Cabinets.stage = stage
    history, at_first = Cabinets(), Cabinets.reached.copy()
    history.send_back_in_good_order(who="wang", which=0)
    history.talk(who="wang", rightly=True, which=0, to="ma", act="urge")
    history.talk(who="wang", rightly=True, which=0, to="ma", act="comment")
    history.talk(who="wang", rightly=True, which=0, to="ma", act="copy")
    history.change_policy(who="zhao", rightly=True, stages=("li",))
    history.delegate(who="li", rightly=True, to="wu", days=1)
    history.vote_for_another_in_good_order(who="wang")
    history.end_delegation(who="wang", rightly=True, which=0)
    for act in (history.forward, partial(history.ask_further, turn=Turn.BEFORE)):
        history.apply(who="wang", rightly=True, operator="wang", is_own=True, which=0, window=(-60, 10_000))
        act(who="li", rightly=True, which=0, to="wu")
    for end in ("reviewed", "unfit", "overrun", "early"):
        history.stand_in_good_order(who="wang", end=end)
    for end in ("below", "left", "reviewer"):
        history.stand_for_a_unit_in_good_order(who="wang", ending=end)
    for way in ("nobody", "own yes", "revoked", "mandate"):
        history.use_a_named_seal(who="wang", way=way)
    for lapse in Lapse:
        history.come_late_in_good_order(who="wang", lapse=lapse)
    history.launder_in_good_order(who="wang", giver="li", is_own=True)
    for more in ("uses", "lost", "longer"):
        history.add_in_good_order(who="wang", way=more)
    _by_several_and_on_paper(history)
    history.use_in_good_order(who="wang", which=0)
    history.waive_in_good_order(who="wang")
    for way in ("file", "suspend"):
        history.act_while_cosigners_are_away(who="wang", which=0, way=way)
    history.teardown()
    # What is over within hours is asked for in a history that is not past the signer's clock.
    history = Cabinets()
    for way in ("seen", "emergency", "code"):
        history.stamp_with_others_in_good_order(who="wang", way=way)
    for ending in ("code", "trip", "lost"):
        history.take_out_of_a_cabinet_in_good_order(who="wang", ending=ending)
    history.teardown()

    assert sorted(DAILY - (Cabinets.reached - at_first).keys()) == []


def _by_several_and_on_paper(history: Cabinets) -> None:
    for mode, decided in product(Mode, ("yes", "no", "back")):
        history.decide_both_in_good_order(who="wang", mode=mode, own="wang", end=decided)
        history.take_all_back_in_good_order(who="wang", mode=mode, own="wang", is_agreed=decided == "yes")
    for ending in ("counted", "differing", "released", "paused", "early", "late", "spoiled", "waited", "more"):
        history.stamp_in_good_order(who="wang", ending=ending)
    for ending in ("used", "unused", "late", "lost"):
        history.go_out_in_good_order(who="wang", ending=ending)
    history.count_in_good_order(who="zhao", counter="wang", seen=2)
    for ending in ("used up", "odd", "late", "lost"):
        history.stamp_at_a_machine_in_good_order(who="wang", ending=ending)
    for kind in ("bids", "slips"):
        history.stamp_by_a_category_in_good_order(who="wang", kind=kind)
