"""Outside approval systems as people read them, and how an application fares with them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.asking import answer_address, own_key_of
from privyseal.approvals.models import Application, Asking
from privyseal.approvals.queries.outside import OutsideView
from privyseal.approvals.rules.seats import Who
from privyseal.identity.models import Person
from privyseal.language.refusals import words_of
from privyseal.web.shown.words import Badge

_WAITS: Final = Badge(_("To be confirmed"), "pending")
_COUNTS: Final = Badge(_("Counts"), "approved")
_STUCK: Final = Badge(_("Not reached"), "rejected")


@dataclass(frozen=True, slots=True)
class OutsideRow:
    view: OutsideView
    badge: Badge
    trouble: str
    own_key: str
    answer_to: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class AskingShown:
    """How a question to an outside system fares: told when, or why not yet."""

    system: str
    words: Promise
    at: datetime
    trouble: str


def row(view: OutsideView, reader: Person) -> OutsideRow:
    system = view.system
    badge = _WAITS if system.confirmed_at is None else _STUCK if view.trouble else _COUNTS
    return OutsideRow(
        view=view,
        badge=badge,
        trouble=words_of(view.trouble, {}) if view.trouble else "",
        own_key=own_key_of(system),
        answer_to=answer_address(system),
        is_own=system.registered_by_id == reader.pk,
    )


def askings(application: Application) -> tuple[AskingShown, ...]:
    """Return what was asked of outside systems about an application, the first first."""
    if not any(seat.who == Who.OUTSIDE.value for seat in application.seats.all()):
        return ()
    return tuple(_asking(asking) for asking in application.askings.select_related("system").order_by("pk"))


def _asking(asking: Asking) -> AskingShown:
    if asking.told_at is not None:
        return AskingShown(asking.system.name, _("was asked"), asking.told_at, "")
    if asking.system.ended_at is not None:
        ended = _("no longer counts: withdraw the application and send it again")
        return AskingShown(asking.system.name, ended, asking.system.ended_at, "")
    trouble = words_of(asking.trouble, {}) if asking.trouble else ""
    return AskingShown(asking.system.name, _("is being asked"), asking.made_at, trouble)
