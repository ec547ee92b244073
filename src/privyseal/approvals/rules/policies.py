"""Who must say yes to what: a company's own decision table, and what makes one unfit to be put into force.

A table is read from the top; the first row that takes a case decides. It can ask for more than the product does by
itself, never for less.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product
from typing import Any, Final, TypeAlias

from privyseal.approvals.rules import asks, least
from privyseal.approvals.rules.seats import Seat, Stage, Who, fewest
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import Refused
from privyseal.signer.statement import Purpose

MOST_ROWS: Final = 500
MOST_STAGES: Final = 6
MOST_SEATS: Final = 4
MOST_NEEDED: Final = 5


class PolicyUnfit(Refused):
    """A table that would leave something undecided, or let it through more easily than the product allows."""

    code = "policy-unfit"


class NothingDecides(Refused):
    """No row of the policy in force says who decides this."""

    code = "nothing-decides"


class RowNotPossible(Refused):
    code = "policy-row-not-possible"


@dataclass(frozen=True, slots=True)
class Case:
    """What is decided on: one type of seal, for an applicant in these units, for so much money in hundredths.

    ``types`` is how the type is called: the built-in one, and the group's own where it is of one. An amount that nobody
    stated counts as more than any other.
    """

    purpose: Purpose
    types: frozenset[str]
    units: frozenset[str] = frozenset()
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """The cases it takes, each condition empty where all are meant, and the stages that decide them.

    Amounts are from ``least`` up to what is less than ``below``, in hundredths of the company's money.
    """

    stages: tuple[Stage, ...]
    purposes: frozenset[Purpose] = frozenset()
    types: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    least: int | None = None
    below: int | None = None

    def takes(self, case: Case) -> bool:
        return (
            self.spans(case.amount)
            and self.is_for(case.units)
            and (not self.purposes or case.purpose in self.purposes)
            and (not self.types or not self.types.isdisjoint(case.types))
        )

    def is_for(self, units: frozenset[str]) -> bool:
        return not self.units or not self.units.isdisjoint(units)

    def spans(self, amount: int | None) -> bool:
        if amount is None:
            return self.below is None
        return (self.least is None or amount >= self.least) and (self.below is None or amount < self.below)

    def to_json(self) -> dict[str, Json]:
        return {
            "purposes": sorted(self.purposes),
            "types": sorted(self.types),
            "units": sorted(self.units),
            "least": self.least,
            "below": self.below,
            "stages": [
                [{"who": seat.who.value, "name": seat.name, "needed": seat.needed} for seat in stage]
                for stage in self.stages
            ],
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "Row":
        return cls(
            stages=tuple(
                tuple(Seat(Who(seat["who"]), seat["name"], seat["needed"]) for seat in stage)
                for stage in said["stages"]
            ),
            purposes=frozenset(Purpose(purpose) for purpose in said["purposes"]),
            types=frozenset(said["types"]),
            units=frozenset(said["units"]),
            least=said["least"],
            below=said["below"],
        )


Table: TypeAlias = Sequence[Row]


def stages_for(table: Table, cases: Iterable[Case]) -> tuple[Stage, ...]:
    """Return the stages that decide all of the cases, those of an earlier row first, or refuse.

    What several rows ask for is asked once; what one row asks for twice stays twice.
    """
    asked, counted = list[Stage](), Counter[Stage]()
    for number in sorted({_first(table, case) for case in cases}):
        own = Counter[Stage]()
        for stage in table[number].stages:
            own[stage] += 1
            if own[stage] > counted[stage]:
                counted[stage] += 1
                asked.append(stage)
    return tuple(asked)


def _first(table: Table, case: Case) -> int:
    for number, row in enumerate(table):
        if row.takes(case):
            return number
    raise NothingDecides(purpose=case.purpose.value, type=max(case.types))


def check_row(row: Row) -> None:
    """Return if the row says something that can be meant, or refuse for the first part that does not."""
    if (
        not row.stages
        or len(row.stages) > MOST_STAGES
        or any(not 1 <= len(stage) <= MOST_SEATS for stage in row.stages)
    ):
        raise RowNotPossible(part="stages")
    for seat in (seat for stage in row.stages for seat in stage):
        takes_name = seat.who not in {Who.APPROVER, Who.MANAGER}
        if takes_name != bool(seat.name) or not 0 <= seat.needed <= MOST_NEEDED:
            raise RowNotPossible(part="stages")
    bounds = [bound for bound in (row.least, row.below) if bound is not None]
    if any(bound < 0 for bound in bounds) or (len(bounds) == 2 and bounds[0] >= bounds[1]):  # noqa: PLR2004  both
        raise RowNotPossible(part="amount")


class Flaw(StrEnum):
    """What can be wrong with a table."""

    GAP = "gap"
    NEVER = "never"
    TOO_EASY = "too-easy"
    OVERLAP = "overlap"
    UNFILLED = "unfilled"


FORBIDDING: Final = frozenset({Flaw.GAP, Flaw.NEVER, Flaw.TOO_EASY})
# fmt: off
FLAWS: Final = (
    (Flaw.GAP,      "something could be applied for that no row takes"),
    (Flaw.NEVER,    "the rows above take everything from a row: it says something that does not hold"),
    (Flaw.TOO_EASY, "a row asks fewer people than the product asks everywhere"),
    (Flaw.OVERLAP,  "two rows meet without one being the exception to the other: the higher one decides there"),
    (Flaw.UNFILLED, "different people could not fill the seats of a row in some company today"),
)
# fmt: on


@dataclass(frozen=True, slots=True)
class Finding:
    """One flaw: of which row, counted from one, and beside which; ``about`` is an example of it."""

    flaw: Flaw
    row: int = 0
    beside: int = 0
    about: Mapping[str, str] = field(default_factory=dict)

    @property
    def forbids(self) -> bool:
        return self.flaw in FORBIDDING


Names: TypeAlias = Mapping[str, frozenset[str]]


def findings_of(table: Table, *, types: Names, chains: Names) -> list[Finding]:
    """Return what is wrong with the table in itself.

    ``types`` says of each type of seal there is how it is called; ``chains`` says of each unit which units it stands
    in, itself included.
    """
    met = _meetings(table, types=types, chains=chains)
    return [*_gaps(met), *_too_easy(table, met), *_never(table, met), *_crossing(table, met)]


@dataclass(slots=True)
class Meetings:
    """What the rows of a table do to each other, as bits: bit ``n`` of a number is row ``n``.

    ``decides`` is for which purposes a row is the first that takes some case; ``beside`` and ``without`` are which
    others take, and do not take, some case that it takes.
    """

    gaps: list[Mapping[str, str]] = field(default_factory=list)
    decides: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    beside: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    without: dict[int, int] = field(default_factory=lambda: defaultdict(int))


def _meetings(table: Table, *, types: Names, chains: Names) -> Meetings:
    met, everything = Meetings(), (1 << len(table)) - 1
    for takers, told in _cells(table, types=types, chains=chains):
        if not takers:
            met.gaps.append({name: values[0] for name, values in told.items() if values[0]})
            continue
        met.decides[next(iter(_bits(takers)))].update(told["purpose"])
        for number in _bits(takers):
            met.beside[number] |= takers
            met.without[number] |= everything & ~takers
    return met


def _gaps(met: Meetings) -> Iterable[Finding]:
    yield from (Finding(Flaw.GAP, about=example) for example in met.gaps[:1])


def _too_easy(table: Table, met: Meetings) -> Iterable[Finding]:
    for number, row in enumerate(table):
        for purpose in sorted(met.decides[number]):
            needed = sum(least(quorum, entitled=frozenset()) for _, quorum in asks(Purpose(purpose)).stages)
            if fewest(row.stages) < needed:
                yield Finding(Flaw.TOO_EASY, number + 1, about={"purpose": purpose, "needed": str(needed)})
                break


def _never(table: Table, met: Meetings) -> Iterable[Finding]:
    yield from (Finding(Flaw.NEVER, number + 1) for number in range(len(table)) if not met.decides[number])


def _crossing(table: Table, met: Meetings) -> Iterable[Finding]:
    """Yield rows that meet without one being the exception to the other: which stands higher decides there."""
    for later in (number for number in range(len(table)) if met.decides[number]):
        above = met.beside[later] & met.without[later] & ((1 << later) - 1)
        for earlier in _bits(above):
            if met.without[earlier] >> later & 1:
                yield Finding(Flaw.OVERLAP, later + 1, earlier + 1)


def _cells(table: Table, *, types: Names, chains: Names) -> Iterable[tuple[int, dict[str, Sequence[str]]]]:
    """Yield each kind of case that some row tells from another: the rows that take it, as bits, and what is so in it."""
    bounds = sorted({bound for row in table for bound in (row.least, row.below) if bound is not None})
    amounts = dict[str, int | None]({"": None}) | {str(bound): bound for bound in (0, *bounds)}
    told = {
        "purpose": _masks(table, list(Purpose), lambda row, one: not row.purposes or one in row.purposes),
        "type": _masks(table, sorted(types), lambda row, one: not row.types or bool(row.types & types[one])),
        "unit": _masks(table, ["", *sorted(chains)], lambda row, one: row.is_for(chains.get(one, frozenset()))),
        "amount": _masks(table, amounts, lambda row, one: row.spans(amounts[one])),
    }
    for one in product(*(masks.items() for masks in told.values())):
        takers = (1 << len(table)) - 1
        for mask, _ in one:
            takers &= mask
        yield takers, {name: values for name, (_, values) in zip(told, one, strict=True)}


def _masks(table: Table, values: Iterable[str], does_take: Callable[[Row, str], bool]) -> dict[int, list[str]]:
    """Return the values that no row tells apart, under the rows, as bits, that take them."""
    masks: dict[int, list[str]] = {}
    for value in values:
        taken = sum(1 << number for number, row in enumerate(table) if does_take(row, value))
        masks.setdefault(taken, []).append(value)
    return masks


def _bits(mask: int) -> Iterable[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
