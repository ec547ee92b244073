"""What each kind of fact about a machine is called."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OF_MACHINES: Final[Mapping[str, Promise]] = {
    "device.registered": _("Machine registered"),
    "device.code-given": _("Code given to enrol a machine"),
    "device.enrolled": _("Machine enrolled"),
    "device.renewed": _("Certificate of a machine renewed"),
    "device.mounting-asked": _("Mounting or removal of a seal asked for"),
    "device.mounting-agreed": _("Mounting or removal of a seal agreed to"),
    "device.mounting-dropped": _("Mounting or removal of a seal dropped"),
    "device.mounting-refused": _("Mounting or removal of a seal refused by the key"),
    "device.mounted": _("Seal mounted in a machine"),
    "device.unmounted": _("Seal taken out of a machine"),
    "device.unlocking-asked": _("Unlocking of a machine asked for"),
    "device.unlocking-agreed": _("Unlocking of a machine agreed to"),
    "device.unlocking-dropped": _("Unlocking of a machine dropped"),
    "device.unlocking-refused": _("Unlocking of a machine refused by the key"),
    "device.unlocking-ordered": _("Machine ordered to unlock itself"),
    "device.placed": _("Unit, keeper and group of a machine set"),
    "device.group-asked": _("Machines of a group asked to lock themselves"),
    "device.alarmed": _("Alarm given by a machine"),
    "device.pictured": _("Photograph by a machine kept"),
    "device.told": _("Events of a machine kept"),
    "device.asked": _("Machine asked to do something"),
    "device.lost": _("Machine reported lost"),
    "device.retired": _("Machine retired"),
    "device.stopped-at-signer": _("Machine that has ended refused by the signer"),
    "device.confirmations-set": _("How many others see each impression first was set"),
    "machine.confirmation-asked": _("Impression at a machine waits for others"),
    "machine.confirmed": _("Impression at a machine agreed to"),
    "machine.confirmation-ordered": _("Machine told that somebody agreed"),
    "machine.confirmation-refused": _("Agreement to an impression refused by the key"),
    "machine.declined": _("Use at a machine stopped by one who would have to agree"),
    "machine.emergency": _("Emergency use at a machine"),
    "machine.reviewed": _("Emergency at a machine reviewed"),
    "machine.asked": _("Use at a machine asked for"),
    "machine.allowed": _("Machine allowed to stamp"),
    "machine.refused": _("Machine not allowed to stamp"),
    "machine.receipt-read": _("Receipt of a code read back"),
    "machine.receipt-compared": _("Receipt of a code held against what its machine told"),
    "machine.shown": _("Ticket of a machine shown as a QR code"),
    "machine.half-told": _("Second half of a code told"),
    "machine.words-set": _("Words for codes set"),
    "machine.forced-over": _("Time of a code under duress is over"),
    "machine.withdrawn": _("Ticket of a machine withdrawn"),
}
