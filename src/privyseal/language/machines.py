"""Words about machines that hold rubber seals."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privyseal.device.enrolment import DeviceKind
from privyseal.device.events import Told
from privyseal.devices.rules import Because, DeviceAct, DeviceState

DEVICE_KIND: Final[Mapping[DeviceKind, Promise]] = {
    DeviceKind.HANDHELD: _("Handheld machine"),
    DeviceKind.DESKTOP: _("Desktop machine"),
    DeviceKind.CABINET: _("Cabinet or box that opens by itself"),
    DeviceKind.WORKBENCH: _("Workbench"),
}
DEVICE_STATE: Final[Mapping[DeviceState, Promise]] = {
    DeviceState.REGISTERED: _("Not enrolled yet"),
    DeviceState.IN_SERVICE: _("In service"),
    DeviceState.RETIRED: _("Out of service for good"),
    DeviceState.LOST: _("Reported lost"),
}
# What the button says.
DEVICE_ACT: Final[Mapping[DeviceAct, Promise]] = {
    DeviceAct.CODE: _("Make an enrolment code"),
    DeviceAct.LOCK: _("Lock the machine"),
    DeviceAct.FIND: _("Have it make a sound"),
    DeviceAct.HEALTH: _("Ask for its status"),
    DeviceAct.MOUNT: _("Ask to mount or remove a seal"),
    DeviceAct.LET_MOUNT: _("Agree that a seal is mounted or removed"),
    DeviceAct.FREE: _("Ask to have the seal taken out"),
    DeviceAct.UNLOCK: _("Ask to unlock it"),
    DeviceAct.LET_OPEN: _("Agree that it is unlocked"),
    DeviceAct.PLACE: _("Set unit, keeper and group"),
    DeviceAct.CONFIRM_MORE: _("Others see each impression first"),
    DeviceAct.CONFIRM_LESS: _("Fewer see each impression first"),
    DeviceAct.HALF: _("Show the last ten digits"),
    DeviceAct.LOSE: _("The machine is missing"),
    DeviceAct.RETIRE: _("Take it out of service for good"),
}
ASKED: Final[Mapping[DeviceAct, Promise]] = {
    DeviceAct.CODE: _("The code is made."),
    DeviceAct.LOCK: _("It is asked to lock itself."),
    DeviceAct.FIND: _("It is asked to make a sound."),
    DeviceAct.HEALTH: _("It is asked for its status."),
    DeviceAct.MOUNT: _("Asked. Another manager or keeper, or security, has to agree."),
    DeviceAct.LET_MOUNT: _("Agreed. The machine is being told."),
    DeviceAct.FREE: _("Asked. Another manager or keeper has to agree."),
    DeviceAct.UNLOCK: _("Asked. Another manager or keeper, or security, has to agree."),
    DeviceAct.LET_OPEN: _("Agreed. The machine is being told."),
    DeviceAct.PLACE: _("Noted."),
    DeviceAct.CONFIRM_MORE: _("Noted."),
    DeviceAct.CONFIRM_LESS: _("Noted."),
    DeviceAct.HALF: _("Noted."),
    DeviceAct.LOSE: _("It is reported lost: nothing opens it from now on."),
    DeviceAct.RETIRE: _("It is out of service: nothing opens it from now on."),
}
BECAUSE: Final[Mapping[Because, Promise]] = {
    Because.MISTAKEN: _("It was locked by mistake"),
    Because.LOOKED_AT: _("I looked at it: its seals are there and whole"),
    Because.REPAIRED: _("It was repaired, and its seals are there"),
}
TOLD: Final[Mapping[Told, Promise]] = {
    Told.STARTED: _("Power came"),
    Told.HEALTH: _("Reported its status"),
    Told.SESSION_OPENED: _("Opened for its operator"),
    Told.SESSION_CLOSED: _("Shut again"),
    Told.RESERVED: _("Impression taken"),
    Told.FIRED: _("Seal came down"),
    Told.PHOTOGRAPHED: _("Photograph taken, or not"),
    Told.COMMITTED: _("Impression settled"),
    Told.RELEASED: _("Impression given back"),
    Told.EXCESS: _("Seal came down unasked"),
    Told.REFUSED: _("Stayed shut"),
    Told.CODE_ENTERED: _("Code typed in"),
    Told.RECEIPT_SHOWN: _("Receipt shown"),
    Told.WRONG_SEAL: _("Another seal was mounted"),
    Told.CLOCK_SET: _("Clock set"),
    Told.LOCKED: _("Locked"),
    Told.UNLOCKED: _("Unlocked"),
    Told.FOUND: _("Made a sound"),
    Told.MOUNTED: _("Reported which seal is mounted"),
    Told.WITHDRAWN: _("Ticket withdrawn"),
    Told.ALARM: _("Gave the alarm"),
    Told.DOOR_OPENED: _("Door opened"),
    Told.DOOR_SHUT: _("Door shut"),
    Told.SEAL_TAKEN: _("Seal taken out"),
    Told.SEAL_RETURNED: _("Seal put back"),
    Told.POSITION: _("Said where it is"),
}
