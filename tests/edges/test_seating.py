"""The page on which a company says who does what today, and sees who could take which duty."""

from django.test import Client as Browser

from privyseal.identity.models import Person
from tests.conftest import recorded
from tests.edges.conftest import Enter, alert

FIVE = {
    "people": "总 财，行、销 技",
    "headquarters": "on",
    "manage": "行",
    "use": "行 销",
    "approve": "总",
    "custody": "行",
}


def asked(browser: Browser, **said: str) -> str:
    return browser.post("/powers/seating/", said).content.decode()


def test_conflicts_name_both_duties_and_the_proposal_has_none(chen: Person, enter: Enter) -> None:
    answer = enter(chen).post("/powers/seating/", FIVE)

    assert "行同时负责“印章管理”和“用印”。" in answer.content.decode()
    seats = [(str(seat.duty), seat.person, seat.is_new) for seat in answer.context["seats"]]
    assert seats == [("印章管理", "行", False), ("用印", "销", False), ("审批", "总", False), ("保管", "行", False)]
    assert recorded() == []


def test_too_few_people_are_told_how_many_it_takes(chen: Person, enter: Enter) -> None:
    answer = enter(chen).post("/powers/seating/", {**FIVE, "headquarters": ""})

    assert answer.status_code == 409
    assert "6" in alert(answer)
    assert "5" in alert(answer)


def test_whoever_decides_is_not_proposed_as_keeper(chen: Person, enter: Enter) -> None:
    seats = enter(chen).post("/powers/seating/", {**FIVE, "barred": "总 行"}).context["seats"]

    assert [seat.person for seat in seats if str(seat.duty) == "保管"] == ["财"]


def test_a_company_without_conflict_reads_so_and_thirteen_people_are_too_many(chen: Person, enter: Enter) -> None:
    browser = enter(chen)

    assert "没有需要分开的职责" in asked(browser, people="甲 乙 丙", headquarters="on", manage="甲", use="乙")
    assert "超过十二人" in asked(browser, people=" ".join(f"人{number}" for number in range(13)))
