"""The overview: what stands at one glance, by what somebody may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from privyseal.approvals.queries import overview as queries
from privyseal.language.labels import INCIDENT_KIND, SEAL_STATE
from privyseal.seals.rules import SealState
from privyseal.seals.rules.incidents import IncidentKind
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.shown import charts
from privyseal.web.shown.words import seal_badge

_MOST: Final = 8
_MOST_RETURNS: Final = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """One number above all, with what it says of itself and where it leads."""

    name: str
    value: int
    url: str
    says: str = ""
    tone: str = ""


@capability("signed-in")
@require_safe
def overview(request: SignedIn) -> HttpResponse:
    at = now()
    seals = queries.seals_by_state(request.user, at)
    pending = queries.pending(request.user, at)
    late = queries.overdue_returns(request.user, at, most=_MOST_RETURNS)
    trouble = queries.trouble(request.user, at)
    uses = queries.uses(request.user, at) if queries.may_see_uses(request.user, at) else None
    page = {
        "figures": [*_figures(seals, uses, pending), *_troubles(late.count, trouble)],
        "seals": charts.parts((SEAL_STATE[state], count, seal_badge(state).tone) for state, count in seals.items()),
        "uses": uses,
        "months": _months(uses) if uses else None,
        "is_used": uses is not None and any(month.uses or month.before for month in uses.months),
        "places": _named(uses.companies or uses.units) if uses else (),
        "pending": charts.bars(_by_age(pending)),
        "is_pending": any(pending.by_age),
        "returns": [(one, _days_over(one.due_at, at)) for one in late.first],
        "reported": charts.bars(_kinds(trouble.reported.items())),
        "found": charts.bars(_kinds(trouble.found.items(), url=reverse("alarms"))),
    }
    return render(request, "web/overview.html", page)


def _figures(seals: dict[SealState, int], uses: queries.Uses | None, pending: queries.Pending) -> list[Figure]:
    waiting = sum(pending.by_age)
    late = _("%(late)s of them late") % {"late": pending.late} if pending.late else ""
    said = [
        Figure(_("Seals in force"), seals.get(SealState.ACTIVE, 0), reverse("seals")),
        Figure(
            _("Applications undecided"),
            waiting,
            reverse("applications") + "?state=pending",
            late,
            "rejected" if pending.late else "",
        ),
    ]
    if uses and uses.months:
        month = uses.months[-1]
        before = _("%(uses)s a year before") % {"uses": month.before} if month.before else ""
        said.insert(1, Figure(_("Uses this month"), month.uses, reverse("statistics"), before))
    return said


def _troubles(returns: int, trouble: queries.Trouble) -> list[Figure]:
    reported, found = sum(trouble.reported.values()), sum(trouble.found.values())
    overdue = _("%(overdue)s past their day") % {"overdue": trouble.overdue} if trouble.overdue else ""
    return [
        Figure(_("Returns overdue"), returns, reverse("take-outs") + "?all=1", tone="rejected" if returns else ""),
        Figure(_("Incidents open"), reported, reverse("incidents"), overdue, "rejected" if reported else ""),
        Figure(_("Alarms open"), found, reverse("alarms"), tone="caution" if found else ""),
    ]


def _months(uses: queries.Uses) -> charts.Columns | None:
    if not uses.months:
        return None
    return charts.columns([(charts.month_name(month.first_on), month.uses, month.before) for month in uses.months])


def _named(counted: Iterable[tuple[str, int]]) -> list[charts.Bar]:
    """Return the names with most uses, and what the others have together."""
    rows = [(name or _("The company itself"), count, "", "") for name, count in counted]
    named, others = charts.bars(rows[:_MOST]), sum(count for _name, count, *_rest in rows[_MOST:])
    return [*named, charts.rest(_("All others"), others)] if others else named


def _by_age(pending: queries.Pending) -> list[tuple[Promise | str, int, str, str]]:
    days = [age.days for age in queries.AGES]
    names = [
        _("Less than a day"),
        *(_("%(least)s to %(most)s days") % {"least": a, "most": b} for a, b in pairwise(days)),
        _("More than %(days)s days") % {"days": days[-1]},
    ]
    tones = ("", "", "", "caution", "rejected")
    return [(name, count, "", tone) for name, count, tone in zip(names, pending.by_age, tones, strict=True)]


def _kinds(counted: Iterable[tuple[IncidentKind, int]], *, url: str = "") -> list[tuple[Promise | str, int, str, str]]:
    where = url or reverse("incidents")
    return [(INCIDENT_KIND[kind], count, where, "caution" if url else "rejected") for kind, count in counted]


def _days_over(due_at: datetime, at: datetime) -> int:
    return (at - due_at).days
