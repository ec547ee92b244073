"""The register, and what is done to a seal."""

from datetime import datetime

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_csr
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from privyseal.approvals import actions as approvals
from privyseal.approvals.models import Application
from privyseal.identity.models import Company, Person
from privyseal.kernel.errors import NotFound
from privyseal.seals import actions
from privyseal.seals.models import Seal, SealVersion
from privyseal.seals.rules import SealType
from privyseal.signer.answers import Public
from privyseal.signer.client import Client
from privyseal.signer.outside import pem
from tests.conftest import FACE, Use, permit_of, recorded, say_yes
from tests.edges.conftest import Enter, alert, command, queries_of
from tests.outside_ca import OutsideCa
from tests.standing import standing_permit


@pytest.fixture
def wished(zhao: Person, company: Company, noon: datetime) -> str:
    """Return the application for a seal that nobody has decided on."""
    return approvals.apply_for_seal(
        zhao, noon, company_uid=company.uid, reason="签合同用", name="合同章", type=SealType.CONTRACT, face=FACE
    )


@pytest.fixture
def suspended(official: Seal, zhao: Person, noon: datetime, signer: Client) -> Seal:
    actions.suspend(zhao, noon, seal_uid=official.uid, reason="保管人离职", signer=signer)
    official.refresh_from_db()
    return official


def test_a_seal_shows_its_state_certificate_and_face(official: Seal, zhao: Person, enter: Enter) -> None:
    browser = enter(zhao)
    page = browser.get(f"/seals/{official.uid}/").content.decode()

    serial = SealVersion.objects.get().serial
    for said in ("公章", official.number, "使用中", official.company.uscc, serial, official.face_sha256):
        assert said in page, said
    assert browser.get(f"/seals/{official.uid}/face.svg").headers["Content-Type"] == "image/svg+xml"


def test_a_register_shows_ones_own_companies_alone(
    official: Seal, wang: Person, sun: Person, stranger: Person, enter: Enter
) -> None:
    shown = {person.login: len(enter(person).get("/seals/").context["seals"]) for person in (wang, sun, stranger)}

    assert shown == {"wang": 1, "sun": 1, "qiu": 0}
    assert enter(stranger).get(f"/seals/{official.uid}/").status_code == 404
    assert enter(stranger).get(f"/seals/{official.uid}/face.svg").status_code == 404


def test_three_seals_cost_as_many_queries_as_one(
    official: Seal, zhao: Person, company: Company, noon: datetime, enter: Enter
) -> None:
    browser = enter(zhao)
    one = queries_of(browser, "/seals/")

    for name in ("合同章", "财务章"):
        approvals.apply_for_seal(
            zhao, noon, company_uid=company.uid, reason="需要", name=name, type=SealType.CONTRACT, face=FACE
        )

    assert queries_of(browser, "/seals/") == one


def test_the_manager_makes_an_approved_seal_by_its_permit(
    wished: str, zhao: Person, li: Person, noon: datetime, public: object, enter: Enter
) -> None:
    say_yes(li, noon, wished)
    permit, browser = permit_of(wished), enter(zhao)
    address = f"/seals/{permit.seal.uid}/carry-out/{permit.uid}/"
    assert address in browser.get(f"/seals/{permit.seal.uid}/").content.decode()

    answer = browser.post(address)

    assert answer.headers["Location"] == f"/seals/{permit.seal.uid}/"
    assert Seal.objects.get().state == "active"
    again = browser.post(address)
    assert (again.status_code, Seal.objects.get().state) == (409, "active")
    assert "用印授权已用完" in alert(again)


def test_somebody_else_does_not_make_it(
    wished: str, wang: Person, li: Person, noon: datetime, public: object, enter: Enter
) -> None:
    say_yes(li, noon, wished)
    permit = permit_of(wished)

    answer = enter(wang).post(f"/seals/{permit.seal.uid}/carry-out/{permit.uid}/")

    assert (answer.status_code, Seal.objects.get().state) == (403, "draft")


@pytest.mark.invariant("T4", column="http")
def test_the_manager_suspends_at_once(official: Seal, zhao: Person, enter: Enter) -> None:
    answer = enter(zhao).post(f"/seals/{official.uid}/suspend/", command(reason="保管人离职"))

    assert answer.status_code == 302
    assert Seal.objects.get().state == "suspended"
    assert recorded()[-2:] == ["seal.suspended", "seal.suspended-at-signer"]


def test_the_auditor_may_always_suspend(official: Seal, sun: Person, enter: Enter) -> None:
    browser = enter(sun)
    assert "/suspend/" in browser.get(f"/seals/{official.uid}/").content.decode()

    assert browser.post(f"/seals/{official.uid}/suspend/", command(reason="异常")).status_code == 302


def test_whoever_uses_a_seal_does_not_suspend_it(official: Seal, wang: Person, enter: Enter) -> None:
    browser = enter(wang)

    answer = browser.post(f"/seals/{official.uid}/suspend/", command(reason="我想停"))

    assert "/suspend/" not in browser.get(f"/seals/{official.uid}/").content.decode()
    assert (answer.status_code, Seal.objects.get().state) == (403, "active")
    assert recorded()[-1] == "seal.suspend.refused"


def test_a_suspension_needs_its_reason(official: Seal, zhao: Person, enter: Enter) -> None:
    answer = enter(zhao).post(f"/seals/{official.uid}/suspend/", command(reason=""))

    assert (answer.status_code, Seal.objects.get().state) == (400, "active")


@pytest.mark.invariant("T4", column="http")
def test_a_suspended_seal_comes_back_by_approval(
    suspended: Seal, zhao: Person, li: Person, noon: datetime, enter: Enter
) -> None:
    browser, sent = enter(zhao), command(reason="已换保管人")

    asked = [browser.post(f"/seals/{suspended.uid}/apply-to-resume/", sent) for _ in range(2)]

    application = Application.objects.get(purpose="resume")
    assert [answer.headers["Location"] for answer in asked] == [f"/applications/{application.uid}/"] * 2
    say_yes(li, noon, application.uid)
    permit = permit_of(application.uid)
    answer = browser.post(f"/seals/{suspended.uid}/carry-out/{permit.uid}/")
    assert (answer.status_code, Seal.objects.get().state) == (302, "active")


def test_a_seal_in_force_is_not_resumed(official: Seal, zhao: Person, enter: Enter) -> None:
    answer = enter(zhao).post(f"/seals/{official.uid}/apply-to-resume/", command(reason="恢复"))

    assert answer.status_code == 409
    assert "目前的状态下不能这样做" in alert(answer)


def test_a_wish_to_resume_needs_its_reason(suspended: Seal, zhao: Person, enter: Enter) -> None:
    assert enter(zhao).post(f"/seals/{suspended.uid}/apply-to-resume/", command(reason="")).status_code == 400


def test_with_the_signer_down_the_seal_is_suspended_all_the_same(
    official: Seal, zhao: Person, enter: Enter, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setattr("privyseal.web.views.seals.client", lambda: Client(tmp_path / "nobody.sock"))  # type: ignore[operator]  # a path

    answer = enter(zhao).post(f"/seals/{official.uid}/suspend/", command(reason="紧急"))

    assert (answer.status_code, Seal.objects.get().state) == (302, "suspended")


def test_an_application_for_a_seal_shows_its_face_and_leads_to_it(
    wished: str, zhao: Person, li: Person, noon: datetime, public: object, enter: Enter
) -> None:
    seal = Seal.objects.get()
    asked = enter(li).get(f"/applications/{wished}/").content.decode()

    say_yes(li, noon, wished)

    assert f"/seals/{seal.uid}/face.svg" in asked
    assert seal.face_sha256 in asked
    assert "前往印章" in enter(zhao).get(f"/applications/{wished}/").content.decode()


def test_permits_are_listed_with_what_is_left(approved: Use, zhao: Person, enter: Enter) -> None:
    assert "0 / 1" in enter(zhao).get(f"/seals/{approved.permit.seal.uid}/").content.decode()


def test_no_act_on_a_seal_is_offered_for_a_standing_permit(
    official: Seal, zhao: Person, wang: Person, li: Person, ma: Person, noon: datetime, signer: Client, enter: Enter
) -> None:
    permit = standing_permit(wang, li, noon, official, reviewer=ma)

    assert enter(zhao).get(f"/seals/{official.uid}/").status_code == 200
    page = enter(wang).get(f"/seals/{official.uid}/").content.decode()
    assert (f"/standing/{permit.uid}/" in page, "carry-out" in page) == (True, False)
    assert f"/standing/{permit.uid}/" in enter(wang).get(f"/applications/{permit.application_uid}/").content.decode()
    with pytest.raises(NotFound):
        actions.carry_out(wang, noon, permit_uid=permit.uid, signer=signer)


def test_a_certificate_from_outside_is_asked_for_and_brought_on_the_page_of_its_seal(
    company: Company, public: Public, zhao: Person, li: Person, noon: datetime, outside_ca: OutsideCa, enter: Enter
) -> None:
    application = approvals.apply_for_seal(
        zhao, noon, company_uid=company.uid, reason="成立党委", name="党委", type=SealType.PARTY, face=FACE
    )
    say_yes(li, noon, application)
    permit, browser = permit_of(application), enter(zhao)
    seal, one = f"/seals/{permit.seal.uid}/", f"/seals/{permit.seal.uid}/certificate/{permit.uid}/"

    assert "密钥已生成" in browser.post(f"{seal}carry-out/{permit.uid}/").content.decode()
    page = browser.get(seal).content.decode()
    assert "等待外部证书" in page
    assert f'href="{one}"' in page
    request = load_pem_x509_csr(browser.get(one).content).public_bytes(Encoding.DER)
    certificate = pem([outside_ca.issue(request)])
    wrong = browser.post(f"{one}bring/", {"certificate": SimpleUploadedFile("a.pem", pem(outside_ca.between))})
    assert "与证书请求文件中的不一致" in alert(wrong)
    unread = browser.post(f"{one}bring/", {"certificate": SimpleUploadedFile("a.pem", b"%PDF")})
    assert (unread.status_code, "该文件不是证书" in unread.content.decode()) == (400, True)
    together = SimpleUploadedFile("both.pem", certificate + pem(outside_ca.between))
    assert browser.post(f"{one}bring/", {"certificate": together}).status_code == 302

    serial = SealVersion.objects.get().serial
    assert "等待外部证书" not in browser.get(seal).content.decode()
    assert "本系统并不掌握" in browser.get(reverse("certificate", args=[serial])).content.decode()
    chain = browser.get(reverse("certificate-chain", args=[serial])).content
    assert chain == certificate + pem([*outside_ca.between, outside_ca.root])
    assert browser.post(f"{one}end/", command()).status_code == 404
