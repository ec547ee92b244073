"""Outside approval systems, at the browser and at the address that they answer to."""

import json
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.conf import settings
from django.test import Client as Browser

from privyseal.approvals import asking
from privyseal.approvals.models import Asking, OutsideSystem, Policy
from privyseal.approvals.rules.seats import Seat as PolicySeat
from privyseal.approvals.rules.seats import Who
from privyseal.egress import Egress
from privyseal.identity.models import Company, Installation, Person
from privyseal.seals.models import Seal
from tests.actions.policies import asks_for, put_in_force
from tests.conftest import apply
from tests.edges.conftest import Enter, alert, command
from tests.outside import Oa, running_oa


@pytest.fixture(scope="module")
def oa() -> Iterator[Oa]:
    with running_oa() as oa:
        yield oa


@pytest.fixture(autouse=True)
def may_go_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "EGRESS", Egress(frozenset({"127.0.0.1"})))


@pytest.fixture
def system(oa: Oa, company: Company, chen: Person, sun: Person, enter: Enter) -> OutsideSystem:
    """The company's OA, entered by chen and confirmed by sun, each on the page."""
    said = command(company=company.uid, name="OA", address=oa.address, key=oa.key)
    assert enter(chen).post("/outside/enter/", said).status_code == 302
    entered = OutsideSystem.objects.get()
    assert enter(sun).post(f"/outside/{entered.uid}/confirm/", command()).status_code == 302
    return entered


def test_the_page_says_what_both_sides_have_to_know(
    oa: Oa, system: OutsideSystem, chen: Person, zhao: Person, enter: Enter
) -> None:
    for person in (chen, zhao):
        page = enter(person).get("/outside/").content.decode()
        for said in (oa.address, oa.key, asking.own_key_of(system), asking.answer_address(system)):
            assert said in page
    assert "/outside/enter/" not in enter(zhao).get("/outside/").content.decode()


def test_a_policy_names_it_and_its_answer_decides(
    oa: Oa,
    system: OutsideSystem,
    official: Seal,
    contract: str,
    zhao: Person,
    wang: Person,
    noon: datetime,
    enter: Enter,
) -> None:
    row = asks_for((PolicySeat(Who.OUTSIDE, system.uid),))
    put_in_force(zhao, system.registered_by, noon, official.company, row)
    page = enter(zhao).get(f"/policies/{Policy.objects.get().uid}/").content.decode()
    assert "OA" in page
    uid = apply(wang, noon, official, contract)
    assert "正在询问" in enter(wang).get(f"/applications/{uid}/").content.decode()
    asking.tell_due(lambda: noon)
    assert "已询问" in enter(wang).get(f"/applications/{uid}/").content.decode()
    headers, body = oa.decides(json.loads(oa.heard()["body"])["data"], "li")

    stranger, address = Browser(enforce_csrf_checks=True), f"/outside/{system.uid}/answers/"
    named = {name: str(value) for name, value in headers.items()}
    unsigned = stranger.post(address, body, content_type="application/json", headers=named | {"webhook-id": "other"})
    assert (unsigned.status_code, unsigned.json()["code"]) == (403, "hook-unsigned")
    for _ in range(2):
        taken = stranger.post(address, body, content_type="application/json", headers=named)
        assert (taken.status_code, taken.json()) == (200, {"state": "approved"})
    assert not Asking.objects.filter(due_at__isnull=False).exists()
    vast = stranger.post(address, b" " * 65_537, content_type="application/json", headers=named)
    assert (vast.status_code, vast.json()["code"]) == (413, "file-too-large")


def test_a_form_with_a_key_that_is_none_is_kept_and_refused_in_words(
    company: Company, chen: Person, enter: Enter
) -> None:
    said = command(company=company.uid, name="流程平台", address="https://oa.example.com/", key="secret")

    answer = enter(chen).post("/outside/enter/", said)

    assert answer.status_code == 409
    assert "whpk_" in alert(answer)
    assert "流程平台" in answer.content.decode()


def test_where_the_charter_takes_no_outside_word_the_page_says_so(
    installation: Installation, company: Company, chen: Person, enter: Enter
) -> None:
    Installation.objects.update(assurance="session")

    page = enter(chen).get("/outside/").content.decode()

    assert "notice caution" in page
    assert "/outside/enter/" not in page
