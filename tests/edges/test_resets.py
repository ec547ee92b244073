"""A lost second factor: asked for by one security person, agreed to by another, stopped by its owner."""

from datetime import datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction

from privyseal.identity import actions
from privyseal.identity.models import FactorReset, Person, Session
from privyseal.identity.queries import has_second_factor
from privyseal.identity.rules import SelfAppointment, SelfConfirmation
from privyseal.kernel.errors import NotEntitled, NotFound
from tests.conftest import recorded
from tests.edges.conftest import Enter, command


@pytest.fixture
def wang(wang: Person, noon: datetime) -> Person:
    """Has an authenticator app, and lost it."""
    Authenticator.objects.create(user=wang, type="totp", data={"secret": "", "counter": 0}, created_at=noon)
    return wang


@pytest.fixture
def asked(wang: Person, chen: Person, noon: datetime) -> str:
    return actions.ask_factor_reset(chen, noon, person_pseudonym=wang.pseudonym)


def test_two_people_take_lost_factors_away_and_the_owner_is_told(
    wang: Person, chen: Person, sun: Person, enter: Enter
) -> None:
    security, auditor, owner = enter(chen), enter(sun), enter(wang)
    security.post(f"/people/{wang.pseudonym}/second-factors/", command())
    uid = FactorReset.objects.get().uid
    assert f"/second-factors/{uid}/stop/" in owner.get("/").content.decode()
    assert f"/second-factors/{uid}/confirm/" in auditor.get(f"/people/{wang.pseudonym}/").content.decode()

    auditor.post(f"/second-factors/{uid}/confirm/", command())

    assert not has_second_factor(wang)
    assert not Session.objects.filter(person=wang).exists()
    assert [kind for kind in recorded() if kind.startswith("factor.")] == ["factor.reset-asked", "factor.reset"]
    told = enter(wang).get("/").content.decode()
    assert "陈安提出，孙明同意" in told


@pytest.mark.parametrize("who", ["owner", "security"])
def test_its_owner_and_security_stop_it(
    who: str, asked: str, wang: Person, chen: Person, sun: Person, enter: Enter, noon: datetime
) -> None:
    enter(wang if who == "owner" else chen).post(f"/second-factors/{asked}/stop/", command())

    assert recorded()[-1] == "factor.reset-stopped"
    with pytest.raises(NotFound):
        actions.confirm_factor_reset(sun, noon, reset_uid=asked)
    assert has_second_factor(wang)


def test_whoever_asked_does_not_agree_and_nobody_asks_for_themselves(
    asked: str, wang: Person, chen: Person, noon: datetime
) -> None:
    with pytest.raises(SelfConfirmation):
        actions.confirm_factor_reset(chen, noon, reset_uid=asked)
    with pytest.raises(SelfAppointment):
        actions.ask_factor_reset(chen, noon, person_pseudonym=chen.pseudonym)
    assert recorded()[-2:] == ["factor.confirm-reset.refused", "factor.ask-reset.refused"]
    assert has_second_factor(wang)


def test_whoever_holds_no_office_neither_asks_nor_agrees_nor_stops(
    asked: str, wang: Person, zhao: Person, noon: datetime
) -> None:
    with pytest.raises(NotEntitled):
        actions.ask_factor_reset(zhao, noon, person_pseudonym=wang.pseudonym)
    with pytest.raises(NotEntitled):
        actions.confirm_factor_reset(zhao, noon, reset_uid=asked)
    with pytest.raises(NotEntitled):
        actions.stop_factor_reset(zhao, noon, reset_uid=asked)


def test_asked_again_the_earlier_one_ends_and_whoever_has_no_factor_has_none_to_lose(
    asked: str, wang: Person, li: Person, chen: Person, sun: Person, noon: datetime
) -> None:
    again = actions.ask_factor_reset(chen, noon + timedelta(minutes=1), person_pseudonym=wang.pseudonym)

    with pytest.raises(NotFound):
        actions.confirm_factor_reset(sun, noon, reset_uid=asked)
    assert actions.confirm_factor_reset(sun, noon, reset_uid=again) == 1
    with pytest.raises(NotFound):
        actions.confirm_factor_reset(sun, noon, reset_uid=again)
    with pytest.raises(NotFound):
        actions.ask_factor_reset(chen, noon, person_pseudonym=li.pseudonym)


def test_the_database_forbids_the_same(asked: str, wang: Person, chen: Person, sun: Person, noon: datetime) -> None:
    reset = FactorReset.objects.filter(uid=asked)
    for changed, name in (
        ({"done_by": chen, "done_at": noon}, "reset_is_done_by_a_second_person"),
        ({"done_by": wang, "done_at": noon}, "reset_is_done_by_a_second_person"),
        ({"asked_by": wang}, "reset_is_asked_by_another"),
        ({"done_by": sun, "done_at": noon, "stopped_at": noon}, "stopped_reset_is_not_done"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            reset.update(**changed)
