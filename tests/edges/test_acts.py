"""What is done to a seal itself, at the browser."""

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localdate

from privyseal.approvals.models import Application
from privyseal.identity.actions import open_unit
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.seals.models import Custody, Permit, Seal
from privyseal.signer.client import Client
from privyseal.signer.statement import Purpose
from tests.actions.keepers import PHOTO, approved_act, rubber
from tests.conftest import holding, new_person, permit_of, say_yes
from tests.edges.conftest import Enter, alert, command


@pytest.fixture
def ke(company: Company, long_ago: datetime) -> Person:
    """Keeps seals too."""
    return holding(new_person("ke", "柯管"), Power.CUSTODY, company, long_ago)


@pytest.fixture
def resting(zhao: Person, company: Company, gu: Person, noon: datetime) -> Seal:
    return rubber(zhao, noon, company, gu)


def picture() -> SimpleUploadedFile:
    return SimpleUploadedFile("imprint.jpg", PHOTO, content_type="image/jpeg")


def test_a_seal_says_what_can_be_applied_for_and_what_follows(resting: Seal, zhao: Person, enter: Enter) -> None:
    browser = enter(zhao)
    page = browser.get(f"/seals/{resting.uid}/").content.decode()

    for purpose in ("hand-over", "cover", "collect", "retire"):
        assert f"/seals/{resting.uid}/apply/{purpose}/" in page
    assert "/apply/destroy/" not in page
    assert "顾守" in page
    assert "永久停止使用" in browser.get(f"/seals/{resting.uid}/apply/retire/").content.decode()
    assert browser.get(f"/seals/{resting.uid}/apply/use/").status_code == 404


@pytest.mark.invariant("T15", column="http")
def test_leave_cover_goes_through_its_pages(
    resting: Seal, zhao: Person, li: Person, gu: Person, ke: Person, ma: Person, noon: datetime, enter: Enter
) -> None:
    last_day = localdate() + timedelta(days=3)
    named = {"receiver": ke.pseudonym, "witness": ma.pseudonym, "due_on": last_day.isoformat(), "reason": "年假"}
    answer = enter(zhao).post(f"/seals/{resting.uid}/apply/cover/", command(**named))
    uid = Application.objects.get().uid
    assert answer.headers["Location"] == f"/applications/{uid}/"
    asked = enter(li).get(f"/applications/{uid}/").content.decode()
    assert "柯管" in asked
    assert "马行" in asked
    say_yes(li, noon, uid)
    permit = permit_of(uid)

    words = f"/seals/{resting.uid}/words/{permit.uid}"
    assert enter(gu).post(f"{words}/giver/", {"counter": "7"}).status_code == 400
    assert enter(gu).post(f"{words}/giver/", {"counter": "7", "photo": picture()}).status_code == 302
    assert f"{words}/witness/" in enter(ma).get(f"/seals/{resting.uid}/").content.decode()
    assert enter(ma).post(f"{words}/witness/").status_code == 302
    assert enter(ke).post(f"{words}/receiver/").status_code == 302

    cover = Custody.objects.get(until=None)
    assert (cover.keeper, cover.covers_for) == (ke, gu)


@pytest.mark.invariant("T15", column="http")
def test_a_word_that_nobody_asked_for_is_refused_in_words(
    resting: Seal, zhao: Person, li: Person, ke: Person, ma: Person, noon: datetime, enter: Enter
) -> None:
    permit = approved_act(zhao, [li], noon, resting, Purpose.HAND_OVER, receiver=ke, witnesses=(ma,))

    answer = enter(zhao).post(f"/seals/{resting.uid}/words/{permit.uid}/receiver/")

    assert (answer.status_code, Permit.objects.get(pk=permit.pk).used) == (403, 0)
    assert "您没有" in alert(answer)


def test_an_existing_seal_is_entered_on_a_page(
    zhao: Person, company: Company, gu: Person, signer: Client, enter: Enter
) -> None:
    browser, sent = enter(zhao), command(company=company.uid, name="报关章", type="customs", keeper=gu.pseudonym)

    answers = [browser.post("/seals/enter/", sent) for _ in range(2)]

    seal = Seal.objects.get()
    assert [answer.headers["Location"] for answer in answers] == [f"/seals/{seal.uid}/"] * 2
    assert (seal.state, seal.type) == ("suspended", "customs")
    assert "报关章" in browser.get("/seals/").content.decode()


def test_a_seal_is_given_to_a_unit_through_its_pages(
    official: Seal, zhao: Person, li: Person, chen: Person, noon: datetime, enter: Enter
) -> None:
    unit = open_unit(chen, noon, company_uid=official.company.uid, name="法务部")
    manager = enter(zhao)
    address = f"/seals/{official.uid}/apply/assign/"
    assert "示例科技有限公司 · 法务部" in manager.get(address).content.decode()

    answer = manager.post(address, command(unit=unit, reason="机构调整"))
    uid = Application.objects.exclude(purpose="make").get().uid
    assert (answer.status_code, answer["Location"]) == (302, f"/applications/{uid}/")
    assert "新的归属部门" in enter(li).get(f"/applications/{uid}/").content.decode()
    say_yes(li, noon, uid)
    manager.post(f"/seals/{official.uid}/carry-out/{permit_of(uid).uid}/")

    for page in (f"/seals/{official.uid}/", "/seals/"):
        assert "法务部" in manager.get(page).content.decode()
    refused = manager.post(address, command(unit=unit, reason="机构调整"))
    assert (refused.status_code, Application.objects.count()) == (409, 2)


def test_a_seal_is_extended_through_its_pages(
    official: Seal, zhao: Person, li: Person, noon: datetime, enter: Enter
) -> None:
    Seal.objects.update(ends_on=localdate() + timedelta(days=3), starts_on=localdate())
    manager, later = enter(zhao), localdate() + timedelta(days=400)
    address = f"/seals/{official.uid}/apply/extend/"
    assert f"{address}" in manager.get(f"/seals/{official.uid}/").content.decode()

    assert manager.post(address, command(ends_on=localdate().isoformat(), reason="到期")).status_code == 409
    manager.post(address, command(ends_on=later.isoformat(), reason="到期"))
    uid = Application.objects.get(purpose="extend").uid
    assert later.isoformat() in enter(li).get(f"/applications/{uid}/").content.decode()
    say_yes(li, noon, uid)
    manager.post(f"/seals/{official.uid}/carry-out/{permit_of(uid).uid}/")

    official.refresh_from_db()
    assert (official.ends_on, official.version) == (later, 2)
    assert "起，示例科技有限公司" in manager.get(f"/seals/{official.uid}/").content.decode()


def test_a_new_rubber_goes_through_its_pages(
    resting: Seal, zhao: Person, li: Person, gu: Person, ma: Person, ke: Person, noon: datetime, enter: Enter
) -> None:
    Seal.objects.update(state="active")
    manager, address = enter(zhao), f"/seals/{resting.uid}/"
    wish = {"name": "公章（新）", "maker": "示例刻章店", "maker_licence": "110108-0001", "hand_in_days": "5"}
    named = {"witness": ma.pseudonym, "second_witness": ke.pseudonym, "reason": "磨损"}
    manager.post(f"{address}apply/change/", command(**wish, **named))
    uid = Application.objects.get(purpose="change").uid
    assert "示例刻章店" in enter(li).get(f"/applications/{uid}/").content.decode()
    say_yes(li, noon, uid)
    approved = manager.get(f"/applications/{uid}/").content.decode()
    assert ("前往印章" in approved, "前往用印" in approved) == (True, False)
    permit = permit_of(uid).uid
    manager.post(f"{address}carry-out/{permit}/")

    assert "公安备案号" in enter(gu).get(address).content.decode()
    enter(gu).post(f"{address}words/{permit}/receiver/", {"photo": picture(), "filing_number": "1101080000009"})
    enter(ma).post(f"{address}words/{permit}/witness/")
    for witness in (ma, ke):
        assert "旧印章" in enter(witness).get(address).content.decode()
        enter(witness).post(f"{address}old-rubber/{permit}/", {"photo": picture()})

    page = manager.get(address).content.decode()
    assert "公章（新）" in page
    assert "旧印章已销毁" in page
