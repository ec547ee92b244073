"""Working days, at the browser."""

from django.utils.timezone import localdate

from privyseal.identity.models import CalendarYear, Company, Person
from tests.edges.conftest import Enter, alert, command


def test_the_year_is_shown_as_the_country_has_said_it(company: Company, li: Person, enter: Enter) -> None:
    page = enter(li).get("/calendar/", {"company": company.uid, "year": "2026"}).content.decode()

    assert "国务院办公厅" in page
    assert "2026年10月1日" in page
    assert "2026年10月10日" in page
    assert 'id="write"' not in page


def test_whoever_manages_writes_a_year_and_is_warned_until_then(company: Company, zhao: Person, enter: Enter) -> None:
    browser, year = enter(zhao), localdate().year + 7
    address, said = f"/calendar/{company.uid}/", {"year": str(year), "version": "0", "made_up": ""}
    assert "尚未登记" in browser.get("/calendar/", {"year": str(year)}).content.decode()

    wrong = browser.post(address, command(**said, off=f"{year}-10-01 – {year}-13-07"))
    assert (wrong.status_code, CalendarYear.objects.exists()) == (400, False)
    assert (
        browser.post(address, command(**said, off=f"{year}-10-01 至 {year}-10-07\n\n{year}-01-01")).status_code == 302
    )

    assert len(CalendarYear.objects.get().off) == 8
    assert f"{year}-10-01 – {year}-10-07" in browser.get("/calendar/", {"year": str(year)}).content.decode()
    again = browser.post(address, command(**said, off=""))
    assert (again.status_code, "重新查看" in alert(again)) == (409, True)
