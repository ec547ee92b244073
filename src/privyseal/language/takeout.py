"""Words about rubber seals that are taken out of the company, and about what is watched over them."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privyseal.custody.rules.alarms import WATCHED, AlarmKind
from privyseal.custody.rules.takeout import Act, Late, Stage
from privyseal.language.labels import INCIDENT_KIND

STAGE: Final[Mapping[Stage, Promise]] = {
    Stage.BOOKED: _("Booked"),
    Stage.GIVEN: _("Given out, the bearer confirms"),
    Stage.OUT: _("Outside, with its bearer"),
    Stage.BROUGHT: _("Brought back, the keeper confirms"),
    Stage.BACK: _("Returned; papers still to be filed"),
    Stage.CLOSED: _("Closed"),
    Stage.RELEASED: _("Given up"),
}
ACT: Final[Mapping[Act, Promise]] = {
    Act.GIVE: _("Give the seal to its bearer"),
    Act.RECEIVE: _("I have received the seal"),
    Act.BRING: _("The seal is back in the company"),
    Act.TAKE_BACK: _("I have taken the seal back"),
}
LATE: Final[Mapping[Late, Promise]] = {
    Late.DUE_SOON: _("Due within the hour"),
    Late.OVERDUE: _("Overdue"),
    Late.LOST_RISK: _("May be lost"),
    Late.NOT_RETURNED: _("Not returned"),
}
_OF_MACHINES: Final[Mapping[AlarmKind, Promise]] = {
    AlarmKind.COUNTER_GAP: _("Mechanical count and events of a machine differ"),
    AlarmKind.RECEIPT_DIFFERS: _("Receipt of a machine and its events differ"),
    AlarmKind.EXCESS: _("A machine stamped more than it was let"),
    AlarmKind.NO_PERMIT: _("A machine stamped without a permit"),
    AlarmKind.UNCONFIRMED: _("A machine stamped before others agreed"),
    AlarmKind.WRONG_SEAL: _("Wrong seal in a machine"),
    AlarmKind.TAMPER: _("A machine’s case is open"),
    AlarmKind.EMERGENCY_KEY: _("Machine opened with the emergency key"),
    AlarmKind.MOTION: _("Machine was moved"),
    AlarmKind.DOOR_HELD: _("Door of a machine held open"),
    AlarmKind.NOT_THEIRS: _("Somebody tried to open a machine without the right to"),
    AlarmKind.FORCED: _("Somebody was forced to ask for a code"),
    AlarmKind.SILENT: _("No contact with a machine for days"),
    AlarmKind.CLOCK: _("Clock of a machine is wrong"),
    AlarmKind.LOST: _("Machine reported lost, with the seal in it"),
}
ALARM: Final[Mapping[AlarmKind, Promise]] = {
    row.kind: _OF_MACHINES.get(row.kind, INCIDENT_KIND[row.incident]) for row in WATCHED
}
REFUSED: Final[Mapping[str, Promise]] = {
    "seal-booked": _(
        "The seal is to be outside the company at that time for another approved use. Choose another time or seal."
    ),
    "bearer-not-one": _("Exactly one person takes a rubber seal out. Name one operator; the supervisor goes along."),
    "not-taken-out": _(
        "This use happens outside the company. The keeper gives the seal out and the bearer receives it first."
    ),
    "face-not-shown": _("A photograph of the seal’s face goes with it. Take one and send it again."),
    "whereabouts-missing": _("Say where the seal is: by the phone’s position, or in words."),
    "fence-widened": _("A seal goes no further than was approved. Draw the area smaller, or leave it as it is."),
    "nothing-to-fence": _(
        "A point with metres around it is for a rubber seal that is taken out. "
        "Name the place as well, or leave them empty."
    ),
    "thresholds-not-possible": _("That is out of bounds, or a seal would become an incident before a risk."),
}
