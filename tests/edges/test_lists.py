"""Lists: found by words and first letters, in columns, taken along as tables, kept under a name."""

from datetime import datetime
from urllib.parse import urlencode

import pytest
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from privyseal.approvals.actions import record_copy
from privyseal.approvals.models import Application, Reader
from privyseal.custody.models import StockTake, TakeOut
from privyseal.devices.models import Device
from privyseal.identity.actions.lists import MOST_LISTS, TooManyLists, drop_list, keep_list
from privyseal.identity.asked import read
from privyseal.identity.models import Company, KeptList, Person
from privyseal.identity.queries import companies_found, people_found
from privyseal.identity.queries.lists import lists_visible_to
from privyseal.keeping.traces import Place, blot_some
from privyseal.kernel.errors import NotFound
from privyseal.ledger.models import FactRow
from privyseal.seals.models import Incident, Seal
from privyseal.seals.queries import LookedFor, seals_found
from privyseal.web.forms_of_lists import IncidentListForm, ListForm, MachineListForm, StockTakeListForm, TakeOutListForm
from tests.conftest import apply, new_person, recorded
from tests.edges.conftest import Enter, called, command


@pytest.mark.parametrize(
    ("said", "letters"),
    [
        ("公章", "gz"),
        ("合同专用章 2", "htzyz 2"),
        ("重庆鑫昊银行", "zqxhyx cqxhyh"),
        ("ABC (北京)", "abc (bj)"),
        ("", ""),
    ],
)
@pytest.mark.usefixtures("db")
def test_a_name_is_known_by_the_first_letters_of_all_its_usual_readings(said: str, letters: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT initials(%s)", [said])
        assert cursor.fetchone() == (letters,)


def test_seals_people_and_companies_are_found_by_first_letters_words_and_state(
    official: Seal, second: Seal, company: Company, zhao: Person, sun: Person, ma: Person, noon: datetime
) -> None:
    new_person("qing.z", "王重庆 Ann")
    for words in ("重庆", "王重", "庆 a", "ANN", "ing.", "QING.Z", "wzq", "庆"):
        assert [one.name for one in people_found(sun, noon, words=words)] == ["王重庆 Ann"], words
        assert [one.name for one in people_found(zhao, noon, words=words)] == [], words
    in_company = [
        list(people_found(sun, noon, words=words, company_uid=company.uid)) for words in (ma.name, "mx", "庆")
    ]
    assert in_company == [[ma], [ma], []]

    def named(**looked_for: str) -> list[str]:
        return [seal.name for seal in seals_found(zhao, noon, LookedFor(**looked_for))]

    assert [named(words=words) for words in ("gz", "CWZ", "章", "slkj", official.number, "zg", "g")] == [
        ["公章"],
        ["财务专用章"],
        ["公章", "财务专用章"],
        ["公章", "财务专用章"],
        ["公章"],
        [],
        [],
    ]
    assert (named(state="lost"), named(type="finance"), len(named(company_uid=company.uid))) == (
        [],
        ["财务专用章"],
        2,
    )
    assert list(people_found(zhao, noon, words="mx")) == [ma]
    assert list(companies_found(zhao, noon, "slkj")) == [company]


def test_the_list_of_seals_has_the_columns_that_are_chosen_and_leaves_as_a_table(
    official: Seal, second: Seal, zhao: Person, sun: Person, enter: Enter
) -> None:
    manager = enter(zhao)
    cards = manager.get("/seals/").content.decode()
    table = manager.get("/seals/", {"q": "gz", "column": ["keeper", "state"]}).content.decode()
    nothing = manager.get("/seals/", {"q": "xyz"}).content.decode()
    saved = manager.get("/seals/list.csv", {"type": "finance"}).getvalue().decode("utf-8-sig")

    assert ('class="listed"' in cards, 'class="listed"' in table) == (False, True)
    assert [f'scope="col">{name}<' in table for name in ("保管人", "状态", "公司")] == [True, True, False]
    assert (">财务专用章</a>" in table, "没有符合条件的印章" in nothing) == (False, True)
    assert (len(saved.splitlines()), "财务专用章" in saved, "公章" in saved.replace("财务", "")) == (2, True, False)
    assert recorded()[-1] == "register.copied"
    assert "公章" in enter(sun).get("/seals/", {"q": "gz"}).content.decode()


def test_applications_have_the_columns_that_are_chosen_and_leave_as_exactly_that_table(
    official: Seal, contract: str, wang: Person, enter: Enter
) -> None:
    uid = apply(wang, now(), official, contract, reason="=1+1")
    browser, asked = enter(wang), {"column": ["state", "company"], "state": "pending"}

    table = browser.get("/applications/", asked).content.decode()
    saved = browser.get("/applications/list.csv", asked).getvalue().decode("utf-8-sig").splitlines()
    decided = browser.get("/applications/list.csv", {"state": "approved"}).getvalue().decode("utf-8-sig").splitlines()

    assert [f'scope="col">{name}<' in table for name in ("公司", "状态", "申请人")] == [True, True, False]
    assert saved == ["编号,事由,公司,状态", f"{called(uid)},'=1+1,{official.company.name},审批中"]
    assert (len(decided), len(decided[0].split(","))) == (1, 11)
    assert recorded()[-1] == "register.copied"


def test_a_company_that_the_reader_is_not_in_hears_of_a_copy_of_what_they_were_given(
    official: Seal, contract: str, wang: Person, company: Company, enter: Enter
) -> None:
    uid, given = apply(wang, now(), official, contract), new_person("ke", "柯外")
    Reader.objects.create(application=Application.objects.get(uid=uid), person=given, named_by=wang, at=now())

    saved = enter(given).get("/applications/list.csv", {"column": "company"}).getvalue().decode("utf-8-sig")

    assert saved.splitlines()[1:] == [f"{called(uid)},与乙方签订合同,{company.name}"]
    copied = FactRow.objects.get(kind="register.copied").body
    assert f'"company":"{company.uid}"'.encode() in bytes(copied)
    with pytest.raises(NotFound):
        record_copy(new_person("lai", "来外"), now(), company=company, register="applications", form="csv", rows=1)


def test_a_longer_list_of_seals_costs_no_more_questions(
    official: Seal, second: Seal, zhao: Person, enter: Enter
) -> None:
    manager = enter(zhao)
    asked = []
    for words in ("gz", "slkj"):
        with CaptureQueriesContext(connection) as questions:
            manager.get("/seals/", {"q": words, "column": ["keeper", "company"]})
        asked.append(len(questions))

    assert asked[0] == asked[1]


def test_a_list_is_kept_under_a_name_for_whoever_kept_it_alone(
    official: Seal, zhao: Person, li: Person, enter: Enter
) -> None:
    manager = enter(zhao)
    looked = manager.get("/seals/", {"state": "active", "after": "x"}).content.decode()
    assert "保存为常用列表" in looked
    assert "保存为常用列表" not in manager.get("/seals/").content.decode()

    sent = command(place="seals", name="在用", asked="state=active&after=x&q=")
    assert manager.post("/lists/keep/", sent).headers["Location"] == "/seals/"

    kept = KeptList.objects.get()
    assert (kept.name, kept.asked) == ("在用", "state=active&q=")
    page = manager.get("/seals/?state=active&q=").content.decode()
    assert ('aria-current="true">在用' in page, "保存为常用列表" in page) == (True, False)
    assert "在用</a>" not in enter(li).get("/seals/").content.decode()
    assert enter(li).post(f"/lists/{kept.uid}/drop/", command()).status_code == 404
    assert manager.post("/lists/keep/", command(place="elsewhere", name="x")).status_code == 400
    assert manager.post(f"/lists/{kept.uid}/drop/", command()).headers["Location"] == "/seals/"
    assert (KeptList.objects.count(), recorded()[-1]) == (0, "person.list-dropped")


def test_whoever_is_erased_is_in_no_list_that_another_keeps(zhao: Person, enter: Enter) -> None:
    looked_for = [("q", "钱正"), ("q", "a+b=c&d 100%"), ("state", "active")]
    sent = command(place="seals", name="在用", asked=f"{urlencode(looked_for)}&after=x")
    enter(zhao).post("/lists/keep/", sent)

    assert read(KeptList.objects.get().asked) == looked_for
    with transaction.atomic():
        blot_some(["钱正", "a+b"], Place("kept_list"), blocks=1)
    kept = KeptList.objects.get()
    assert read(kept.asked) == [("q", "■"), ("q", "■=c&d 100%"), ("state", "active")]
    page = enter(zhao).get("/seals/").content.decode()
    assert f'href="/seals/?{urlencode(read(kept.asked))}"'.replace("&", "&amp;") in page


def test_a_name_is_kept_once_and_not_more_lists_than_a_page_can_show(zhao: Person, li: Person, noon: datetime) -> None:
    for asked in ("q=a", "q=b"):
        keep_list(zhao, noon, place="seals", name="mine", asked=asked)
    for number in range(MOST_LISTS - 1):
        keep_list(zhao, noon, place="seals", name=f"{number}", asked="")

    assert lists_visible_to(zhao, noon).get(name="mine").asked == "q=b"
    with pytest.raises(TooManyLists):
        keep_list(zhao, noon, place="seals", name="one more", asked="")
    with pytest.raises(NotFound):
        drop_list(li, noon, list_uid=KeptList.objects.order_by("pk")[0].uid)
    assert KeptList.objects.count() == MOST_LISTS


@pytest.mark.parametrize(
    ("form", "model"),
    [
        (IncidentListForm, Incident),
        (TakeOutListForm, TakeOut),
        (StockTakeListForm, StockTake),
        (MachineListForm, Device),
    ],
)
@pytest.mark.usefixtures("db")
def test_words_are_looked_for_in_other_tables_first_so_that_nobodys_name_is_joined(
    form: type[ListForm], model: type[Model]
) -> None:
    rows: QuerySet[Model] = QuerySet(model)
    found = form(QueryDict(urlencode({"q": "王伟"})), companies=()).found_in(rows)

    assert (" JOIN " in str(found.query), list(found)) == (False, [])
