"""Machines as their pages show them."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from privyseal.devices.models import Device, DeviceEvent, Mounting
from privyseal.devices.rules import MAY, DeviceAct, DeviceState, Tie
from privyseal.language.device_words import SAID, in_words
from privyseal.language.machines import DEVICE_ACT, DEVICE_KIND, DEVICE_STATE, TOLD
from privyseal.language.refusals import words_of
from privyseal.web.shown.words import Badge, minute, short

OUT_OF_TOUCH: Final = timedelta(minutes=30)  # three of its hellos
_TONE: Final = {
    DeviceState.REGISTERED: "neutral",
    DeviceState.IN_SERVICE: "approved",
    DeviceState.RETIRED: "neutral",
    DeviceState.LOST: "rejected",
}
# What has a form or a page of its own.
OF_THEIR_OWN: Final = frozenset(
    (
        *(DeviceAct.CODE, DeviceAct.MOUNT, DeviceAct.FREE, DeviceAct.UNLOCK, DeviceAct.LET_OPEN, DeviceAct.PLACE),
        *(DeviceAct.LET_MOUNT, DeviceAct.CONFIRM_MORE, DeviceAct.CONFIRM_LESS, DeviceAct.HALF),
    )
)
_STOPS: Final = frozenset({DeviceAct.LOCK.value, DeviceAct.LOSE.value})
_ENDS: Final = frozenset({DeviceAct.RETIRE.value})
_AT_ONCE: Final = timedelta(minutes=1)
_OWN: Final = frozenset({"counter", "locked"})
_LONG: Final = re.compile("[0-9a-f]{32}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class MachineRow:
    device: Device
    kind: Promise
    badge: Badge
    is_out_of_touch: bool

    @property
    def may_be_carried_for(self) -> bool:
        """Tell whether a telephone may carry for it: it speaks for itself, and is still heard."""
        return bool(self.device.key) and not self.device.is_through_cloud and self.device.ended_at is None

    @property
    def more(self) -> list[Promise]:
        """Return what else a reader has to know of it at once."""
        device = self.device
        said = (
            (device.is_through_cloud, _("Through its maker’s cloud")),
            (device.is_locked, _("Locked")),
            (self.is_out_of_touch, _("No contact")),
        )
        return [words for is_so, words in said if is_so]


class Acts(NamedTuple):
    """Acts by their name and words: what is asked every day, what stops a machine at once, what ends it."""

    everyday: Sequence[tuple[str, Promise]]
    stops: Sequence[tuple[str, Promise]]
    ends: Sequence[tuple[str, Promise]]

    def __bool__(self) -> bool:
        return any(map(bool, self))


@dataclass(frozen=True, slots=True)
class EventRow:
    event: DeviceEvent
    words: Promise | str
    said: str

    @property
    def came_late(self) -> bool:
        return abs(self.event.received_at - self.event.at) > _AT_ONCE


def row(device: Device, at: datetime) -> MachineRow:
    state = device.state
    heard = device.seen_at is not None and at - device.seen_at < OUT_OF_TOUCH
    kind = next(words for kind, words in DEVICE_KIND.items() if kind.value == device.kind)
    return MachineRow(
        device=device,
        kind=kind,
        badge=Badge(DEVICE_STATE[state], _TONE[state]),
        is_out_of_touch=state is DeviceState.IN_SERVICE and not heard,
    )


def cells(devices: Iterable[Device], at: datetime) -> Iterator[tuple[object, ...]]:
    for device in devices:
        one = row(device, at)
        unit, keeper = (named.name if named else "" for named in (device.unit, device.keeper))
        state = " · ".join(str(words) for words in (one.badge.words, *one.more))
        known = (device.name, device.serial, device.company.name, one.kind, unit, keeper, device.group)
        yield (*known, minute(device.seen_at), state)


def acts(device: Device, ties: Collection[Tie]) -> Acts:
    """Return what somebody may do about a device now, but for what has a form of its own."""
    own = [row.act for row in MAY if row.act not in OF_THEIR_OWN and may(row.act, device, ties)]
    named = [(act.value, DEVICE_ACT[act]) for act in own]
    return Acts(
        everyday=[one for one in named if one[0] not in _STOPS | _ENDS],
        stops=[one for one in named if one[0] in _STOPS],
        ends=[one for one in named if one[0] in _ENDS],
    )


def may_have_code(device: Device, ties: Collection[Tie]) -> bool:
    return may(DeviceAct.CODE, device, ties)


def may_mount(device: Device, ties: Collection[Tie]) -> bool:
    return may(DeviceAct.MOUNT, device, ties) or may_free(device, ties)


def may_let_mount(device: Device, ties: Collection[Tie]) -> bool:
    return may(DeviceAct.LET_MOUNT, device, ties) or may_free(device, ties)


def may_free(device: Device, ties: Collection[Tie]) -> bool:
    return may(DeviceAct.FREE, device, ties) and device.places.exists()


def may(act: DeviceAct, device: Device, ties: Collection[Tie]) -> bool:
    row = next(row for row in MAY if row.act is act)
    return bool(set(row.by) & set(ties)) and device.state in row.start


def refused(mountings: Iterable[Mounting]) -> list[tuple[Mounting, Promise | str]]:
    """Return what the key refused to have put into a machine or taken out, and why."""
    return [(mounting, words_of(mounting.refused or "", {})) for mounting in mountings]


def health(device: Device) -> list[tuple[Promise | str, str]]:
    """Return what a machine knows of itself, in words where the protocol has them."""
    known = sorted(device.health.items())
    return [(SAID.get(name, name), in_words(name, value)) for name, value in known if name not in _OWN]


def events(rows: Iterable[DeviceEvent], names: Mapping[str, str]) -> Iterator[EventRow]:
    """Yield events as people read them, with these names of operators and seals."""
    known: Mapping[str, Promise] = {told.value: words for told, words in TOLD.items()}
    for event in rows:
        said = event.said.get("said", {})
        words = known.get(event.type, event.type)
        yield EventRow(
            event,
            words,
            " · ".join(
                _said(name, names.get(str(value), value)) for name, value in sorted(said.items()) if value is not False
            ),
        )


def _said(name: str, value: object) -> str:
    """Return one thing that an event says: a yes is its name alone, and of a long id the beginning."""
    words = SAID.get(name, name)
    if value is True:
        return str(words)
    is_long = isinstance(value, str) and _LONG.fullmatch(value)
    return f"{words}{gettext(': ')}{short(str(value)) if is_long else in_words(name, value)}"
