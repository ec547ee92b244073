"""Attacks of every published class, on papers of every permission: none is ever accepted."""

import pytest

from privyseal.pdf.judge import judge
from privyseal.pdf.judgement import Verdict
from tests.engine.attacks import ATTACKS
from tests.engine.attacks.forms import filled
from tests.engine.attacks.scene import Attack, Scene, scenes
from tests.engine.conftest import NOON, Authority, authority_named

EACH = [pytest.param(attack, id=f"{kind}: {name}") for kind, known in ATTACKS.items() for name, attack in known.items()]


@pytest.fixture(scope="session")
def every_scene(authority: Authority) -> list[Scene]:
    return list(scenes(authority.key(), authority_named("Mallory").key()))


def accepted(data: bytes, authority: Authority) -> bool:
    return judge(data, trust=[authority.der], at=NOON).verdict is Verdict.VALID


def test_the_papers_are_accepted_before_they_are_attacked(every_scene: list[Scene], authority: Authority) -> None:
    assert [scene.name for scene in every_scene if not accepted(scene.data, authority)] == []


@pytest.mark.parametrize("attack", EACH)
def test_no_attack_is_accepted(attack: Attack, every_scene: list[Scene], authority: Authority) -> None:
    attacked = {scene.name: attack(scene) for scene in every_scene}

    assert all(data != scene.data for data, scene in zip(attacked.values(), every_scene, strict=True))
    assert [name for name, data in attacked.items() if accepted(data, authority)] == []


def test_a_form_is_filled_in_only_where_a_certification_permits_it(
    every_scene: list[Scene], authority: Authority
) -> None:
    one_signed = [scene for scene in every_scene if scene.parties == 1]

    permitted = {
        scene.certify for scene in one_signed if accepted(filled(scene).signed("B", scene.key).data, authority)
    }

    assert permitted == {2, 3}


def test_there_are_as_many_attacks_as_we_say(every_scene: list[Scene]) -> None:
    assert len(EACH) * len(every_scene) >= 600
