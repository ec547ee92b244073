"""Machines that hold rubber seals: who may do what with one, and when. A rule is a row, its reason ends the row."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from privyseal.custody.rules.alarms import AlarmKind
from privyseal.device.enrolment import DeviceKind
from privyseal.device.events import Event, Told
from privyseal.device.orders import Request
from privyseal.device.tickets import MOST_OPERATORS, Mode
from privyseal.identity.rules import Power
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, OutOfTurn, Refused


class DeviceState(StrEnum):
    """What a device is to us."""

    REGISTERED = "registered"
    IN_SERVICE = "in-service"
    RETIRED = "retired"
    LOST = "lost"


class DeviceAct(StrEnum):
    """What people do about a device; a locked, found or asked one does it for itself."""

    CODE = "code"
    LOCK = "lock"
    FIND = "find"
    HEALTH = "health"
    LOSE = "lose"
    RETIRE = "retire"
    MOUNT = "mount"
    FREE = "free"
    UNLOCK = "unlock"
    LET_OPEN = "let-open"
    LET_MOUNT = "let-mount"
    PLACE = "place"
    CONFIRM_MORE = "confirm-more"
    CONFIRM_LESS = "confirm-less"
    HALF = "half"


class Because(StrEnum):
    """Why a locked device may be unlocked, in the word of whoever asks for it."""

    MISTAKEN = "mistaken"
    LOOKED_AT = "looked-at"
    REPAIRED = "repaired"


class Mark(StrEnum):
    """How far the one impression is that a machine has under way."""

    NONE = ""
    RESERVED = "reserved"
    FIRED = "fired"


class LetOut(StrEnum):
    """How far a seal is by one opening of its cabinet."""

    INSIDE = "inside"
    OUT = "out"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Turned:
    """What a machine may tell of an impression that is so far, and how far it is then."""

    start: Mark
    told: Told
    end: Mark


@dataclass(frozen=True, slots=True)
class Went:
    """What a cabinet may tell of a seal that is so far, and how far it is then."""

    start: LetOut
    told: Told
    end: LetOut


@dataclass(frozen=True, slots=True)
class Raised:
    """Which incident an event is; ``said`` is the kind, reason or answer in it, empty for whatever it says."""

    told: Told
    said: str
    kind: AlarmKind


class Tie(StrEnum):
    """What somebody is to a device."""

    MANAGER = "manager"
    KEEPER = "keeper"
    SECURITY = "security"


@dataclass(frozen=True, slots=True)
class May:
    """Who may do something about a device that is in one of these states."""

    act: DeviceAct
    by: tuple[Tie, ...]
    start: tuple[DeviceState, ...]


# fmt: off
_LIVING: Final = (DeviceState.REGISTERED, DeviceState.IN_SERVICE)
ENDINGS: Final = frozenset({DeviceState.RETIRED, DeviceState.LOST})
MAY: Final = (
    May(DeviceAct.CODE,   (Tie.MANAGER,),                            _LIVING),                     # whoever registers a device brings it into service, and anew after a repair
    May(DeviceAct.LOCK,   (Tie.MANAGER, Tie.KEEPER, Tie.SECURITY),   (DeviceState.IN_SERVICE,)),   # toward safety one person suffices, at once
    May(DeviceAct.FIND,   (Tie.MANAGER, Tie.KEEPER, Tie.SECURITY),   (DeviceState.IN_SERVICE,)),   # a sound opens nothing
    May(DeviceAct.HEALTH, (Tie.MANAGER, Tie.KEEPER, Tie.SECURITY),   (DeviceState.IN_SERVICE,)),   # asking opens nothing
    May(DeviceAct.LOSE,   (Tie.MANAGER, Tie.KEEPER, Tie.SECURITY),   _LIVING),                     # whoever misses it says so, and nothing opens it from then on
    May(DeviceAct.MOUNT,  (Tie.MANAGER, Tie.KEEPER),                 (DeviceState.IN_SERVICE,)),   # asked by one who has seal or machine before them, agreed to by another
    May(DeviceAct.LET_MOUNT, (Tie.MANAGER, Tie.KEEPER, Tie.SECURITY), (DeviceState.IN_SERVICE,)),  # the other: as below, the key counts who agreed
    May(DeviceAct.FREE,   (Tie.MANAGER, Tie.KEEPER),                 (DeviceState.LOST,)),         # a seal that was found in it, by two as well: it goes elsewhere, the machine stays lost
    May(DeviceAct.UNLOCK, (Tie.MANAGER, Tie.KEEPER),                 (DeviceState.IN_SERVICE,)),   # away from safety: asked by one who looked at it, agreed to by another
    May(DeviceAct.LET_OPEN, (Tie.MANAGER, Tie.KEEPER, Tie.SECURITY), (DeviceState.IN_SERVICE,)),   # the other: where the charter takes passkeys alone, the key counts those of approvers and of security
    May(DeviceAct.PLACE,  (Tie.MANAGER,),                            _LIVING),                     # whose it is and who looks after it opens nothing
    May(DeviceAct.CONFIRM_MORE, (Tie.MANAGER, Tie.KEEPER, Tie.SECURITY), _LIVING),                 # toward safety: more people see each impression first
    May(DeviceAct.CONFIRM_LESS, (Tie.SECURITY,),                     _LIVING),                     # away from safety: by a hand that neither manages nor stamps
    May(DeviceAct.HALF,   (Tie.KEEPER,),                             (DeviceState.IN_SERVICE,)),   # whoever keeps seals there is told the second half of a code that two hold
    May(DeviceAct.RETIRE, (Tie.MANAGER,),                            _LIVING),                     # a device that holds no seal any more
)
TIES: Final = (
    (Power.MANAGE,   Tie.MANAGER),    # the manager of the company's seals answers for what holds them
    (Power.CUSTODY,  Tie.KEEPER),     # whoever keeps seals there has the device before them
    (Power.SECURITY, Tie.SECURITY),   # whoever answers for accounts and keys stops a device like them
)
# fmt: on
# fmt: off
ALARMING: Final = (
    Told.EXCESS,       # the seal came down where nothing was reserved
    Told.WRONG_SEAL,   # another seal was mounted than the record says
    Told.ALARM,        # tamper, motion, a door held open, the emergency key, a jam: it says which
)
# fmt: on
# fmt: off
TURNED: Final = (
    Turned(Mark.NONE,     Told.RESERVED,  Mark.RESERVED),   # taken off the ticket before the seal moves
    Turned(Mark.RESERVED, Told.FIRED,     Mark.FIRED),      # the mechanical count went up by one
    Turned(Mark.RESERVED, Told.RELEASED,  Mark.NONE),       # it did not: a jam, a cut, somebody who thought better of it
    Turned(Mark.FIRED,    Told.COMMITTED, Mark.NONE),       # it stands
)
OF_AN_IMPRESSION: Final = frozenset(row.told.value for row in TURNED)
STAMPS: Final = (
    DeviceKind.HANDHELD,    # the seal comes down in it, and its count is mechanical
    DeviceKind.DESKTOP,     # likewise
    DeviceKind.WORKBENCH,   # likewise; out of a cabinet people take a seal and use it by hand
)
# fmt: on
# fmt: off
RAISED: Final = (
    Raised(Told.EXCESS,       "",                 AlarmKind.EXCESS),          # the seal came down where nothing was reserved
    Raised(Told.WRONG_SEAL,   "",                 AlarmKind.WRONG_SEAL),      # another seal is in it than the record says
    Raised(Told.ALARM,        "tamper",           AlarmKind.TAMPER),          # somebody at the case, or a door that nobody opened
    Raised(Told.ALARM,        "seal-missing",     AlarmKind.TAMPER),          # a seal went away outside of its own session
    Raised(Told.ALARM,        "emergency-key",    AlarmKind.EMERGENCY_KEY),   # opened past everything: what was it for
    Raised(Told.ALARM,        "motion",           AlarmKind.MOTION),          # it is carried away
    Raised(Told.ALARM,        "door-held",        AlarmKind.DOOR_HELD),       # it stands open
    Raised(Told.REFUSED,      "not-the-operator", AlarmKind.NOT_THEIRS),      # somebody tried by another's ticket
    Raised(Told.CODE_ENTERED, "locked-out",       AlarmKind.NOT_THEIRS),      # somebody guesses at codes
    Raised(Told.CODE_ENTERED, "duress",           AlarmKind.FORCED),          # whoever asked for the code was made to
)
# fmt: on
# fmt: off
WENT: Final = (
    Went(LetOut.INSIDE, Told.SEAL_TAKEN,    LetOut.OUT),    # once by one opening, and by one at a time: what goes again was let out by nobody
    Went(LetOut.OUT,    Told.SEAL_RETURNED, LetOut.BACK),   # whatever time it is: a seal in its cabinet is safer than one outside
)
# fmt: on
COUNTING: Final = frozenset({Told.FIRED.value, Told.EXCESS.value, Told.COMMITTED.value, Told.HEALTH.value})
MOST_COUNTED: Final = 2**53
SILENT_AFTER: Final = timedelta(days=3)
CLOCK_ALARM: Final = timedelta(minutes=2)
REQUESTED: Final = {
    DeviceAct.LOCK: Request.LOCK,
    DeviceAct.FIND: Request.FIND,
    DeviceAct.HEALTH: Request.HEALTH,
}
MOST_CONFIRMATIONS: Final = MOST_OPERATORS
# What a machine's health says where a camera of its reads tickets from QR codes.
SCANNER: Final = "scanner"
MOST_IN_EMERGENCY: Final = 10
EMERGENCY_HOLDS: Final = timedelta(hours=2)
# What an application says of the machines that hold its rubber seals, by the seal's uid.
MACHINES: Final = "machines"
CODE_HOLDS: Final = timedelta(hours=1)
WRONG_PROOFS: Final = 5
KEY_BEFORE_HOLDS: Final = timedelta(days=1)
MOST_PICTURE_BYTES: Final = 8 << 20
CLOCK_TOLERANCE: Final = timedelta(minutes=1)


class EnrolmentRefused(Refused):
    """No code is open for this device, or this is not it. Which of the two is not said."""

    code = "enrolment-refused"


class DeviceRevoked(Refused):
    """The device was retired or reported lost, and is heard no more."""

    code = "device-revoked"


class PictureUnknown(Refused):
    """No event that came from this device names such a picture. It tells its events first."""

    code = "picture-unknown"


class SerialTaken(Refused):
    """A device of this serial number is registered already, here or in another company."""

    code = "serial-taken"


class DeviceDiffers(Refused):
    """What asks to be enrolled is of another kind than was registered, or holds another number of seals."""

    code = "device-differs"


class SealInMachine(Refused):
    """The seal is in a machine already, or the slot holds another one: first that comes out."""

    code = "seal-in-machine"


class OnlyAtMachine(Refused):
    """A machine stamps with this seal: nobody has it in hand before two have it taken out."""

    code = "only-at-machine"


class NotInCabinet(Refused):
    """No cabinet in service holds this seal."""

    code = "not-in-cabinet"


class TwoHoldCodes(Refused):
    """Two people hold each code of this machine, and of a seal that is taken out by hand one would hold it whole."""

    code = "two-hold-codes"


class SealNotInMachine(Refused):
    """No machine in service that stamps has this seal in it."""

    code = "seal-not-in-machine"


class ConfirmersMissing(Refused):
    """Fewer people may approve with this seal than have to see each impression, besides who applied and who stamps."""

    code = "confirmers-missing"


class EmergencyNotApproved(Refused):
    """Whoever approved this use was not told that a machine may do without them: it was before others had to see."""

    code = "emergency-not-approved"


class ConfirmationNeedsNetwork(Refused):
    """Others see each impression first, and no code says who did: only a ticket that the machine fetches does."""

    code = "confirmation-needs-network"


class PictureChanged(Refused):
    """Another picture of this impression came, or it waits for nobody any more: whoever agrees sees the newest."""

    code = "picture-changed"


class CodeWordWrong(Refused):
    """Whoever has words for codes says one of them; this is neither."""

    code = "code-word-wrong"


class CodeWordsAlike(Refused):
    """The two words for codes are the same, or too short to be told apart when they are typed in a hurry."""

    code = "code-words-alike"


class EmergencyUnreviewed(Refused):
    """The last emergency at this machine or with this seal was not reviewed yet: no other is begun before."""

    code = "emergency-unreviewed"


class MachineBusy(Refused):
    """The machine's last code is not closed by its receipt yet."""

    code = "machine-busy"


def turned(mark: Mark, told: str, *, number: int, last: int) -> Mark | None:
    """Return how far an impression is after a machine told this of it, None where that contradicts what it told before.

    ``last`` is the number of the last one that it began: no number comes again.
    """
    row = next((row for row in TURNED if (row.start, row.told.value) == (mark, told)), None)
    if row is None or (number <= last if row.start is Mark.NONE else number != last):
        return None
    return row.end


def went(far: LetOut, told: str) -> LetOut | None:
    """Return how far a seal is after its cabinet told this of it, None where that cannot be."""
    return next((row.end for row in WENT if (row.start, row.told.value) == (far, told)), None)


def alarm_of(event: Event) -> AlarmKind | None:
    """Return which incident an event is by itself."""
    said = {str(event.said.get(name, "")) for name in ("kind", "reason", "answer")}
    rows = (row for row in RAISED if row.told.value == event.type and (not row.said or row.said in said))
    return next((row.kind for row in rows), None)


def count_after(before: int | None, event: Event) -> int | None:
    """Return the mechanical count after an event, as the event says it.

    What `started` says after a cut is explained by the events that follow it; it counts alone where nothing is known.
    """
    said = event.said.get("counter")
    is_told = event.type in COUNTING or (before is None and event.type == Told.STARTED.value)
    if not is_told or not isinstance(said, int) or isinstance(said, bool) or not 0 <= said < MOST_COUNTED:
        return before
    return said


def mode_of(*, impressions: int, confirmations: int, is_across: bool, is_emergency: bool, is_by_code: bool) -> Mode:
    """Return how a machine counts and whom it waits for, or refuse; an emergency is there to wait for nobody.

    Pages that are fanned out lie under the machine until each has its part: that is told before how many there are.
    """
    if is_emergency:
        if not confirmations:
            raise OutOfTurn(mode=Mode.EMERGENCY.value)
        return Mode.EMERGENCY
    if confirmations and is_by_code:
        raise ConfirmationNeedsNetwork
    if confirmations:
        return Mode.CONFIRMED
    if is_across:
        return Mode.ACROSS
    return Mode.ONE if impressions == 1 else Mode.COUNTED


def check_by_hand(holding: Iterable[str]) -> None:
    """Return if a seal that machines of these kinds hold, or are to hold, may be used by hand, or refuse."""
    if any(kind in STAMPS for kind in holding):
        raise OnlyAtMachine


def check_agrees(person: int, *, asked_by: int) -> None:
    """Return if somebody is another than who asked, or refuse."""
    if person == asked_by:
        raise DutiesNotSeparate(part="witness", already="applicant")


def state_of(*, is_enrolled: bool, ending: str) -> DeviceState:
    if ending:
        return DeviceState(ending)
    return DeviceState.IN_SERVICE if is_enrolled else DeviceState.REGISTERED


def check_may(act: DeviceAct, ties: Collection[Tie], state: DeviceState) -> None:
    """Return if somebody who is this may do it with a device in this state, or refuse."""
    row = next(row for row in MAY if row.act is act)
    if not set(row.by) & set(ties):
        raise NotEntitled(power=next(power.value for power, tie in TIES if tie is row.by[0]))
    if state not in row.start:
        raise OutOfTurn(state=state.value, act=act.value)


def next_number(last: int, at: datetime) -> int:
    """Return a number above the last one, also where a restored database does not know what was sent since."""
    return max(last + 1, int(at.timestamp()))
