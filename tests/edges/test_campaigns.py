"""A take-over: each keeper photographs what they keep, and the report shows what is wrong."""

from datetime import date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client as Browser

from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn
from privyseal.seals import actions, queries
from privyseal.seals.actions import ExistingSeal, enter_existing
from privyseal.seals.models import Campaign, Custody, Seal, Sighting
from privyseal.seals.rules import (
    CampaignDateNotPossible,
    CampaignUnderWay,
    Finding,
    SamePictureTwice,
    SealType,
    Seen,
    findings,
)
from tests.conftest import holding, new_person, recorded
from tests.edges.conftest import Enter, command

JPEG = b"\xff\xd8\xff a picture of "
LATER = date(2099, 1, 1)


@pytest.fixture
def gu(company: Company, noon: datetime) -> Person:
    """Keeps."""
    return holding(new_person("gu", "顾守"), Power.CUSTODY, company, noon - timedelta(days=1))


@pytest.fixture
def stock(zhao: Person, gu: Person, company: Company, noon: datetime) -> list[Seal]:
    """Two seals that gu keeps; one of them is not filed."""
    return [
        Seal.objects.get(
            uid=enter_existing(
                zhao,
                noon,
                company_uid=company.uid,
                existing=ExistingSeal(
                    name=name, type=SealType.CONTRACT, keeper_pseudonym=gu.pseudonym, filing_number=number
                ),
            )
        )
        for name, number in (("合同章甲", "1101080000001"), ("合同章乙", ""))
    ]


@pytest.fixture
def campaign(stock: list[Seal], zhao: Person, company: Company, noon: datetime) -> Campaign:
    return Campaign.objects.get(uid=actions.open_campaign(zhao, noon, company_uid=company.uid, due_on=LATER))


def pictures(seal: bytes, imprint: bytes) -> dict[str, SimpleUploadedFile]:
    return {
        "seal_photo": SimpleUploadedFile("a.jpg", JPEG + seal),
        "imprint_photo": SimpleUploadedFile("b.jpg", JPEG + imprint),
    }


def test_keepers_photograph_what_they_keep_and_the_report_says_what_is_wrong(
    zhao: Person, gu: Person, company: Company, stock: list[Seal], enter: Enter
) -> None:
    manager, keeper = enter(zhao), enter(gu)
    address = manager.post("/campaigns/", command(company=company.uid, due_on="2099-01-01")).headers["Location"]
    asked = keeper.get("/campaigns/").content.decode()
    assert all(seal.name in asked for seal in stock)

    for seal in stock:
        see = f"{address}seals/{seal.uid}/"
        assert keeper.get(see).status_code == 200
        answer = keeper.post(see, pictures(seal.name.encode(), b"the same imprint"))
        assert answer.headers["Location"] == "/campaigns/"
    manager.post(f"{address}close/", command())

    page = manager.get(address).content.decode()
    assert page.count("与另一枚印章照片相同") == 2
    assert page.count("未在公安备案") == 1
    assert "共 2 枚，已核对 2 枚" in page
    assert [kind for kind in recorded() if kind.startswith("seal.campaign")] == [
        "seal.campaign-opened",
        "seal.campaign-closed",
    ]


def test_only_the_keeper_sees_a_seal_and_once_with_two_pictures(
    zhao: Person, gu: Person, stock: list[Seal], campaign: Campaign, noon: datetime
) -> None:
    def see(actor: Person, imprint: bytes = b"imprint") -> None:
        actions.take_pictures(
            actor,
            noon,
            campaign_uid=campaign.uid,
            seal_uid=stock[0].uid,
            seal_photo=JPEG + b"seal",
            imprint_photo=JPEG + imprint,
        )

    with pytest.raises(NotFound):
        see(zhao)
    with pytest.raises(SamePictureTwice):
        see(gu, b"seal")
    see(gu)
    with pytest.raises(OutOfTurn):
        see(gu)

    assert Sighting.objects.filter(seen_at__isnull=False).count() == 1
    with pytest.raises(IntegrityError, match="sighting_has_two_pictures"), transaction.atomic():
        Sighting.objects.filter(seal=stock[1]).update(seen_at=noon)


def test_a_campaign_is_opened_by_the_manager_one_at_a_time_and_for_a_day_to_come(
    zhao: Person, gu: Person, company: Company, campaign: Campaign, noon: datetime
) -> None:
    with pytest.raises(CampaignUnderWay):
        actions.open_campaign(zhao, noon, company_uid=company.uid, due_on=LATER)
    with pytest.raises(NotEntitled):
        actions.open_campaign(gu, noon, company_uid=company.uid, due_on=LATER)
    with pytest.raises(NotEntitled):
        actions.close_campaign(gu, noon, campaign_uid=campaign.uid)
    actions.close_campaign(zhao, noon, campaign_uid=campaign.uid)
    with pytest.raises(CampaignDateNotPossible):
        actions.open_campaign(zhao, noon, company_uid=company.uid, due_on=noon.date() - timedelta(days=2))
    with pytest.raises(NotFound):
        actions.close_campaign(zhao, noon, campaign_uid=campaign.uid)


def test_a_seal_whose_keeper_is_gone_is_ownerless(
    zhao: Person, stock: list[Seal], campaign: Campaign, noon: datetime
) -> None:
    Custody.objects.filter(seal=stock[0]).update(until=noon)

    report = queries.report_of(zhao, noon, campaign)

    assert set(report.findings[stock[0].pk]) == {Finding.NOT_SEEN, Finding.OWNERLESS}


def test_what_is_one_too_many_is_found() -> None:
    def seal(key: int, name: str, kind: SealType, number: str) -> Seen:
        return Seen(key, 1, name, kind, number, is_kept=True, is_seen=True, pictures=())

    seals = [
        seal(1, "公章", SealType.OFFICIAL, "1"),
        seal(2, "公 章", SealType.OFFICIAL, "1"),
        seal(3, "项目章", SealType.PROJECT, "3"),
        seal(4, "营业执照", SealType.LICENCE, ""),
    ]

    both = [Finding.NAME_TWICE, Finding.ONLY_ONE, Finding.FILING_TWICE]
    assert findings(seals) == {1: both, 2: both}


def test_whoever_has_nothing_to_do_with_the_company_sees_no_campaign(
    stranger: Person, campaign: Campaign, stock: list[Seal], enter: Enter
) -> None:
    browser: Browser = enter(stranger)

    assert browser.get(f"/campaigns/{campaign.uid}/").status_code == 404
    assert browser.get(f"/campaigns/{campaign.uid}/seals/{stock[0].uid}/").status_code == 404
    assert "发起盘点" not in browser.get("/campaigns/").content.decode()
