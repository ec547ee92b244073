"""What is watched over rubber seals, and from when on it is an incident. A rule is a row, its reason ends the row."""

from dataclasses import dataclass, fields
from datetime import time
from enum import StrEnum
from typing import Final

from privyseal.custody.rules.spoiled import USUAL_ANEW
from privyseal.kernel.errors import Refused
from privyseal.seals.rules.incidents import IncidentKind


class AlarmKind(StrEnum):
    NOT_RETURNED = "not-returned"
    UNUSED = "unused"
    IDLE = "idle"
    OFF_HOURS = "off-hours"
    EVIDENCE_DEBT = "evidence-debt"
    PLACE = "place"
    RESTAMPS = "restamps"
    NOT_FOUND = "not-found"
    UNEXPECTED = "unexpected"
    BLANKS = "blanks"
    COUNTER_GAP = "counter-gap"
    RECEIPT_DIFFERS = "receipt-differs"
    EXCESS = "excess"
    NO_PERMIT = "no-permit"
    UNCONFIRMED = "unconfirmed"
    WRONG_SEAL = "wrong-seal"
    TAMPER = "tamper"
    EMERGENCY_KEY = "emergency-key"
    MOTION = "motion"
    DOOR_HELD = "door-held"
    NOT_THEIRS = "not-theirs"
    FORCED = "forced"
    SILENT = "silent"
    CLOCK = "clock"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From when on a company calls something an incident; each is the usual one until a company says otherwise."""

    lost_risk_minutes: int = 120
    not_returned_minutes: int = 1_440
    unused_days: int = 7
    debt_days: int = 3
    restamps: int = 3
    stock_take_days: int = 92
    made_anew: int = USUAL_ANEW
    debt_reminder_minutes: int = 30


@dataclass(frozen=True, slots=True)
class Watched:
    """What is watched, and which kind of incident it becomes."""

    kind: AlarmKind
    incident: IncidentKind


# fmt: off
WATCHED: Final = (
    Watched(AlarmKind.NOT_RETURNED,  IncidentKind.NOT_RETURNED),    # a seal that stays away is lost until somebody shows it
    Watched(AlarmKind.UNUSED,        IncidentKind.UNUSED),          # an approval that nobody needed was asked for too much, or something was stamped elsewhere
    Watched(AlarmKind.IDLE,          IncidentKind.IDLE),            # what nobody uses nobody misses
    Watched(AlarmKind.OFF_HOURS,     IncidentKind.OFF_HOURS),       # who stamps at night does so with fewer eyes on it
    Watched(AlarmKind.EVIDENCE_DEBT, IncidentKind.EVIDENCE_DEBT),   # what was stamped and not photographed is not known
    Watched(AlarmKind.PLACE,         IncidentKind.MISPLACED),       # the seal is, or was put, where it was not to be
    Watched(AlarmKind.RESTAMPS,      IncidentKind.RESTAMPS),        # what is said to be spoiled is the usual cover for one too many
    Watched(AlarmKind.NOT_FOUND,     IncidentKind.NOT_FOUND),       # a stock-take did not find it, whatever the register says
    Watched(AlarmKind.UNEXPECTED,    IncidentKind.UNEXPECTED),      # a stock-take found it where it has no business to be
    Watched(AlarmKind.BLANKS,        IncidentKind.BLANKS),          # a stamped sheet of which nobody says what became of it can become anything
    Watched(AlarmKind.COUNTER_GAP,   IncidentKind.MACHINE_COUNT),   # its mechanical count and its events say different numbers
    Watched(AlarmKind.RECEIPT_DIFFERS, IncidentKind.MACHINE_COUNT), # what it told later is not what it closed its receipt over
    Watched(AlarmKind.EXCESS,        IncidentKind.MACHINE_COUNT),   # the seal came down where nothing was reserved
    Watched(AlarmKind.NO_PERMIT,     IncidentKind.MACHINE_COUNT),   # it stamped by a ticket that nobody gave it, or after its end
    Watched(AlarmKind.UNCONFIRMED,   IncidentKind.MACHINE_OPENED),  # the seal came down before those agreed who were to see it first
    Watched(AlarmKind.WRONG_SEAL,    IncidentKind.MACHINE_OPENED),  # another seal is in it than the record says
    Watched(AlarmKind.TAMPER,        IncidentKind.MACHINE_OPENED),  # somebody is inside whom nobody let in, or was
    Watched(AlarmKind.EMERGENCY_KEY, IncidentKind.MACHINE_OPENED),  # whoever turned the mechanical key asked nobody
    Watched(AlarmKind.FORCED,        IncidentKind.MACHINE_OPENED),  # whoever typed the code was made to
    Watched(AlarmKind.MOTION,        IncidentKind.MACHINE_ALARM),   # it is carried away, or knocked about
    Watched(AlarmKind.DOOR_HELD,     IncidentKind.MACHINE_ALARM),   # what stands open is not locked
    Watched(AlarmKind.NOT_THEIRS,    IncidentKind.MACHINE_ALARM),   # somebody tried whose ticket or code it is not
    Watched(AlarmKind.SILENT,        IncidentKind.MACHINE_ALARM),   # of what it does without us nobody knows
    Watched(AlarmKind.CLOCK,         IncidentKind.MACHINE_ALARM),   # by a wrong clock no window holds
    Watched(AlarmKind.LOST,          IncidentKind.NOT_RETURNED),    # the seal is wherever the machine is that somebody misses
)
# fmt: on
MOST_MINUTES: Final = 10_080
MOST_DAYS: Final = 365
MOST_RESTAMPS: Final = 100


class ThresholdsNotPossible(Refused):
    """A threshold is out of its bounds, or a seal an incident before it is a risk."""

    code = "thresholds-not-possible"


def incident_of(kind: AlarmKind) -> IncidentKind:
    return next(row.incident for row in WATCHED if row.kind is kind)


def check_thresholds(said: Thresholds) -> None:
    """Return if a company may watch by these, or refuse for the first that cannot be meant."""
    bounds = {
        "lost_risk_minutes": (1, MOST_MINUTES),
        "not_returned_minutes": (said.lost_risk_minutes, MOST_MINUTES),
        "unused_days": (1, MOST_DAYS),
        "debt_days": (1, MOST_DAYS),
        "restamps": (1, MOST_RESTAMPS),
        "stock_take_days": (1, MOST_DAYS),
        "debt_reminder_minutes": (1, MOST_MINUTES),
        "made_anew": (0, USUAL_ANEW),  # more than the usual is agreed by two, in a category
    }
    for field in fields(said):
        if field.name in bounds:
            least, most = bounds[field.name]
            if not least <= getattr(said, field.name) <= most:
                raise ThresholdsNotPossible(part=field.name)


def is_off_hours(clock: time, *, is_worked: bool, opens: time, closes: time) -> bool:
    """Return whether it is outside a company's hours; ``clock`` is in its zone."""
    return not is_worked or not opens <= clock < closes
