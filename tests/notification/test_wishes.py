"""What somebody wishes to be told by which way; what the rules oblige stays, whatever they wish."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from privyseal.identity.models import Person, Unit
from privyseal.kernel.errors import NotFound
from privyseal.notification import actions, queries
from privyseal.notification.models import Delivery, Message, Muted, Unwanted
from privyseal.notification.rules import OBLIGED, MessageObliged
from privyseal.seals import actions as seals
from privyseal.seals.models import Seal
from tests.conftest import Use, recorded, say_yes
from tests.notification.conftest import begin_to_follow, catch_up, reached

APPROVED = ("application.approved", "email")


def by_mail(person: Person) -> list[str]:
    return list(Delivery.objects.filter(message__person=person).order_by("pk").values_list("message__kind", flat=True))


def approve(pending: Use, li: Person, noon: datetime) -> None:
    begin_to_follow(noon)
    say_yes(li, noon, pending.uid)
    catch_up(noon)


def test_a_kind_that_somebody_does_not_want_by_a_channel_stays_on_the_page(
    pending: Use, li: Person, wang: Person, noon: datetime
) -> None:
    reached(wang, noon)
    actions.choose_ways(wang, noon, channels=["email"], unwanted=[APPROVED])
    assert recorded()[-1] == "message.ways-chosen"

    approve(pending, li, noon)

    assert by_mail(wang) == []
    assert Message.objects.filter(person=wang, kind="application.approved").exists()


def test_choosing_again_leaves_what_was_said_of_other_channels(wang: Person, noon: datetime) -> None:
    actions.choose_ways(wang, noon, channels=["sms"], unwanted=[("application.approved", "sms")])
    actions.choose_ways(wang, noon, channels=["email"], unwanted=[APPROVED])
    actions.choose_ways(wang, noon, channels=["email"], unwanted=[])

    assert queries.unwanted_by(wang) == {("application.approved", "sms")}


@pytest.mark.parametrize("kind", sorted(OBLIGED))
def test_what_the_rules_oblige_cannot_be_switched_off(kind: str, wang: Person, noon: datetime) -> None:
    with pytest.raises(MessageObliged):
        actions.choose_ways(wang, noon, channels=["email"], unwanted=[APPROVED, (kind, "email")])

    assert not Unwanted.objects.exists()
    assert recorded()[-1] == "message.choose-ways.refused"


def test_the_database_keeps_what_the_rules_oblige_wanted(wang: Person) -> None:
    with pytest.raises(IntegrityError, match="obliged_kinds_stay_wanted"), transaction.atomic():
        Unwanted.objects.create(person=wang, kind="seal.lost", channel="email")


def test_a_loss_is_among_what_the_rules_oblige() -> None:
    assert {"seal.lost", "seal.stolen", "seal.robbed", "seal.suspended", "incident.opened"} <= OBLIGED


def test_a_muted_seal_is_told_of_on_the_page_until_it_is_no_longer_muted(
    pending: Use, official: Seal, li: Person, wang: Person, noon: datetime
) -> None:
    reached(wang, noon)
    actions.mute(wang, noon, seal_uid=official.uid, is_unit=False, is_muted=True)
    actions.mute(wang, noon, seal_uid=official.uid, is_unit=False, is_muted=True)
    approve(pending, li, noon)
    assert by_mail(wang) == []

    actions.mute(wang, noon, seal_uid=official.uid, is_unit=False, is_muted=False)

    assert not Muted.objects.exists()
    assert recorded()[-1] == "message.unmuted"


def test_what_is_urgent_comes_though_the_seal_and_its_unit_are_muted(
    official: Seal, zhao: Person, sun: Person, noon: datetime
) -> None:
    reached(zhao, noon)
    unit = Unit.objects.create(company=official.company, name="法务部", opened_at=noon)
    Seal.objects.update(unit=unit)
    for is_unit in (False, True):
        actions.mute(zhao, noon, seal_uid=official.uid, is_unit=is_unit, is_muted=True)
    begin_to_follow(noon)
    seals.suspend_seal(sun, noon, seal_uid=official.uid, reason="核查")
    catch_up(noon)

    assert by_mail(zhao) == ["seal.suspended"]


def test_a_muted_unit_mutes_its_seals(pending: Use, official: Seal, li: Person, wang: Person, noon: datetime) -> None:
    reached(wang, noon)
    Seal.objects.update(unit=Unit.objects.create(company=official.company, name="法务部", opened_at=noon))
    actions.mute(wang, noon, seal_uid=official.uid, is_unit=True, is_muted=True)

    approve(pending, li, noon)

    assert by_mail(wang) == []


def test_a_seal_that_nobody_may_see_or_a_unit_that_is_none_is_not_muted(
    official: Seal, wang: Person, noon: datetime
) -> None:
    with pytest.raises(NotFound):
        actions.mute(wang, noon, seal_uid="0" * 32, is_unit=False, is_muted=True)
    with pytest.raises(NotFound):
        actions.mute(wang, noon, seal_uid=official.uid, is_unit=True, is_muted=True)

    assert not Muted.objects.exists()
