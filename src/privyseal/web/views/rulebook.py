"""The written seal rules: read, acknowledged, written and published."""

from functools import partial
from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privyseal.identity.models import Company
from privyseal.identity.queries import companies_visible_to, powers_of
from privyseal.identity.rules import Power
from privyseal.seals import actions, queries
from privyseal.web.acting import Said, acted, on_page, to
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_rules import PublishForm, ResponsibilityForm, RulesForm

_FORM_METHODS: Final = ["GET", "HEAD", "POST"]


@capability("signed-in")
@require_safe
def rules_list(request: SignedIn) -> HttpResponse:
    at = now()
    shown = {
        "rules": queries.rules_visible_to(request.user, at),
        "to_read": queries.rules_to_acknowledge(request.user, at),
        "may_write": powers_of(request.user, at).anywhere(Power.MANAGE),
    }
    return render(request, "web/rules_list.html", shown)


@capability("signed-in")
@require_safe
def rules(request: SignedIn, uid: str) -> HttpResponse:
    return _page(request, uid)


@capability(Power.MANAGE)
@require_http_methods(_FORM_METHODS)
def write_rules(request: SignedIn) -> HttpResponse:
    form = RulesForm(request.POST if request.method == "POST" else None, companies=_companies(request))

    def act(said: Said) -> str:
        company, title, text = said["company"], said["title"], said["text"]
        return actions.write_rules.once(
            said["command_id"], request.user, now(), company_uid=company, title=title, text=text
        )

    return on_page(request, "web/write_rules.html", form, act, done="", back=partial(redirect, "rules"))


@capability(Power.APPROVE)
@require_POST
def publish_rules(request: SignedIn, uid: str) -> HttpResponse:
    def act(said: Said) -> None:
        shown = said["sha256_shown"]
        actions.publish_rules.once(said["command_id"], request.user, now(), rules_uid=uid, sha256_shown=shown)

    done, again = _("The rules are published."), partial(_page, request, uid)
    return acted(request, PublishForm(request.POST), act, done=done, back=to("rules", uid), again=again)


@capability("signed-in")
@require_POST
def acknowledge_rules(request: SignedIn, uid: str) -> HttpResponse:
    return acted(
        request,
        CommandForm(request.POST),
        lambda said: actions.acknowledge_rules.once(said["command_id"], request.user, now(), rules_uid=uid),
        done=_("It is on record that you have read them."),
        back=to("rules", uid),
        again=partial(_page, request, uid),
    )


@capability("signed-in")
@require_POST
def take_responsibility(request: SignedIn, uid: str) -> HttpResponse:
    def act(said: Said) -> None:
        key, seal = said["command_id"], said["seal"]
        actions.take_responsibility.once(key, request.user, now(), rules_uid=uid, seal_uid=seal)

    done, again = _("It is on record that you answer for the seal."), partial(_page, request, uid)
    return acted(request, ResponsibilityForm(request.POST), act, done=done, back=to("rules", uid), again=again)


def _page(request: SignedIn, uid: str, *, said: str = "", status: int = 200) -> HttpResponse:
    at = now()
    found = queries.seal_rules_visible_to(request.user, at, uid)
    powers = powers_of(request.user, at)
    answers_for_them = powers.has(Power.MANAGE, found.company_id) or powers.has(Power.APPROVE, found.company_id)
    sees_report = powers.reads_everything or answers_for_them
    is_published = found.published_at is not None
    shown = {
        "rules": found,
        "may_publish": not is_published
        and powers.has(Power.APPROVE, found.company_id)
        and found.written_by_id != request.user.pk,
        "is_asked": queries.is_asked(request.user, at, found),
        "is_acknowledged": queries.has_acknowledged(request.user, at, found),
        "kept": queries.seals_to_answer_for(request.user, at, found) if is_published else [],
        "missing": queries.missing_acknowledgements(request.user, at, found) if is_published and sees_report else None,
        "command": CommandForm(),
        "publish": PublishForm(initial={"sha256_shown": found.sha256}),
        "refusal": said,
    }
    return render(request, "web/rules.html", shown, status=status)


def _companies(request: SignedIn) -> list[Company]:
    at = now()
    managed = powers_of(request.user, at).companies(Power.MANAGE)
    return list(companies_visible_to(request.user, at).filter(pk__in=managed))
