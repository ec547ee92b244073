"""A seal comes out of a cabinet for one use, by its keeper's hand, and goes back; what goes out otherwise is found."""

import re
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from privyseal.config.backup import proving
from privyseal.custody import actions as custody
from privyseal.custody.models import Alarm, HandUse, TakeOut
from privyseal.custody.rules import Hand
from privyseal.device.enrolment import DeviceKind
from privyseal.device.keypad import Entered
from privyseal.devices import actions
from privyseal.devices.logs import logs_of
from privyseal.devices.models import CabinetOpening, Device
from privyseal.devices.rules import NotInCabinet, TwoHoldCodes
from privyseal.identity.models import Company, Person
from privyseal.kernel.errors import NotEntitled, OutOfTurn, Refused
from privyseal.ledger.queries import facts_beyond
from privyseal.seals.models import Permit, Seal
from privyseal.signer.client import Client
from privyseal.signer.replaying import Grant
from tests.actions.keepers import photo
from tests.at_machine import Bench, benched
from tests.conftest import recorded
from tests.edges.conftest import sign_in


@pytest.fixture
def cabinet(stamp: Seal, company: Company, zhao: Person, gu: Person, signer: Client, noon: datetime) -> Bench:
    return benched(stamp, company, zhao, gu, signer, noon, kind=DeviceKind.CABINET)


def moved(bench: Bench, keeper: Person, at: datetime, *, is_there: bool, ticket: str) -> None:
    """Let the keeper open the slot, take the seal or put it back, and shut the door."""
    seal = next(iter(bench.machine.kept.mounted.values()))
    assert bench.machine.open(ticket, keeper.pseudonym, at) is None
    bench.machine.door_opened(1, at)
    bench.parts.seals = frozenset({seal} if is_there else ())
    bench.machine.look({1: seal if is_there else ""}, at)
    bench.machine.door_shut(1, at)
    bench.sync(at)


def opened(keeper: Person, at: datetime, permit: Permit, signer: Client) -> str:
    return actions.open_cabinet(keeper, at, command_id=uuid4(), permit_uid=permit.uid, signer=signer)[0]


def test_a_seal_comes_out_of_its_cabinet_for_a_use_and_goes_back_and_the_page_says_so(
    client: Browser, cabinet: Bench, permit: Permit, wang: Person, gu: Person, li: Person, noon: datetime
) -> None:
    with pytest.raises(OutOfTurn):  # nobody asked for the seal yet
        opened(gu, noon, permit, cabinet.signer)
    actions.begin_by_hand(wang, noon, permit_uid=permit.uid)
    with pytest.raises(NotEntitled):
        opened(wang, noon, permit, cabinet.signer)
    sign_in(client, gu)
    page, button = reverse("by-hand", args=[permit.uid]), reverse("cabinet-open", args=[permit.uid])
    assert button in client.get(page).content.decode()
    assert client.post(button, {"command_id": uuid4(), "minutes": "0"}).status_code == 302
    with pytest.raises(OutOfTurn):
        opened(gu, noon, permit, cabinet.signer)
    one = CabinetOpening.objects.get()
    let_out = Grant(one.uid, cabinet.device.serial, permit.application_uid, permit.seal.uid, 0, is_code=False)
    assert proving.grants(facts_beyond(0, [proving.LET_OUT])) == [let_out]  # a restored key is told so
    cabinet.sync(noon)
    moved(cabinet, gu, noon, is_there=False, ticket=one.uid)
    assert f"{gu.name}开启" in client.get(page).content.decode()  # proposed where it is confirmed
    actions.confirm_by_hand(gu, noon, use_uid=HandUse.objects.get().uid, hand=Hand.KEEPER)
    late = one.closes_at + timedelta(minutes=1)
    for _ in range(2):
        actions.stop_uses(late)
    assert list(Alarm.objects.values_list("kind", flat=True)) == ["not-returned"]
    moved(cabinet, gu, late, is_there=True, ticket=one.uid)

    one.refresh_from_db()
    assert (one.opened_at, one.taken_at, one.back_at, one.missed_at) == (late, noon, late, late)
    shown = client.get(page).content.decode()
    assert all(words in shown for words in ("印章柜检测到取出", "印章柜检测到放回", "逾期未放回"))
    assert 'value="前台，章位 1"' in shown
    assert shown.count("检测到该印章放回") == 1
    assert [kind for kind in recorded() if kind.startswith("cabinet") and "refused" not in kind] == [
        f"cabinet.{kind}" for kind in ("asked", "allowed", "taken", "returned")
    ]
    assert not cabinet.machine.kept.is_locked


@pytest.mark.invariant("T16", column="http")
def test_without_a_network_a_cabinet_opens_by_a_code_and_its_receipt_closes_it(
    client: Browser, cabinet: Bench, permit: Permit, wang: Person, gu: Person, noon: datetime
) -> None:
    actions.begin_by_hand(wang, noon, permit_uid=permit.uid)
    sign_in(client, gu)
    page, route = reverse("by-hand", args=[permit.uid]), partial(reverse, args=[permit.uid])
    answered = client.post(route("cabinet-open"), {"command_id": uuid4(), "minutes": "60"})
    digits = "".join(re.search(r"<code>([0-9 ]+)</code>", answered.content.decode())[1].split())  # type: ignore[index]  # it is there
    second = client.post(route("cabinet-open"), {"command_id": uuid4(), "minutes": "60"})
    assert (second.status_code, second.context["permit"]) == (409, permit)
    one, machine, seal = CabinetOpening.objects.get(), cabinet.machine, permit.seal.uid
    at = timezone.now()
    for is_there in (False, True):
        again = client.post(route("cabinet-code"), {"command_id": uuid4()}).content.decode()
        assert f"{digits[:4]} {digits[4:8]}" in again
        assert machine.enter(digits, at) is Entered.ACCEPTED
        machine.door_opened(1, at)
        cabinet.parts.seals = frozenset({seal} if is_there else ())
        machine.look({1: seal if is_there else ""}, at)
        machine.door_shut(1, at)
    shown = machine.receipt(at) or ""
    wrong = client.post(route("cabinet-receipt"), {"command_id": uuid4(), "receipt": "0" * 12})
    right = client.post(route("cabinet-receipt"), {"command_id": uuid4(), "receipt": shown})
    assert (wrong.status_code, right.status_code) == (403, 302)
    assert route("cabinet-receipt") in wrong.content.decode()  # the page of the use, to read it once more
    assert "印章已取出并放回" in client.get(page).content.decode()

    cabinet.sync(at)  # it is heard again, and tells the same
    actions.compare_receipts(at, signer=cabinet.signer)
    one.refresh_from_db()
    assert (one.receipt_used, one.head_agrees, one.taken_at, one.back_at) == (1, True, at, at)
    assert not Alarm.objects.exists()
    (log,) = logs_of(gu, at, [permit])
    assert {event.type for event in log.events} >= {"code-entered", "seal-taken", "seal-returned"}
    assert [kind for kind in recorded() if kind.startswith("cabinet") and "refused" not in kind] == [
        f"cabinet.{kind}" for kind in ("asked", "allowed", "receipt-read", "taken", "returned", "receipt-compared")
    ]


def test_a_code_of_which_nobody_hears_is_missed_and_one_under_duress_ends_without_a_word(
    cabinet: Bench, permit: Permit, wang: Person, gu: Person, zhao: Person, noon: datetime
) -> None:
    actions.begin_by_hand(wang, noon, permit_uid=permit.uid)
    actions.set_words(gu, noon, password=("the usual one", "the other one"))
    ask = partial(actions.open_cabinet, gu, noon, permit_uid=permit.uid, signer=cabinet.signer, minutes=30)
    _, digits = ask(command_id=uuid4(), word="the other one")
    assert cabinet.machine.enter(digits, noon) is Entered.DURESS
    over = CabinetOpening.objects.get().closes_at
    actions.stop_uses(over)
    assert CabinetOpening.objects.get().closed_at == over
    ask(command_id=uuid4(), word="the usual one")
    for _ in range(2):
        actions.stop_uses(over)

    assert sorted(Alarm.objects.values_list("kind", flat=True)) == ["forced", "not-returned"]
    CabinetOpening.objects.update(closed_at=over)
    Device.objects.update(is_dual=True)
    with pytest.raises(TwoHoldCodes):
        ask(command_id=uuid4(), word="the usual one")


def test_what_nothing_allows_any_more_is_taken_back_and_a_seal_gone_by_it_is_an_incident(
    cabinet: Bench, permit: Permit, stamp: Seal, wang: Person, gu: Person, noon: datetime
) -> None:
    actions.begin_by_hand(wang, noon, permit_uid=permit.uid)
    uid = opened(gu, noon, permit, cabinet.signer)
    cabinet.sync(noon)
    Seal.objects.filter(pk=stamp.pk).update(state="suspended")
    actions.stop_uses(noon)
    with pytest.raises(Refused):
        opened(gu, noon, permit, cabinet.signer)
    moved(cabinet, gu, noon, is_there=False, ticket=uid)  # it had not heard of it yet

    assert Alarm.objects.get().kind == "no-permit"
    one = CabinetOpening.objects.get()
    assert (one.closed_at, one.taken_at) == (noon, noon)  # where the seal is, is known all the same


def test_for_a_take_out_it_opens_until_the_seal_is_handed_over(
    cabinet: Bench, booked: TakeOut, gu: Person, noon: datetime
) -> None:
    uid = opened(gu, noon, booked.permit, cabinet.signer)
    cabinet.sync(noon)
    moved(cabinet, gu, noon, is_there=False, ticket=uid)
    face = photo(gu, noon, booked.seal)
    custody.give_out(gu, noon, take_out_uid=booked.uid, photo_sha256=face)

    assert CabinetOpening.objects.get().taken_at == noon
    with pytest.raises(OutOfTurn):
        opened(gu, noon, booked.permit, cabinet.signer)


def test_no_cabinet_no_opening(permit: Permit, wang: Person, gu: Person, signer: Client, noon: datetime) -> None:
    custody.begin_use(wang, noon, permit_uid=permit.uid)
    with pytest.raises(NotInCabinet):
        opened(gu, noon, permit, signer)
