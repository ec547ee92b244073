"""What machines are let do, agreed to by passkey: to the approval page and back, and what is said where none counts."""

from datetime import datetime

import pytest
from django.urls import reverse

from privyseal.approvals.models import ApprovalPasskey, CharterVersion
from privyseal.device.watched import Alarm
from privyseal.devices import actions
from privyseal.devices.agreeing import to_confirm, to_mount, to_unlock
from privyseal.devices.models import Confirmation, MachineUse, Mounting, Unlocking
from privyseal.devices.rules import Because
from privyseal.identity.models import Company, Person
from privyseal.kernel.canonical import sha256
from privyseal.language.refusals import words_of
from privyseal.seals.models import Permit
from tests.at_machine import Bench, opened
from tests.at_machine import page as photographed
from tests.edges.conftest import Enter, alert, command
from tests.edges.test_approving import ApprovalPage, answered, known_passkey, page  # noqa: F401  the fixture


@pytest.fixture
def closed(company: Company, li: Person, noon: datetime) -> Company:
    """The company, whose charter lets passkeys count alone."""
    asks = {"approvals": 1, "assurance": "passkey", "is_bound": False, "takes": 2, "version": 1}
    times = dict.fromkeys(("proposed_at", "agreed_at", "told_at"), noon)
    CharterVersion.objects.create(company=company, proposed_by=li, **asks, **times)
    return company


@pytest.fixture
def seen(bench: Bench, permit: Permit, wang: Person, zhao: Person, noon: datetime) -> MachineUse:
    """A use whose first impression waits, with its picture."""
    actions.set_confirmations(zhao, noon, device_uid=bench.device.uid, confirmations=1)
    use = opened(bench, permit, wang, noon)
    bench.sync(noon)
    bench.machine.open(use.ticket, wang.pseudonym, noon)
    bench.machine.reserve(noon)
    bench.parts.picture = photographed(7)
    picture = bench.machine.photograph(noon) or b""
    bench.pictures[sha256(picture)] = picture
    bench.sync(noon)
    return MachineUse.objects.get(pk=use.pk)


def test_an_impression_is_agreed_to_by_passkey_on_the_page_that_shows_its_photograph(
    page: ApprovalPage,  # noqa: F811  the fixture
    seen: MachineUse,
    closed: Company,
    li: Person,
    chen: Person,
    sun: Person,
    noon: datetime,
    enter: Enter,
) -> None:
    browser, say, picture = enter(li), reverse("impression-yes", args=[seen.uid]), sha256(photographed(7))
    without = browser.get(reverse("impression", args=[seen.uid])).content.decode()
    refused = browser.post(say, command(picture=picture))
    passkey = known_passkey(li, chen, sun, noon)

    opens = browser.post(say, command(picture=picture)).headers["Location"]
    address = page.get(opens).more["Location"]
    shown, image = page.get(address).body.decode(), page.get(f"{address}/{picture}.jpg")
    another = page.get(f"{address}/{'0' * 64}.jpg").status
    back = answered(page, address, passkey.says_yes(to_confirm(seen, picture).to_bytes()))
    stolen = enter(chen).get(back).status_code
    counted = [browser.get(back).status_code for _ in range(2)]

    assert (say in without, reverse("approval-passkeys") in without) == (False, True)
    assert (refused.status_code, "本人通行密钥" in alert(refused)) == (409, True)
    for word in ("同意用印机盖下这一枚印章", seen.device.serial, "前台", seen.ticket, picture, "第 1 枚"):
        assert word in shown
    assert (image.kind, image.body[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert (another, stolen, counted) == (404, 404, [409, 410])
    # The signer here knows nobody's passkey, and the page says so.
    made = Confirmation.objects.get()
    assert (made.by, made.assurance, made.refused) == (li, "passkey", "passkey-unknown")


def test_security_lets_a_machine_open_and_be_emptied_by_passkey_and_a_manager_without_one_is_told_why_not(
    page: ApprovalPage,  # noqa: F811  the fixture
    closed: Company,
    bench: Bench,
    gu: Person,
    zhao: Person,
    chen: Person,
    sun: Person,
    noon: datetime,
    enter: Enter,
) -> None:
    bench.machine.alarm(Alarm.TAMPER, noon)
    bench.sync(noon)
    uid = actions.ask_unlocking(gu, noon, device_uid=bench.device.uid, because=Because.LOOKED_AT)
    asked, say = Unlocking.objects.get(uid=uid), reverse("unlocking-decide", args=[bench.device.uid, uid, "agree"])
    passkey = known_passkey(chen, sun, zhao, noon)
    ApprovalPasskey.objects.update(roster="security")
    manager, browser = enter(zhao), enter(chen)

    without = manager.get(reverse("machine", args=[bench.device.uid])).content.decode()
    refused = manager.post(say, command())
    address = page.get(browser.post(say, command()).headers["Location"]).more["Location"]
    shown = page.get(address).body.decode()
    back = answered(page, address, passkey.says_yes(to_unlock(asked).to_bytes()))

    assert (say in without, reverse("approval-passkeys") in without, refused.status_code) == (False, True, 409)
    assert all(word in shown for word in ("同意解锁用印机", "已到现场查看", str(asked.known)))
    told = browser.get(back)
    seen = browser.get(told.headers["Location"]).content.decode()
    assert (told.status_code, "保持锁定" in seen) == (302, True)
    asked.refresh_from_db()
    assert (asked.decided_by, asked.assurance, asked.is_agreed) == (chen, "passkey", False)

    # What is in the machine, and what comes out of it, likewise.
    uid = actions.ask_mounting(gu, noon, device_uid=bench.device.uid, slot=1)
    out, say = Mounting.objects.get(uid=uid), reverse("mounting-decide", args=[bench.device.uid, uid, "agree"])
    without = manager.get(reverse("machine", args=[bench.device.uid])).content.decode()
    refused = manager.post(say, command())
    with_one = browser.get(reverse("machine", args=[bench.device.uid])).content.decode()
    address = page.get(browser.post(say, command()).headers["Location"]).more["Location"]
    shown = page.get(address).body.decode()
    back = answered(page, address, passkey.says_yes(to_mount(out).to_bytes()))

    assert (say in without, refused.status_code, "用通行密钥同意" in with_one) == (False, 409, True)
    assert all(word in shown for word in ("同意把印章从用印机取出", "第 1 号", uid))
    told = browser.get(back)
    seen = browser.get(told.headers["Location"]).content.decode()
    out.refresh_from_db()
    assert (out.decided_by, out.assurance, out.is_agreed, out.refused) == (chen, "passkey", False, "passkey-unknown")
    assert (told.status_code, str(words_of("passkey-unknown", {})) in seen) == (302, True)
