"""A use of what is no file, from the first form to the pages that say what it was bound to."""

import re
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localdate

from privyseal.approvals.models import Application, Line
from privyseal.identity.models import Company, Person
from privyseal.seals.models import Seal
from tests.by_hand import stamped_page
from tests.conftest import permit_of, say_yes
from tests.edges.conftest import Enter, alert, command

pytestmark = pytest.mark.documents


def terms(stamp: Seal, wang: Person, jian: Person, **changes: str) -> dict[str, object]:
    days = {"starts_on": localdate().isoformat(), "ends_on": (localdate() + timedelta(days=6)).isoformat()}
    people = {"operator": wang.pseudonym, "supervisor": jian.pseudonym}
    said = {"seal": stamp.uid, "following": "others", "reason": "与乙方签订合同", "copies": "2"}
    return command(**said, **days, **people, **changes)


def acknowledged(page: bytes) -> str:
    found = re.search(r'name="acknowledged" value="([0-9a-f]{64})"', page.decode())
    assert found is not None
    return found[1]


def photograph(number: int) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{number}.jpg", stamped_page(number), content_type="image/jpeg")


def test_a_paper_is_photographed_applied_for_and_shown_with_its_photographs(
    wang: Person, li: Person, jian: Person, company: Company, stamp: Seal, enter: Enter
) -> None:
    browser = enter(wang)
    taken = [photograph(1), photograph(2)]
    brought = command(company=company.uid, title="采购合同", pages="12", photographs=taken)

    second = browser.post("/apply/use/paper/", brought)
    assert second.status_code == 302, second.content.decode()
    page = browser.get(second.headers["Location"]).content.decode()
    assert "盖章前照片 2 张" in page
    assert 'value="words"' not in page

    said = terms(stamp, wang, jian, how="at", page="2", x="100", y="60")
    said["acknowledged"] = acknowledged(browser.post(second.headers["Location"], said).content)
    done = browser.post(second.headers["Location"], said)
    assert done.status_code == 302, done.content.decode()
    shown = enter(li).get(done.headers["Location"]).content.decode()
    assert "纸质文件，每份 12 页" in shown
    assert enter(li).get(f"/documents/{Line.objects.get().document_sha256}/photographs/2/").content == stamped_page(2)


def test_an_envelope_is_applied_for_approved_and_its_slip_and_sheet_say_its_number(
    wang: Person, li: Person, jian: Person, company: Company, stamp: Seal, enter: Enter, noon: datetime
) -> None:
    browser = enter(wang)
    second = browser.post(
        "/apply/use/envelope/", command(company=company.uid, title="并购意向书", envelope="M-7", pages="3")
    )
    assert second.status_code == 302, second.content.decode()

    said = terms(stamp, wang, jian, how="inside", inside="2")
    assert browser.post(second.headers["Location"], said | {"show": "1"}).context["is_shown"]
    said["acknowledged"] = acknowledged(browser.post(second.headers["Location"], said).content)
    done = browser.post(second.headers["Location"], said)
    assert done.status_code == 302, done.content.decode()
    uid = Application.objects.get().uid
    deciding = enter(li)
    shown = deciding.get(f"/applications/{uid}/")
    assert "密封件 M-7，每份 3 页；不显示内容" in shown.content.decode()
    assert "M-7" in deciding.get(f"/sheets/applications/{uid}/").content.decode()
    say_yes(li, noon, uid)
    assert "M-7" in browser.get(f"/by-hand/{permit_of(uid).uid}/slip/").content.decode()

    copy = command(company=company.uid, title="补充协议", envelope="M-8", pages="1", earlier=uid)
    form = browser.get(browser.post("/apply/use/envelope/", copy).headers["Location"]).context["form"]
    assert [form[name].value() for name in ("how", "inside", "copies", "reason")] == [
        "inside",
        "2",
        "2",
        "与乙方签订合同",
    ]


def test_paper_and_an_envelope_come_beside_a_file_in_one_application(
    wang: Person,
    li: Person,
    jian: Person,
    company: Company,
    official: Seal,
    stamp: Seal,
    contract: str,
    enter: Enter,
    noon: datetime,
) -> None:
    browser, address = enter(wang), f"/apply/use/{company.uid}/{contract}/"
    said = terms(stamp, wang, jian, how="at", page="1", x="100", y="60")
    half = {"bring": "envelope", "envelope-envelope": "M-9", "envelope-pages": "3"}
    refused = browser.post(address, said | half)
    assert (refused.status_code, "密封件还要填写封套编号" in alert(refused)) == (409, True)
    assert 'value="M-9"' in refused.content.decode()
    for wrong in ({"bring": "paper", "paper-title": "采购合同"}, {"bring": "paper", "paper-pages": "2"}):
        assert browser.post(address, said | wrong).status_code == 409

    envelope = half | {"envelope-title": "并购意向书"}
    said["further"] = browser.post(address, said | envelope).context["form"]["further"].value()
    taken = {"bring": "paper", "paper-title": "采购合同", "paper-pages": "12", "paper-photographs": photograph(1)}
    page = browser.post(address, said | taken)
    said["further"] = page.context["form"]["further"].value()
    shown = page.content.decode()
    assert "密封件 M-9，每份 3 页；不显示内容" in shown
    assert "doc1_seal1_page" not in shown
    assert 'name="doc2_seal1_page"' in shown
    assert "doc2_seal1_words" not in shown
    assert [official.uid in dict(page.context["form"].fields[f"doc{n}_seal1_seal"].choices) for n in (1, 2)] == [
        False,
        False,
    ]

    said |= {"doc1_seal1_seal": stamp.uid, "doc1_inside": "3", "doc1_copies": "2"}
    assert browser.post(address, said | {"show": "1", "doc1_inside": ""}).status_code == 400
    said |= {"doc2_seal1_seal": stamp.uid, "doc2_seal1_page": "1", "doc2_seal1_x": "60", "doc2_seal1_y": "60"}
    assert browser.post(address, said | {"show": "1"}).context["is_shown"]
    said["acknowledged"] = acknowledged(browser.post(address, said).content)
    done = browser.post(address, said)
    assert done.status_code == 302, done.content.decode()
    uid = done.headers["Location"].split("/")[-2]
    lines = Line.objects.filter(application__uid=uid).order_by("position")
    assert [*lines.values_list("binding", "copies", "impressions")] == [
        ("file", 2, 1),
        ("secret", 2, 3),
        ("paper", 1, 1),
    ]
    deciding = enter(li).get(done.headers["Location"]).content.decode()
    assert "纸质文件，每份 12 页" in deciding
    assert "密封件 M-9，每份 3 页；不显示内容" in deciding

    assert say_yes(li, noon, uid) == "approved"
    new = browser.post(
        "/apply/use/paper/", command(company=company.uid, title="新", pages="1", photographs=photograph(2), earlier=uid)
    )
    again = browser.post(new.headers["Location"], envelope | {"envelope-envelope": "M-10"}).context["form"]
    assert (again["doc1_seal1_seal"].value(), again["doc1_inside"].value()) == (stamp.uid, "3")
