"""Asking several companies on one form, and what the pages of each part say of the whole."""

import pytest
from django.utils.timezone import now

from privyseal.approvals.models import Application, Joint
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.seals.models import Permit, Seal
from privyseal.seals.rules import SealType
from privyseal.signer.client import Client
from tests.conftest import holding, new_company, new_person, one_more_seal, say_yes
from tests.edges.conftest import Enter, alert
from tests.edges.test_applying import terms

pytestmark = pytest.mark.documents


@pytest.fixture
def theirs(chen: Person, sun: Person, wang: Person, official: Seal, signer: Client) -> Seal:
    at = official.company.registered_at
    company = new_company("示例物流有限公司", "91350100M000100Y43", registrar=chen, verifier=sun, at=at)
    manager = holding(new_person("qian", "钱经理"), Power.MANAGE, company, at)
    approver = holding(new_person("he", "何批"), Power.APPROVE, company, at)
    holding(wang, Power.USE, company, at)
    return one_more_seal(manager, approver, now(), company, "物流公章", SealType.OFFICIAL, signer)


@pytest.fixture
def he(theirs: Seal) -> Person:
    return Person.objects.get(login="he")


def row(seal: Seal) -> dict[str, str]:
    return {"seal1_seal": seal.uid, "seal1_page": "1", "seal1_x": "60", "seal1_y": "60"}


def test_one_form_asks_two_companies_and_each_page_shows_the_whole(
    company: Company, contract: str, official: Seal, theirs: Seal, wang: Person, li: Person, he: Person, enter: Enter
) -> None:
    browser, address = enter(wang), f"/apply/use/{company.uid}/{contract}/"
    asked = browser.get(address).content.decode()
    assert "全部公司都同意" in asked

    sent = browser.post(address, terms(official, wang, **row(theirs), mode="together"))

    joint = Joint.objects.get()
    own, part = joint.parts.order_by("pk")
    assert sent.headers["Location"] == f"/applications/{own.uid}/"
    pages = {one: browser.get(f"/applications/{one}/").content.decode() for one in (own.uid, part.uid)}
    assert [joint.uid[:8] in page and "示例物流有限公司" in page for page in pages.values()] == [True, True]
    assert f"/applications/{part.uid}/" in pages[own.uid]
    say_yes(li, now(), own.uid)
    assert "待其他公司审批" in browser.get(f"/applications/{own.uid}/").content.decode()
    seen = enter(he).get(f"/applications/{part.uid}/").content.decode()
    assert (company.name in seen, f"/applications/{own.uid}/" in seen) == (True, False)
    say_yes(he, now(), part.uid)
    permit = Permit.objects.get(application_uid=own.uid)
    done = enter(wang).post(f"/applications/{own.uid}/seal/{permit.uid}/{contract}/", follow=True)
    assert done.status_code == 200
    assert [permit.used for permit in Permit.objects.filter(joint_uid=joint.uid)] == [1, 1]


def test_an_approver_of_one_company_does_not_open_the_part_of_another(
    company: Company, contract: str, official: Seal, theirs: Seal, wang: Person, he: Person, enter: Enter
) -> None:
    enter(wang).post(f"/apply/use/{company.uid}/{contract}/", terms(official, wang, **row(theirs)))
    own = Application.objects.get(company=company, joint__isnull=False)

    assert enter(he).get(f"/applications/{own.uid}/").status_code == 404


def test_an_operator_who_uses_no_seals_of_the_other_company_is_refused_in_words(
    company: Company, contract: str, official: Seal, theirs: Seal, wang: Person, ma: Person, enter: Enter
) -> None:
    browser = enter(wang)

    answer = browser.post(f"/apply/use/{company.uid}/{contract}/", terms(official, ma, **row(theirs)))

    assert (answer.status_code, Joint.objects.exists()) == (403, False)
    assert alert(answer)
