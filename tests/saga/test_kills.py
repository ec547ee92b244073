"""Every part of the product killed at every numbered step of a use."""

import os
from random import Random

import pytest

from privyseal.kernel.steps import Step
from tests.long import ROOT, Run
from tests.saga.scene import KILLS, KILLS_OF_A_BATCH, Kill, Part, Scene

pytestmark = [pytest.mark.running, pytest.mark.xdist_group("running")]
LONG = 500
AT_ONCE = 50


def round_of(scene: Scene, kills: list[Kill], name: str) -> None:
    """Kill once for each document of an approved application; after each, everything holds and asking again is safe."""
    prepared = scene.tell("prepare", documents=len(kills), name=name)
    assert "heard" in prepared, prepared
    permit, documents = prepared["heard"]["permit"], prepared["heard"]["documents"]
    for kill, document in zip(kills, documents, strict=True):
        scene.suffer(kill, permit, document)
        scene.check()

        again = scene.seal(permit, document)

        if kill.at is Step.INTENDING:  # nothing was committed: the second call is the first
            assert "heard" in again
        else:
            assert again["refused"] in {"already-sealed", "permit-spent"}, (str(kill), again)
    scene.recover()
    scene.check()
    log_key = (scene.folder / "data" / "public" / "log.vkey").read_text().strip()
    assert scene.tell("check", log_key=log_key)["heard"] is None


@pytest.mark.invariant("T11", column="stateful")
def test_every_part_is_killed_at_every_step_and_nothing_is_lost_doubled_or_left_open(mortal: Scene) -> None:
    assert {kill.at for kill in KILLS} == set(Step)
    assert {kill.part for kill in KILLS} == set(Part)
    assert len(KILLS) >= 25

    round_of(mortal, list(KILLS), "each")


def test_a_batch_is_killed_in_its_middle_and_each_of_its_documents_is_sealed_once(mortal: Scene) -> None:
    for kill in KILLS_OF_A_BATCH:
        prepared = mortal.tell("prepare", documents=2, name=f"batch, {kill}")["heard"]

        mortal.suffer_batch(kill, prepared["permit"])
        mortal.check()
        again = mortal.seal_each(prepared["permit"])

        assert again["heard"].keys() == set(prepared["documents"]), str(kill)
        mortal.recover()
        mortal.check()


@pytest.mark.long
def test_hundreds_of_kills_at_random_steps_lose_nothing(mortal: Scene) -> None:
    random = Random(os.urandom(8))  # noqa: S311  another order of deaths at every run
    with Run("hundreds_of_kills", goal=LONG, unit="kills of web, worker, signer and database, nothing lost") as run:
        while run.left:
            round_of(mortal, [random.choice(KILLS) for _ in range(min(AT_ONCE, run.left))], f"from {run.left}")
            run.add(min(AT_ONCE, run.left))


def test_nothing_in_the_product_asks_to_be_told_of_a_step() -> None:
    sources = {path: path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py")}
    callers = [path.name for path, text in sources.items() if "steps.watch" in text or "steps import watch" in text]

    assert callers == []
