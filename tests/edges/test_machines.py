"""Machines on their pages: registered, enrolled by a code that is shown once, locked by whoever is near."""

import re
from datetime import datetime
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.urls import reverse

from privyseal.device import enrolment
from privyseal.device.enrolment import DeviceKind
from privyseal.device.events import Told
from privyseal.devices import actions
from privyseal.devices.models import Device, DeviceEvent, Mounting
from privyseal.identity.models import Company, Person
from privyseal.language.machines import TOLD
from privyseal.seals.models import Seal
from tests.edges.conftest import sign_in


@pytest.fixture
def device(company: Company, zhao: Person, noon: datetime) -> Device:
    uid = actions.register(
        zhao, noon, company_uid=company.uid, kind=DeviceKind.CABINET, serial="D-0009", name="财务室", slots=4
    )
    return Device.objects.get(uid=uid)


def test_a_manager_registers_a_machine_and_is_shown_its_code_once(
    client: Browser, company: Company, zhao: Person
) -> None:
    sign_in(client, zhao)
    said = {
        "company": company.uid,
        "kind": "desktop",
        "serial": "d-7",
        "name": "台式机",
        "slots": "6",
        "is_through_cloud": "on",
    }

    assert client.post(reverse("machines"), {**said, "command_id": uuid4()}).status_code == 302
    device = Device.objects.get(serial="D-7")
    shown = client.post(reverse("machine-code", args=[device.uid]), {"command_id": uuid4()}).content.decode()
    (code,) = re.findall(r"<code>([0-9A-Z-]{24})</code>", shown)

    assert enrolment.secret_of(code).hex() == device.enrolment_code.secret
    assert code not in client.get(reverse("machine", args=[device.uid])).content.decode()
    shown = client.get(reverse("machines")).content.decode()
    assert ("台式机" in shown, "经厂商云" in shown, device.is_through_cloud) == (True, True, True)


def test_a_machine_that_is_not_possible_is_refused_on_its_page(
    client: Browser, company: Company, zhao: Person, device: Device
) -> None:
    sign_in(client, zhao)
    said = {"company": company.uid, "kind": "desktop", "serial": "D-0009", "name": "台式机", "slots": "6"}

    answer = client.post(reverse("machines"), {**said, "command_id": uuid4()})

    assert (answer.status_code, Device.objects.count()) == (409, 1)
    assert client.post(reverse("machine-act", args=[device.uid, "lock"]), {"command_id": uuid4()}).status_code == 409


def test_what_the_key_did_not_mount_is_on_both_pages_with_what_to_do_until_it_is_asked_for_again(
    client: Browser, stamp: Seal, gu: Person, zhao: Person, device: Device, noon: datetime
) -> None:
    asked = Mounting(device=device, slot=1, seal=stamp, asked_by=gu, asked_at=noon, decided_by=zhao, decided_at=noon)
    asked.refused = "seal-in-two-devices"
    asked.save(force_insert=True)
    sign_in(client, gu)
    pages = [reverse("machine", args=[device.uid]), reverse("seal", args=[stamp.uid])]
    words = "另一台用印机已装有该印章。请先从该用印机中取出。处理后可"
    assert [client.get(page).content.decode().count(words) for page in pages] == [1, 1]

    asked.pk, asked.uid, asked.refused, asked.decided_by, asked.decided_at = None, uuid4().hex, None, None, None
    asked.save(force_insert=True)

    assert [client.get(page).content.decode().count(words) for page in pages] == [0, 0]


def test_what_a_machine_told_is_on_its_page_also_what_nobody_knows_yet(
    client: Browser, gu: Person, stamp: Seal, device: Device, noon: datetime
) -> None:
    Device.objects.update(
        health={"clock": "sure", "free_kilobytes": 9, "rotor": "warm", "locked": False, "scanner": True}
    )
    told_so = (
        *(("started", {"counter": 41}), ("hatched", {"eggs": 2}), ("released", {"reason": "jam"})),
        *(("alarm", {"kind": "door-held"}), ("door-opened", {"slot": 2}), ("refused", {"reason": "too-hot"})),
        *(("mounted", {"seal": stamp.uid}), ("session-opened", {"operator": gu.pseudonym})),
        *(("alarm", {"since": "2026-11-23T02:00:00.000000Z", "bytes": 2048}), ("alarm", {"since": "noon"})),
        *(("code-entered", {"answer": "locked-out"}), ("position", {"latitude": 31_230_400, "longitude": 121_473_700})),
    )
    for number, (told, said) in enumerate(told_so, start=1):
        DeviceEvent.objects.create(
            device=device, epoch=1, number=number, type=told, at=noon, received_at=noon, said={"said": said}
        )
    sign_in(client, gu)

    shown = client.get(reverse("machine", args=[device.uid])).content.decode()

    assert all(words in shown for words in ("机械计数：41", "hatched", "eggs：2", "rotor", "warm", "原因：too-hot"))
    assert all(
        words in shown for words in ("原因：机械卡滞", "仓门长时间未关", "仓门已打开", "口令多次错误", "31.230400°")
    )
    assert {*TOLD} == {*Told}
    assert all(
        words in shown for words in (f"印章：{stamp.name}", f"操作人：{gu.name}", "2026年11月23日 10:00", "2.0", "noon")
    )
    assert "<dt>可扫描二维码</dt><dd>是</dd>" in shown
    assert shown.count("data-live") == 3  # state, health and what it told come anew while somebody looks
    raws = ("02:00:00.000000Z", "free_kilobytes", ">sure<", "door-opened", "locked-out", "31230400")
    assert [raw for raw in (f"印章 {stamp.uid[:8]}", f"操作人 {gu.pseudonym[:8]}", *raws) if raw in shown] == []
    assert reverse("machine-code", args=[device.uid]) not in shown
