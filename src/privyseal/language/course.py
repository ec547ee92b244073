"""What is done about an application on its way, in words, and what is refused there."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.rules.course import Course, Turn
from privyseal.approvals.rules.delegations import DaysOff

TURN: Final[Mapping[Turn, Promise]] = {
    Turn.BEFORE: _("Before you"),
    Turn.AFTER: _("After all others of this stage"),
}
DAYS_OFF: Final[Mapping[DaysOff, Promise]] = {
    DaysOff.ALIKE: _("Like any other day"),
    DaysOff.ALSO: _("Also the whole of each day off"),
    DaysOff.ONLY: _("On days off only"),
}
# What happened, on the page of the application.
COURSE: Final[Mapping[Course, Promise]] = {
    Course.RETURN: _("Sent back to an earlier stage"),
    Course.ASK_FURTHER: _("One more approver asked"),
    Course.FORWARD: _("Handed on"),
    Course.COMMENT: _("Comment"),
    Course.URGE: _("Approvers reminded"),
    Course.COPY: _("Shared to read"),
}
REFUSED: Final[Mapping[str, Promise]] = {
    "delegation-not-possible": _(
        "This is not possible: it lasts at most ninety days, ends later than now, and has valid hours."
    ),
    "delegate-not-fit": _("Somebody else who may approve in this company decides for you. Choose one of them."),
    "delegated-further": _(
        "Whoever decides for somebody lets nobody decide for them in that time. Choose another person or another time."
    ),
    "representation-not-apart": _(
        "You, or whoever lets you decide for them, have another part in this or stand in for somebody who does. "
        "Somebody else has to decide."
    ),
    "no-earlier-stage": _(
        "There is no such stage before the present one. Reject the application instead, and say why."
    ),
    "urged-already": _("They were reminded less than %(hours)s hours ago. Wait, or ask them yourself."),
    "asked-has-another-part": _(
        "This person has another part in the application, keeps the seal, or stands in for somebody who does. "
        "Choose somebody else."
    ),
    "goes-in-a-circle": _(
        "This person is asked already, has decided, or handed this on themselves. Choose another one."
    ),
    "too-many-asked": _("This application has been through too many hands. Decide it now, or reject it."),
    "waits-for-another": _("Somebody else decides before you do. It comes back to you once they have."),
    "nothing-said": _("The comment is empty. Write what you want to say."),
    "too-many-comments": _("You have written %(most)s comments here. Put the rest into one document."),
    "reads-already": _("This person can read it already."),
}
