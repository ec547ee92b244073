"""What a telephone carries: handed in by whoever may, as it is; and one that means harm loses and delays, no more."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import Settings

from privyseal.device import wrapping
from privyseal.device.counter import Counter, NoGateway
from privyseal.device.enrolment import DeviceKind
from privyseal.device.hello import Picture
from privyseal.device.machine import Machine
from privyseal.device.orders import Instruction, Order
from privyseal.device.signed import Frame, claimed, said_by_itself, signed
from privyseal.device.signed import opened as signed_open
from privyseal.device.way import Answer
from privyseal.devices import actions
from privyseal.devices.models import Device, DeviceOrder
from privyseal.devices.rules import DeviceAct
from privyseal.gateway.exchange import Exchange
from privyseal.gateway.site import Site
from privyseal.identity.models import Person
from privyseal.seals.models import Permit, Seal
from tests.at_machine import HOUSE, KEY, Bench, mount_at, opened
from tests.edges.conftest import sign_in


class Across:
    """The gateway across the counter, without the wire."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def carried(self, frames: Sequence[str]) -> Answer:
        body = json.dumps({"frames": [*frames]}).encode()
        return self._asked(body, REQUEST_METHOD="POST", PATH_INFO="/v1/carried")

    def pictured(self, digest: str, sealed: bytes, frame: str) -> Answer:
        own = {"PATH_INFO": f"/v1/carried/{digest}", "HTTP_AUTHORIZATION": f"Privyseal {frame}"}
        return self._asked(sealed, REQUEST_METHOD="PUT", **own)

    def _asked(self, body: bytes, **about: str) -> Answer:
        statuses: list[str] = []
        asked = {**about, "CONTENT_LENGTH": str(len(body))}
        told = self._site({**asked, "wsgi.input": BytesIO(body)}, lambda status, *_: _noting(statuses, status))
        return Answer(int(statuses[0].split()[0]), json.loads(b"".join(told)), 0)


def _noting(statuses: list[str], status: str) -> Any:  # noqa: ANN401  what a server hands back, used by nobody
    statuses.append(status)


@pytest.fixture
def clock(noon: datetime) -> list[datetime]:
    return [noon]


@pytest.fixture(autouse=True)
def _across(settings: Settings, bench: Bench, clock: list[datetime]) -> None:
    settings.GATEWAY = Across(Site(HOUSE, bench.signer, lambda: clock[0]))


def handed(browser: Browser, device: Device, *frames: str) -> tuple[int, dict[str, Any]]:
    address = reverse("machine-carried", args=[device.uid])
    body = json.dumps({"frames": frames})
    answer = browser.post(address, body, content_type="application/json", headers={"X-By-Itself": "1"})
    return answer.status_code, answer.json()


def carry(browser: Browser, bench: Bench, at: datetime) -> list[Frame]:
    """Carry until nothing is left, and return what the machine was told."""
    told: list[Frame] = []
    while True:
        events = bench.machine.told()
        status, said = handed(browser, bench.device, *([events] if events else []), bench.machine.hello(at))
        assert (status, said["code"]) == (HTTPStatus.OK, "")
        for frame in said["frames"]:
            bench.machine.take(frame, at)
        told += map(claimed, said["frames"])
        if not bench.machine.kept.unsent:
            return told


def test_whoever_stamps_carries_for_a_machine_that_has_no_network(
    client: Browser, bench: Bench, permit: Permit, wang: Person, noon: datetime
) -> None:
    page = reverse("machine-carry", args=[bench.device.uid])
    sign_in(client, wang)
    assert client.get(page).status_code == HTTPStatus.NOT_FOUND
    use = opened(bench, permit, wang, noon)

    shown = client.get(page)
    assert shown.headers["X-Kept-By"] == wang.pseudonym
    assert page in client.get(reverse("machine-use", args=[permit.uid])).content.decode()
    assert Frame.TICKET in carry(client, bench, noon)
    bench.machine.open(use.ticket, wang.pseudonym, noon)
    bench.stamp(noon)
    bench.machine.close("done", noon)
    assert carry(client, bench, noon)[0] is Frame.ACKNOWLEDGEMENT

    use.refresh_from_db()
    assert (use.fired, use.committed) == (1, 1)


def test_a_picture_is_handed_in_sealed_and_its_machine_may_forget_it_by_the_gateways_word(
    client: Browser, bench: Bench, permit: Permit, wang: Person, noon: datetime
) -> None:
    sign_in(client, wang)
    use = opened(bench, permit, wang, noon)
    carry(client, bench, noon)
    bench.machine.open(use.ticket, wang.pseudonym, noon)
    bench.stamp(noon)
    ((digest, data),) = bench.pictures.items()
    named = Picture(bench.device.serial, digest, len(data))
    frame, sealed = signed(Frame.PICTURE, named.to_json(), KEY), wrapping.wrapped(data, HOUSE.public).encode()
    other = signed(Frame.PICTURE, replace(named, device="D-1").to_json(), KEY)
    address = reverse("machine-pictured", args=[bench.device.uid])

    def pictured(frame: str, body: bytes) -> tuple[int, dict[str, Any]]:
        said = {"frame": frame, "picture": ContentFile(body, "picture")}
        answer = client.post(address, said, headers={"X-By-Itself": "1"})
        return answer.status_code, answer.json()

    assert pictured(frame, sealed)[1]["code"] == "picture-unknown"  # its events come first
    carry(client, bench, noon)
    for strange in (bench.machine.hello(noon), "x"):
        assert pictured(strange, sealed)[0] == HTTPStatus.BAD_REQUEST
    assert (pictured(other, sealed)[1]["code"], pictured(frame, data)[1]["code"]) == ("other-machine", "frame-broken")
    (kept,) = pictured(frame, sealed)[1]["frames"]
    assert signed_open(kept, Frame.KEPT, HOUSE.public) == named.to_json()
    assert bench.device.pictures.filter(sha256=digest, received_at__isnull=False).exists()


def test_a_telephone_that_means_harm_loses_and_delays_and_no_more(
    client: Browser,
    bench: Bench,
    permit: Permit,
    wang: Person,
    gu: Person,
    noon: datetime,
    clock: list[datetime],
    settings: Settings,
) -> None:
    sign_in(client, wang)
    use = opened(bench, permit, wang, noon)
    old = bench.machine.hello(noon)
    carry(client, bench, noon)
    bench.machine.open(use.ticket, wang.pseudonym, noon)
    bench.stamp(noon, settle=False)
    first = bench.machine.told() or ""
    bench.machine.commit(noon)
    second = bench.machine.told() or ""

    kept_back = handed(client, bench.device, old)[1]["frames"]
    assert [handed(client, bench.device, one)[0] for one in (first, first, second, first, old, old)] == [200] * 6
    head = bench.machine.kept.head.number
    bench.device.refresh_from_db()
    assert (bench.device.known, bench.device.events.count()) == (head, head)
    for frame in (*kept_back, *kept_back):
        bench.machine.take(frame, noon)
    assert bench.machine.kept.spent[use.ticket] == 1

    late = clock[0] = noon + timedelta(hours=9)
    sent = handed(client, bench.device, bench.machine.hello(noon))[1]["frames"]
    for frame in sent:  # the time that was asked for at noon
        bench.machine.take(frame, late)
    bench.device.refresh_from_db()
    assert (bench.device.seen_at, bench.device.clock_behind) == (noon, 0)
    assert "clock-set" not in {one["type"] for one in bench.machine.kept.unsent}
    carry(client, bench, late)
    actions.ask(gu, late, device_uid=bench.device.uid, act=DeviceAct.LOCK)
    carry(client, bench, late)
    assert bench.machine.kept.is_locked
    _only_its_own_is_handed_in(client, bench, noon, kept_back)
    _one_order_at_a_time(client, bench, late)
    settings.GATEWAY = Counter("https://127.0.0.1:9", Path("/nowhere"))
    status, said = handed(client, bench.device, old)
    assert (status, said["code"]) == (HTTPStatus.SERVICE_UNAVAILABLE, NoGateway.code)


def test_an_order_that_the_register_lost_is_given_by_the_key(bench: Bench, stamp: Seal, noon: datetime) -> None:
    serial = bench.device.serial
    lost = mount_at(bench.signer, serial, 1, stamp, kind=DeviceKind.HANDHELD, is_in=False)
    hello = bench.machine.hello(noon - timedelta(minutes=5))

    for is_carried, kinds in ((True, [Order.MOUNT]), (False, [Order.MOUNT, Order.TIME])):
        exchange = Exchange(HOUSE, bench.signer, is_carried=is_carried)
        exchange.take(hello, noon)
        orders = [frame for frame in exchange.answer(noon) if claimed(frame) is Frame.ORDER]
        assert [said_by_itself(frame, Frame.ORDER)["type"] for frame in orders] == kinds
        assert orders[0] == lost
    for frame in orders:
        bench.machine.take(frame, noon)
    assert bench.machine.kept.mounted == {"1": ""}


def _only_its_own_is_handed_in(client: Browser, bench: Bench, noon: datetime, told: list[str]) -> None:
    good = bench.machine.hello(noon)
    other = Machine(replace(bench.identity, serial="D-1"), bench.parts, lambda _: None, at=noon).hello(noon)
    ticket = next(one for one in told if claimed(one) is Frame.TICKET)
    forged = good[:-8] + ("A" * 8 if not good.endswith("A" * 8) else "B" * 8)

    assert handed(client, bench.device, good, other)[1]["code"] == "other-machine"
    for frames in ((), (ticket,), ("x",), (good,) * 17):
        assert handed(client, bench.device, *frames)[0] == HTTPStatus.BAD_REQUEST
    assert handed(client, bench.device, forged)[1]["code"] in {"frame-forged", "frame-broken"}


def _one_order_at_a_time(client: Browser, bench: Bench, at: datetime) -> None:
    """Whoever has two of them could bring the later one alone, and the other would never come."""
    taken = bench.machine.kept.orders
    for number in (taken + 1, taken + 2):
        order = Instruction(bench.device.serial, number, Order.UNLOCK, {"until": 0})
        frame = signed(Frame.ORDER, order.to_json(), HOUSE.key)
        DeviceOrder.objects.create(device=bench.device, number=number, frame=frame, made_at=at)

    old = handed(client, bench.device, bench.machine.hello(at - timedelta(hours=1)))[1]["frames"]
    bench.machine.kept = replace(bench.machine.kept, orders=taken + 1)
    new = handed(client, bench.device, bench.machine.hello(at))[1]["frames"]

    told = [
        [said_by_itself(one, Frame.ORDER)["number"] for one in each if claimed(one) is Frame.ORDER]
        for each in (old, new)
    ]
    assert told == [[taken + 1], [taken + 2]]
