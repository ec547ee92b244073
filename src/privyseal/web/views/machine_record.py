"""What is on record about a machine, for whoever may see the machine."""

from collections.abc import Sequence
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from privyseal.devices.queries import device_visible_to
from privyseal.identity.queries import companies_visible_to, people_visible_to
from privyseal.ledger.queries import Fact, latest_facts_about
from privyseal.seals.queries import seals_called
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.paging import fact_before
from privyseal.web.shown import facts
from privyseal.web.shown.called import called_in

_A_PAGE: Final = 50
# A machine tells all day: what it told stands on its own page, and so many entries would hide all others.
_OF_COURSE: Final = frozenset({"device.told"})


@capability("signed-in")
@require_safe
def machine_record(request: SignedIn, uid: str) -> HttpResponse:
    """Show the newest facts about a machine first; ``before`` is the fact to go on from."""
    device = device_visible_to(request.user, now(), uid)
    found = latest_facts_about(
        "device",
        (device.uid, device.serial),  # before it is known which machine speaks, its serial is all there is
        before=fact_before(request),
        without=() if "all" in request.GET else _OF_COURSE,
        limit=_A_PAGE + 1,
    )
    shown = {
        "device": device,
        "rows": facts.rows(found[:_A_PAGE], _names(request, found[:_A_PAGE])),
        "older": found[_A_PAGE - 1].id if len(found) > _A_PAGE else None,
        "is_newest": "before" not in request.GET,
        "is_all": "all" in request.GET,
    }
    return render(request, "web/machine_record.html", shown)


def _names(request: SignedIn, found: Sequence[Fact]) -> dict[str, str]:
    """Return the names of whom the reader may see, and of what the facts are about."""
    at = now()
    words = {word for fact in found for word in facts.words_in(fact)}
    people = people_visible_to(request.user, at).filter(pseudonym__in=words)
    companies = companies_visible_to(request.user, at).filter(uid__in=words)
    names = dict(people.values_list("pseudonym", "name")) | dict(companies.values_list("uid", "name"))
    return names | seals_called(request.user, at, uids=words) | called_in(request.user, at, found)
