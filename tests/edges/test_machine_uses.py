"""The page of a use at a machine: opened, live, finished; a code shown, and closed by its receipt."""

import re
from datetime import datetime
from uuid import uuid4

from django.test import Client as Browser
from django.urls import reverse

from privyseal.custody.rules.takeout import FENCE
from privyseal.device.keypad import Entered
from privyseal.devices import actions
from privyseal.devices.actions.enrolling import GATEWAY
from privyseal.devices.models import Device, MachineUse
from privyseal.devices.rules import DeviceAct
from privyseal.identity.models import Person
from privyseal.seals.models import Permit
from tests.at_machine import Bench
from tests.edges.conftest import sign_in


def _counts(browser: Browser, permit: Permit) -> list[str]:
    shown = browser.get(reverse("machine-use", args=[permit.uid])).content.decode()
    return re.findall(r'class="count-of">([0-9/ ]+)', shown.split("data-live", 1)[1])


def test_a_machine_is_opened_watched_and_finished_on_a_telephone(
    client: Browser, bench: Bench, permit: Permit, wang: Person, noon: datetime
) -> None:
    sign_in(client, wang)
    page = reverse("machine-use", args=[permit.uid])
    by_hand = client.get(reverse("by-hand", args=[permit.uid])).content.decode()
    begin = reverse("by-hand-begin", args=[permit.uid])
    assert (page in by_hand, begin in by_hand) == (True, False)
    refused = client.post(begin, {"command_id": uuid4()})
    assert (refused.status_code, "不能人工用印" in refused.content.decode()) == (409, True)
    assert "is_emergency" not in client.get(page).content.decode()
    opening = reverse("machine-use-open", args=[permit.uid])
    for is_locked in (True, False):
        Device.objects.update(is_locked=is_locked)
        assert (opening in client.get(page).content.decode()) is not is_locked
    said = {"command_id": uuid4(), "line": permit.lines.get().pk, "minutes": "0"}
    assert client.post(reverse("machine-use-open", args=[permit.uid]), said).status_code == 302
    use = MachineUse.objects.get()
    show = reverse("machine-use-qr", args=[permit.uid, use.uid])
    assert show not in client.get(page).content.decode()
    Device.objects.update(health={"scanner": True})
    assert show in client.get(page).content.decode()
    assert "ticket-code" in client.post(show, {"command_id": uuid4()}).content.decode()
    bench.sync(noon)
    bench.machine.open(use.ticket, wang.pseudonym, noon)
    bench.stamp(noon)
    bench.sync(noon)
    assert _counts(client, permit) == ["5 / 6", "1", "1", "0"]
    actions.show_picture(GATEWAY, noon, picture_id=use.pictures.get().pk)
    assert _counts(client, permit) == ["5 / 6", "1", "1", "1"]
    assert reverse("stamped-page-small", args=[use.turn.photographs.get().uid]) in client.get(page).content.decode()
    assert (
        reverse("by-hand-made", args=[permit.uid, use.turn.uid])
        not in client.get(reverse("by-hand", args=[permit.uid])).content.decode()
    )

    finish = client.post(reverse("machine-use-finish", args=[permit.uid, use.uid]), {"command_id": uuid4()})
    assert finish.status_code == 302
    bench.machine.close("done", noon)
    bench.sync(noon)
    use.refresh_from_db()
    assert (use.closed_at, use.turn.use.permit.used) == (noon, 1)


def test_no_code_is_offered_where_the_seal_may_be_used_at_one_place_only(
    client: Browser, bench: Bench, permit: Permit, wang: Person
) -> None:
    sign_in(client, wang)
    offered = []
    for terms in ({}, {FENCE: {"latitude": 0, "longitude": 0, "metres": 100}}):
        Permit.objects.update(terms=terms)
        shown = client.get(reverse("machine-use", args=[permit.uid])).content.decode()
        offered.append((shown.count('value="60"'), shown.count('type="hidden" name="minutes" value="0"')))

    assert offered == [(1, 0), (0, 1)]


def test_the_page_of_a_seal_in_a_lost_machine_says_what_to_do(
    client: Browser, bench: Bench, permit: Permit, wang: Person, gu: Person, noon: datetime
) -> None:
    actions.end_device(gu, noon, device_uid=bench.device.uid, act=DeviceAct.LOSE)
    sign_in(client, wang)
    shown = client.get(reverse("by-hand", args=[permit.uid])).content.decode()

    assert "申请取出印章" in shown
    assert reverse("by-hand-begin", args=[permit.uid]) not in shown


def test_a_code_is_shown_and_closed_by_the_digits_that_its_machine_shows(
    client: Browser, bench: Bench, permit: Permit, wang: Person, noon: datetime
) -> None:
    sign_in(client, wang)
    said = {"command_id": uuid4(), "line": permit.lines.get().pk, "minutes": "60"}
    shown = client.post(reverse("machine-use-open", args=[permit.uid]), said).content.decode()
    (digits,) = re.findall(r"<code>((?:[0-9]{4} ?){5})</code>", shown)
    use = MachineUse.objects.get()
    again = client.post(reverse("machine-use-code", args=[permit.uid, use.uid]), {"command_id": uuid4()})
    assert digits in again.content.decode()
    bench.machine.enter(digits.replace(" ", ""), noon)
    bench.machine.close("done", noon)
    receipt = bench.machine.receipt(noon) or ""
    address = reverse("machine-use-receipt", args=[permit.uid, use.uid])

    wrong = client.post(address, {"command_id": uuid4(), "receipt": "0" * 12})
    right = client.post(address, {"command_id": uuid4(), "receipt": f"{receipt[:4]} {receipt[4:]}"})

    assert (wrong.status_code, right.status_code) == (403, 302)
    use.refresh_from_db()
    assert (use.receipt_used, use.closed_at is None) == (0, False)


def test_two_people_are_shown_a_half_of_a_code_each_and_a_word_is_asked_for_where_there_are_two(
    client: Browser, bench: Bench, permit: Permit, wang: Person, gu: Person, noon: datetime
) -> None:
    actions.set_confirmations(gu, noon, device_uid=bench.device.uid, confirmations=0, is_dual=True)
    sign_in(client, wang)
    page, half = reverse("machine-use", args=[permit.uid]), r"<code>([0-9]{4} [0-9]{4} [0-9]{2})</code>"
    assert 'name="word"' not in client.get(page).content.decode()
    words = {"command_id": uuid4(), "usual": "黄鹤楼上", "forced": "白云千载"}
    assert client.post(reverse("code-words"), words).status_code == 302
    assert 'name="word"' in client.get(page).content.decode()
    said = {"command_id": uuid4(), "line": permit.lines.get().pk, "minutes": "60"}
    opening = reverse("machine-use-open", args=[permit.uid])
    assert "取码口令不对" in client.post(opening, said).content.decode()
    (first,) = re.findall(half, client.post(opening, {**said, "word": "黄鹤楼上"}).content.decode())

    keeper = Browser()
    sign_in(keeper, gu)
    machine, use = bench.device.uid, MachineUse.objects.get()
    show = reverse("machine-half", args=[machine, use.uid])
    assert show in keeper.get(reverse("machine", args=[machine])).content.decode()
    (last,) = re.findall(half, keeper.post(show, {"command_id": uuid4()}).content.decode())
    assert bench.machine.enter((first + last).replace(" ", ""), noon) is Entered.ACCEPTED
