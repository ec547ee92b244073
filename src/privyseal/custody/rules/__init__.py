"""Seals of rubber on paper: whose hands, who says what of each impression, how a use ends. A rule is a row."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, OutOfTurn, Refused


class Hand(StrEnum):
    """What one person does, or did, in a use of a seal on paper; the names are those of parts. Or what a machine does."""

    APPLICANT = "applicant"
    APPROVER = "approver"
    OPERATOR = "operator"
    KEEPER = "custodian"
    SUPERVISOR = "witness"
    MACHINE = "machine"


class How(StrEnum):
    """What puts the seal on paper: the record says which."""

    BY_HAND = "by-hand"
    BY_MACHINE = "by-machine"


class Phase(StrEnum):
    """How far the impressions of one turn at the seal are."""

    RESERVED = "reserved"
    MADE = "made"
    COMMITTED = "committed"
    RELEASED = "released"


class Says(StrEnum):
    """What is said of the impressions of one turn."""

    RESERVE = "reserve"
    FIRE = "fire"
    PHOTOGRAPH = "photograph"
    COMMIT = "commit"
    RELEASE = "release"


class Ending(StrEnum):
    """Why the seal went back."""

    COUNT = "count"
    TIME = "time"
    EARLY = "early"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class Word:
    """Who says this of impressions that are made this way."""

    how: How
    says: Says
    by: tuple[Hand, ...]


@dataclass(frozen=True, slots=True)
class Step:
    start: Phase
    says: Says
    end: Phase


# fmt: off
HANDS_APART: Final = (
    frozenset({Hand.OPERATOR,  Hand.KEEPER}),       # whoever has the seal in keeping does not use it: it goes through two hands
    frozenset({Hand.OPERATOR,  Hand.SUPERVISOR}),   # nobody watches themselves
    frozenset({Hand.KEEPER,    Hand.SUPERVISOR}),   # two people say who, what and how many
    frozenset({Hand.APPROVER,  Hand.KEEPER}),       # whoever allowed it does not hand the seal out
    frozenset({Hand.APPROVER,  Hand.SUPERVISOR}),   # whoever allowed it does not vouch that it was done
    frozenset({Hand.APPLICANT, Hand.KEEPER}),       # nobody hands a seal out to themselves
    frozenset({Hand.APPLICANT, Hand.SUPERVISOR}),   # nobody watches over what they asked for
)
CONFIRM: Final = (
    Hand.KEEPER,       # gives the seal out for exactly this, on their own account
    Hand.SUPERVISOR,   # is there, and knows who, what and how many
)
WORDS: Final = (
    Word(How.BY_HAND, Says.RESERVE,    (Hand.OPERATOR,)),                                # taken off the permit before the seal is lifted
    Word(How.BY_HAND, Says.FIRE,       (Hand.OPERATOR,)),                                # nothing counts but whoever presses
    Word(How.BY_HAND, Says.PHOTOGRAPH, (Hand.OPERATOR, Hand.KEEPER, Hand.SUPERVISOR)),   # whoever has the page before them
    Word(How.BY_HAND, Says.COMMIT,     (Hand.SUPERVISOR,)),                              # the second count is another person's
    Word(How.BY_HAND, Says.RELEASE,    (Hand.SUPERVISOR,)),                              # that none was made is not said by whoever would have made it
)
WORDS_OF_MACHINES: Final = (
    Word(How.BY_MACHINE, Says.RESERVE,    (Hand.OPERATOR,)),                # what a machine is let do is taken off the permit before it is told
    Word(How.BY_MACHINE, Says.FIRE,       (Hand.MACHINE,)),                 # its mechanical count says so, and no person
    Word(How.BY_MACHINE, Says.PHOTOGRAPH, (Hand.MACHINE, Hand.OPERATOR)),   # what its camera missed is brought later by whoever stamped
    Word(How.BY_MACHINE, Says.COMMIT,     (Hand.MACHINE,)),                 # it settles each impression; people look at what does not add up
    Word(How.BY_MACHINE, Says.RELEASE,    (Hand.MACHINE,)),                 # that none was made only the machine knows
)
STEPS: Final = (
    Step(Phase.RESERVED, Says.FIRE,    Phase.MADE),        # so many were made, by the first count
    Step(Phase.MADE,     Says.COMMIT,  Phase.COMMITTED),   # so many by the second; what was not made goes back
    Step(Phase.RESERVED, Says.RELEASE, Phase.RELEASED),    # none was made, and why
)
# fmt: on
MOST_IN_A_TURN: Final = 100  # a stop takes effect within one turn
MOST_IN_A_VOLUME: Final = 2_000  # where a category says so: nobody counts a bid by the hundred
# Of what a use through a maker's cloud is made: the cloud can open its machine, and what it tells is its word.
MAKERS_WORD: Final = "maker"
# What a permit says of how many impressions are taken at a time, where a volume has more.
VOLUME: Final = "volume"


class SealIsOut(Refused):
    """The seal is out of its place for another use."""

    code = "seal-is-out"


class HandsMissing(Refused):
    """Keeper and supervisor have not both confirmed this use."""

    code = "hands-missing"


class TurnOpen(Refused):
    """Impressions were taken of which nobody has said yet what became of them."""

    code = "turn-open"


class LineSpent(Refused):
    """The line allows fewer impressions than that."""

    code = "line-spent"


class TurnTooLarge(Refused):
    code = "turn-too-large"


class CountNotInTurn(Refused):
    """More impressions than were taken for this turn, or fewer than none."""

    code = "count-not-in-turn"


class ReleaseUnexplained(Refused):
    """Impressions that were taken and not made go back with a reason."""

    code = "release-unexplained"


class EndsUnexplained(Refused):
    code = "ends-unexplained"


class PlaceMissing(Refused):
    """Nobody said into which bag, safe or slot the seal went back."""

    code = "place-missing"


class KeeperChanged(Refused):
    """The seal has another keeper since it was given out, or its keeper may keep it no more."""

    code = "keeper-changed"


class KeeperNotApart(Refused):
    """Whoever keeps the seal has another duty in its use, and could not give it out."""

    code = "keeper-not-apart"


class SupervisorGone(Refused):
    """Whoever was to watch has left, or may take no part any more."""

    code = "supervisor-gone"


def check_apart(hand: Hand, person: int, *, hands: Mapping[Hand, Collection[int | None]]) -> None:
    """Return if the person may do this beside what they do or did, or refuse for the first of them."""
    for other in Hand:
        if frozenset({hand, other}) in HANDS_APART and person in hands.get(other, ()):
            raise DutiesNotSeparate(part=hand.value, already=other.value)


def check_keeper_can_give_out(keeper: int | None, *, hands: Mapping[Hand, Collection[int]]) -> None:
    """Return if whoever keeps the seal could confirm its use, or refuse before anybody waits for them.

    Where several may watch, one of them who keeps the seal leaves it to another.
    """
    for other in Hand:
        people = set(hands.get(other, ()))
        is_theirs = people == {keeper} if other is Hand.SUPERVISOR else keeper in people
        if is_theirs and frozenset({Hand.KEEPER, other}) in HANDS_APART:
            raise KeeperNotApart(already=other.value)


def check_word(how: How, says: Says, *, said_by: Collection[Hand]) -> None:
    """Return if somebody who is this may say it, or refuse."""
    word = next(row for row in (*WORDS, *WORDS_OF_MACHINES) if (row.how, row.says) == (how, says))
    if not set(word.by) & set(said_by):
        raise NotEntitled(part=word.by[0].value)


def step(phase: Phase, says: Says) -> Phase:
    """Return where the impressions of a turn are after this was said, or refuse."""
    found = next((row for row in STEPS if (row.start, row.says) == (phase, says)), None)
    if found is None:
        raise OutOfTurn(phase=phase.value, says=says.value)
    return found.end


def most_in_a_turn(terms: Mapping[str, Any]) -> int:
    """Return how many impressions are taken at a time at most by a permit with these terms."""
    return max(MOST_IN_A_TURN, int(terms.get(VOLUME, MOST_IN_A_TURN)))


def check_reserved(impressions: int, *, left: int, most: int) -> None:
    """Return if so many may be taken for one turn of a line that has this many left, or refuse."""
    if not 1 <= impressions <= most:
        raise TurnTooLarge(impressions=impressions, most=most)
    if impressions > left:
        raise LineSpent(impressions=impressions, left=left)


def check_made(made: int, *, reserved: int) -> None:
    if not 0 <= made <= reserved:
        raise CountNotInTurn(made=made, reserved=reserved)


def settled(*, reserved: int, made: int, counted: int, reason: str) -> int:
    """Return how many impressions stand: where two people count differently, the more; or refuse.

    More than were taken is no count of this turn, and fewer go back only with a reason.
    """
    if not 0 <= counted <= reserved:
        raise CountNotInTurn(counted=counted, reserved=reserved)
    stand = max(made, counted)
    if stand < reserved and not reason.strip():
        raise ReleaseUnexplained(released=reserved - stand)
    return stand
