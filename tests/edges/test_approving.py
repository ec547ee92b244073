"""Saying yes with a passkey: to the approval page and back, every way it can go wrong on the road."""

import json
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.utils.timezone import localdate
from pytest_django import Settings

from privyseal.approval_page.door import Door
from privyseal.approval_page.keeping import LIFE, Kept
from privyseal.approval_page.site import Answer, Asked, Site
from privyseal.approvals import actions as approvals
from privyseal.approvals.models import Application, ApprovalPasskey, OwnYes, Vote
from privyseal.approvals.queries import application_visible_to
from privyseal.identity.models import Company, Person
from privyseal.pdf.face import Face, digest
from privyseal.seals.models import Mandate, Seal
from privyseal.seals.rules import SealType
from privyseal.signer.client import Client
from privyseal.signer.passkeys import Page, PasskeyAssertion, web_octets, web_text
from privyseal.signer.software_passkeys import SoftwarePasskey
from tests.actions.keepers import representative
from tests.conftest import Use, apply, one_more_seal
from tests.edges.conftest import Enter, command

pytestmark = pytest.mark.documents


@dataclass
class ApprovalPage:
    """The page as browsers reach it, without a server between; ``late`` is by how much its clock runs ahead."""

    site: Site
    host: str
    late: timedelta = timedelta()

    def get(self, address: str) -> Answer:
        return self._asked("GET", address, "", b"")

    def post(self, address: str, body: object) -> Answer:
        return self._asked("POST", address, f"http://{self.host}", json.dumps(body).encode())

    def _asked(self, method: str, address: str, origin: str, body: bytes) -> Answer:
        path = address.removeprefix(f"http://{self.host}")
        kind, browser, languages = "application/json", "Mozilla/5.0", "zh-CN"
        return self.site.answer(Asked(method, path, self.host, origin, kind, browser, languages, lambda: body))


@pytest.fixture
def page(settings: Settings, tmp_path: Path) -> ApprovalPage:
    kept, own = Kept(), Page(settings.APPROVAL_URL)

    def clock() -> datetime:
        return datetime.now(UTC) + served.late

    served = ApprovalPage(Site(kept, clock, own=own, home=settings.PUBLIC_URL), own.origin.removeprefix("http://"))
    settings.APPROVAL_SOCKET = str(tmp_path / "socket")
    Door(kept, clock, peer_uids=frozenset({os.geteuid()}), folder=tmp_path).listen(tmp_path / "socket")
    return served


@pytest.fixture
def passkey(li: Person, chen: Person, sun: Person, long_ago: datetime) -> SoftwarePasskey:
    return known_passkey(li, chen, sun, long_ago)


def known_passkey(person: Person, chen: Person, sun: Person, long_ago: datetime) -> SoftwarePasskey:
    """Somebody's passkey, which the signer was told of."""
    own = f"{person.login}'s phone".encode()
    held = SoftwarePasskey(person=person.pseudonym, page=Page(django_settings.APPROVAL_URL), id=own)
    ApprovalPasskey.objects.create(
        person=person,
        name="手机",
        credential=held.id,
        key=held.key,
        is_bound=True,
        offered_at=long_ago,
        starts_at=long_ago,
        first_by=chen,
        second_by=sun,
        confirmed_at=long_ago,
        entered_at=long_ago,
    )
    return held


def led(browser: Browser, use: Use, person: Person, **more: str) -> Any:  # noqa: ANN401  what Django's client answers
    shown = application_visible_to(person, datetime.now(UTC), use.uid).shown_sha256
    return browser.post(f"/applications/{use.uid}/approve/", command(step="approve", shown_sha256=shown, **more))


def said_yes(page: ApprovalPage, opens: str, passkey: SoftwarePasskey, use: Use, person: Person) -> str:
    """Open the page, say yes by the passkey and return the address that leads back."""
    address = page.get(opens).more["Location"]
    statement = application_visible_to(person, datetime.now(UTC), use.uid).statements[0].to_bytes()
    return answered(page, address, passkey.says_yes(statement))


def answered(page: ApprovalPage, address: str, yes: PasskeyAssertion) -> str:
    """Give a passkey's answer to the page and return the address that leads back."""
    said = {
        "credential": web_text(yes.credential),
        "authenticator_data": web_text(yes.authenticator_data),
        "client_data": web_text(yes.client_data),
        "signature": web_text(yes.signature),
    }
    return str(json.loads(page.post(f"{address}/answer", [said]).body)["to"]).removeprefix("http://localhost:8000")


def votes_on(use: Use) -> list[Vote]:
    return list(Vote.objects.filter(application__uid=use.uid).order_by("at"))


def test_whoever_has_a_passkey_is_led_to_the_page_and_their_yes_is_counted(
    page: ApprovalPage, passkey: SoftwarePasskey, pending: Use, li: Person, enter: Enter
) -> None:
    browser = enter(li)
    offered = browser.get(f"/applications/{pending.uid}/").content.decode()
    opens = led(browser, pending, li, comment="同意").headers["Location"]
    back = said_yes(page, opens, passkey, pending, li)

    returned = browser.get(back)

    assert f'formaction="/applications/{pending.uid}/approve/"' in offered
    assert returned.headers["Location"] == f"/applications/{pending.uid}/"
    (vote,) = votes_on(pending)
    assert (vote.person, vote.comment) == (li, "同意")
    assert [one["assertions"][0]["assurance"] for one in vote.approved] == ["passkey"]
    assert Application.objects.get(uid=pending.uid).state == "approved"
    shown = browser.get(f"/applications/{pending.uid}/").content.decode()
    assert ("演示用软件通行密钥，没有真人确认" in shown, "以本人通行密钥确认" in shown) == (
        True,
        False,
    )  # it is one in software


def test_whoever_approves_sees_the_seal_itself_and_its_statement_names_the_face(
    page: ApprovalPage, passkey: SoftwarePasskey, pending: Use, official: Seal, li: Person, enter: Enter
) -> None:
    address = page.get(led(enter(li), pending, li).headers["Location"]).more["Location"]
    shown = page.get(address).body.decode()

    (statement,) = application_visible_to(li, datetime.now(UTC), pending.uid).statements
    assert (statement.face_sha256, statement.seal_version) == (official.face_sha256, official.version)
    assert re.findall('<use href="#face-([0-9a-f]+)"', shown) == [official.face_sha256]


def test_an_application_from_before_faces_were_shown_names_none_to_its_end(
    page: ApprovalPage, passkey: SoftwarePasskey, pending: Use, li: Person, enter: Enter
) -> None:
    Application.objects.filter(uid=pending.uid).update(terms={})
    browser = enter(li)
    opens = led(browser, pending, li).headers["Location"]

    back = said_yes(page, opens, passkey, pending, li)
    browser.get(back)

    (vote,) = votes_on(pending)
    assert "face_sha256" not in vote.approved[0]["statement"]
    assert Application.objects.get(uid=pending.uid).state == "approved"


def test_a_yes_to_a_face_that_was_changed_meanwhile_is_not_counted(
    page: ApprovalPage, passkey: SoftwarePasskey, pending: Use, official: Seal, li: Person, enter: Enter
) -> None:
    browser = enter(li)
    back = said_yes(page, led(browser, pending, li).headers["Location"], passkey, pending, li)
    changed = Face.from_json({**official.face, "ring": "示例科技股份有限公司"})
    Seal.objects.filter(pk=official.pk).update(version=2, face=changed.to_json(), face_sha256=digest(changed))

    browser.get(back)

    assert votes_on(pending) == []
    again = page.get(page.get(led(browser, pending, li).headers["Location"]).more["Location"]).body.decode()
    assert re.findall('<use href="#face-([0-9a-f]+)"', again) == [digest(changed)]


def test_the_way_back_may_end_in_another_browser(
    page: ApprovalPage, passkey: SoftwarePasskey, pending: Use, li: Person, enter: Enter, outside: Browser
) -> None:
    back = said_yes(page, led(enter(li), pending, li).headers["Location"], passkey, pending, li)

    returned = outside.get(back)

    assert returned.status_code == 200
    assert [vote.person for vote in votes_on(pending)] == [li]


def test_a_yes_that_is_brought_back_twice_counts_once(
    page: ApprovalPage, passkey: SoftwarePasskey, pending: Use, li: Person, enter: Enter
) -> None:
    browser = enter(li)
    back = said_yes(page, led(browser, pending, li).headers["Location"], passkey, pending, li)

    statuses = [browser.get(back).status_code for _ in range(2)]

    assert statuses == [302, 410]
    again = browser.get(back).content.decode()
    assert "approval-code-used" in again
    assert "<h1>此前已计入</h1>" in again
    assert len(votes_on(pending)) == 1


@pytest.mark.parametrize("code", ["a" * 43, "", "no code at all"])
def test_a_foreign_code_counts_nothing(
    page: ApprovalPage, passkey: SoftwarePasskey, pending: Use, li: Person, enter: Enter, code: str
) -> None:
    answered = enter(li).get(f"/applications/{pending.uid}/approved/?code={code}")

    assert answered.status_code == (404 if code else 302)
    assert votes_on(pending) == []


def test_a_yes_to_one_application_is_none_to_another(
    page: ApprovalPage, passkey: SoftwarePasskey, pending: Use, li: Person, enter: Enter
) -> None:
    browser = enter(li)
    back = said_yes(page, led(browser, pending, li).headers["Location"], passkey, pending, li)

    answered = browser.get(back.replace(pending.uid, "0" * 32))

    assert answered.status_code == 404
    assert votes_on(pending) == []


def test_an_answer_that_comes_late_is_told_so(
    page: ApprovalPage, passkey: SoftwarePasskey, pending: Use, li: Person, enter: Enter
) -> None:
    browser = enter(li)
    back = said_yes(page, led(browser, pending, li).headers["Location"], passkey, pending, li)
    page.late = LIFE

    answered = browser.get(back)

    assert answered.status_code == 410
    assert "approval-code-expired" in answered.content.decode()
    assert votes_on(pending) == []


def test_what_changed_since_it_was_shown_is_not_approved(
    page: ApprovalPage, passkey: SoftwarePasskey, pending: Use, li: Person, enter: Enter
) -> None:
    browser = enter(li)
    back = said_yes(page, led(browser, pending, li).headers["Location"], passkey, pending, li)
    Application.objects.filter(uid=pending.uid).update(reason="另一个事由")

    answered = browser.get(back)

    assert (answered.status_code, "changed-since-shown" in answered.content.decode()) == (409, True)
    assert votes_on(pending) == []


def test_somebody_without_a_passkey_is_not_led_anywhere(
    page: ApprovalPage, passkey: SoftwarePasskey, pending: Use, wu: Person, enter: Enter
) -> None:
    assert led(enter(wu), pending, wu).status_code == 403


def test_a_page_that_does_not_answer_loses_nothing(
    passkey: SoftwarePasskey, pending: Use, li: Person, enter: Enter, settings: Settings, tmp_path: Path
) -> None:
    settings.APPROVAL_SOCKET = str(tmp_path / "nobody")

    answered = led(enter(li), pending, li, comment="看过了")

    assert answered.status_code == 503
    assert "看过了" in answered.content.decode()


def test_the_page_may_be_led_to_and_nothing_else(li: Person, enter: Enter, settings: Settings) -> None:
    policy = enter(li).get("/").headers["Content-Security-Policy"]

    assert re.findall(r"form-action ([^;]+)", policy) == [f"'self' {settings.APPROVAL_URL}"]


def test_security_confirms_a_passkey_by_its_own_on_the_page_that_says_whose_it_is(
    page: ApprovalPage, passkey: SoftwarePasskey, chen: Person, wu: Person, enter: Enter, long_ago: datetime
) -> None:
    rows = ApprovalPasskey.objects
    own = SoftwarePasskey(person=chen.pseudonym, page=passkey.page, id=b"chen's key")
    known = {"name": "密钥", "is_bound": True, "offered_at": long_ago, "starts_at": long_ago}
    told = {"first_by": wu, "second_by": Person.objects.get(login="sun"), "confirmed_at": long_ago}
    rows.create(person=chen, credential=own.id, key=own.key, roster="security", entered_at=long_ago, **known, **told)
    offered = rows.create(person=wu, credential=b"wu's", key=passkey.key, **known)
    browser = enter(chen)

    opens = browser.post(f"/mine/security/approvals/{offered.uid}/confirm/", command()).headers["Location"]
    address = page.get(opens).more["Location"]
    shown = page.get(address).body.decode()
    back = answered(page, address, own.says_yes(offered.entry.to_bytes()))
    returned = [browser.get(back) for _ in range(2)]

    assert wu.name in shown
    assert returned[0].headers["Location"] == "/mine/security/approvals/"
    (said,) = rows.get(pk=offered.pk).said
    assert (said["assurance"], said["approver"]) == ("passkey", chen.pseudonym)


def test_an_own_yes_and_a_mandate_are_given_on_the_page_and_counted_once(
    *,
    page: ApprovalPage,
    official: Seal,
    company: Company,
    contract: str,
    wang: Person,
    zhao: Person,
    li: Person,
    chen: Person,
    sun: Person,
    noon: datetime,
    long_ago: datetime,
    enter: Enter,
    signer: Client,
) -> None:
    ma = representative(chen, company, long_ago)
    held = known_passkey(ma, chen, sun, long_ago)
    named = one_more_seal(zhao, li, noon, company, "法定代表人章", SealType.LEGAL_REPRESENTATIVE, signer)
    uid, browser = apply(wang, noon, named, contract), enter(ma)
    view = application_visible_to(ma, noon, uid)
    asked = command(shown_sha256=view.shown_sha256, by="passkey")
    paper = SimpleUploadedFile("a.pdf", b"%PDF-1.7 a mandate")
    wished = command(purpose="劳动合同", paper=paper, ends_on=localdate().isoformat(), most_uses="3", by="passkey")

    own, *_ = approvals.own_statements_of(view.application.own_yeses.all(), view.statements, view.lines)
    first = page.get(browser.post(f"/applications/{uid}/own-yes/", asked).headers["Location"]).more["Location"]
    back = answered(page, first, held.says_yes(own.to_bytes()))
    returned = [browser.get(back).status_code for _ in range(2)]
    second = page.get(browser.post(f"/seals/{named.uid}/own-yes/mandates/", wished).headers["Location"]).more[
        "Location"
    ]
    said = re.findall(r"[\w-]{43}", re.findall(r"challenges.{0,80}", page.get(second).body.decode())[0])
    given = browser.get(answered(page, second, held.answers(web_octets(said[0], most=32))))

    assert returned == [302, 410]
    assert given.headers["Location"] == f"/seals/{named.uid}/own-yes/"
    assert OwnYes.objects.get(application__uid=uid).approved[0]["assertions"][0]["assurance"] == "passkey"
    mandate = Mandate.objects.get()
    assert (mandate.assurance, mandate.most_uses, mandate.purpose) == ("passkey", 3, "劳动合同")
