"""Lists that leave us as tables: exactly what the page shows, for the same reader."""

from io import BytesIO

import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]  # the library ships no types

from privyseal.identity.models import Company, Person
from privyseal.ledger.models import FactRow
from privyseal.seals.models import Incident
from tests.edges.conftest import Enter

# Of each list: something that is found, what is not, and how many columns it has.
LISTS = {
    "incidents": ({"state": "open", "kind": "freeze", "q": "="}, {"state": "ended"}, 7),
    "people": ({"q": "=", "state": "here"}, {"q": "=", "state": "left"}, 3),
}


@pytest.fixture
def things(company: Company, zhao: Person, sun: Person, enter: Enter) -> Company:
    """One thing for each list, named as a formula where people name it."""
    Person.objects.filter(pk=zhao.pk).update(name="=1+1")
    Company.objects.filter(pk=company.pk).update(name="=1+1")
    enter(sun).post("/incidents/freeze/", {"company": company.uid, "reason": "抢夺公章"})
    assert Incident.objects.count() == 1
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
        assert len(manager.get(f"/{name}/list.csv", nothing).getvalue().splitlines()) == 1
        assert len(other.get(f"/{name}/list.csv", found).getvalue().splitlines()) == 1
        copied = FactRow.objects.filter(kind="register.copied").order_by("-pk")
        assert f'"register":"{name}"'.encode() in bytes(copied[0].body)
        assert manager.get(f"/{name}/list.pdf").status_code == 404
    enter(sun).get("/people/list.csv").getvalue()
    assert FactRow.objects.filter(kind="register.copied").count() == 2 * len(LISTS)
