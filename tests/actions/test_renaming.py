"""A company changes its name: who may, what stays, and what its old seals may still do."""

from datetime import datetime, timedelta

import pytest
from django.test import Client as Browser
from django.utils.timezone import localdate

from privyseal.identity import actions, queries
from privyseal.identity.actions import AlreadyRegistered, NewName, ReasonMissing
from privyseal.identity.models import Company, Person, Renaming
from privyseal.identity.names import NameLooksTaken
from privyseal.identity.rules import (
    EvidenceMissing,
    NameUnchanged,
    RenamingUnderWay,
    SelfConfirmation,
    TermNotPossible,
)
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn, Refused
from privyseal.ledger.transactions import writing
from privyseal.seals.models import Permit, Seal, SealVersion
from privyseal.seals.permits import spend
from privyseal.seals.queries import seals_to_change
from privyseal.seals.rules import SealBearsFormerName
from privyseal.signer.statement import Purpose
from tests.actions.keepers import forbidden
from tests.conftest import Use, apply, new_company, recorded
from tests.edges.conftest import sign_in

NEW, OLD, LICENCE = "新名科技有限公司", "示例科技有限公司", "2" * 64
OTHER = "91110108MA01ABCE1B"


def new_name(at: datetime, **changes: object) -> NewName:
    day = localdate(at)
    said = {"name": NEW, "name_en": "", "licence_sha256": LICENCE, "changed_on": day, "old_seals_until": day}
    return NewName(**{**said, **changes})  # type: ignore[arg-type]  # each field is of its kind


def asked(chen: Person, at: datetime, company: Company, **changes: object) -> str:
    return actions.ask_renaming(chen, at, company_uid=company.uid, new=new_name(at, **changes))


def renamed(chen: Person, sun: Person, at: datetime, company: Company, **changes: object) -> None:
    uid = asked(chen, at, company, **changes)
    actions.confirm_renaming(sun, at, renaming_uid=uid, licence_sha256=LICENCE)
    company.refresh_from_db()


def test_a_second_person_gives_a_company_its_new_name_and_the_old_one_stays_in_history(
    chen: Person, sun: Person, zhao: Person, company: Company, noon: datetime
) -> None:
    uid = asked(chen, noon, company, name_en="New Name Ltd.")
    company.refresh_from_db()
    assert company.name == OLD

    actions.confirm_renaming(sun, noon, renaming_uid=uid, licence_sha256=LICENCE)

    company.refresh_from_db()
    assert (company.name, company.name_en, company.licence_sha256) == (NEW, "New Name Ltd.", LICENCE)
    assert [one.old_name for one in queries.renamings_of(zhao, noon, company)] == [OLD]
    assert list(queries.companies_found(zhao, noon, "示例科技")) == [company]
    assert recorded() == ["company.renaming-asked", "company.renamed"]


def test_pages_say_what_a_company_was_called_and_which_seals_bear_that_name(
    chen: Person, sun: Person, zhao: Person, official: Seal, company: Company, noon: datetime
) -> None:
    renamed(chen, sun, noon + timedelta(minutes=1), company)
    manager, nobody = Browser(), Browser()
    sign_in(manager, zhao)

    assert f"印章上为旧名称{OLD}" in manager.get("/seals/").content.decode()
    page = manager.get(f"/seals/{official.uid}/").content.decode()
    assert f"曾用名：{OLD}" in page
    assert "此印章仍用旧名称" in page
    status = nobody.get("/status/", {"uscc": company.uscc, "number": official.number}).content.decode()
    assert f"曾用名：{OLD}" in status
    SealVersion.objects.update(made_at=noon + timedelta(hours=1))
    assert OLD not in manager.get("/seals/").content.decode()


def test_a_renaming_that_waits_is_seen_by_those_who_examine_it(
    chen: Person, zhao: Person, company: Company, noon: datetime
) -> None:
    asked(chen, noon, company)

    assert not queries.renamings_of(zhao, noon, company).exists()
    assert queries.renamings_of(chen, noon, company).exists()
    assert not queries.companies_found(zhao, noon, NEW).exists()


def test_nobody_confirms_what_they_asked_for_and_nobody_without_the_office(
    chen: Person, zhao: Person, company: Company, noon: datetime
) -> None:
    uid = asked(chen, noon, company)

    with pytest.raises(SelfConfirmation):
        actions.confirm_renaming(chen, noon, renaming_uid=uid, licence_sha256=LICENCE)
    with pytest.raises(NotEntitled):
        actions.confirm_renaming(zhao, noon, renaming_uid=uid, licence_sha256=LICENCE)
    with pytest.raises(NotEntitled):
        asked(zhao, noon, company)
    with forbidden("renaming_is_confirmed_by_a_second_person"):
        Renaming.objects.update(confirmed_by=chen, confirmed_at=noon)

    company.refresh_from_db()
    assert company.name == OLD


def test_the_licence_that_was_examined_is_the_one_that_counts(
    chen: Person, sun: Person, company: Company, noon: datetime
) -> None:
    uid = asked(chen, noon, company)

    with pytest.raises(NotFound):
        actions.confirm_renaming(sun, noon, renaming_uid=uid, licence_sha256="3" * 64)
    with pytest.raises(ReasonMissing):
        actions.reject_renaming(sun, noon, renaming_uid=uid, licence_sha256=LICENCE, reason=" ")
    actions.reject_renaming(sun, noon, renaming_uid=uid, licence_sha256=LICENCE, reason="执照模糊")

    with pytest.raises(OutOfTurn):
        actions.confirm_renaming(sun, noon, renaming_uid=uid, licence_sha256=LICENCE)
    assert recorded()[-2:] == ["company.renaming-rejected", "company.confirm-renaming.refused"]
    renamed(chen, sun, noon, company)
    assert company.name == NEW


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"name": OLD}, NameUnchanged),
        ({"name": "另一科技有限公司"}, AlreadyRegistered),
        ({"name": "另一科技有限 公司"}, NameLooksTaken),
        ({"licence_sha256": ""}, EvidenceMissing),
        ({"changed_on": localdate() + timedelta(days=2)}, TermNotPossible),
        ({"old_seals_until": localdate() - timedelta(days=2)}, TermNotPossible),
    ],
)
def test_what_is_no_new_name_is_refused(
    changes: dict[str, object],
    refusal: type[Refused],
    chen: Person,
    sun: Person,
    company: Company,
    noon: datetime,
) -> None:
    new_company("另一科技有限公司", OTHER, registrar=chen, verifier=sun, at=noon)

    with pytest.raises(refusal):
        asked(chen, noon, company, **changes)

    assert not Renaming.objects.exists()
    assert recorded() == ["company.ask-renaming.refused"]


def test_one_renaming_waits_at_a_time_and_an_unverified_company_has_none(
    chen: Person, company: Company, noon: datetime
) -> None:
    asked(chen, noon, company)
    with pytest.raises(RenamingUnderWay):
        asked(chen, noon, company, name="又一名有限公司")

    uid = actions.register_company(
        chen, noon, name="未核验有限公司", name_en="", uscc="91350100M000100Y43", legal_representative="钱正"
    )
    with pytest.raises(OutOfTurn):
        asked(chen, noon, Company.objects.get(uid=uid), name="未核验改名有限公司")


def test_no_other_company_gets_a_name_that_looks_like_an_earlier_one_and_the_same_may_go_back(
    chen: Person, sun: Person, company: Company, noon: datetime
) -> None:
    renamed(chen, sun, noon, company)

    with pytest.raises(NameLooksTaken):
        actions.register_company(
            chen, noon, name="示例科技有限 公司", name_en="", uscc="91350100M000100Y43", legal_representative="钱正"
        )
    renamed(chen, sun, noon, company, name=OLD)
    assert company.name == OLD


def test_what_bears_the_earlier_name_waits_for_its_manager_and_is_used_until_the_day_that_was_chosen(
    chen: Person,
    sun: Person,
    zhao: Person,
    approved: Use,
    wang: Person,
    company: Company,
    contract: str,
    noon: datetime,
) -> None:
    later = noon + timedelta(minutes=5)
    day = localdate(later)
    renamed(chen, sun, later, company, changed_on=day - timedelta(days=9), old_seals_until=day)
    seal = approved.permit.seal
    assert list(seals_to_change(zhao, later)) == [seal]
    assert not seals_to_change(wang, noon).exists()

    with pytest.raises(SealBearsFormerName):
        apply(wang, later + timedelta(days=2), seal, contract)
    with pytest.raises(SealBearsFormerName), writing():
        spend(approved.permit.uid, by=wang, at=later + timedelta(days=2), impressions=1, purpose=Purpose.USE)
    with writing():
        spend(approved.permit.uid, by=wang, at=later, impressions=1, purpose=Purpose.USE)


def test_the_database_lets_nothing_move_by_an_earlier_name_after_its_day(
    chen: Person, sun: Person, approved: Use, company: Company, noon: datetime
) -> None:
    later = noon + timedelta(minutes=5)
    day = localdate(later)
    renamed(chen, sun, later, company, changed_on=day - timedelta(days=9), old_seals_until=day - timedelta(days=3))

    with forbidden("used_seal_bears_its_name"):
        Permit.objects.filter(pk=approved.permit.pk).update(used=1)


def test_a_seal_that_was_changed_since_bears_the_new_name(
    chen: Person, sun: Person, zhao: Person, approved: Use, wang: Person, company: Company, noon: datetime
) -> None:
    later = noon + timedelta(minutes=5)
    day = localdate(later)
    renamed(chen, sun, later, company, changed_on=day - timedelta(days=9), old_seals_until=day - timedelta(days=3))
    SealVersion.objects.filter(seal=approved.permit.seal).update(made_at=later + timedelta(seconds=1))

    assert not seals_to_change(zhao, later).exists()
    with writing():
        spend(approved.permit.uid, by=wang, at=later, impressions=1, purpose=Purpose.USE)
