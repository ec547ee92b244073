"""The course of an application as people read it: who did what, when and why, and what is still to come."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from privyseal.approvals.models import Detour, VoidVote, Vote
from privyseal.approvals.queries import ApplicationView, Progress
from privyseal.approvals.rules import State, Step
from privyseal.approvals.rules.course import Course, Turn
from privyseal.language.course import COURSE, TURN
from privyseal.language.labels import ASSURANCE, DECISION, SOFTWARE
from privyseal.sealing.models import Intent
from privyseal.signer.passkeys import PASSKEY, PasskeyAssertion


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of the timeline; without a time it is still to come."""

    words: Promise | str
    who: str
    tone: str
    at: datetime | None = None
    comment: str = ""
    about: str = ""


def timeline(view: ApplicationView) -> list[Happening]:
    """Return everything that happened, in turn, and what it waits for."""
    happened = [
        one for each in (_decided(view), _on_its_way(view), _added(view), _ended(view), _sealed(view)) for one in each
    ]
    happened.sort(key=lambda one: one.at or view.application.submitted_at)
    application = view.application
    begun = Happening(gettext_lazy("Submitted"), application.applicant.name, "approved", application.submitted_at)
    return [begun, *happened, *_to_come(view)]


def _decided(view: ApplicationView) -> Iterator[Happening]:
    for vote in view.votes:
        yield _voted(vote, is_void=False)
    for void in view.course.void_votes:
        yield _voted(void, is_void=True)
    application = view.application
    if application.state == State.WITHDRAWN.value:
        yield Happening(gettext_lazy("Withdrawn"), application.applicant.name, "neutral", application.decided_at)


def _added(view: ApplicationView) -> Iterator[Happening]:
    """Yield what was added to the permits since; permits that one application raised are one entry."""
    seen: set[str] = set()
    for added in (each for permit in view.permits for each in permit.additions.all()):
        more = added.impressions_after - added.impressions_before
        if more:
            words = ngettext("%(count)s more approved", "%(count)s more approved", more) % {"count": more}
        else:
            words = _("Extended until %(end)s") % {
                "end": date_format(localtime(added.expires_after), "DATETIME_FORMAT")
            }
        if added.application_uid not in seen:
            yield Happening(words, "", "approved", added.at)
        seen.add(added.application_uid)


def _voted(vote: Vote | VoidVote, *, is_void: bool) -> Happening:
    step = Step(vote.decision)
    tone = "neutral" if is_void else "approved" if step is Step.APPROVE else "rejected"
    about = [_("Stage %(number)s") % {"number": vote.stage}]
    about += [_("for %(name)s") % {"name": vote.for_person.name}] if vote.for_person else []
    about += made_of(each for approved in vote.approved for each in approved["assertions"])
    about += [_("no longer counts: the stage was asked again")] if is_void else []
    return Happening(DECISION[step], vote.person.name, tone, vote.at, vote.comment, " · ".join(about))


def made_of(assertions: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return what a yes is made of, in words, once however many seals it is for; a no is made of nothing."""
    return [str(words) for words in dict.fromkeys(map(_words_of, assertions))]


def _words_of(assertion: Mapping[str, Any]) -> Promise:
    is_passkey = assertion["assurance"] == PASSKEY
    is_software = is_passkey and PasskeyAssertion.parse(assertion).is_software
    return SOFTWARE if is_software else ASSURANCE[assertion["assurance"]]


def _on_its_way(view: ApplicationView) -> Iterator[Happening]:
    course = view.course
    for detour in course.detours:
        words = COURSE[Course(detour.course)]
        yield Happening(words, detour.by.name, "pending", detour.at, detour.reason, _where_to(detour))
    for comment in course.comments:
        yield Happening(COURSE[Course.COMMENT], comment.person.name, "neutral", comment.at, comment.text)
    for urging in course.urgings:
        about = _("Stage %(number)s") % {"number": urging.stage}
        yield Happening(COURSE[Course.URGE], view.application.applicant.name, "neutral", urging.at, about=about)
    for reader in course.readers:
        yield Happening(COURSE[Course.COPY], reader.named_by.name, "neutral", reader.at, about=reader.person.name)


def _where_to(detour: Detour) -> str:
    if detour.person is None:
        said = {"number": detour.stage, "to": detour.to_stage}
        return _("From stage %(number)s to stage %(to)s") % said
    words = _("Stage %(number)s, to %(name)s") % {"number": detour.stage, "name": detour.person.name}
    return f"{words} · {TURN[Turn(detour.turn)]}" if detour.turn else words


def _ended(view: ApplicationView) -> Iterator[Happening]:
    """Yield how each permit ended that was not used up."""
    for permit in view.permits:
        if permit.revoked_at is not None:
            by, why = permit.ended_by.name if permit.ended_by else "", permit.ended_reason
            yield Happening(gettext_lazy("Ended before its time"), by, "rejected", permit.revoked_at, why)
        elif permit.expired_at is not None:
            yield Happening(gettext_lazy("Over, not used up"), permit.seal.name, "neutral", permit.expires_at)


def _sealed(view: ApplicationView) -> Iterator[Happening]:
    for intent in view.intents:
        words, tone = _IMPRESSED[Intent.State(intent.state)]
        yield Happening(words, intent.operator.name, tone, intent.ended_at or intent.intended_at)


def _to_come(view: ApplicationView) -> list[Happening]:
    return [Happening(_TO_COME[view.progress], "", "waiting")] if view.progress in _TO_COME else []


_IMPRESSED: Final = {
    Intent.State.INTENDED: (gettext_lazy("Sealing begun"), "waiting"),
    Intent.State.SEALED: (gettext_lazy("Sealed"), "approved"),
    Intent.State.FAILED: (gettext_lazy("Sealing refused"), "rejected"),
}
_TO_COME: Final = {
    Progress.PENDING: gettext_lazy("Waits for an approver"),
    Progress.NOT_YET: gettext_lazy("Waits for its first day"),
    Progress.READY: gettext_lazy("Waits for the operator"),
    Progress.UNDER_WAY: gettext_lazy("Waits for the operator"),
}
