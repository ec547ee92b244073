"""Categories of business, at the browser."""

import pytest

from privyseal.approvals.models import Application, CategoryVersion
from privyseal.identity.models import Company, Person
from privyseal.seals.models import Seal
from tests.edges.conftest import Enter, alert, command
from tests.edges.test_applying import terms


def test_a_category_is_begun_changed_put_into_force_chosen_and_shown(
    company: Company,
    official: Seal,
    contract: str,
    zhao: Person,
    chen: Person,
    wang: Person,
    li: Person,
    enter: Enter,
) -> None:
    manager, security, applicant = enter(zhao), enter(chen), enter(wang)
    begun = manager.post("/categories/", command(company=company.uid, start="mandate", code=""))
    draft = CategoryVersion.objects.get()
    page = f"/categories/{draft.uid}/"
    assert begun.headers["Location"] == page
    assert "授权委托书" in manager.get(page).content.decode()

    said = {
        "name_zh": "授权书",
        "name_en": "Mandate",
        "zh1": "受托人",
        "en1": "Who",
        "kind1": "text",
        "required1": "on",
        "zh2": "期限",
        "en2": "Term",
        "kind2": "choice",
        "choices2": "一次\n一年",
        "manner": "signature-place",
        "retention": "thirty-years",
        "archive_days": "30",
    }
    assert manager.post(page, command(**said, says_sha256=draft.says_sha256)).status_code == 302
    digest = CategoryVersion.objects.get().says_sha256
    assert security.post(f"{page}confirm/", command(says_sha256=digest)).status_code == 302

    address = f"/apply/use/{company.uid}/{contract}/"
    assert f"?category={draft.uid}" in applicant.get(address).content.decode()
    assert "期限" in applicant.get(f"{address}?category={draft.uid}").content.decode()
    filled = terms(official, wang, category=draft.uid, **{"entry-1": "吴代", "entry-2": "一年"})
    assert applicant.post(address, filled | {"entry-1": ""}).status_code == 400
    applicant.post(address, filled)

    use = Application.objects.get(purpose="use")
    assert use.entered == {"1": "吴代", "2": "一年"}
    shown = enter(li).get(f"/applications/{use.uid}/").content.decode()
    assert all(words in shown for words in ("业务类别", "授权书", "受托人", "吴代"))

    assert manager.post(page, command(**said, says_sha256=digest)).status_code == 302
    assert CategoryVersion.objects.order_by("-version")[0].version == 2
    assert security.post(f"{page}end/", command()).status_code == 302
    assert "另选类别" not in applicant.get(address).content.decode()


def test_a_category_that_cannot_be_meant_says_so_and_stays_a_draft(
    company: Company, zhao: Person, enter: Enter
) -> None:
    manager = enter(zhao)
    manager.post("/categories/", command(company=company.uid, start="empty", code="loan"))
    draft = CategoryVersion.objects.get(code="loan")
    said = {"name_zh": "借款", "name_en": "Loan", "manner": "over-date", "retention": "permanent", "zh1": "方式"}

    answer = manager.post(f"/categories/{draft.uid}/", command(**said, kind1="choice", says_sha256=draft.says_sha256))

    assert answer.status_code == 409
    assert "无法成立" in alert(answer)
    assert 'value="借款"' in answer.content.decode()
    assert manager.post(f"/categories/{draft.uid}/discard/", command()).status_code == 302


@pytest.mark.parametrize("code", ["Loan", "貸款", "-"])
def test_a_code_is_small_letters(code: str, company: Company, zhao: Person, enter: Enter) -> None:
    answer = enter(zhao).post("/categories/", command(company=company.uid, start="empty", code=code))

    assert answer.status_code == 400
    assert not CategoryVersion.objects.exists()
