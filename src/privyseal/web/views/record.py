"""The record, for the auditor: every fact, its place in the tree, its receipt."""

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from privyseal.approvals.numbers import numbered
from privyseal.approvals.queries import applications_visible_to
from privyseal.approvals.rules.numbers import typed
from privyseal.devices.queries import devices_visible_to
from privyseal.identity.queries import administrators_visible_to, people_visible_to
from privyseal.identity.rules import Power
from privyseal.language.fact_groups import GROUP
from privyseal.ledger.proofs import receipt_for
from privyseal.ledger.queries import latest_checkpoint, latest_facts
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.downloads import TEXT, attachment
from privyseal.web.paging import fact_before
from privyseal.web.shown import facts

ADMINISTRATORS: Final = "administrators"
_LONGEST_WORD: Final = 64
_A_PAGE: Final = 50


@capability(Power.AUDIT)
@require_safe
def record(request: SignedIn) -> HttpResponse:
    """Show the newest facts first; ``before`` is the fact to go on from."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in GROUP else ""
    asked = {name: request.GET.get(name, "").strip()[:_LONGEST_WORD] for name in ("by", "about")}
    found = latest_facts(
        before=fact_before(request),
        kind=kind,
        actors=_actors(request, asked["by"]),
        about=_uid_meant(request, asked["about"]),
        limit=_A_PAGE + 1,
    )
    rows = facts.rows_for_auditor(request.user, now(), found[:_A_PAGE])
    shown = {
        "rows": rows,
        "older": rows[-1].id if len(found) > _A_PAGE else None,
        "is_newest": "before" not in request.GET,
        "kind": kind,
        "asked": asked,
        "kinds": list(GROUP.items()),
        "checkpoint": latest_checkpoint(),
        "printed_at": now(),
    }
    return render(request, "web/record.html", shown)


@capability(Power.AUDIT)
@require_safe
def fact_receipt(_request: SignedIn, fact_id: int) -> HttpResponse:
    return attachment(receipt_for(fact_id).encode(), name=f"privyseal-receipt-{fact_id}.txt", kind=TEXT)


def _actors(request: SignedIn, by: str) -> list[str] | None:
    """Return the pseudonyms of whom the address asks for: administrators, or somebody by login; None for everybody."""
    if not by:
        return None
    at = now()
    people = (
        administrators_visible_to(request.user, at)
        if by == ADMINISTRATORS
        else people_visible_to(request.user, at).filter(login=by)
    )
    return list(people.values_list("pseudonym", flat=True))


def _uid_meant(request: SignedIn, about: str) -> str:
    """Return what entries are looked for by: a uid, where a machine's serial or an application's number was typed.

    The number with its year.
    """
    device = devices_visible_to(request.user, now()).filter(serial=about).first() if about else None
    if device is not None:
        return device.uid
    year, number = (typed(about) or (None,))[0], numbered(about)
    if year is None or number is None:
        return about
    found = applications_visible_to(request.user, now()).filter(number).order_by("pk").first()
    return found.uid if found else about
