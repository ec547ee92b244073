"""Lists that leave us as tables: exactly what the page shows, for the same reader."""

from datetime import datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]  # the library ships no types

from privyseal.custody.models import StockTake, TakeOut
from privyseal.device.enrolment import DeviceKind
from privyseal.devices.actions import register
from privyseal.identity.models import Company, Person
from privyseal.ledger.models import FactRow
from privyseal.seals.models import Incident
from privyseal.seals.rules.incidents import IncidentKind
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


def test_every_list_leaves_as_the_rows_that_its_page_shows(
    things: Company, zhao: Person, sun: Person, stranger: Person, enter: Enter
) -> None:
    manager, other = enter(zhao), enter(stranger)
    for name, (found, nothing, columns) in LISTS.items():
        page = manager.get(f"/{name}/", found).content.decode()
        csv = manager.get(f"/{name}/list.csv", found).getvalue().decode("utf-8-sig").splitlines()
        book = manager.get(f"/{name}/list.xlsx", {**found, "company": things.uid}).getvalue()
        rows = list(load_workbook(BytesIO(book)).active.iter_rows(values_only=True))

        assert (len(csv), len(rows), len(csv[0].split(","))) == (2, 2, columns), (name, csv, rows)
        assert ("'=1+1" in csv[1], csv[1].count("=1")) == (True, csv[1].count("'=1")), csv
        assert f"/{name}/list.xlsx?" in page
        assert "保存为常用列表" in page
        assert f"/{name}/list.csv" not in manager.get(f"/{name}/", nothing).content.decode()
        assert len(other.get(f"/{name}/list.csv", found).getvalue().splitlines()) == 1
        copied = FactRow.objects.filter(kind="register.copied").order_by("-pk")
        assert f'"register":"{name}"'.encode() in bytes(copied[0].body)
    assert manager.get("/people/list.pdf").status_code == 404
    enter(sun).get("/people/list.csv").getvalue()
    assert FactRow.objects.filter(kind="register.copied").count() == 2 * len(LISTS)
