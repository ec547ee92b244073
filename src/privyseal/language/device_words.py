"""What machines say in words of the protocol, in ours; what a newer machine says beside it stands as it is given."""

from collections.abc import Mapping
from typing import Final

from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from privyseal.device.parts import Cannot
from privyseal.device.watched import Alarm
from privyseal.kernel.canonical import NotCanonical, utc_time

SAID: Final[Mapping[str, Promise]] = {
    "accuracy": _("Accuracy in metres"),
    "answer": _("Answer"),
    "at": _("Clock set to"),
    "battery": _("Battery in percent"),
    "by": _("How many"),
    "by_picture": _("Counts only who saw its newest picture"),
    "bytes": _("Size"),
    "clock": _("Its clock"),
    "counter": _("Its mechanical count"),
    "door": _("Its door"),
    "failed": _("Not accepted"),
    "firmware": _("Firmware"),
    "free_kilobytes": _("Room on its disk"),
    "impression": _("Impression no."),
    "kind": _("Kind"),
    "latitude": _("Latitude"),
    "locked": _("Locked"),
    "longitude": _("Longitude"),
    "operator": _("Operator"),
    "policy": _("Version of the policy"),
    "reason": _("Why"),
    "receipt": _("Receipt"),
    "scanner": _("Reads QR codes"),
    "seal": _("Seal"),
    "seconds": _("Seconds"),
    "sequence": _("Code no."),
    "sha256": _("SHA-256"),
    "signal": _("Signal in percent"),
    "since": _("Since"),
    "slot": _("Its slot"),
    "ticket": _("Ticket"),
    "used": _("Used"),
}
_JAMMED: Final = _("It jammed")
_REASON: Final[Mapping[str, Promise]] = {
    Cannot.LOCKED: _("It was locked"),
    Cannot.WITHDRAWN: _("The ticket was withdrawn"),
    Cannot.CLOCK: _("Its clock was in doubt"),
    Cannot.NO_TICKET: _("It knew no such ticket"),
    Cannot.EARLY: _("Before the time"),
    Cannot.LATE: _("After the time"),
    Cannot.NOT_THE_OPERATOR: _("Somebody else than the operator"),
    Cannot.USED_UP: _("All impressions were used"),
    Cannot.WRONG_SEAL: _("Another seal was in it"),
    Cannot.OTHER_KIND: _("Only a cabinet or box has seals to take out"),
    Cannot.PLACE: _("At another place than allowed, or it did not know where"),
    Cannot.BUSY: _("It was in use"),
    Cannot.NO_SESSION: _("It was not open"),
    Cannot.NO_IMPRESSION: _("No impression was under way"),
    Cannot.IMPRESSION_OPEN: _("An impression was under way"),
    Cannot.NOT_CONFIRMED: _("Too few others had agreed"),
    Cannot.STAMPED: _("The seal had come down"),
    Cannot.NOT_STAMPED: _("The seal had not come down"),
    "done": _("Its operator was done"),
    "jam": _JAMMED,
    "not-meant": _("Not the seal that is meant to be there"),
    "stopped": _("It was stopped"),
}
_KIND: Final[Mapping[str, Promise]] = {
    Alarm.TAMPER: _("Machine’s case opened"),
    Alarm.MOTION: _("It was moved"),
    Alarm.DOOR_HELD: _("A door held open"),
    Alarm.EMERGENCY_KEY: _("Opened with the emergency key"),
    Alarm.JAM: _JAMMED,
    Alarm.DISK_FULL: _("Its disk is full"),
    Alarm.BATTERY_LOW: _("Its battery is low"),
    Alarm.SEAL_MISSING: _("A seal is missing"),
}
_ANSWER: Final[Mapping[str, Promise]] = {
    "accepted": _("Accepted"),
    "duress": _("Accepted, and typed under duress"),
    "used": _("The code was used before"),
    "early": _("Before the time"),
    "late": _("After the time"),
    "open": _("Another code is open"),
    "wrong": _("Wrong digits"),
    "locked-out": _("No more tries for now, after wrong digits"),
}
_VALUES: Final[Mapping[str, Mapping[str, Promise]]] = {
    "reason": _REASON,
    "kind": _KIND,
    "answer": _ANSWER,
    "clock": {"sure": _("Right"), "doubted": _("In doubt")},
    "door": {"open": _("It is open"), "shut": _("It is shut")},
}
# Why the product settled a use at a machine.
_SETTLED: Final[Mapping[str, Promise]] = {
    "used-up": _("All impressions were used"),
    "withdrawn": _("Finished before all were used"),
    "over": _("Its time was over"),
    "receipt": _("Its receipt was read back"),
    "unheard": _("The machine was lost: nothing from it is accepted"),
}
_BYTES: Final = {"bytes": 1, "free_kilobytes": 1024}
_TIMES: Final = frozenset({"at", "since"})
_MICRODEGREES: Final = 1_000_000
_YES, _NO = _("yes"), _("no")


def in_words(name: str, value: object) -> str:
    """Return what a machine says of something: in words where the protocol has them, else as it is given."""
    if isinstance(value, bool):
        return str(_YES if value else _NO)
    if name in _BYTES and isinstance(value, int):
        return filesizeformat(value * _BYTES[name])
    if name in _TIMES and isinstance(value, str):
        return _moment(value)
    if name in {"latitude", "longitude"} and isinstance(value, int):
        return f"{value / _MICRODEGREES:.6f}°"
    return str(_VALUES.get(name, {}).get(value, value)) if isinstance(value, str) else str(value)


def _moment(value: str) -> str:
    try:
        return date_format(localtime(utc_time(value)), "DATETIME_FORMAT")
    except NotCanonical:
        return value


def settled(reason: str) -> str:
    """Return why the product settled a use at a machine; a refusal by its code is not among these."""
    return str(_SETTLED.get(reason, reason))
