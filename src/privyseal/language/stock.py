"""Words about stock-takes of rubber seals."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from privyseal.custody.rules.stock import Count, Finding, Step

COUNT: Final[Mapping[Count, Promise]] = {
    Count.OPEN: _("Being counted"),
    Count.PAUSED: _("Paused"),
    Count.ENDED: pgettext_lazy("a stock-take", "Counted"),
    Count.GIVEN_UP: _("Given up"),
}
STEP: Final[Mapping[Step, Promise]] = {
    Step.SEE: _("Enter a seal"),
    Step.PAUSE: _("Pause"),
    Step.GO_ON: _("Continue"),
    Step.END: _("End the count"),
    Step.GIVE_UP: _("Give it up"),
    Step.HAND_ON: _("Have somebody else count"),
}
FINDING: Final[Mapping[Finding, Promise]] = {
    Finding.IN_PLACE: _("There"),
    Finding.WRONG_PLACE: _("In the wrong slot"),
    Finding.UNRECORDED: _("There, while the record has it elsewhere"),
    Finding.UNEXPECTED: _("Does not belong there"),
    Finding.NOT_FOUND: _("Not found"),
    Finding.AWAY: _("Away, on record"),
    Finding.MOVED: _("Moved during the count"),
}
REFUSED: Final[Mapping[str, Promise]] = {
    "counted-by-its-keeper": _(
        "Whoever keeps a seal counts it only before a witness who keeps none of what is counted. Name another person."
    ),
    "stock-take-open": _("These seals are being counted already. Go on with that count, or give it up."),
    "nothing-to-count": _("No rubber seal belongs there. Choose another place or unit."),
    "stock-take-over": _("This count is over. What you saw since then belongs to the next one; enter it there."),
    "stock-not-all-arrived": _(
        "%(seen)s have arrived, and you saw %(said)s counted. What is missing may still be on the phone of whoever "
        "counts: wait until it is sent, or count again how many there were."
    ),
    "seal-unknown": _(
        "There is no seal of this company with this number that you may see. Check the number, or describe the seal "
        "below."
    ),
    "strange-seal-not-described": _("Say in words what lies there and what is written on it."),
}
