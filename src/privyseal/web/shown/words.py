"""Small things as a reader sees them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext

from privyseal.approvals.models import Application
from privyseal.approvals.queries import Progress
from privyseal.approvals.rules import State
from privyseal.language.labels import PROGRESS, SEAL_STATE, STATE
from privyseal.seals.rules import SealState

_MICROMETRES: Final = 1000
_SHORT: Final = 8
_MINUTE: Final = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True)
class Badge:
    """A state in words; ``tone`` is its colour, which says nothing the words do not."""

    words: Promise
    tone: str


_STATE_TONE: Final = {
    State.PENDING: "pending",
    State.AGREED: "pending",
    State.APPROVED: "approved",
    State.REJECTED: "rejected",
    State.WITHDRAWN: "neutral",
}
_PROGRESS_TONE: Final = {
    Progress.PENDING: "pending",
    Progress.AGREED: "pending",
    Progress.REJECTED: "rejected",
    Progress.WITHDRAWN: "neutral",
    Progress.NOT_YET: "approved",
    Progress.READY: "approved",
    Progress.UNDER_WAY: "pending",
    Progress.DONE: "approved",
    Progress.EXPIRED: "caution",
    Progress.ENDED: "caution",
}
_SEAL_TONE: Final = {
    SealState.DRAFT: "pending",
    SealState.ACTIVE: "approved",
    SealState.MADE: "pending",
    SealState.SUSPENDED: "rejected",
    SealState.COLLECTED: "neutral",
    SealState.DISPUTED: "rejected",
    SealState.LOST: "rejected",
    SealState.STOLEN: "rejected",
    SealState.ROBBED: "rejected",
    SealState.RETIRED: "neutral",
    SealState.DESTROYED: "neutral",
    SealState.VOID: "neutral",
}


def moment(at: datetime | None) -> str:
    """Return a time as a reader's language writes it; nothing where there is none."""
    return date_format(localtime(at), "DATETIME_FORMAT") if at else ""


def state_badge(application: Application) -> Badge:
    return badge_of(State(application.state))


def badge_of(state: State) -> Badge:
    return Badge(STATE[state], _STATE_TONE[state])


def progress_badge(progress: Progress) -> Badge:
    return Badge(PROGRESS[progress], _PROGRESS_TONE[progress])


def seal_badge(state: SealState) -> Badge:
    return Badge(SEAL_STATE[state], _SEAL_TONE[state])


def millimetres(micrometres: int) -> str:
    number = f"{micrometres / _MICROMETRES:.1f}".removesuffix(".0")
    return gettext("%(number)s\u00a0mm") % {"number": number}


def short(uid: str) -> str:
    """Return enough of an id to tell it from its neighbours."""
    return uid[:_SHORT]


def minute(at: datetime | None) -> str:
    """Return a moment for a spreadsheet, in the reader's own time."""
    return localtime(at).strftime(_MINUTE) if at else ""
