"""The papers of a use on their way to the file: what is owed, what holds up the next use, whose step is taken."""

from datetime import datetime
from typing import Final

from django.utils.timezone import localdate

from privyseal.approvals.models import Application
from privyseal.approvals.queries.filing import filing_visible_to, waiver_visible_to
from privyseal.approvals.rules.categories import Retention
from privyseal.approvals.rules.filing import (
    By,
    ConfirmationNotOwn,
    Duty,
    Papers,
    PapersOverdue,
    Step,
    WaiverNotOwn,
    holds_up,
    plan_papers,
)
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import Json
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.models import Filing, FilingRule
from privyseal.seals.places import place_of
from privyseal.signer.statement import Purpose

_MOST_NAMED: Final = 5
# Asked for each permit: building it would take longer than asking it.
_RULE: Final = "SELECT * FROM filing_rule WHERE company_id = %s AND days IS NOT NULL"
_DECIDED_BY_APPROVERS: Final = frozenset({Step.WAIVE, Step.KEEP_OWED})


def owed_after(application: Application) -> Duty | None:
    """Return what is owed after a use, by its category alone where it has one; nothing where neither asks for it."""
    if application.category is not None:
        own = application.category.category
        if own.archive_days is None:
            return None
        return Duty(own.archive_days, own.retention, own.archive_blocks, own.archive_copy_back)
    if application.purpose != Purpose.USE.value:
        return None
    rule = next(iter(FilingRule.objects.raw(_RULE, [application.company_id])), None)
    if rule is None or rule.days is None:
        return None
    return Duty(rule.days, Retention(rule.retention), rule.is_blocking, rule.needs_copy_back)


@transaction_required
def check_not_held_up(application: Application, at: datetime) -> None:
    """Return if the applicant may ask for a further use in the company, or refuse and say which papers are late."""
    if not holds_up(Purpose(application.purpose)):
        return
    late = Filing.objects.filter(
        owed_by=application.applicant_id,
        filed_at=None,
        waived_at=None,
        due_on__lt=localdate(at),
        is_blocking=True,
        entry__book__company=application.company_id,
    )
    rows = late.order_by("due_on", "pk").values_list("entry__book__year", "entry__number")[: _MOST_NAMED + 1]
    named = [f"{year}-{number:06d}" for year, number in rows]
    if named:
        raise PapersOverdue(numbers="、".join(named[:_MOST_NAMED]) + ("…" if len(named) > _MOST_NAMED else ""))


@transaction_required
def taken(actor: Person, at: datetime, entry_id: int, step: Step) -> Filing:
    """Return papers with which the actor may take this step, which nobody else takes meanwhile, or refuse."""
    visible = waiver_visible_to if step in _DECIDED_BY_APPROVERS else filing_visible_to
    visible(actor, at, entry_id)
    identity.require_part(actor, at)
    filings = Filing.objects.select_for_update(of=("self",))
    found = filings.select_related("entry__book__company", "entry__seal", "owed_by").get(pk=entry_id)
    _end, by = plan_papers(papers_of(found), step, entry=entry_id)
    if by is By.ANOTHER_MANAGER and actor.pk in {found.owed_by_id, found.filed_by_id}:
        raise ConfirmationNotOwn
    if by is By.ANOTHER_APPROVER:
        if actor.pk in {found.owed_by_id, found.waiver_asked_by_id}:
            raise WaiverNotOwn
        identity.require(actor, at, Power.APPROVE, place_of(found.entry.seal))
    elif by is not By.DEBTOR_OR_MANAGER or found.owed_by_id != actor.pk:
        identity.require(actor, at, Power.MANAGE, place_of(found.entry.seal))
    return found


def about(filing: Filing) -> dict[str, Json]:
    """Return what every fact about a filing says."""
    entry = filing.entry
    return {
        "papers": entry.pk,
        "seal": entry.seal.uid,
        "company": entry.book.company.uid,
        "register_year": entry.book.year,
        "register_number": entry.number,
    }


def papers_of(filing: Filing) -> Papers:
    """Return how far the papers are."""
    if filing.waived_at is not None:
        return Papers.WAIVED
    if filing.filed_at is None:
        return Papers.OWED if filing.waiver_asked_at is None else Papers.WAIVER_ASKED
    return Papers.FILED if filing.confirmed_at is None else Papers.CONFIRMED
