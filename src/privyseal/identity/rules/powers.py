"""Which powers one person may hold together. A rule is a row, its reason ends the row."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from privyseal.kernel.errors import NotEntitled, Refused


class Power(StrEnum):
    """What a person may do in general."""

    SYSTEM = "system"
    SECURITY = "security"
    AUDIT = "audit"
    MANAGE = "manage"
    USE = "use"
    APPROVE = "approve"
    CUSTODY = "custody"


class GrantState(StrEnum):
    """Where a grant stands at a time."""

    WAITING = "waiting"
    COMING = "coming"
    IN_FORCE = "in-force"
    ENDED = "ended"


class Reach(StrEnum):
    """Where two powers must not meet in one person."""

    COMPANY = "company"
    ANYWHERE = "anywhere"


@dataclass(frozen=True, slots=True)
class Apart:
    first: Power
    second: Power
    reach: Reach


# Powers over the installation belong to no company; the others are held one company at a time.
INSTALLATION_POWERS: Final = frozenset({Power.SYSTEM, Power.SECURITY, Power.AUDIT})

# fmt: off
POWERS_KEPT_APART: Final = (
    Apart(Power.SYSTEM,   Power.SECURITY, Reach.ANYWHERE),   # whoever runs the machine does not hand out powers
    Apart(Power.SYSTEM,   Power.AUDIT,    Reach.ANYWHERE),   # nobody audits the machine they run
    Apart(Power.SYSTEM,   Power.MANAGE,   Reach.ANYWHERE),   # the administrator cannot touch a seal
    Apart(Power.SYSTEM,   Power.USE,      Reach.ANYWHERE),   # the administrator cannot use a seal
    Apart(Power.SYSTEM,   Power.APPROVE,  Reach.ANYWHERE),   # the administrator cannot approve a use
    Apart(Power.SYSTEM,   Power.CUSTODY,  Reach.ANYWHERE),   # the administrator keeps no seal
    Apart(Power.SECURITY, Power.AUDIT,    Reach.ANYWHERE),   # nobody audits the powers they grant
    Apart(Power.SECURITY, Power.MANAGE,   Reach.ANYWHERE),   # whoever grants powers exercises none
    Apart(Power.SECURITY, Power.USE,      Reach.ANYWHERE),   # whoever grants powers exercises none
    Apart(Power.SECURITY, Power.APPROVE,  Reach.ANYWHERE),   # whoever grants powers exercises none
    Apart(Power.SECURITY, Power.CUSTODY,  Reach.ANYWHERE),   # whoever grants powers exercises none
    Apart(Power.AUDIT,    Power.MANAGE,   Reach.ANYWHERE),   # the auditor is independent of all they watch
    Apart(Power.AUDIT,    Power.USE,      Reach.ANYWHERE),   # the auditor is independent of all they watch
    Apart(Power.AUDIT,    Power.APPROVE,  Reach.ANYWHERE),   # the auditor is independent of all they watch
    Apart(Power.AUDIT,    Power.CUSTODY,  Reach.ANYWHERE),   # the auditor is independent of all they watch
    Apart(Power.MANAGE,   Power.USE,      Reach.COMPANY),    # whoever manages a company's seals does not use them
    Apart(Power.MANAGE,   Power.APPROVE,  Reach.COMPANY),    # whoever manages a company's seals approves no use of them
)
TAKE_NO_PART: Final = (
    Power.AUDIT,   # whoever watches has no hand in it; denying is a row of its own wherever it is allowed
)
# fmt: on
# Which powers stand beside each in the table: somebody may hold hundreds, few of which need be looked at.
_APART_FROM: Final = {
    power: frozenset(
        row.second if row.first is power else row.first for row in POWERS_KEPT_APART if power in {row.first, row.second}
    )
    for power in Power
}


class PowersConflict(Refused):
    code = "powers-conflict"


class TakesNoPart(Refused):
    """A part in what happens to a seal was given to somebody who has since come to watch it."""

    code = "takes-no-part"


class OfficeKeepsNoSeal(Refused):
    """Whoever runs, secures or audits the installation keeps no seal, and the person keeps one."""

    code = "office-keeps-no-seal"


class AlreadyHeld(Refused):
    """The person holds this power here already, or is going to, within the same term."""

    code = "already-held"


class SelfGrant(Refused):
    code = "self-grant"


class SelfConfirmation(Refused):
    code = "self-confirmation"


class WrongReach(Refused):
    """An installation power was granted for a company, or a company power without one."""

    code = "wrong-reach"


class NarrowedTwice(Refused):
    """A power was narrowed to a unit and to a seal at once, or one over the installation was narrowed."""

    code = "narrowed-twice"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a power is asked for: all of a company, or one seal of it with the units it stands in, up to the top.

    ``company`` is None for the installation.
    """

    company: int | None
    seal: str | None = None
    units: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Held:
    """A power somebody holds; ``company`` is None for a power over the installation.

    ``unit`` narrows it to the seals of a unit and of those below it, ``seal`` to one seal.
    """

    power: Power
    company: int | None
    unit: int | None = None
    seal: str | None = None

    def covers(self, place: Place) -> bool:
        """Return whether the power reaches this place; a narrowed one never reaches all of a company."""
        return (
            self.company == place.company
            and (self.unit is None or self.unit in place.units)
            and (self.seal is None or self.seal == place.seal)
        )


def check_grant(wanted: Held, *, beneficiary: int, grantor: int | None, held: Iterable[Held]) -> None:
    """Return if the beneficiary may be given the power beside what they hold, or refuse.

    Narrowing dissolves no conflict: two powers kept apart in a company are kept apart in every corner of it.
    """
    if beneficiary == grantor:
        raise SelfGrant(power=wanted.power)
    check_reach(wanted)
    for other in held:
        if kept_apart(wanted, other):
            raise PowersConflict(power=wanted.power, already=other.power)
        if other == wanted:
            raise AlreadyHeld(power=wanted.power)


def check_mapping(wanted: Held, *, maker: int, people: Collection[int], beside: Iterable[Held]) -> None:
    """Return if a post or unit with these people may bring the power beside what it brings already, or refuse."""
    if maker in people:
        raise SelfGrant(power=wanted.power)
    check_grant(wanted, beneficiary=0, grantor=maker, held=beside)


def check_mapping_confirmation(*, confirmer: int, maker: int, people: Collection[int]) -> None:
    """Return if this person is a second pair of eyes on the mapping and gains nothing by it, or refuse."""
    if confirmer == maker or confirmer in people:
        raise SelfConfirmation


def check_reach(wanted: Held) -> None:
    """Return if the power is held in this way at all, or refuse."""
    if (wanted.company is None) != (wanted.power in INSTALLATION_POWERS):
        raise WrongReach(power=wanted.power)
    narrowed = [narrow for narrow in (wanted.unit, wanted.seal) if narrow is not None]
    if len(narrowed) > (0 if wanted.company is None else 1):
        raise NarrowedTwice(power=wanted.power)


def check_confirmation(*, confirmer: int, grantor: int | None, beneficiary: int) -> None:
    """Return if this person is a second pair of eyes on the grant, or refuse."""
    if confirmer in {grantor, beneficiary}:
        raise SelfConfirmation


def check_act(power: Power, place: Place, *, held: Collection[Held]) -> None:
    """Return if whoever holds these powers may act by this one here, or refuse.

    A power that cannot go with it stops the act, however the two came together.
    """
    if not any(one.power is power and one.covers(place) for one in held):
        raise NotEntitled(power=power)
    asked, apart = Held(power, place.company), _APART_FROM[power]
    for other in held:
        if other.power in apart and kept_apart(asked, other):
            raise PowersConflict(power=power, already=other.power)


def check_takes_part(held: Collection[Held]) -> None:
    """Return if whoever holds these powers may play a part they were given, or refuse, whenever they were given it."""
    for one in held:
        if one.power in TAKE_NO_PART:
            raise TakesNoPart(power=one.power)


def state_of(
    *,
    confirmed_at: datetime | None,
    starts_at: datetime,
    ends_at: datetime | None,
    revoked_at: datetime | None,
    at: datetime,
) -> GrantState:
    """Return where a grant stands: ended before all else, then unconfirmed, then not begun."""
    if revoked_at is not None or (ends_at is not None and ends_at <= at):
        return GrantState.ENDED
    if confirmed_at is None:
        return GrantState.WAITING
    return GrantState.COMING if starts_at > at else GrantState.IN_FORCE


def may_act(power: Power, place: Place, *, held: Collection[Held]) -> bool:
    try:
        check_act(power, place, held=held)
    except (NotEntitled, PowersConflict):
        return False
    return True


def kept_apart(one: Held, other: Held) -> bool:
    """Return whether the table forbids one person to hold both."""
    pair = {one.power, other.power}
    return any(
        pair == {row.first, row.second} and (row.reach is Reach.ANYWHERE or one.company == other.company)
        for row in POWERS_KEPT_APART
    )
