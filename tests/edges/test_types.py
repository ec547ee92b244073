"""Types of seal and sets of seals, at the browser."""

from datetime import datetime

from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.seals.models import KeeperSet, OwnType, Seal
from tests.actions.keepers import rubber
from tests.conftest import holding, new_person
from tests.edges.conftest import Enter, alert, command

TYPE = {
    "name_zh": "投标章",
    "name_en": "Tender seal",
    "like": "contract",
    "kind": "physical",
    "level": "company",
    "numbers_begin": "TB",
}


def test_a_type_is_added_chosen_and_retired_on_its_pages(
    company: Company, zhao: Person, long_ago: datetime, enter: Enter
) -> None:
    gu, manager = holding(new_person("gu", "顾守"), Power.CUSTODY, company, long_ago), enter(zhao)
    answer = manager.post("/seal-types/", command(company=company.uid, barred=["unit-head"], **TYPE))
    assert (answer.status_code, OwnType.objects.get().barred) == (302, ["unit-head"])
    assert "投标章" in manager.get("/seals/enter/").content.decode()

    said = {"company": company.uid, "name": "投标专用章", "keeper": gu.pseudonym, "type": OwnType.objects.get().uid}
    manager.post("/seals/enter/", command(**said))
    seal = Seal.objects.get()
    assert (seal.type, str(seal.own_type), seal.number) == ("contract", "投标章", "TB00001")
    for page in (f"/seals/{seal.uid}/", "/seals/", "/seal-types/"):
        assert "投标章" in manager.get(page).content.decode()

    manager.post(f"/seal-types/{OwnType.objects.get().uid}/retire/", command())
    assert "投标章" not in manager.get("/seals/enter/").content.decode()
    assert "已停用" in manager.get("/seal-types/").content.decode()
    twice = manager.post(f"/seal-types/{OwnType.objects.get().uid}/retire/", command())
    assert twice.status_code == 409


def test_a_set_is_named_and_ended_by_two_on_its_page(
    company: Company, zhao: Person, li: Person, long_ago: datetime, noon: datetime, enter: Enter
) -> None:
    keepers = [holding(new_person(login, login), Power.CUSTODY, company, long_ago) for login in ("gu", "ke")]
    pair = [rubber(zhao, noon, company, keeper, name=f"网银{keeper.login}") for keeper in keepers]
    manager, approver = enter(zhao), enter(li)
    said = {"company": company.uid, "name": "网银", "numbers": "，".join(seal.number for seal in pair)}

    assert "至少有两枚" in alert(manager.post("/keeper-sets/", command(**{**said, "numbers": pair[0].number})))
    assert manager.post("/keeper-sets/", command(**said)).status_code == 302
    found = KeeperSet.objects.get()
    assert pair[1].number in approver.get("/keeper-sets/").content.decode()

    assert approver.post(f"/keeper-sets/{found.uid}/end/", command()).status_code == 409
    manager.post(f"/keeper-sets/{found.uid}/propose-end/", command())
    assert "已提议解除" in approver.get("/keeper-sets/").content.decode()
    approver.post(f"/keeper-sets/{found.uid}/end/", command())
    assert KeeperSet.objects.get().ended_by == li
