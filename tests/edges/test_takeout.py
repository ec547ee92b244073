"""A rubber seal taken out and back, on the pages that telephones show."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate, now
from django.utils.translation import override

from privyseal.approvals.models import Application
from privyseal.custody.models import LateAct, PlaceReport, TakeOut
from privyseal.custody.rules.takeout import Fence
from privyseal.identity.models import Company, Person
from privyseal.identity.rules.working_days import NATIONAL, Calendar
from privyseal.seals.models import Seal
from privyseal.web.copying import copied
from privyseal.web.shown import takeout_months
from tests.actions.keepers import PHOTO
from tests.by_hand import line, watched
from tests.conftest import apply, say_yes
from tests.edges.conftest import Enter, alert, command
from tests.edges.test_applying import terms
from tests.trips import HERE

pytestmark = pytest.mark.documents
NATIONAL_DAYS: Final = Calendar(NATIONAL)


def face() -> SimpleUploadedFile:
    return SimpleUploadedFile("face.jpg", PHOTO, content_type="image/jpeg")


def test_a_seal_is_given_received_reported_brought_and_taken_back_on_the_pages(
    stamp: Seal, contract: str, wang: Person, gu: Person, jian: Person, li: Person, noon: datetime, enter: Enter
) -> None:
    papers = replace(watched(jian), off_site="上海对方公司")
    uid = apply(wang, noon, stamp, contract, lines=(line(stamp, contract),), papers=papers)
    say_yes(li, noon, uid)
    address = f"/take-outs/{TakeOut.objects.get().uid}/"
    keeper, bearer, companion = enter(gu), enter(wang), enter(jian)
    assert address in keeper.get("/").content.decode()
    assert address in bearer.get("/take-outs/").content.decode()

    unfilled = keeper.post(f"{address}give/", command(metres="500"))
    early = bearer.post(f"{address}receive/", command())
    given = command(latitude="31.2304", longitude="121.4737", metres="500")
    twice = [
        keeper.post(f"{address}give/", given | {"photo": face()}, headers={"X-By-Itself": "1"}).json() for _ in range(2)
    ]
    assert twice == [{"taken": True}] * 2
    bearer.post(f"{address}receive/", command())
    done_at = (noon - timedelta(hours=2)).isoformat()
    companion.post(f"{address}whereabouts/", command(words="高铁上", done_at=done_at, said_by=jian.pseudonym))
    bearer.post(
        f"{address}whereabouts/", command(latitude="31.3", longitude="121.4737", accuracy="20", has_arrived="on")
    )

    assert (unfilled.status_code, early.status_code, alert(early) != "") == (400, 409, True)
    away = keeper.get("/places/").content.decode()
    assert ("外带中" in away, "王用" in away) == (True, True)
    assert 'href="/lost/"' in bearer.get(address).content.decode()
    page = keeper.get(address).content.decode()
    assert ("报告印章位置" in page, LateAct.objects.get().act) == (True, "report")
    assert ("高铁上" in page, PlaceReport.objects.filter(metres_off__gt=7_000).count()) == (True, 1)
    bearer.post(f"{address}bring/", command())
    keeper.post(f"{address}take-back/", command(photo=face(), place="3号柜 B12"))
    assert TakeOut.objects.get().stage == "back"
    sheet = bearer.get(f"/sheets/applications/{uid}/take-out/").content.decode()
    assert sheet.count(TakeOut.objects.get().given_sha256[:12]) == 2
    assert bearer.get(f"{address}nothing/").status_code == 405
    assert bearer.post(f"{address}nothing/", command()).status_code == 404


def test_the_place_is_asked_for_shown_to_approvers_and_not_widened_when_it_is_given_out(
    stamp: Seal, contract: str, company: Company, wang: Person, gu: Person, jian: Person, li: Person, enter: Enter
) -> None:
    bearer, asked = enter(wang), f"/apply/use/{company.uid}/{contract}/"
    half = terms(stamp, wang, supervisor=jian.pseudonym, off_site="上海对方公司", latitude="31.2304", metres="500")
    assert bearer.post(asked, half).status_code == 400
    sent = bearer.post(asked, half | {"longitude": "121.4737"})
    uid = sent.headers["Location"].rstrip("/").rsplit("/", 1)[1]
    assert "31.230400、121.473700 周围 500 米" in enter(li).get(f"/applications/{uid}/").content.decode()
    assert "周围 500 米" in bearer.get(f"/sheets/applications/{uid}/").content.decode()
    again = copied([Application.objects.get(uid=uid)], ())
    assert [again[name] for name in ("latitude", "longitude", "metres")] == ["31.230400", "121.473700", "500"]
    say_yes(li, now(), uid)
    one, keeper = TakeOut.objects.get(), enter(gu)

    page = keeper.get(f"/take-outs/{one.uid}/").content.decode()
    assert ('name="latitude"' in page, 'max="500"' in page, "周围 500 米" in page) == (False, True, True)
    assert keeper.post(f"/take-outs/{one.uid}/give/", command(photo=face(), metres="501")).status_code == 400
    keeper.post(f"/take-outs/{one.uid}/give/", command(photo=face(), metres="200", latitude="1", longitude="1"))
    one.refresh_from_db()
    assert (one.stage, one.fence) == ("given", Fence(point=HERE, metres=200))


def test_a_bearer_reports_the_seal_lost_in_two_taps_and_sees_what_comes_of_it(
    stamp: Seal, contract: str, wang: Person, gu: Person, jian: Person, li: Person, noon: datetime, enter: Enter
) -> None:
    papers = replace(watched(jian), off_site="上海对方公司")
    say_yes(li, noon, apply(wang, noon, stamp, contract, lines=(line(stamp, contract),), papers=papers))
    address, bearer = f"/take-outs/{TakeOut.objects.get().uid}/", enter(wang)
    assert bearer.post("/lost/", {"seal": stamp.uid}).status_code == 403
    enter(gu).post(f"{address}give/", command(photo=face(), metres="500"))
    bearer.post(f"{address}receive/", command())

    first = bearer.get("/lost/").content.decode()
    told = bearer.post("/lost/", {"seal": stamp.uid})

    assert (stamp.uid in first, Seal.objects.get().state) == (True, "lost")
    assert bearer.get(told.headers["Location"]).status_code == 200
    assert stamp.uid not in bearer.get("/lost/").content.decode()


def test_a_month_shows_who_has_which_seal_outside_when_and_what_is_late(
    away: TakeOut, wang: Person, gu: Person, company: Company, noon: datetime, enter: Enter
) -> None:
    begins = away.received_at or noon
    due = away.due_at = begins + timedelta(days=2)
    days = {
        one.day: one.away[0]
        for one in takeout_months.month_of(begins.date().replace(day=1), [away], due + timedelta(days=1), NATIONAL_DAYS)
        if one.away
    }
    first = localdate(begins)
    assert [(day - first).days for day in days] == [0, 1, 2, 3]
    assert [str(each.badge.words) for each in days.values()] == ["外带中", "外带中", "已逾期", "已逾期"]
    assert "带出" in days[first].hours
    starts = {}
    for language in ("zh-hans", "en"):
        with override(language):
            starts[language] = [takeout_months.grid_of(date(2026, 11, 1))[place].isoweekday() for place in (0, -1)]
    assert starts == {"zh-hans": [1, 7], "en": [7, 6]}
    october = {one.day: str(one.off) for one in takeout_months.month_of(date(2026, 10, 1), [], noon, NATIONAL_DAYS)}
    assert (october[date(2026, 10, 1)], october[date(2026, 10, 10)]) == ("休", "调休上班")

    look = enter(wang)
    at_the_seal = enter(gu).get(f"/seals/{away.seal.uid}/").content.decode()
    assert (f"<strong>{away.bearer.name}</strong>" in at_the_seal, "前归还</a>" in at_the_seal) == (True, True)
    with CaptureQueriesContext(connection) as asked:
        shown = look.get(f"/take-outs/calendar/?month={first:%Y-%m}").content.decode()
    assert len([one for one in asked if '"take_out"' in one["sql"]]) == 1
    link = f'href="/take-outs/{away.uid}/"'
    assert (link in shown, away.bearer.name in shown, company.name in shown) == (True, True, True)
    assert link not in look.get(f"/take-outs/calendar/?month={first:%Y-%m}&q=nothing").content.decode()
    assert link in look.get(f"/take-outs/calendar/?month={first:%Y-%m}&seal={away.seal.uid}").content.decode()
    assert link not in look.get("/take-outs/calendar/?month=2020-01").content.decode()
    assert look.get("/take-outs/calendar/?month=9999-99").status_code == 200
