"""Categories of business, at the browser."""

from dataclasses import fields, replace
from datetime import datetime

import pytest
from django.http import QueryDict

from privyseal.approvals import actions as approvals
from privyseal.approvals.models import Application, CategoryVersion
from privyseal.approvals.rules import Manner
from privyseal.approvals.rules.attachments import Kind
from privyseal.approvals.rules.categories import Category, Field, FieldKind, Retention
from privyseal.approvals.rules.remarks import About
from privyseal.custody.rules.photographs import Asked
from privyseal.identity.models import Company, Person
from privyseal.seals.models import Seal
from privyseal.seals.rules import SealType
from privyseal.seals.rules.standing import DocumentClass
from privyseal.web.forms_of_categories import CategoryForm, initial_of
from tests.actions import policies
from tests.actions.policies import TWO, asks_for
from tests.actions.test_categories import put_in_force
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


# Everything that a category can say, each other than what an empty one says.
WHOLE = Category(
    name_zh="投标",
    name_en="Bid",
    fields=(Field("项目", "Project", FieldKind.CHOICE, is_required=True, choices=("甲", "乙")),),
    needs=frozenset({Kind.BOARD_RESOLUTION}),
    types=frozenset({SealType.CONTRACT.value}),
    manner=Manner.ACROSS_PAGES,
    retention=Retention.PERMANENT,
    archive_days=20,
    archive_blocks=True,
    archive_copy_back=True,
    copies=5,
    originals=1,
    duplicates=4,
    photographs=Asked.SAMPLE,
    made_anew=7,
    volume=900,
    blanks=3,
    blank_class=DocumentClass.INVOICE,
    blank_days=9,
    refuses=frozenset({About.EMPTY_PAGE}),
)


def test_all_that_a_category_says_is_shown_in_its_form_and_comes_back_from_it(
    company: Company, zhao: Person, noon: datetime
) -> None:
    empty = Category(name_zh="空", name_en="Empty")
    assert [one.name for one in fields(Category) if getattr(WHOLE, one.name) == getattr(empty, one.name)] == []
    uid = approvals.write_category(zhao, noon, company_uid=company.uid, code="bid", category=WHOLE, is_for_group=True)

    begun = initial_of(CategoryVersion.objects.get(uid=uid))
    sent = QueryDict(mutable=True)
    for name, value in command(**begun).items():
        sent.setlist(name, value if isinstance(value, list) else [] if value is None else [value])
    form = CategoryForm(sent, own=())

    assert form.is_valid(), form.errors
    assert (form.category(), form.cleaned_data["is_for_group"]) == (WHOLE, True)


def test_the_form_of_a_use_begins_with_the_counts_and_the_manner_of_its_category(
    company: Company, stamp: Seal, contract: str, zhao: Person, chen: Person, wang: Person, noon: datetime, enter: Enter
) -> None:
    plain = replace(WHOLE, needs=frozenset(), types=frozenset(), fields=(), refuses=frozenset())
    category = put_in_force(zhao, chen, noon, company, code="bid", category=plain)

    form = enter(wang).get(f"/apply/use/{company.uid}/{contract}/?category={category.uid}").context["form"]

    begun = {name: form[name].value() for name in ("copies", "originals", "duplicates", "edge")}
    assert begun == {"copies": 5, "originals": 1, "duplicates": 4, "edge": "right"}


def test_the_page_of_a_category_says_who_approves_a_use_under_it(
    company: Company, zhao: Person, chen: Person, noon: datetime, enter: Enter
) -> None:
    bid = put_in_force(zhao, chen, noon, company, code="bid", category=replace(WHOLE, types=frozenset()))
    mail = put_in_force(zhao, chen, noon, company, code="mail", category=replace(WHOLE, name_zh="信函"))
    browser = enter(zhao)
    assert browser.get(f"/categories/{bid.uid}/").context["decided"].policy is None

    row = asks_for((TWO,), categories=frozenset({"bid"}))
    policy = policies.put_in_force(zhao, chen, noon, company, row)

    pages = {one.code: browser.get(f"/categories/{one.uid}/") for one in (bid, mail)}
    assert {code: [row.number for row in page.context["decided"].rows] for code, page in pages.items()} == {
        "bid": [1, 3],
        "mail": [3],
    }
    assert f"/policies/{policy.uid}/" in pages["bid"].content.decode()
