"""What is refused of machines that hold seals, and of what they tell."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: Final[Mapping[str, Promise]] = {
    "frame-broken": _("What a device sent cannot be read. Bring its software up to date, or tell its maker."),
    "frame-forged": _("What came in a device's name is not signed by it. Look after the device, and tell the auditor."),
    "chain-broken": _("A device tells another story than before. Stop using it, and tell the auditor."),
    "events-missing": _("Events of a device before these have not come yet. It sends them again by itself."),
}
