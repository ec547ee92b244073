"""What machines said of a use, in the report of an evidence pack."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from privyseal.device.events import Told
from privyseal.devices.logs import MachineLog
from privyseal.identity.queries import names_of
from privyseal.language.machines import DEVICE_KIND
from privyseal.pdf.report import Block, Heading, Table, Words
from privyseal.verification.packs import Enclosed, Kind
from privyseal.web.shown import machines

_WIDTHS: Final = (1, 3, 3, 6)
# What a judge asks of a stamp: who stood there, what came down, what was photographed, what was given back.
_SHOWN: Final = frozenset(
    {
        *(Told.SESSION_OPENED.value, Told.SESSION_CLOSED.value, Told.CODE_ENTERED.value, Told.RESERVED.value),
        *(Told.FIRED.value, Told.PHOTOGRAPHED.value, Told.COMMITTED.value, Told.RELEASED.value, Told.EXCESS.value),
        *(Told.REFUSED.value, Told.WRONG_SEAL.value, Told.RECEIPT_SHOWN.value, Told.ALARM.value),
        *(Told.SEAL_TAKEN.value, Told.SEAL_RETURNED.value, Told.DOOR_OPENED.value, Told.DOOR_SHUT.value),
    }
)


def blocks(logs: Sequence[MachineLog], enclosed: Sequence[Enclosed]) -> Iterator[Block]:
    """Yield what each machine said itself, and how that is checked; nothing where no machine took part."""
    if not logs:
        return
    paths = {one.sha256: one.path for one in enclosed if one.kind is Kind.PHOTOGRAPH}
    yield Heading(_("What the machine says itself"), on_new_page=True)
    yield Words(
        _(
            "The seal was in a machine that counts each time it comes down, by its mechanics, and photographs the "
            "paper. It has a key of its own that does not leave it, signs with it what it does, and names in each "
            "entry the one before: nobody, not even whoever runs this system, can change an entry, leave one out "
            "between two others or add one afterwards without that being seen. Times here are those of its own clock."
        )
    )
    for log in logs:
        yield from _log(log, paths)


def _log(log: MachineLog, paths: Mapping[str, str]) -> Iterator[Block]:
    kind = next(words for kind, words in DEVICE_KIND.items() if kind.value == log.device.kind)
    yield Heading(f"{log.device.name} · {kind} · {log.device.serial}")
    serials = [one.serial for one in log.certificates]
    if log.frames:
        said = {"numbers": _(", ").join(serials)}
        yield Words(_("Signed by the key of its certificate no. %(numbers)s.") % said)
    else:
        yield Words(_("These entries are shown as the system kept them, without the machine’s signature."))
    said_by = [str(event.said.get("said", {}).get("operator", "")) for event in log.events]
    names = {**names_of({one for one in said_by if one}), **paths}
    shown = [event for event in log.events if event.type in _SHOWN]
    rows = [
        (str(row.event.number), _second(row.event.at), str(row.words), row.said)
        for row in machines.events(shown, names)
    ]
    yield Table((_("No."), _("Time"), _("What"), _("What it said")), rows, _WIDTHS)


def _second(at: datetime) -> str:
    """Return a time to the second: a machine makes several impressions a minute."""
    return f"{localtime(at):%Y-%m-%d %H:%M:%S}"
