"""A take-over over a group: opened at once in many companies, read company by company."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from privyseal.identity.rules import Power
from privyseal.seals import actions, queries
from privyseal.web.acting import Said, acted, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.organisation_forms import GroupCampaignForm
from privyseal.web.paging import page_of
from privyseal.web.shown.campaigns import company_row
from privyseal.web.views.campaigns import heads_of, managed, report_file, show_campaigns


@capability("signed-in")
@require_POST
def start(request: SignedIn) -> HttpResponse:
    """Open a campaign in every company that is named, or in the whole group."""
    at = now()
    companies = managed(request, at)
    form = GroupCampaignForm(request.POST, heads=heads_of(companies), companies=companies)

    def act(said: Said) -> str:
        return actions.open_group_campaign.once(
            said["command_id"],
            request.user,
            at,
            head_uid=said["head"],
            company_uids=tuple(said["companies"]),
            due_on=said["due_on"],
        )

    back, again = partial(redirect, "group-campaign"), partial(show_campaigns, request, group_form=form)
    return acted(request, form, act, done="", back=back, again=again)


@capability("signed-in")
@require_safe
def group_campaign(request: SignedIn, uid: str) -> HttpResponse:
    return _report(request, uid)


@capability("signed-in")
@require_safe
def group_file(request: SignedIn, uid: str, ending: str) -> HttpResponse:
    """Hand out the report on every company that the reader sees."""
    at = now()
    group = queries.group_campaign_visible_to(request.user, at, uid)
    campaigns = list(queries.campaigns_within(request.user, at, group))
    return report_file(request, campaigns, ending, name=f"{_('Take-over')} {group.head.name}")


@capability("signed-in")
@require_POST
def close(request: SignedIn, uid: str) -> HttpResponse:
    def act(said: Said) -> None:
        actions.close_group_campaign.once(said["command_id"], request.user, now(), campaign_uid=uid)

    done, back = _("The campaign is closed. Its report stays."), to("group-campaign", uid)
    return acted(request, CommandForm(request.POST), act, done=done, back=back, again=partial(_report, request, uid))


def _report(request: SignedIn, uid: str, *, said: str = "", status: int = 200) -> HttpResponse:
    at = now()
    group = queries.group_campaign_visible_to(request.user, at, uid)
    page = page_of(request, queries.campaigns_within(request.user, at, group), by="company__name")
    reports = queries.reports_of(request.user, at, page.rows)
    shown = {
        "group": group,
        "page": page,
        "rows": [company_row(campaign, reports[campaign.pk]) for campaign in page.rows],
        "progress": queries.progress_of(request.user, at, group),
        "may_close": request.powers.has(Power.MANAGE, group.head_id) and group.closed_at is None,
        "command": CommandForm(),
        "refusal": said,
    }
    return render(request, "web/group_campaign.html", shown, status=status)
