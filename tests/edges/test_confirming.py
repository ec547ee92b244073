"""Impressions that wait for somebody to see them, on the page that a telephone shows; and an emergency's review."""

from datetime import datetime

from django.urls import reverse
from django.utils.timezone import now

from privyseal.devices import actions
from privyseal.devices.models import Confirmation, MachineUse
from privyseal.identity.models import Person
from privyseal.kernel.canonical import sha256
from privyseal.seals.models import Permit
from tests.at_machine import Bench, opened, page
from tests.edges.conftest import Enter, alert, command


def test_an_approver_sees_what_lies_there_and_agrees_and_nobody_else_does(
    bench: Bench, permit: Permit, wang: Person, zhao: Person, li: Person, noon: datetime, enter: Enter
) -> None:
    actions.set_confirmations(zhao, noon, device_uid=bench.device.uid, confirmations=1)
    use = opened(bench, permit, wang, noon)
    bench.sync(noon)
    bench.machine.open(use.ticket, wang.pseudonym, noon)
    bench.machine.reserve(noon)
    bench.parts.picture = page(7)
    seen = bench.machine.photograph(noon) or b""
    bench.pictures[sha256(seen)] = seen
    bench.sync(noon)
    address, at_the_machine, approver = reverse("impression", args=[use.uid]), enter(wang), enter(li)

    assert address in approver.get(reverse("confirmations")).content.decode()
    assert address not in at_the_machine.get(reverse("confirmations")).content.decode()
    shown = approver.get(address).content.decode()
    picture = reverse("impression-page", args=[use.uid, sha256(seen)])
    assert picture in shown
    assert (approver.get(picture).content, approver.get(picture)["Content-Type"]) == (seen, "image/jpeg")
    assert [at_the_machine.get(one).status_code for one in (address, picture)] == [404, 404]
    say = reverse("impression-yes", args=[use.uid])
    assert approver.post(say, command(picture="0" * 64)).status_code == 409
    assert approver.post(say, command(picture=sha256(seen))).status_code == 302
    assert Confirmation.objects.get().by == li
    assert "您已同意本次用印" in approver.get(address).content.decode()


def test_an_emergency_that_is_over_waits_for_its_review_on_the_page(
    bench: Bench, waited: Permit, wang: Person, li: Person, noon: datetime, enter: Enter
) -> None:
    permit, shown = waited, enter(li).get(reverse("application", args=[waited.application_uid])).content.decode()
    assert "每一枚" in shown
    assert "最多 10 枚" in shown
    operator, line = enter(wang), permit.lines.get().pk
    assert "is_emergency" in operator.get(reverse("machine-use", args=[permit.uid])).content.decode()
    said = command(line=line, minutes="0", is_emergency="on")
    assert operator.post(reverse("machine-use-open", args=[permit.uid]), said).status_code == 302
    uid = MachineUse.objects.get(mode="emergency").uid
    actions.finish(wang, noon, use_uid=uid)
    bench.sync(noon)
    say, approver = reverse("emergency-review", args=[uid, "right"]), enter(li)

    assert say in approver.get(reverse("confirmations")).content.decode()
    offered = operator.get(reverse("machine-use", args=[permit.uid])).content.decode()
    assert ("is_emergency" in offered, "复核之前，不能再次应急用印" in offered) == (False, True)
    assert approver.post(say, command()).status_code == 302
    again = approver.post(say, command())

    assert (again.status_code, alert(again) != "") == (409, True)
    use = MachineUse.objects.get(uid=uid)
    assert (use.reviewed_by, use.is_right, use.reviewed_at is not None) == (li, True, True)
    assert say not in approver.get(reverse("confirmations")).content.decode()
    assert use.reviewed_at is not None
    assert use.reviewed_at <= now()
