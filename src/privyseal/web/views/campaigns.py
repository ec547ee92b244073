"""Take-over campaigns of a company: open one, photograph what one keeps, read what was found."""

from datetime import datetime
from functools import partial
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privyseal.identity.models import Company
from privyseal.identity.queries import companies_visible_to
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotFound
from privyseal.seals import actions, queries
from privyseal.seals.models import Campaign
from privyseal.web.acting import Said, acted, on_page, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.organisation_forms import CampaignForm, GroupCampaignForm, SightingForm
from privyseal.web.paging import page_of
from privyseal.web.shown import campaigns as shown_campaigns
from privyseal.web.tables import MOST_ROWS, Ending, table_file
from privyseal.web.taken_along import record_copy

_MOST: Final = 100


@capability("signed-in")
@require_http_methods(["GET", "HEAD", "POST"])
def campaigns(request: SignedIn) -> HttpResponse:
    """Show the campaigns and what is to be photographed; a manager opens another one here."""
    if request.method != "POST":
        return show_campaigns(request)
    at = now()
    form = CampaignForm(request.POST, companies=managed(request, at))

    def act(said: Said) -> str:
        company, due_on = said["company"], said["due_on"]
        return actions.open_campaign.once(said["command_id"], request.user, at, company_uid=company, due_on=due_on)

    back, again = partial(redirect, "campaign"), partial(show_campaigns, request, form=form)
    return acted(request, form, act, done="", back=back, again=again)


def show_campaigns(
    request: SignedIn,
    *,
    form: CampaignForm | None = None,
    group_form: GroupCampaignForm | None = None,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    at = now()
    companies = managed(request, at)
    over = heads_of(companies)
    alone: Any = queries.campaigns_visible_to(request.user, at).filter(group=None)
    shown = {
        "to_make": queries.sightings_to_make(request.user, at)[:_MOST],
        "groups": queries.group_campaigns_visible_to(request.user, at)[:_MOST],
        "page": page_of(request, alone, by="-pk"),
        "form": (form or CampaignForm(companies=companies)) if companies else None,
        "group_form": (group_form or GroupCampaignForm(heads=over, companies=companies)) if over else None,
        "refusal": said,
    }
    return render(request, "web/campaigns.html", shown, status=status)


@capability("signed-in")
@require_safe
def campaign(request: SignedIn, uid: str) -> HttpResponse:
    return _report(request, uid)


@capability("signed-in")
@require_safe
def campaign_file(request: SignedIn, uid: str, ending: str) -> HttpResponse:
    """Hand out the report on one company."""
    found = queries.campaign_visible_to(request.user, now(), uid)
    return report_file(request, [found], ending, name=f"{_('Take-over')} {found.company.name}")


def report_file(request: SignedIn, campaigns: list[Campaign], ending: str, *, name: str) -> HttpResponse:
    """Answer with the report on these companies, a row a seal."""
    if ending not in set(Ending):
        raise Http404
    reports = queries.reports_of(request.user, now(), campaigns)
    cells = list(shown_campaigns.cells(campaigns, reports))[:MOST_ROWS]
    for campaign in campaigns:
        record_copy(request, campaign.company, register="campaigns", form=ending, rows=len(cells))
    return table_file(name, Ending(ending), shown_campaigns.header(), cells)


@capability("signed-in")
@require_POST
def close(request: SignedIn, uid: str) -> HttpResponse:
    def act(said: Said) -> None:
        actions.close_campaign.once(said["command_id"], request.user, now(), campaign_uid=uid)

    done, back = _("The campaign is closed. Its report stays."), to("campaign", uid)
    return acted(request, CommandForm(request.POST), act, done=done, back=back, again=partial(_report, request, uid))


@capability("signed-in")
@require_http_methods(["GET", "HEAD", "POST"])
def see(request: SignedIn, uid: str, seal_uid: str) -> HttpResponse:
    """Take the two pictures of a seal from its keeper."""
    at, is_sent = now(), request.method == "POST"
    found = queries.campaign_visible_to(request.user, at, uid)
    sighting = queries.sightings_to_make(request.user, at).filter(campaign=found, seal__uid=seal_uid).first()
    if sighting is None:
        raise NotFound(seal=seal_uid)
    form = SightingForm(request.POST if is_sent else None, request.FILES if is_sent else None)

    def act(said: Said) -> None:
        actions.take_pictures(
            request.user,
            at,
            campaign_uid=uid,
            seal_uid=seal_uid,
            seal_photo=said["seal_photo"].read(),
            imprint_photo=said["imprint_photo"].read(),
        )

    done, back = _("Both pictures are on record."), to("campaigns")
    return on_page(request, "web/sighting.html", form, act, done=done, back=back, shown={"sighting": sighting})


def managed(request: SignedIn, at: datetime) -> list[Company]:
    """Return the companies in which whoever asks manages everything."""
    mine = request.powers.whole_companies(Power.MANAGE)
    return list(companies_visible_to(request.user, at).filter(pk__in=mine)) if mine else []


def heads_of(companies: list[Company]) -> list[Company]:
    """Return those of the companies that another of them stands below."""
    above = {company.parent_id for company in companies}
    return [company for company in companies if company.pk in above]


def _report(request: SignedIn, uid: str, *, said: str = "", status: int = 200) -> HttpResponse:
    at = now()
    found = queries.campaign_visible_to(request.user, at, uid)
    report = queries.report_of(request.user, at, found)
    shown: dict[str, Any] = {
        "campaign": found,
        "rows": shown_campaigns.sighting_rows(report),
        "tally": report.tally,
        "mine": set(
            queries.sightings_to_make(request.user, at).filter(campaign=found).values_list("seal__uid", flat=True)
        ),
        "may_close": request.powers.has(Power.MANAGE, found.company_id) and found.closed_at is None,
        "command": CommandForm(),
        "refusal": said,
    }
    return render(request, "web/campaign.html", shown, status=status)
