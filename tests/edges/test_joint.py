"""Asking several companies on one form, and what the pages of each part say of the whole."""

import pytest
from django.utils.timezone import now

from privyseal.approvals.models import Application, Joint
from privyseal.approvals.queries.drafts import said_so_far
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.sealing.actions import receive_document
from privyseal.sealing.models import Document
from privyseal.seals.models import Permit, Seal
from privyseal.seals.rules import SealType
from privyseal.signer.client import Client
from tests.actions.keepers import rubber
from tests.conftest import holding, new_company, new_person, one_more_seal, say_yes
from tests.edges.conftest import Enter, alert, called, command
from tests.edges.test_applying import terms, upload
from tests.pdfs import one_page

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
    assert [called(one) in page and "示例物流有限公司" in page for one, page in pages.items()] == [True, True]
    assert f"/applications/{part.uid}/" in pages[own.uid]
    assert "示例物流有限公司" in browser.get(f"/sheets/applications/{own.uid}/").content.decode()
    (listed,) = browser.get("/applications/").context["rows"]
    assert [company for company, _ in listed.parts] == [company.name, "示例物流有限公司"]
    say_yes(li, now(), own.uid)
    assert "待其他公司审批" in browser.get(f"/applications/{own.uid}/").content.decode()
    seen = enter(he).get(f"/applications/{part.uid}/").content.decode()
    assert (company.name in seen, f"/applications/{own.uid}/" in seen) == (True, False)
    say_yes(he, now(), part.uid)
    permit = Permit.objects.get(application_uid=own.uid)
    assert f"/applications/{own.uid}/longer/" in browser.get(f"/applications/{own.uid}/").content.decode()
    done = enter(wang).post(f"/applications/{own.uid}/seal/{permit.uid}/{contract}/", follow=True)
    assert done.status_code == 200
    assert [permit.used for permit in Permit.objects.filter(joint_uid=joint.uid)] == [1, 1]
    (used,) = browser.get("/registers/uses/", {"company": company.uid}).context["rows"]
    assert (used.others, used.additions) == ("示例物流有限公司", [])


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


def on_further(seal: Seal, number: int = 1, row: int = 1, y: str = "60") -> dict[str, str]:
    prefix = f"doc{number}_seal{row}_"
    return {f"{prefix}seal": seal.uid, f"{prefix}page": "1", f"{prefix}x": "60", f"{prefix}y": y}


def lines_of(part: Application) -> list[tuple[str, str]]:
    return [(line.document_name, line.seal.name) for line in part.lines.order_by("position")]


def test_one_form_takes_several_documents_each_with_its_own_lines(
    company: Company, contract: str, official: Seal, theirs: Seal, wang: Person, enter: Enter
) -> None:
    browser, address = enter(wang), f"/apply/use/{company.uid}/{contract}/"
    so_far = terms(official, wang)
    brought = browser.post(address, so_far | {"bring": "1", "further_file": upload(one_page("Annex"), "附件.pdf")})
    annex = Document.objects.get(name="附件.pdf").sha256
    page = brought.content.decode()
    assert (brought.status_code, f'value="1:{annex}"' in page, "附件.pdf" in page) == (200, True, True)
    assert 'name="doc1_seal1_seal" id="id_doc1_seal1_seal"' in page
    kept = {"further": f"1:{annex}", "doc1_following": "nobody", "doc1_document_number": "附-1", "mode": "apart"}
    rows = on_further(theirs) | on_further(official, row=2, y="120")
    browser.post(f"{address}draft/", so_far | kept | rows, headers={"X-Draft": "1"})
    assert "附-1" in browser.get(address).content.decode()

    shown = browser.post(address, so_far | kept | rows | {"show": "1"}).content.decode()
    sent = browser.post(address, so_far | kept | rows)

    assert shown.count("盖在这一页") == 3
    own, part = Joint.objects.get().parts.order_by("pk")
    assert sent.headers["Location"] == f"/applications/{own.uid}/"
    assert lines_of(own) == [("contract.pdf", official.name), ("附件.pdf", official.name)]
    assert lines_of(part) == [("附件.pdf", "物流公章")]
    assert own.particulars == {annex: {"number": "附-1"}}


def test_the_same_is_asked_of_several_companies_again(
    company: Company, contract: str, official: Seal, theirs: Seal, wang: Person, enter: Enter
) -> None:
    browser, address = enter(wang), f"/apply/use/{company.uid}/{contract}/"
    annex = receive_document(wang, now(), company_uid=company.uid, name="附件.pdf", data=one_page("Annex"))
    more = {"further": f"1:{annex}", "doc1_following": "others", "mode": "apart"}
    browser.post(address, terms(official, wang, **row(theirs), **more, **on_further(theirs)))
    earlier = Joint.objects.get().parts.order_by("pk")[:1].get()

    sent = command(company=company.uid, file=upload(one_page("Renewed"), "续签.pdf"), earlier=earlier.uid)
    again = browser.post("/apply/use/", sent).headers["Location"]
    page = browser.post(again, {"further_file": upload(one_page("New annex"), "新附件.pdf"), "bring": "1"})

    said = said_so_far(wang, now(), company.uid, Document.objects.get(name="续签.pdf").sha256)
    assert (said["mode"], said["seal1_seal"], said["doc1_seal1_seal"]) == ("apart", theirs.uid, theirs.uid)
    assert (said["seal1_operator"], said["doc1_following"]) == (wang.pseudonym, "others")
    assert f'<option value="{theirs.uid}" selected>' in page.content.decode()


def test_a_document_is_left_out_again_and_no_more_come_than_one_form_takes(
    company: Company, contract: str, official: Seal, wang: Person, enter: Enter
) -> None:
    browser, address = enter(wang), f"/apply/use/{company.uid}/{contract}/"
    full = " ".join(f"{number}:{contract}" for number in range(1, 6))
    sixth = {"further": full, "bring": "1", "further_file": upload(one_page("Sixth"))}

    left = browser.post(address, terms(official, wang) | {"further": f"2:{contract}", "leave": "2"})
    refused = browser.post(address, terms(official, wang) | sixth)

    assert 'name="doc2_seal1_seal"' not in left.content.decode()
    assert (refused.status_code, bool(alert(refused))) == (409, True)


def test_apart_the_form_takes_rubber_seals_of_several_companies_and_all_are_taken_back_at_once(
    company: Company, contract: str, theirs: Seal, stamp: Seal, wang: Person, jian: Person, enter: Enter
) -> None:
    at = theirs.company.registered_at
    keeper = holding(new_person("bao", "包守"), Power.CUSTODY, theirs.company, at)
    rubbers = rubber(Person.objects.get(login="qian"), now(), theirs.company, keeper, name="物流公章（实体）")
    Seal.objects.filter(pk=rubbers.pk).update(state="active")
    browser, address = enter(wang), f"/apply/use/{company.uid}/{contract}/"
    assert rubbers.uid in browser.get(address).content.decode()

    operator = {"seal1_operator": wang.pseudonym, "supervisor": jian.pseudonym}
    sent = browser.post(address, terms(stamp, wang, **row(rubbers), **operator, mode="apart", following="others"))

    page = browser.get(sent.headers["Location"]).content.decode()
    assert "撤回所有公司尚未决定的部分" in page
    own, _ = Joint.objects.get().parts.order_by("pk")
    browser.post(f"/applications/{own.uid}/withdraw/", command(of_all="on"))
    assert list(Joint.objects.get().parts.values_list("state", flat=True)) == ["withdrawn", "withdrawn"]
    assert "撤回所有公司尚未决定的部分" not in browser.get(sent.headers["Location"]).content.decode()
