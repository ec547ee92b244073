"""What one person may pile up where others read it all: bounded in words, and nobody silences the others."""

from copy import copy
from datetime import datetime, timedelta

import pytest

from privyseal.approvals import actions as approvals
from privyseal.approvals.actions.talking import MOST_COMMENTS, TooManyComments
from privyseal.approvals.models import Application, Comment
from privyseal.identity import actions as audit
from privyseal.identity.actions.auditing import MOST_COMMENTS as MOST_AUDIT_COMMENTS
from privyseal.identity.actions.auditing import TooManyAuditComments
from privyseal.identity.models import AuditComment, Person
from privyseal.ledger.queries import latest_facts
from privyseal.sealing import actions as sealing
from privyseal.seals import actions as seals
from privyseal.seals.actions.incidents import MOST_CHANGES
from privyseal.seals.actions.remarking import MOST_REMARKS, TooManyRemarks
from privyseal.seals.models import Seal, SealRemark, UseEntry, UseRemark
from privyseal.seals.rules.incidents import ChangedTooOften, Ending
from privyseal.signer.client import Client
from tests.conftest import Use, recorded


def test_one_person_says_so_much_about_an_application_and_others_still_speak(
    pending: Use, wang: Person, li: Person, noon: datetime
) -> None:
    about = {"application": Application.objects.get(uid=pending.uid), "person": wang, "stage": 1}
    Comment.objects.bulk_create(Comment(**about, text="?", at=noon) for _ in range(MOST_COMMENTS))

    with pytest.raises(TooManyComments):
        approvals.comment(wang, noon, application_uid=pending.uid, text="还有一点")
    assert recorded()[-1] == "application.comment.refused"

    approvals.comment(li, noon, application_uid=pending.uid, text="请补充")
    assert Comment.objects.count() == MOST_COMMENTS + 1


def test_one_person_remarks_so_often_on_a_seal_within_a_year(stamp: Seal, zhao: Person, noon: datetime) -> None:
    about = {"seal": stamp, "author": zhao, "is_correction": False}
    SealRemark.objects.bulk_create(SealRemark(**about, text="?", at=noon) for _ in range(MOST_REMARKS))

    with pytest.raises(TooManyRemarks):
        seals.remark_on_seal(zhao, noon, seal_uid=stamp.uid, text="磨损", is_correction=False)
    seals.remark_on_seal(zhao, noon + timedelta(days=365), seal_uid=stamp.uid, text="磨损", is_correction=False)


def test_one_auditor_comments_so_often_on_one_entry(official: Seal, sun: Person, noon: datetime) -> None:
    fact, other = latest_facts()[:2]
    said = AuditComment(fact_id=fact.id, by=sun, text="?", at=noon)
    AuditComment.objects.bulk_create(copy(said) for _ in range(MOST_AUDIT_COMMENTS))

    with pytest.raises(TooManyAuditComments):
        audit.comment(sun, noon, fact_id=fact.id, text="再核")
    audit.comment(sun, noon, fact_id=other.id, text="再核")


def test_one_person_changes_an_incident_so_often_within_a_day_and_others_still_do(
    official: Seal, zhao: Person, li: Person, noon: datetime
) -> None:
    uid = seals.raise_incident(zhao, noon, seal_uid=official.uid, said=seals.Report(account="用途不明"))
    for number in range(MOST_CHANGES):
        seals.give_opinion(zhao, noon, incident_uid=uid, opinion=f"意见{number}")
        owner = (li, zhao)[number % 2]
        seals.reassign_incident(zhao, noon, incident_uid=uid, person_pseudonym=owner.pseudonym)
        seals.reassign_incident(zhao, noon, incident_uid=uid, person_pseudonym=owner.pseudonym)  # who has it already
    seals.propose_end(zhao, noon, incident_uid=uid, outcome=Ending.SETTLED)

    with pytest.raises(ChangedTooOften):
        seals.give_opinion(zhao, noon, incident_uid=uid, opinion="又一条")
    with pytest.raises(ChangedTooOften):
        seals.reassign_incident(zhao, noon, incident_uid=uid, person_pseudonym=li.pseudonym)
    seals.reassign_incident(li, noon, incident_uid=uid, person_pseudonym=li.pseudonym)
    seals.give_opinion(zhao, noon + timedelta(days=1), incident_uid=uid, opinion="又一条")


def test_one_person_remarks_so_often_on_a_use(approved: Use, wang: Person, noon: datetime, signer: Client) -> None:
    sealing.seal_document(wang, noon, permit_uid=approved.permit.uid, document_sha256=approved.document, signer=signer)
    entry = UseEntry.objects.get(line__permit=approved.permit)
    about = {"entry": entry, "author": wang, "is_correction": False}
    UseRemark.objects.bulk_create(UseRemark(**about, text="?", at=noon) for _ in range(MOST_REMARKS))

    with pytest.raises(TooManyRemarks):
        approvals.remark_on_use(wang, noon, entry_id=entry.pk, text="页码有误", is_correction=False)
