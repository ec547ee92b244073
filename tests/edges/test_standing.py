"""Standing permits on their pages: for people by name, and for whoever belongs to a unit."""

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localdate

from privyseal.approvals.models import Application
from privyseal.identity.models import Company, Membership, Person, Unit
from privyseal.sealing.models import StandingUse
from privyseal.seals.models import Permit, Seal
from privyseal.signer.client import Client
from tests.conftest import permit_of, say_yes
from tests.edges.conftest import Enter, alert, command
from tests.pdfs import PASSWORD, one_page, protected
from tests.standing import apply_for_standing

pytestmark = pytest.mark.documents


@pytest.fixture
def sales(company: Company, wang: Person, noon: datetime) -> Unit:
    """A unit above the one to which wang belongs."""
    above = Unit.objects.create(company=company, name="销售部", opened_at=noon)
    team = Unit.objects.create(company=company, name="华东组", parent=above, opened_at=noon)
    Membership.objects.create(person=wang, company=company, unit=team, joined_on=noon.date())
    return above


@pytest.fixture
def of_sales(official: Seal, sales: Unit, wang: Person, li: Person, ma: Person, noon: datetime) -> Permit:
    uid = apply_for_standing(wang, noon, official, holders=sales, reviewer=ma)
    say_yes(li, noon, uid)
    return permit_of(uid)


def asked(seal: Seal, reviewer: Person, **changes: object) -> dict[str, object]:
    today = localdate()
    return command(
        seal=seal.uid, document_class="invoice", title_words="Invoice", most_pages="1", a_day="2", in_all="9",
        page="1", x="150", y="60", starts_on=today.isoformat(), ends_on=(today + timedelta(days=6)).isoformat(),
        reviewer=reviewer.pseudonym, sample_every="2", reason="每日开具发票",
    ) | changes  # fmt: skip


def invoice(number: int = 1) -> dict[str, object]:
    """Return a paper of the class, which came protected."""
    data = protected(one_page(f"Invoice no. {number}"))
    file = SimpleUploadedFile("invoice.pdf", data, content_type="application/pdf")
    return {"file": file, "password": PASSWORD}


def test_the_form_takes_people_or_one_unit_and_says_so_where_both_or_neither_are_chosen(
    official: Seal, sales: Unit, wang: Person, ma: Person, enter: Enter
) -> None:
    browser = enter(wang)
    assert "销售部" in browser.get("/apply/standing/").content.decode()
    for wrong in ({}, {"operators": wang.pseudonym, "unit": sales.uid}):
        assert alert(browser.post("/apply/standing/", asked(official, ma, **wrong)))
    assert not Application.objects.filter(purpose="standing").exists()

    sent = browser.post("/apply/standing/", asked(official, ma, unit=sales.uid))

    assert "销售部" in browser.get(sent.headers["Location"]).content.decode()


def test_the_application_says_class_and_words_and_reviewer_as_people_do(
    of_sales: Permit, li: Person, ma: Person, enter: Enter
) -> None:
    page = enter(li).get(f"/applications/{of_sales.application_uid}/").content.decode()

    for name, value in (("文件类别", "发票"), ("首页必有的词", "Invoice"), ("样本复核人", ma.name)):
        assert f"<dt>{name}</dt><dd>{value}</dd>" in page


def test_whoever_belongs_to_the_unit_finds_it_and_seals_and_whoever_does_not_is_offered_nothing(
    of_sales: Permit, sales: Unit, wang: Person, ma: Person, zhao: Person, signer: Client, enter: Enter
) -> None:
    page = f"/standing/{of_sales.uid}/"
    browser = enter(wang)
    assert page in browser.get("/standing/").content.decode()
    assert "销售部" in browser.get(page).content.decode()

    assert browser.post(f"{page}use/", invoice()).status_code == 302

    assert (StandingUse.objects.get().by, of_sales.parts.filter(person=wang).exists()) == (wang, False)
    assert "1 / 2" in browser.get(page).content.decode()
    for other in (ma, zhao):
        assert f'action="{page}use/"' not in enter(other).get(page).content.decode()
        assert enter(other).post(f"{page}use/", invoice(2)).status_code in {403, 404}
    Membership.objects.filter(person=wang).update(unit=None)
    assert browser.post(f"{page}use/", invoice(3)).status_code in {403, 404, 409}
    assert StandingUse.objects.count() == 1
