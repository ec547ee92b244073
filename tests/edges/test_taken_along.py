"""Lists that leave us as tables: exactly what the page shows, for the same reader."""

from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory
from openpyxl import load_workbook  # type: ignore[import-untyped]  # the library ships no types

from privyseal.custody.models import StockTake, TakeOut
from privyseal.device.enrolment import DeviceKind
from privyseal.devices.actions import register
from privyseal.identity.models import Company, Person
from privyseal.ledger.models import FactRow
from privyseal.seals.models import Incident
from privyseal.seals.rules.incidents import IncidentKind
from privyseal.web.paging import page_of
from tests.conftest import new_company
from tests.edges.conftest import Enter

pytestmark = pytest.mark.documents
# Of each list: something that is found, what is not, and how many columns it has.
LISTS = {
    "incidents": ({"state": "open", "kind": "freeze", "q": "="}, {"state": "ended"}, 7),
    "take-outs": ({"all": "1", "q": "=1", "state": "booked"}, {"all": "1", "state": "closed"}, 8),
    "machines": ({"q": "=1", "state": "registered"}, {"state": "in-service"}, 9),
    "stock-takes": ({"q": "=1", "state": "open"}, {"state": "ended"}, 6),
    "people": ({"q": "=", "state": "here"}, {"q": "=", "state": "left"}, 3),
}


@pytest.fixture
def things(booked: TakeOut, company: Company, zhao: Person, sun: Person, li: Person, noon: datetime) -> Company:
    """One thing for each list, named as a formula where people name it."""
    Person.objects.filter(pk=zhao.pk).update(name="=1+1")
    Company.objects.filter(pk=company.pk).update(name="=1+1")
    owner = {"company": company, "owner": sun, "opened_by": sun, "opened_at": noon, "due_at": noon}
    Incident.objects.create(kind=IncidentKind.FREEZE, **owner)
    register(zhao, noon, company_uid=company.uid, kind=DeviceKind.CABINET, serial="D-0009", name="=1", slots=4)
    StockTake.objects.create(company=company, opened_by=zhao, opened_at=noon, due_at=noon, counter=li)
    return company


@pytest.fixture
def elsewhere(chen: Person, sun: Person, noon: datetime) -> Company:
    return new_company("另一科技有限公司", "91110108MA01ABCE1B", registrar=chen, verifier=sun, at=noon)


def test_every_list_leaves_as_the_rows_that_its_page_shows(
    things: Company, elsewhere: Company, zhao: Person, sun: Person, stranger: Person, enter: Enter
) -> None:
    manager, auditor, other = enter(zhao), enter(sun), enter(stranger)
    for name, (found, nothing, columns) in LISTS.items():
        page = manager.get(f"/{name}/", found).content.decode()
        csv = taken(manager.get(f"/{name}/list.csv", found))
        book = auditor.get(f"/{name}/list.xlsx", {**found, "company": things.uid}).getvalue()
        rows = list(load_workbook(BytesIO(book)).active.iter_rows(values_only=True))

        assert (len(csv), len(rows), len(csv[0].split(","))) == (2, 2, columns), (name, csv, rows)
        assert csv[1].count("=1") == csv[1].count("'=1") > 0, csv
        wanted = {**found, "column": ["state"] if name == "people" else ["state", "company"]}
        chosen = taken(manager.get(f"/{name}/list.csv", wanted))
        assert chosen[0].split(",")[1:] == (["公司", "状态"] if name != "people" else ["状态"]), chosen
        table = manager.get(f"/{name}/", wanted).context["table"]
        assert [str(heading) for heading in table.headings] == chosen[0].split(",")
        assert (table.rows[0].url.startswith(f"/{name}/"), len(table.rows[0].cells)) == (True, len(table.headings) - 1)
        assert (f"/{name}/list.xlsx?" in page, "保存为常用列表" in page) == (True, True)
        assert len(taken(manager.get(f"/{name}/list.csv", nothing))) == 1
        assert len(taken(other.get(f"/{name}/list.csv", found))) == 1
        copied = FactRow.objects.filter(kind="register.copied").order_by("-pk")[0].body
        assert f'"register":"{name}"'.encode() in bytes(copied)
        assert (f'"company":"{things.uid}"'.encode() in bytes(copied)) == (name != "people")
    # Of an auditor every page is on record anyhow, and where nothing is found nothing leaves.
    assert FactRow.objects.filter(kind="register.copied").count() == 2 * len(LISTS)
    assert len(taken(auditor.get("/machines/list.csv", {"company": elsewhere.uid}))) == 1
    assert "没有符合条件的记录" in manager.get("/machines/", {"state": "lost"}).content.decode()
    assert manager.get("/people/list.pdf").status_code == 404


def test_an_owner_who_left_the_company_takes_along_the_incident_that_they_still_answer_for(
    things: Company, stranger: Person, enter: Enter
) -> None:
    Incident.objects.update(owner=stranger)

    assert len(taken(enter(stranger).get("/incidents/list.csv"))) == 2
    assert f'"company":"{things.uid}"'.encode() in bytes(FactRow.objects.get(kind="register.copied").body)


def test_a_list_goes_on_among_rows_of_the_same_moment(things: Company, noon: datetime) -> None:
    first = Incident.objects.get()
    about = {"kind": IncidentKind.FREEZE, "company": things, "owner": first.owner, "opened_by": first.owner}
    for hours in (0, 0, 1):
        Incident.objects.create(opened_at=noon, due_at=noon + timedelta(hours=hours), **about)
    seen, asked = list[int](), dict[str, str]()
    for _ in range(4):
        page = page_of(RequestFactory().get("/", asked), Incident.objects.all(), by="-due_at", then="-pk", size=1)
        seen += [one.pk for one in page.rows]
        asked = {"after": page.last}

    assert seen == list(Incident.objects.order_by("-due_at", "-pk").values_list("pk", flat=True))


def taken(answer: HttpResponseBase) -> list[str]:
    assert isinstance(answer, FileResponse)
    return answer.getvalue().decode("utf-8-sig").splitlines()
