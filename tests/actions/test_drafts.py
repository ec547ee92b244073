"""Drafts: kept as they are written, their author's alone, gone when they are sent in."""

import json
from datetime import datetime, timedelta

import pytest
from django.db import connection

from privyseal.approvals import actions as approvals
from privyseal.approvals.actions.drafts import MOST_DRAFTS
from privyseal.approvals.models import Draft
from privyseal.approvals.queries.drafts import drafts_visible_to, said_so_far
from privyseal.identity.models import Company, Person
from privyseal.kernel.errors import NotEntitled, NotFound
from privyseal.seals.models import Seal
from tests.conftest import apply, recorded


def keep(actor: Person, at: datetime, company: Company, document: str, **said: str) -> str:
    return approvals.keep_draft(actor, at, company_uid=company.uid, document_sha256=document, said=said)


def test_a_draft_is_kept_over_and_over_and_recorded_once(
    company: Company, contract: str, wang: Person, noon: datetime
) -> None:
    before = recorded()

    first = keep(wang, noon, company, contract, reason="续")
    again = keep(wang, noon + timedelta(seconds=2), company, contract, reason="续签合同")

    assert first == again
    assert said_so_far(wang, noon, company.uid, contract) == {"reason": "续签合同"}
    assert recorded()[len(before) :] == ["draft.begun"]


def test_nobody_else_sees_or_drops_a_draft(
    company: Company, contract: str, wang: Person, ma: Person, li: Person, zhao: Person, sun: Person, noon: datetime
) -> None:
    uid = keep(wang, noon, company, contract, reason="续签")

    for person in (ma, li, zhao, sun):
        assert not drafts_visible_to(person, noon).exists()
        with pytest.raises(NotFound):
            approvals.drop_draft(person, noon, draft_uid=uid)
    assert drafts_visible_to(wang, noon).get().uid == uid


def test_the_role_of_the_auditor_reads_that_there_is_a_draft_and_not_what_it_says(
    company: Company, contract: str, wang: Person, noon: datetime
) -> None:
    keep(wang, noon, company, contract, reason="续签")

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege('privyseal_audit', 'application', 'SELECT'),"
            " has_table_privilege('privyseal_audit', 'application_draft', 'SELECT')"
        )
        assert cursor.fetchone() == (True, False)


def test_an_author_drops_a_draft_once(company: Company, contract: str, wang: Person, noon: datetime) -> None:
    uid = keep(wang, noon, company, contract, reason="续签")

    approvals.drop_draft(wang, noon, draft_uid=uid)

    assert not Draft.objects.exists()
    assert recorded()[-1] == "draft.dropped"
    with pytest.raises(NotFound):
        approvals.drop_draft(wang, noon, draft_uid=uid)


def test_a_draft_goes_when_it_is_sent_in_and_those_of_others_stay(
    official: Seal, contract: str, wang: Person, ma: Person, noon: datetime
) -> None:
    for person in (wang, ma):
        keep(person, noon, official.company, contract, reason="续签")

    apply(wang, noon, official, contract)

    assert Draft.objects.get().person == ma


def test_who_may_not_use_seals_there_keeps_none_and_no_draft_is_endless(
    company: Company, contract: str, li: Person, wang: Person, noon: datetime
) -> None:
    with pytest.raises(NotEntitled):
        keep(li, noon, company, contract, reason="续签")
    with pytest.raises(NotFound):
        keep(wang, noon, company, "0" * 64, reason="续签")
    with pytest.raises(approvals.DraftTooLong):
        keep(wang, noon, company, contract, reason="续" * 60_000)
    assert not Draft.objects.exists()

    said = json.dumps({})
    Draft.objects.bulk_create(
        Draft(person=wang, company=company, document_sha256=f"{number:064x}", said=said, saved_at=noon)
        for number in range(MOST_DRAFTS)
    )
    with pytest.raises(approvals.TooManyDrafts):
        keep(wang, noon, company, contract, reason="续签")
