"""Categories of business: written by one power, put into force by another, kept for what was applied for under them."""

from dataclasses import replace
from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from privyseal.approvals import actions as approvals
from privyseal.approvals.models import Application, CategoryVersion
from privyseal.approvals.papers import Attached, Papers
from privyseal.approvals.queries.categories import categories_to_choose
from privyseal.approvals.rules.attachments import AttachmentMissing, Kind
from privyseal.approvals.rules.categories import (
    CategoryMissing,
    CategoryNotPossible,
    EntryMissing,
    Field,
    FieldKind,
    SealNotOfCategory,
)
from privyseal.approvals.rules.usual_categories import USUAL
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn
from privyseal.seals.models import Seal
from tests.conftest import apply, holding, new_company, new_person, recorded

GUARANTEE = USUAL["guarantee"]
SAID = {"1": "乙方科技", "2": "连带责任保证", "3": "2027-12-31"}


def write(actor: Person, at: datetime, company: Company, **changes: object) -> CategoryVersion:
    said = {"code": "guarantee", "category": GUARANTEE, **changes}
    uid = approvals.write_category(actor, at, company_uid=company.uid, **said)  # type: ignore[arg-type]  # of its kind
    return CategoryVersion.objects.get(uid=uid)


def put_in_force(
    manager: Person, security: Person, at: datetime, company: Company, **changes: object
) -> CategoryVersion:
    draft = write(manager, at, company, **changes)
    approvals.confirm_category(security, at, category_uid=draft.uid, says_sha256=draft.says_sha256)
    draft.refresh_from_db()
    return draft


@pytest.fixture
def guarantee(company: Company, zhao: Person, chen: Person, noon: datetime) -> CategoryVersion:
    return put_in_force(zhao, chen, noon, company)


def papers(category: CategoryVersion, document: str, **said: str) -> Papers:
    attached = tuple(Attached(kind, document) for kind in (Kind.BOARD_RESOLUTION, Kind.MAIN_CONTRACT))
    return Papers(attached=attached, category_uid=category.uid, entered=SAID | said)


def test_a_use_keeps_what_was_said_under_the_version_it_was_applied_for(
    guarantee: CategoryVersion,
    official: Seal,
    contract: str,
    company: Company,
    wang: Person,
    zhao: Person,
    chen: Person,
    noon: datetime,
) -> None:
    uid = apply(wang, noon, official, contract, papers=papers(guarantee, contract))

    put_in_force(zhao, chen, noon, company, category=replace(GUARANTEE, fields=()))

    kept = Application.objects.select_related("category").get(uid=uid)
    assert kept.category == guarantee
    assert kept.entered == SAID
    assert kept.required_kinds == ["board-resolution", "main-contract"]


@pytest.mark.parametrize("said", [{"1": ""}, {"2": "口头保证"}, {"3": "明年"}], ids=["empty", "no choice", "no day"])
def test_what_a_category_asks_for_is_said_as_it_asks(
    said: dict[str, str], guarantee: CategoryVersion, official: Seal, contract: str, wang: Person, noon: datetime
) -> None:
    with pytest.raises(EntryMissing) as refused:
        apply(wang, noon, official, contract, papers=papers(guarantee, contract, **said))

    assert refused.value.facts == {"field": int(next(iter(said)))}
    assert recorded()[-1] == "application.apply-for-use.refused"
    assert not Application.objects.filter(purpose="use").exists()


def test_a_guarantee_without_the_resolution_of_the_board_is_refused_with_what_is_missing(
    guarantee: CategoryVersion, official: Seal, contract: str, wang: Person, noon: datetime
) -> None:
    bare = Papers(category_uid=guarantee.uid, entered=SAID)

    with pytest.raises(AttachmentMissing) as refused:
        apply(wang, noon, official, contract, papers=bare)

    assert refused.value.facts == {"missing": "board-resolution main-contract"}


def test_where_there_are_categories_each_use_is_of_one_that_takes_its_seal(
    guarantee: CategoryVersion,
    company: Company,
    official: Seal,
    contract: str,
    wang: Person,
    zhao: Person,
    chen: Person,
    noon: datetime,
) -> None:
    invoice = put_in_force(zhao, chen, noon, company, code="invoice", category=USUAL["invoice"])

    for said in (Papers(), Papers(category_uid="0" * 32)):
        with pytest.raises(CategoryMissing):
            apply(wang, noon, official, contract, papers=said)
    with pytest.raises(SealNotOfCategory):
        apply(wang, noon, official, contract, papers=Papers(category_uid=invoice.uid, entered={"1": "01234567"}))

    for each in (guarantee, invoice):
        approvals.end_category(chen, noon, category_uid=each.uid)
    assert apply(wang, noon, official, contract)


def test_a_category_of_the_group_stands_below_it_until_a_company_has_its_own(
    company: Company, zhao: Person, chen: Person, sun: Person, wang: Person, noon: datetime, long_ago: datetime
) -> None:
    head = new_company("示例集团有限公司", "91310000MA1FL3XT5R", registrar=chen, verifier=sun, at=long_ago)
    Company.objects.filter(pk=company.pk).update(parent=head)
    tian = holding(new_person("tian", "田管"), Power.MANAGE, head, long_ago)
    above = put_in_force(tian, chen, noon, head, is_for_group=True)
    put_in_force(tian, chen, noon, head, code="bid", category=USUAL["bid"])
    assert categories_to_choose(wang, noon, company.uid) == [above]

    own = put_in_force(zhao, chen, noon, company)

    assert categories_to_choose(wang, noon, company.uid) == [own]


def test_one_power_writes_and_another_confirms_and_ends(
    company: Company, zhao: Person, chen: Person, li: Person, wang: Person, sun: Person, noon: datetime
) -> None:
    for person in (li, wang, chen, sun):
        with pytest.raises(NotEntitled):
            write(person, noon, company)
    draft = write(zhao, noon, company)
    for person in (zhao, li, wang, sun):
        with pytest.raises((NotEntitled, NotFound)):
            approvals.confirm_category(person, noon, category_uid=draft.uid, says_sha256=draft.says_sha256)
        with pytest.raises((NotEntitled, NotFound)):
            approvals.end_category(person, noon, category_uid=draft.uid)
    with pytest.raises(approvals.CategoryChanged):
        write(zhao, noon, company, category=USUAL["bid"])
    with pytest.raises(approvals.CategoryChanged):
        approvals.confirm_category(chen, noon, category_uid=draft.uid, says_sha256="0" * 64)

    approvals.discard_category(zhao, noon, category_uid=draft.uid)

    with pytest.raises(OutOfTurn):
        approvals.discard_category(zhao, noon, category_uid=draft.uid)
    with pytest.raises(OutOfTurn):
        approvals.end_category(chen, noon, category_uid=draft.uid)
    assert CategoryVersion.objects.get().confirmed_at is None


@pytest.mark.parametrize(
    ("code", "category", "part"),
    [
        ("Contract", GUARANTEE, "code"),
        ("contract", replace(GUARANTEE, name_en=" "), "name"),
        ("contract", replace(GUARANTEE, fields=(Field("用途", "For"), Field("用途", "For"))), "fields"),
        ("contract", replace(GUARANTEE, fields=(Field("用途", "For", FieldKind.CHOICE),)), "fields"),
        ("contract", replace(GUARANTEE, archive_days=0), "archive-days"),
    ],
)
def test_a_category_that_cannot_be_meant_is_not_written(
    code: str, category: object, part: str, company: Company, zhao: Person, noon: datetime
) -> None:
    with pytest.raises(CategoryNotPossible) as refused:
        write(zhao, noon, company, code=code, category=category)

    assert refused.value.facts == {"part": part}
    assert not CategoryVersion.objects.exists()


def test_the_database_keeps_what_was_in_force_and_what_was_entered(
    guarantee: CategoryVersion, official: Seal, contract: str, wang: Person, zhao: Person, noon: datetime
) -> None:
    uid = apply(wang, noon, official, contract, papers=papers(guarantee, contract))
    draft = write(zhao, noon, official.company)

    with pytest.raises(IntegrityError, match="is kept as it was confirmed"), transaction.atomic():
        CategoryVersion.objects.filter(pk=guarantee.pk).update(says={})
    with pytest.raises(IntegrityError, match="stay as they were"), transaction.atomic():
        Application.objects.filter(uid=uid).update(entered={})
    with pytest.raises(IntegrityError, match="category_confirmer_is_not_author"), transaction.atomic():
        CategoryVersion.objects.filter(pk=draft.pk).update(confirmed_by=zhao, confirmed_at=noon)


def test_every_usual_category_can_be_written(company: Company, zhao: Person, noon: datetime) -> None:
    for code, category in USUAL.items():
        assert write(zhao, noon, company, code=code, category=category).category == category
