"""The written seal rules: versions, publication, acknowledgement, responsibility."""

from datetime import datetime

import pytest

from privyseal.identity.models import Company, Person
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn
from privyseal.seals import actions as seals
from privyseal.seals import queries
from privyseal.seals.actions import NotTheKeeper
from privyseal.seals.models import Acknowledgement, SealRules
from privyseal.seals.rules.rulebook import RulesChanged
from tests.actions.keepers import forbidden, rubber
from tests.conftest import recorded


@pytest.fixture
def draft(zhao: Person, company: Company, noon: datetime) -> SealRules:
    uid = seals.write_rules(zhao, noon, company_uid=company.uid, title="印章管理办法", text="第一条　用印须经审批。")
    return SealRules.objects.get(uid=uid)


@pytest.fixture
def published(draft: SealRules, li: Person, noon: datetime) -> SealRules:
    seals.publish_rules(li, noon, rules_uid=draft.uid, sha256_shown=draft.sha256)
    draft.refresh_from_db()
    return draft


def test_rules_are_written_by_one_and_published_by_another(published: SealRules, zhao: Person, li: Person) -> None:
    assert (published.version, published.written_by, published.published_by) == (1, zhao, li)
    assert recorded()[-2:] == ["rules.written", "rules.published"]


def test_only_a_manager_writes_and_only_an_approver_publishes_what_they_were_shown(
    draft: SealRules, company: Company, zhao: Person, wang: Person, li: Person, noon: datetime
) -> None:
    with pytest.raises(NotEntitled):
        seals.write_rules(wang, noon, company_uid=company.uid, title="办法", text="随便盖")
    with pytest.raises(NotEntitled):
        seals.publish_rules(zhao, noon, rules_uid=draft.uid, sha256_shown=draft.sha256)
    with pytest.raises(RulesChanged):
        seals.publish_rules(li, noon, rules_uid=draft.uid, sha256_shown="0" * 64)

    assert SealRules.objects.get().published_at is None
    with forbidden("publisher_is_not_author"):
        SealRules.objects.update(published_by=zhao, published_at=noon)


def test_a_draft_is_neither_seen_nor_acknowledged_by_the_others(
    draft: SealRules, wang: Person, li: Person, noon: datetime
) -> None:
    with pytest.raises(NotFound):
        seals.acknowledge_rules(wang, noon, rules_uid=draft.uid)
    with pytest.raises(OutOfTurn):
        seals.acknowledge_rules(li, noon, rules_uid=draft.uid)


def test_everybody_acknowledges_once_and_the_report_says_who_has_not(
    published: SealRules, zhao: Person, li: Person, wang: Person, noon: datetime
) -> None:
    assert queries.rules_to_acknowledge(wang, noon) == [published]

    seals.acknowledge_rules(wang, noon, rules_uid=published.uid)
    seals.acknowledge_rules(wang, noon, rules_uid=published.uid)

    assert Acknowledgement.objects.count() == 1
    assert recorded().count("rules.acknowledged") == 1
    assert queries.rules_to_acknowledge(wang, noon) == []
    missing = queries.missing_acknowledgements(zhao, noon, published)
    assert {person.login for person in missing.people} == {"zhao", "li"}


def test_a_new_version_is_acknowledged_anew(
    published: SealRules, company: Company, zhao: Person, li: Person, wang: Person, noon: datetime
) -> None:
    seals.acknowledge_rules(wang, noon, rules_uid=published.uid)
    uid = seals.write_rules(zhao, noon, company_uid=company.uid, title="印章管理办法", text="第一条　严禁空白盖章。")
    second = SealRules.objects.get(uid=uid)
    seals.publish_rules(li, noon, rules_uid=uid, sha256_shown=second.sha256)

    assert second.version == 2
    assert queries.rules_to_acknowledge(wang, noon) == [second]


def test_a_keeper_signs_for_each_seal_they_keep(
    published: SealRules, company: Company, zhao: Person, gu: Person, wang: Person, noon: datetime
) -> None:
    seal = rubber(zhao, noon, company, gu)
    assert [custody.keeper for custody in queries.missing_acknowledgements(zhao, noon, published).custodies] == [gu]
    with pytest.raises(NotTheKeeper):
        seals.take_responsibility(wang, noon, rules_uid=published.uid, seal_uid=seal.uid)

    seals.take_responsibility(gu, noon, rules_uid=published.uid, seal_uid=seal.uid)
    seals.take_responsibility(gu, noon, rules_uid=published.uid, seal_uid=seal.uid)

    assert queries.seals_to_answer_for(gu, noon, published) == []
    assert queries.missing_acknowledgements(zhao, noon, published).custodies == []
    assert recorded().count("rules.responsibility-taken") == 1
