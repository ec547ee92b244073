"""A rubber seal by hand, from the form to the register, on the pages that telephones show."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.test import RequestFactory
from django.utils.timezone import now
from django.utils.translation import override

from privyseal.custody.models import HandUse, LateAct, Photograph, Turn
from privyseal.custody.rules.photographs import PhotographsOwed
from privyseal.identity.models import Company, Person
from privyseal.seals.models import Permit, Seal, UseEntry
from privyseal.web.answers import said_of
from privyseal.web.paging import part_of
from tests.by_hand import stamped_page
from tests.conftest import permit_of, recorded, say_yes
from tests.edges.conftest import Enter, alert, command
from tests.edges.test_applying import terms

pytestmark = pytest.mark.documents
BY_ITSELF = {"X-By-Itself": "1"}


def do(browser: Browser, permit: Permit, act: str, **said: object) -> None:
    answer = browser.post(f"/by-hand/{permit.uid}/{act}/", command(**said))
    assert answer.status_code == 302, alert(answer)


@pytest.mark.invariant("T25", column="http")
def test_a_rubber_seal_is_applied_for_stamped_counted_and_put_back_on_the_pages(
    stamp: Seal,
    contract: str,
    company: Company,
    wang: Person,
    jian: Person,
    gu: Person,
    li: Person,
    sun: Person,
    enter: Enter,
) -> None:
    address = f"/apply/use/{company.uid}/{contract}/"
    operator = enter(wang)
    assert "监印人" in operator.get(address).content.decode()
    sent = operator.post(address, terms(stamp, wang, copies="2", supervisor=jian.pseudonym))
    uid = sent.headers["Location"].rstrip("/").rsplit("/", 1)[1]
    say_yes(li, now(), uid)
    permit = permit_of(uid)
    assert "前往用印" in operator.get(f"/applications/{uid}/").content.decode()
    assert "立即盖章" not in operator.get(f"/applications/{uid}/").content.decode()
    kept = operator.get(f"/by-hand/{permit.uid}/slip/")
    assert kept.headers["X-Kept-By"] == wang.pseudonym
    assert "X-Kept-By" not in enter(sun).get(f"/by-hand/{permit.uid}/slip/").headers
    slip = kept.content.decode()
    assert (slip.count("code.svg"), slip.count(contract)) == (1, 1)
    assert operator.get(f"/sheets/by-hand/{permit.uid}/code.svg").status_code == 200

    more = f"/applications/{uid}/more/"
    assert (more in operator.get(f"/applications/{uid}/").content.decode(), operator.get(more).status_code) == (
        True,
        200,
    )
    assert operator.post(more, command(copies_1="", reason="多一份")).status_code == 409
    assert operator.post(more, command(copies_1="1", reason="多一份")).status_code == 302
    do(operator, permit, "begin")
    keeper, supervisor = enter(gu), enter(jian)
    assert f"/by-hand/{permit.uid}/" in keeper.get("/").content.decode()
    use = HandUse.objects.get().uid
    do(keeper, permit, "confirm", use=use, hand="custodian")
    do(supervisor, permit, "confirm", use=use, hand="witness")
    do(operator, permit, "reserve", line=permit.lines.get().pk, impressions=2)
    turn = Turn.objects.get().uid
    made, said = f"/by-hand/{permit.uid}/turns/{turn}/made/", now() - timedelta(hours=2)
    waited = command(made=2, done_at=said.isoformat(), said_by=wang.pseudonym)
    strange = supervisor.post(made, waited, headers=BY_ITSELF)
    assert (strange.status_code, strange.json()["code"]) == (403, "sent-by-another")
    assert [operator.post(made, waited, headers=BY_ITSELF).json() for _ in range(2)] == [{"taken": True}] * 2
    twice = operator.post(made, command(made=1), headers=BY_ITSELF)
    assert (twice.status_code, twice.json()["code"]) == (409, "out-of-turn")
    do(supervisor, permit, f"turns/{turn}/counted", counted=2, reason="")
    page = SimpleUploadedFile("page.jpg", stamped_page(), content_type="image/jpeg")
    do(keeper, permit, f"turns/{turn}/photographs", photo=page, impressions=2, place="会议室")
    assert '<span class="badge caution">印章未归位</span>' in operator.get(f"/by-hand/{permit.uid}/").content.decode()
    do(keeper, permit, "put-back", use=use, place="3号柜 B12")

    assert (HandUse.objects.get().ending, UseEntry.objects.get().impressions) == ("count", 2)
    page_shown = operator.get(f"/by-hand/{permit.uid}/").content.decode()
    assert [words in page_shown for words in ("3号柜 B12", "已全部盖完", f"最后一日 {now().year + 10}")] == [True] * 3
    photograph = Photograph.objects.get().uid
    small = operator.get(f"/by-hand/photographs/{photograph}/small/")
    assert (f"/by-hand/photographs/{photograph}/" in page_shown, small.headers["Content-Type"]) == (True, "image/jpeg")
    original = operator.get(f"/by-hand/photographs/{photograph}/")
    assert (b"".join(original), recorded()[-1]) == (stamped_page(), "hand.photograph-seen")
    assert [(act.act, act.by, act.done_at) for act in LateAct.objects.all()] == [("made", wang, said)]
    row = operator.get(f"/registers/uses/{UseEntry.objects.get().pk}/").content.decode()
    assert ("报告已盖数量" in row, "报告已盖数量" in page_shown) == (True, True)


def test_what_is_refused_is_said_on_the_same_page(
    stamp: Seal, contract: str, company: Company, wang: Person, jian: Person, gu: Person, li: Person, enter: Enter
) -> None:
    operator, address = enter(wang), f"/apply/use/{company.uid}/{contract}/"
    unwatched = operator.post(address, terms(stamp, wang))
    assert (unwatched.status_code, "实体印章用印须有监印人" in unwatched.content.decode()) == (409, True)
    sent = operator.post(address, terms(stamp, wang, copies="3", supervisor=jian.pseudonym))
    uid = sent.headers["Location"].rstrip("/").rsplit("/", 1)[1]
    say_yes(li, now(), uid)
    permit = permit_of(uid)
    do(operator, permit, "begin")
    assert "在下列文件上再盖 3 次" in enter(gu).get(f"/by-hand/{permit.uid}/").content.decode()

    refused = operator.post(f"/by-hand/{permit.uid}/reserve/", command(line=permit.lines.get().pk, impressions=1))
    unfilled = operator.post(f"/by-hand/{permit.uid}/reserve/", command(line=permit.lines.get().pk))

    assert (refused.status_code, "尚未全部确认" in alert(refused)) == (409, True)
    assert unfilled.status_code == 400
    assert not Turn.objects.exists()


def test_whoever_owes_photographs_is_told_how_many_and_led_to_them() -> None:
    with override("zh-hans"):
        words = said_of(PhotographsOwed(missing=3))

    assert ("3 处印迹未拍照" in words, '<a href="/photographs/owed/">欠补照片</a>' in words) == (True, True)


def test_all_that_one_may_see_is_shown_a_page_at_a_time(wang: Person, li: Person, zhao: Person) -> None:
    def part(first: str) -> tuple[list[Person], int | None, int | None]:
        found = part_of(RequestFactory().get("/", {"all": "", "from": first}), [one, other, last], size=2)
        return list(found.rows), found.earlier, found.later

    one, other, last = wang, li, zhao

    assert part("") == part("0") == part("1") == ([one, other], None, 3)
    assert part("3") == part("5") == ([last], 1, None)
