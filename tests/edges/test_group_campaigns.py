"""A take-over over a group: begun at once, read company by company, and told to those who keep."""

import csv
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from io import BytesIO, StringIO

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.utils.timezone import localdate
from openpyxl import load_workbook  # type: ignore[import-untyped]  # the library ships no types

from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotEntitled, NotFound
from privyseal.notification.models import Message
from privyseal.notification.reminding import remind
from privyseal.seals import actions, queries
from privyseal.seals.actions import ExistingSeal
from privyseal.seals.models import Campaign, Custody, GroupCampaign, Seal
from privyseal.seals.rules import CampaignDateNotPossible, CampaignUnderWay, Finding, SealType
from tests.conftest import holding, new_company, new_person, recorded
from tests.edges.conftest import Enter, command, queries_of
from tests.notification.conftest import begin_to_follow, catch_up

LATER = date(2099, 1, 1)
DAY = timedelta(days=1)


@pytest.fixture
def below(company: Company, zhao: Person, gu: Person, chen: Person, sun: Person, long_ago: datetime) -> list[Company]:
    """Two companies below the first; zhao manages and gu keeps in all three."""
    return [
        subsidiary(company, f"示例第{name}有限公司", uscc, people=(zhao, gu), by=(chen, sun), at=long_ago)
        for name, uscc in (("二", "91110108MA01ABCE1B"), ("三", "91110108MA01ABCF0D"))
    ]


def subsidiary(
    head: Company, name: str, uscc: str, *, people: Sequence[Person], by: tuple[Person, Person], at: datetime
) -> Company:
    made = new_company(name, uscc, registrar=by[0], verifier=by[1], at=at)
    Company.objects.filter(pk=made.pk).update(parent=head)
    for person, power in zip(people, (Power.MANAGE, Power.CUSTODY), strict=True):
        holding(person, power, made, at)
    return made


def kept(zhao: Person, gu: Person, at: datetime, company: Company, *, filing: str = "") -> Seal:
    existing = ExistingSeal(
        name="合同专用章", type=SealType.CONTRACT, keeper_pseudonym=gu.pseudonym, filing_number=filing
    )
    return Seal.objects.get(uid=actions.enter_existing(zhao, at, company_uid=company.uid, existing=existing))


@pytest.fixture
def stock(company: Company, below: list[Company], zhao: Person, gu: Person, noon: datetime) -> list[Seal]:
    """A seal in each company; two of them bear the same filing number, and the third none."""
    return [
        kept(zhao, gu, noon, owner, filing=filing)
        for owner, filing in zip((company, *below), ("1101080000001", "1101080000001", ""), strict=True)
    ]


@pytest.fixture
def group(stock: list[Seal], zhao: Person, company: Company, noon: datetime) -> GroupCampaign:
    return GroupCampaign.objects.get(uid=actions.open_group_campaign(zhao, noon, head_uid=company.uid, due_on=LATER))


def see(gu: Person, at: datetime, seal: Seal, imprint: bytes = b"imprint") -> None:
    campaign = Campaign.objects.get(company=seal.company)
    actions.take_pictures(
        gu,
        at,
        campaign_uid=campaign.uid,
        seal_uid=seal.uid,
        seal_photo=b"\xff\xd8\xff of " + seal.uid.encode(),
        imprint_photo=b"\xff\xd8\xff " + imprint,
    )


def test_one_act_asks_the_keepers_of_every_company_and_the_report_runs_over_all(
    company: Company, below: list[Company], stock: list[Seal], zhao: Person, gu: Person, noon: datetime, enter: Enter
) -> None:
    manager = enter(zhao)
    address = manager.post("/campaigns/groups/", command(head=company.uid, due_on="2099-01-01")).headers["Location"]
    assert all(seal.number in enter(gu).get("/campaigns/").content.decode() for seal in stock)
    for seal in stock[:2]:
        see(gu, noon, seal)

    answer = manager.get(address)

    told = {row.name: (row.seen, row.missing, row.unfiled, row.duplicates) for row in answer.context["rows"]}
    assert told == {
        company.name: (1, 0, 0, 1),
        below[0].name: (1, 0, 0, 1),
        below[1].name: (0, 1, 1, 0),
    }
    assert "共 3 枚，已核对 2 枚" in answer.content.decode()
    one = manager.get(f"/campaigns/{answer.context['rows'][0].uid}/").content.decode()
    assert "与另一枚印章照片相同" in one
    manager.post(f"{address}close/", command())
    assert not Campaign.objects.filter(closed_at=None).exists()
    assert [kind for kind in recorded() if "campaign" in kind] == [
        *["seal.campaign-opened"] * 3,
        "seal.group-campaign-opened",
        *["seal.campaign-closed"] * 3,
        "seal.group-campaign-closed",
    ]


def test_companies_can_be_named_and_one_under_way_joins_with_its_own_day(
    company: Company, below: list[Company], stock: list[Seal], zhao: Person, noon: datetime
) -> None:
    own = actions.open_campaign(zhao, noon, company_uid=below[0].uid, due_on=localdate(noon))
    named = [below[0].uid, below[1].uid]

    uid = actions.open_group_campaign(zhao, noon, head_uid=company.uid, company_uids=named, due_on=LATER)

    within = Campaign.objects.filter(group__uid=uid).order_by("company")
    assert [(each.company, each.due_on) for each in within] == [(below[0], localdate(noon)), (below[1], LATER)]
    assert within[0].uid == own


def test_a_second_campaign_over_the_same_group_is_refused_and_changes_nothing(
    group: GroupCampaign, company: Company, below: list[Company], zhao: Person, noon: datetime
) -> None:
    with pytest.raises(CampaignUnderWay):
        actions.open_group_campaign(zhao, noon, head_uid=company.uid, due_on=LATER)
    with pytest.raises(CampaignUnderWay):
        actions.open_group_campaign(zhao, noon, head_uid=below[0].uid, due_on=LATER)

    assert GroupCampaign.objects.get() == group
    with pytest.raises(IntegrityError, match="one_open_campaign_a_group"), transaction.atomic():
        GroupCampaign.objects.create(head=company, due_on=LATER, opened_by=zhao, opened_at=noon)


def test_whoever_does_not_manage_opens_and_closes_none(
    group: GroupCampaign, company: Company, gu: Person, zhao: Person, noon: datetime
) -> None:
    with pytest.raises(NotEntitled):
        actions.open_group_campaign(gu, noon, head_uid=company.uid, due_on=LATER)
    with pytest.raises(NotEntitled):
        actions.close_group_campaign(gu, noon, campaign_uid=group.uid)
    actions.close_group_campaign(zhao, noon, campaign_uid=group.uid)
    with pytest.raises(NotFound):
        actions.close_group_campaign(zhao, noon, campaign_uid=group.uid)
    with pytest.raises(CampaignDateNotPossible):
        actions.open_group_campaign(zhao, noon, head_uid=company.uid, due_on=localdate(noon) - DAY)


def test_a_company_that_is_not_below_the_head_is_refused(
    company: Company, below: list[Company], stock: list[Seal], zhao: Person, noon: datetime
) -> None:
    with pytest.raises(NotFound):
        actions.open_group_campaign(zhao, noon, head_uid=below[0].uid, company_uids=[company.uid], due_on=LATER)

    assert not Campaign.objects.exists()


def test_the_same_picture_in_two_companies_is_found(
    group: GroupCampaign, stock: list[Seal], zhao: Person, gu: Person, noon: datetime
) -> None:
    for seal in stock[1:]:
        see(gu, noon, seal, b"one imprint for both")

    report = queries.report_of(zhao, noon, Campaign.objects.get(company=stock[2].company))

    assert report.findings[stock[2].pk] == [Finding.UNFILED, Finding.PICTURE_TWICE]


def test_whoever_keeps_the_seal_now_photographs_it(
    group: GroupCampaign, stock: list[Seal], company: Company, gu: Person, noon: datetime
) -> None:
    ke = holding(new_person("ke", "柯管"), Power.CUSTODY, company, noon - DAY)
    Custody.objects.filter(seal=stock[0]).update(until=noon)
    Custody.objects.create(seal=stock[0], keeper=ke, since=noon)

    with pytest.raises(NotFound):
        see(gu, noon, stock[0])
    see(ke, noon, stock[0])

    assert [each.seal for each in queries.sightings_to_make(gu, noon)] == stock[1:]


def test_the_whole_report_is_saved_as_a_table_of_text(
    group: GroupCampaign, stock: list[Seal], zhao: Person, enter: Enter
) -> None:
    Seal.objects.filter(pk=stock[0].pk).update(name="=1+1")
    manager = enter(zhao)

    answer = manager.get(f"/campaigns/groups/{group.uid}/report.csv")
    assert recorded()[-1] == "register.copied"
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    book = load_workbook(BytesIO(manager.get(f"/campaigns/groups/{group.uid}/report.xlsx").content))

    cells = [[cell.value for cell in row] for row in book.active]
    assert [row[2] for row in rows[1:]] == [row[2] for row in cells[1:]] == ["S00001", "S00003", "S00002"]
    assert (rows[1][3], cells[1][3], book.active["D2"].data_type) == ("'=1+1", "=1+1", "s")
    assert manager.get(f"/campaigns/groups/{group.uid}/report.pdf").status_code == 404


def test_a_report_over_many_companies_asks_no_more_than_over_one_and_comes_in_pages(
    company: Company, zhao: Person, gu: Person, chen: Person, sun: Person, noon: datetime, enter: Enter
) -> None:
    manager: Browser = enter(zhao)
    kept(zhao, gu, noon, company)
    one = actions.open_group_campaign(zhao, noon, head_uid=company.uid, due_on=LATER)
    asked = queries_of(manager, f"/campaigns/groups/{one}/")
    actions.close_group_campaign(zhao, noon, campaign_uid=one)
    for number in range(25):
        uscc = f"91110108MA0{number:02}A0000"
        kept(zhao, gu, noon, subsidiary(company, f"第{number}公司", uscc, people=(zhao, gu), by=(chen, sun), at=noon))

    many = actions.open_group_campaign(zhao, noon, head_uid=company.uid, due_on=LATER)

    assert queries_of(manager, f"/campaigns/groups/{many}/") == asked
    first = manager.get(f"/campaigns/groups/{many}/").context
    rest = manager.get(f"/campaigns/groups/{many}/?after={first['page'].last}").context
    assert len({row.uid for row in (*first["rows"], *rest["rows"])}) == 26


def test_keepers_hear_of_it_before_the_day_and_after_and_managers_after(
    stock: list[Seal], company: Company, zhao: Person, gu: Person, noon: datetime
) -> None:
    begin_to_follow(noon)
    remind(noon)
    due = localdate(noon) + 10 * DAY
    actions.open_group_campaign(zhao, noon, head_uid=company.uid, due_on=due)
    catch_up(noon)
    see(gu, noon, stock[0])

    for day in range(14):
        remind(noon + day * DAY)

    assert heard(gu) == {"seal.campaign-opened": 3, "campaign.due": 2, "campaign.overdue": 2}
    assert heard(zhao) == {"campaign.overdue": 2}


def heard(person: Person) -> dict[str, int]:
    kinds = list(Message.objects.filter(person=person, kind__contains="campaign").values_list("kind", flat=True))
    return {kind: kinds.count(kind) for kind in kinds}
