"""Applications on their way to outside approval systems: put before them with the stage, told until they take it."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from privyseal.approvals.models import Application, Asking, OutsideSystem, SeatAsked
from privyseal.approvals.rules import State
from privyseal.approvals.rules.seats import Who
from privyseal.custody.rules.takeout import FENCE
from privyseal.devices.rules import MACHINES
from privyseal.egress import Answer, AnswerLost, HostNotReached
from privyseal.identity.models import Installation
from privyseal.identity.queries import installation
from privyseal.kernel.canonical import Json, utc_text
from privyseal.kernel.errors import Refused
from privyseal.ledger.transactions import transaction_required
from privyseal.signer.statement import EXTERNAL
from privyseal.webhooks import headers_for, key_for, public_text

BATCH: Final = 10
_KIND: Final = "approval.asked"
_CLAIMED_FOR: Final = timedelta(minutes=2)
_FIRST_AGAIN: Final = timedelta(seconds=5)
_LATEST_AGAIN: Final = timedelta(minutes=15)
_MOST_DOUBLINGS: Final = 8


class OutsideRefused(Refused):
    """The outside system answered, and did not take what it was asked."""

    code = "outside-refused"


def is_chartered() -> bool:
    """Return whether the word of an outside system may count here at all."""
    founded = installation()
    return founded is not None and founded.assurance == EXTERNAL and bool(settings.WEBHOOK_KEY)


@transaction_required
def ask_outside(application: Application, at: datetime, *, asked: Iterable[SeatAsked]) -> None:
    """Put the present stage before the outside systems that its seats name; once for what is shown now."""
    here = {seat.name: seat for seat in asked if seat.stage == application.stage and seat.who == Who.OUTSIDE.value}
    if not here:
        return
    systems = OutsideSystem.objects.filter(uid__in=here)
    Asking.objects.bulk_create(
        (
            Asking(
                application=application,
                system=system,
                shown_sha256=application.shown_sha256,
                needed=here[system.uid].needed,
                made_at=at,
                due_at=at,
            )
            for system in systems
        ),
        ignore_conflicts=True,
    )


def tell_due(clock: Callable[[], datetime]) -> int:
    """Tell outside systems what waits for them; return how much was claimed. Nothing is given up while it waits."""
    claimed = _claim(clock())
    for asking in claimed:
        application, said_at = asking.application, clock()
        if not _waits(asking, said_at):
            _mine(asking).update(due_at=None)
            continue
        outcome = _tell(asking, application, said_at)
        if outcome is None:
            _mine(asking).update(due_at=None, told_at=said_at, trouble="", said="")
        else:
            said = str(outcome.facts.get("status") or "")
            _mine(asking).update(due_at=clock() + _again_in(asking.tries), trouble=outcome.code, said=said)
    return len(claimed)


def own_key_of(system: OutsideSystem) -> str:
    """Return the public key by which the system knows that it is asked by us."""
    return public_text(key_for(settings.WEBHOOK_KEY, "outside", system.uid).public_key())


def answer_address(system: OutsideSystem) -> str:
    return f"{Installation.objects.get().public_url.rstrip('/')}/outside/{system.uid}/answers/"


def _claim(at: datetime) -> list[Asking]:
    with transaction.atomic(durable=True):
        due = Asking.objects.filter(due_at__lte=at).order_by("due_at", "pk").select_for_update(skip_locked=True)
        keys = list(due.values_list("pk", flat=True)[:BATCH])
        Asking.objects.filter(pk__in=keys).update(due_at=at + _CLAIMED_FOR, tries=F("tries") + 1)
    found = Asking.objects.filter(pk__in=keys).prefetch_related("application__lines__seal").order_by("pk")
    return list(found.select_related("system", "application__company", "application__applicant", "application__joint"))


def _waits(asking: Asking, at: datetime) -> bool:
    application = asking.application
    return (
        application.state == State.PENDING.value
        and application.shown_sha256 == asking.shown_sha256
        and at < application.expires_at
        and asking.system.ended_at is None
    )


def _tell(asking: Asking, application: Application, at: datetime) -> Refused | None:
    said = {"type": _KIND, "timestamp": utc_text(asking.made_at), "data": _data(asking, application)}
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    key = key_for(settings.WEBHOOK_KEY, "outside", asking.system.uid)
    try:
        answer: Answer = settings.EGRESS.ask(
            asking.system.address, body, headers_for(key, f"ask_{asking.uid}", at, body)
        )
    except (HostNotReached, AnswerLost) as refusal:
        return refusal
    return None if answer.is_ok else OutsideRefused(status=answer.status)


def _data(asking: Asking, application: Application) -> dict[str, Json]:
    """Return what an approver has to know; whoever wants to see the pages follows the link and signs in."""
    address = answer_address(asking.system)
    return {
        "application": application.uid,
        "stage": application.stage,
        "shown_sha256": application.shown_sha256,
        "needed": asking.needed,
        "company": {"uid": application.company.uid, "name": application.company.name, "uscc": application.company.uscc},
        "purpose": application.purpose,
        "reason": application.reason,
        "applicant": {"login": application.applicant.login, "name": application.applicant.name},
        "amount": None if application.amount is None else str(application.amount),
        "counterparty": application.counterparty,
        "off_site": application.off_site,
        "fence": application.terms.get(FENCE),
        "machines": application.terms.get(MACHINES),
        "starts_at": utc_text(application.starts_at),
        "expires_at": utc_text(application.expires_at),
        "lines": [
            {
                "seal": line.seal.name,
                "document": line.document_name,
                "sha256": line.document_sha256,
                "bound": line.bound or {"to": line.binding},
                "copies": line.copies,
                "impressions": line.impressions,
            }
            for line in application.lines.all()
        ],
        "jointly": _jointly(application),
        "page": address.partition("/outside/")[0] + f"/applications/{application.uid}/",
        "answer_to": address,
    }


def _jointly(application: Application) -> Json:
    """Return what the same application asks of other companies: who they are, their seals and documents by title."""
    joint = application.joint
    if joint is None:
        return None
    others: list[Json] = [
        {"uid": said["company"], "name": said["name"], "lines": said["lines"]}
        for said in joint.others(application.company.uid)
    ]
    return {"application": joint.uid, "mode": joint.mode, "others": others}


def _again_in(tries: int) -> timedelta:
    return min(_FIRST_AGAIN * int(2 ** min(tries, _MOST_DOUBLINGS)), _LATEST_AGAIN)


def _mine(asking: Asking) -> QuerySet[Asking]:
    """Return the asking as long as nobody else has claimed it since."""
    return Asking.objects.filter(pk=asking.pk, tries=asking.tries)
