"""Reading, deciding, withdrawing, sealing: one application and the list of them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from privyseal.approvals.models import Application, Vote
from privyseal.approvals.queries import application_visible_to
from privyseal.identity.models import Person
from privyseal.ledger import book
from privyseal.ledger.transactions import writing
from privyseal.sealing.models import Intent
from privyseal.seals.models import Permit, Seal
from privyseal.signer.client import Client
from tests.conftest import Use, apply, recorded
from tests.edges.conftest import Enter, alert, command, queries_of
from tests.pdfs import one_page


def ballot(use: Use, reader: Person, at: datetime, **changes: str) -> dict[str, Any]:
    shown = application_visible_to(reader, at, use.uid).shown_sha256
    return command(step="approve", shown_sha256=shown, comment="同意") | changes


def seal_address(use: Use) -> str:
    return f"/applications/{use.uid}/seal/{use.permit.uid}/{use.document}/"


def test_a_page_shows_everything_an_approver_says_yes_to(
    pending: Use, li: Person, noon: datetime, enter: Enter
) -> None:
    page = enter(li).get(f"/applications/{pending.uid}/").content.decode()

    digest = application_visible_to(li, noon, pending.uid).shown_sha256
    for said in (
        "与乙方签订合同",
        "王用",
        "公章",
        pending.document,
        "contract.pdf",
        digest,
        "150\u00a0毫米",
        "1 次",
        "没有：",
    ):
        assert said in page, said
    assert f"/documents/{pending.document}/pages/1.png" in page
    assert "申请单已提交" in page


def test_the_pages_stand_before_what_is_decided_and_after_what_is_left_to_do(
    pending: Use, li: Person, wang: Person, enter: Enter
) -> None:
    shown = [enter(who).get(f"/applications/{pending.uid}/").content.decode() for who in (li, wang)]

    assert [text.index('class="papers"') < text.index('id="says"') for text in shown] == [True, False]


def test_a_yes_is_recorded_with_what_was_shown(pending: Use, li: Person, noon: datetime, enter: Enter) -> None:
    answer = enter(li).post(f"/applications/{pending.uid}/vote/", ballot(pending, li, noon))

    vote = Vote.objects.get(application__uid=pending.uid)
    assert answer.headers["Location"] == f"/applications/{pending.uid}/?decided"
    assert (vote.person, vote.decision, vote.comment) == (li, "approve", "同意")
    assert recorded()[-3:] == ["application.voted", "application.approved", "permit.issued"]


def test_after_a_decision_the_next_one_is_a_tap_away(
    pending: Use, official: Seal, contract: str, wang: Person, li: Person, noon: datetime, enter: Enter
) -> None:
    other, browser = apply(wang, noon, official, contract), enter(li)
    link = '<a class="button main-action" href="/applications/{}/">'

    first = browser.post(f"/applications/{pending.uid}/vote/", ballot(pending, li, noon), follow=True).content.decode()
    last = browser.post(f"/applications/{other}/vote/", ballot(Use(other, contract), li, noon), follow=True)

    assert link.format(other) in first
    assert "下一项" not in last.content.decode()


def test_a_no_ends_it(pending: Use, li: Person, noon: datetime, enter: Enter) -> None:
    enter(li).post(f"/applications/{pending.uid}/vote/", ballot(pending, li, noon, step="reject"))

    assert Application.objects.get(uid=pending.uid).state == "rejected"
    assert not Permit.objects.filter(application_uid=pending.uid).exists()


@pytest.mark.invariant("S5", "T13", column="http")
def test_the_same_vote_sent_twice_counts_once(pending: Use, li: Person, noon: datetime, enter: Enter) -> None:
    browser, sent = enter(li), ballot(pending, li, noon)

    answers = [browser.post(f"/applications/{pending.uid}/vote/", sent) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Vote.objects.filter(application__uid=pending.uid).count() == 1


def test_whoever_takes_no_part_is_named_on_the_record_to_an_auditor_alone(
    pending: Use, chen: Person, li: Person, sun: Person, noon: datetime, enter: Enter
) -> None:
    with writing():
        book.record("application.comment.refused", by=chen, at=noon, application=pending.uid, code="not-yours")

    shown = [enter(reader).get(f"/applications/{pending.uid}/").content.decode() for reader in (li, sun)]

    assert [chen.name in page for page in shown] == [False, True]


@pytest.mark.invariant("S3", column="http")
def test_the_applicant_has_no_button_and_is_refused_all_the_same(
    pending: Use, wang: Person, noon: datetime, enter: Enter
) -> None:
    browser = enter(wang)
    page = browser.get(f"/applications/{pending.uid}/").content.decode()

    answer = browser.post(f"/applications/{pending.uid}/vote/", ballot(pending, wang, noon))

    assert "/vote/" not in page
    assert answer.status_code == 403
    assert "不能既是“审批人”又是“申请人”" in alert(answer)
    assert Application.objects.get(uid=pending.uid).state == "pending"
    assert recorded()[-1] == "application.vote.refused"


@pytest.mark.invariant("T7", column="http")
def test_a_vote_on_what_changed_is_refused_and_the_comment_kept(
    pending: Use, li: Person, noon: datetime, enter: Enter
) -> None:
    sent = ballot(pending, li, noon)
    Application.objects.filter(uid=pending.uid).update(reason="另一个事由")

    answer = enter(li).post(f"/applications/{pending.uid}/vote/", sent | {"comment": "看过了"})

    assert answer.status_code == 409
    assert "与您页面上看到的不一致" in alert(answer)
    assert "看过了" in answer.content.decode()


def test_after_a_refusal_the_page_carries_the_digest_of_what_it_shows_now(
    pending: Use, li: Person, noon: datetime, enter: Enter
) -> None:
    browser, sent = enter(li), ballot(pending, li, noon)
    Application.objects.filter(uid=pending.uid).update(reason="另一个事由")

    answer = browser.post(f"/applications/{pending.uid}/vote/", sent)

    now_shown = application_visible_to(li, noon, pending.uid).shown_sha256
    assert f'value="{now_shown}"' in answer.content.decode()
    assert sent["command_id"] not in answer.content.decode()


def test_a_vote_that_is_no_vote_is_asked_again(pending: Use, li: Person, noon: datetime, enter: Enter) -> None:
    answer = enter(li).post(f"/applications/{pending.uid}/vote/", ballot(pending, li, noon, step="perhaps"))

    assert answer.status_code == 400
    assert Vote.objects.filter(application__uid=pending.uid).count() == 0


def test_the_applicant_withdraws(pending: Use, wang: Person, enter: Enter) -> None:
    answer = enter(wang).post(f"/applications/{pending.uid}/withdraw/", command())

    assert answer.status_code == 302
    assert Application.objects.get(uid=pending.uid).state == "withdrawn"


@pytest.mark.invariant("T3", column="http")
def test_what_is_decided_cannot_be_withdrawn(approved: Use, wang: Person, enter: Enter) -> None:
    answer = enter(wang).post(f"/applications/{approved.uid}/withdraw/", command())

    assert answer.status_code == 409
    assert "目前的状态下不能这样做" in alert(answer)


def test_a_withdrawal_without_a_command_id_is_not_done(pending: Use, wang: Person, enter: Enter) -> None:
    assert enter(wang).post(f"/applications/{pending.uid}/withdraw/").status_code == 400
    assert Application.objects.get(uid=pending.uid).state == "pending"


def test_the_operator_seals_and_finds_the_file_and_the_receipt(approved: Use, wang: Person, enter: Enter) -> None:
    browser = enter(wang)
    assert seal_address(approved) in browser.get(f"/applications/{approved.uid}/").content.decode()

    answer = browser.post(seal_address(approved))

    intent = Intent.objects.get()
    page = browser.get(answer.headers["Location"]).content.decode()
    assert answer.status_code == 302
    assert f"/sealed/{intent.uid}/" in page
    assert f"/sealed/{intent.uid}/receipt/" in page
    assert seal_address(approved) not in page


@pytest.mark.invariant("T5", column="http")
def test_a_second_press_finds_the_document_sealed(approved: Use, wang: Person, enter: Enter) -> None:
    browser, address = enter(wang), seal_address(approved)
    browser.post(address)

    answer = browser.post(address)

    assert answer.status_code == 409
    assert f"/sealed/{Intent.objects.get().uid}/" in answer.content.decode()


def test_somebody_else_does_not_seal(approved: Use, li: Person, enter: Enter) -> None:
    answer = enter(li).post(seal_address(approved))

    assert answer.status_code == 403
    assert "只有申请单上的操作人可以使用" in alert(answer)
    assert Intent.objects.count() == 0


@pytest.mark.invariant("T8", column="http")
def test_a_suspended_seal_seals_nothing(approved: Use, wang: Person, enter: Enter) -> None:
    Seal.objects.update(state="suspended")

    answer = enter(wang).post(seal_address(approved))

    assert answer.status_code == 409
    assert "印章不在使用状态" in alert(answer)


@pytest.mark.invariant("T11", column="http")
def test_a_signer_that_is_down_is_said_and_nothing_is_lost(
    approved: Use,
    wang: Person,
    enter: Enter,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Any,  # noqa: ANN401  pytest's path
) -> None:
    monkeypatch.setattr("privyseal.web.views.applications.client", lambda: Client(tmp_path / "nobody.sock"))

    answer = enter(wang).post(seal_address(approved))

    assert answer.status_code == 503
    assert "签章服务没有响应" in alert(answer)
    assert "盖章已开始，尚未完成" in answer.content.decode()


def test_what_others_ask_for_is_not_there(pending: Use, stranger: Person, ma: Person, enter: Enter) -> None:
    for person in (stranger, ma):
        browser = enter(person)
        assert browser.get(f"/applications/{pending.uid}/").status_code == 404
        assert browser.get("/applications/").context["rows"] == []
        assert browser.post(f"/applications/{pending.uid}/withdraw/", command()).status_code in {403, 404}


def test_a_list_is_searched_and_filtered(pending: Use, wang: Person, enter: Enter) -> None:
    browser = enter(wang)

    def found(**wanted: str) -> int:
        return len(browser.get("/applications/", wanted).context["rows"])

    assert found(q="乙方") == found(q="contract") == found(q="公章") == found(q=pending.uid[:8]) == 1
    assert found(q="丙方") == 0
    assert (found(state="pending"), found(state="rejected"), found(state="anything")) == (1, 0, 1)


Grow = Callable[[int], None]


@pytest.fixture
def grow(pending: Use, official: Seal, wang: Person, noon: datetime) -> Grow:
    """Return a function that adds applications like the first."""
    from privyseal.sealing.actions import receive_document  # noqa: PLC0415  settings come first

    def add(count: int) -> None:
        for number in range(count):
            data = one_page(f"Contract {number}")
            name = f"contract-{number}.pdf"
            document = receive_document(wang, noon, company_uid=official.company.uid, name=name, data=data)
            apply(wang, noon + timedelta(seconds=number + 1), official, document)

    return add


@pytest.mark.parametrize("address", ["/", "/applications/"])
@pytest.mark.parametrize("who", ["wang", "li"])
def test_three_rows_cost_as_many_queries_as_one(
    address: str, who: str, grow: Grow, wang: Person, li: Person, enter: Enter
) -> None:
    browser = enter({"wang": wang, "li": li}[who])
    one = queries_of(browser, address)

    grow(2)

    assert queries_of(browser, address) == one


def test_a_long_list_has_pages(pending: Use, wang: Person, enter: Enter) -> None:
    first = Application.objects.get(uid=pending.uid)
    copies = [
        Application(
            company=first.company, purpose="use", applicant=wang, reason=f"第 {number} 份", policy="1",
            starts_at=first.starts_at, expires_at=first.expires_at, shown_sha256=first.shown_sha256,
            submitted_at=first.submitted_at - timedelta(minutes=number + 1),
        )
        for number in range(20)
    ]  # fmt: skip
    Application.objects.bulk_create(copies)
    for copy in copies:
        copy.castings.create(person=wang, is_applicant=True)
    browser: Browser = enter(wang)

    newest = browser.get("/applications/")
    mark = newest.context["page"].last
    oldest = browser.get("/applications/", {"after": mark})

    assert [len(page.context["rows"]) for page in (newest, oldest)] == [20, 1]
    assert f"?after={mark}" in newest.content.decode()
    assert oldest.context["rows"][0].url == f"/applications/{pending.uid}/"
    assert browser.get("/applications/", {"after": "nothing"}).context["rows"] == []


def test_home_says_what_waits_and_what_became_of_mine(
    pending: Use, wang: Person, li: Person, stranger: Person, enter: Enter
) -> None:
    def rows(person: Person) -> tuple[int, int]:
        shown = enter(person).get("/").context
        return len(shown["waiting"]), len(shown["own"])

    assert (rows(wang), rows(li), rows(stranger)) == ((0, 1), (1, 0), (0, 0))
    assert '<span class="count">1' in enter(li).get("/").content.decode()
