"""Who must say yes to what: a company's own decision table, and what makes one unfit to be put into force.

A table is read from the top; the first row that takes a case decides. It can ask for more than the product does by
itself, never for less.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from itertools import product
from typing import Any, Final, TypeAlias

from privyseal.approvals.rules import asks, least
from privyseal.approvals.rules.attachments import Kind
from privyseal.approvals.rules.deadlines import Deadline, can_be_meant
from privyseal.approvals.rules.seats import ALL_OF_THEM, Seat, Stage, Who, fewest
from privyseal.identity.names import skeleton, without_invisible
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import Refused
from privyseal.seals.rules import Level
from privyseal.signer.statement import ADDITIONS, Purpose

MOST_ROWS: Final = 500
MOST_STAGES: Final = 6
MOST_SEATS: Final = 4
MOST_NEEDED: Final = 5
_CATEGORY: Final = re.compile(r"[a-z][a-z0-9-]{1,31}")
_USE: Final = frozenset({Purpose.USE})
# What adds to a use is judged like the use it adds to.
DECIDED_ON: Final = tuple(purpose for purpose in Purpose if purpose not in ADDITIONS)


class PolicyUnfit(Refused):
    """A table that would leave something undecided, or let it through more easily than the product allows."""

    code = "policy-unfit"


class NothingDecides(Refused):
    """No row of the policy in force says who decides this."""

    code = "nothing-decides"


class RowNotPossible(Refused):
    code = "policy-row-not-possible"


class Counterparty(StrEnum):
    """Who is on the other side: a company of this installation, or anybody else."""

    INSIDE = "@inside"
    OUTSIDE = "@outside"


def counterparty_of(name: str, *, inside: frozenset[str]) -> frozenset[str]:
    """Return how policies call a counterparty; ``inside`` is how they call the companies of the installation.

    One that nobody named is outside: leaving the name out makes nothing easier.
    """
    called = folded(name)
    side = Counterparty.INSIDE if called in inside else Counterparty.OUTSIDE
    return frozenset({side.value, called} if called else {side.value})


def folded(name: str) -> str:
    """Return a name as names are compared: without blanks, width, case and what cannot be seen."""
    return "".join(without_invisible(unicodedata.normalize("NFKC", name)).casefold().split()).lstrip("@")


@lru_cache(maxsize=4096)
def _as_seen(parties: frozenset[str]) -> frozenset[str]:
    """Return parties as the eye tells them apart: no letter that looks like another one leads past a row."""
    return frozenset(one if one in set(Counterparty) else skeleton(one) for one in parties)


@dataclass(frozen=True, slots=True)
class Case:
    """What is decided on: one type of seal, for an applicant in these units, for so much money in hundredths.

    ``types`` is how the type is called: the built-in one, and the group's own where it is of one. An amount that nobody
    stated counts as more than any other. ``category`` is the code of the business category, empty where it is of none.
    """

    purpose: Purpose
    types: frozenset[str]
    units: frozenset[str] = frozenset()
    amount: int | None = None
    category: str = ""
    level: Level = Level.COMPANY
    parties: frozenset[str] = frozenset({Counterparty.OUTSIDE.value})
    is_off_site: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """The cases it takes, each condition empty where all are meant, and the stages that decide them.

    Amounts are from ``least`` up to what is less than ``below``, in hundredths of the company's money. ``parties`` are
    sides and folded names. ``requires`` is what has to lie beside the document where the row decides. ``deadlines`` are
    those of the stages, in turn; stages at the end may go without. ``is_together`` lets whoever decides say yes to
    several applications on one page.
    """

    stages: tuple[Stage, ...]
    purposes: frozenset[Purpose] = frozenset()
    types: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    least: int | None = None
    below: int | None = None
    categories: frozenset[str] = frozenset()
    levels: frozenset[Level] = frozenset()
    parties: frozenset[str] = frozenset()
    is_off_site: bool | None = None
    requires: frozenset[Kind] = frozenset()
    deadlines: tuple[Deadline | None, ...] = ()
    is_together: bool = False

    @property
    def each_deadline(self) -> tuple[Deadline | None, ...]:
        """Return the deadline of each stage; None where it has none."""
        return self.deadlines + (None,) * (len(self.stages) - len(self.deadlines))

    def takes(self, case: Case) -> bool:
        return (
            self.spans(case.amount)
            and self.is_for(case.units)
            and (not self.purposes or case.purpose in self.purposes)
            and (not self.types or not self.types.isdisjoint(case.types))
            and (not self.categories or case.category in self.categories)
            and (not self.levels or case.level in self.levels)
            and self.is_with(case.parties)
            and self.is_at(is_off_site=case.is_off_site)
        )

    @property
    def is_of_uses(self) -> bool:
        """Tell whether the row says something that only a use has."""
        is_said = self.is_off_site is not None or self.is_together
        return bool(self.categories or self.parties or self.requires or is_said)

    def is_with(self, parties: frozenset[str]) -> bool:
        return not self.parties or not _as_seen(self.parties).isdisjoint(_as_seen(parties))

    def is_at(self, *, is_off_site: bool) -> bool:
        return self.is_off_site is None or self.is_off_site == is_off_site

    def is_for(self, units: frozenset[str]) -> bool:
        return not self.units or not self.units.isdisjoint(units)

    def spans(self, amount: int | None) -> bool:
        if amount is None:
            return self.below is None
        return (self.least is None or amount >= self.least) and (self.below is None or amount < self.below)

    def to_json(self) -> dict[str, Json]:
        said = [None if one is None else one.to_json() for one in self.deadlines]
        # Left out where there is none, so that a row from before is written, and digested, as it was.
        later: dict[str, Json] = {"deadlines": said} if any(self.deadlines) else {}
        later |= {"is_together": True} if self.is_together else {}
        return later | {
            "purposes": sorted(self.purposes),
            "types": sorted(self.types),
            "units": sorted(self.units),
            "least": self.least,
            "below": self.below,
            "categories": sorted(self.categories),
            "levels": sorted(self.levels),
            "parties": sorted(self.parties),
            "is_off_site": self.is_off_site,
            "requires": sorted(self.requires),
            "stages": [
                [{"who": seat.who.value, "name": seat.name, "needed": seat.needed} for seat in stage]
                for stage in self.stages
            ],
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "Row":
        """Return the row; one that was written before a condition was known does not ask for it."""
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
            categories=frozenset(said.get("categories", ())),
            levels=frozenset(Level(level) for level in said.get("levels", ())),
            parties=frozenset(said.get("parties", ())),
            is_off_site=said.get("is_off_site"),
            requires=frozenset(Kind(kind) for kind in said.get("requires", ())),
            deadlines=tuple(one and Deadline.from_json(one) for one in said.get("deadlines", ())),
            is_together=said.get("is_together", False),
        )


Table: TypeAlias = Sequence[Row]


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
        if seat.who is Who.OUTSIDE and seat.needed == ALL_OF_THEM:
            raise RowNotPossible(part="stages")
    if len(row.deadlines) > len(row.stages) or not all(can_be_meant(one) for one in row.deadlines if one):
        raise RowNotPossible(part="deadlines")
    bounds = [bound for bound in (row.least, row.below) if bound is not None]
    if any(bound < 0 for bound in bounds) or (len(bounds) == 2 and bounds[0] >= bounds[1]):  # noqa: PLR2004  both
        raise RowNotPossible(part="amount")
    if row.is_of_uses and row.purposes != _USE:
        raise RowNotPossible(part="purposes")
    if not all(_CATEGORY.fullmatch(code) for code in row.categories):
        raise RowNotPossible(part="categories")
    if not all(one in set(Counterparty) or (one and one == folded(one)) for one in row.parties):
        raise RowNotPossible(part="parties")


class Flaw(StrEnum):
    """What can be wrong with a table."""

    GAP = "gap"
    NEVER = "never"
    TOO_EASY = "too-easy"
    OVERLAP = "overlap"
    UNFILLED = "unfilled"
    ONE_PERSON = "one-person"
    NO_HELP = "no-help"


FORBIDDING: Final = frozenset({Flaw.GAP, Flaw.NEVER, Flaw.TOO_EASY})
# fmt: off
FLAWS: Final = (
    (Flaw.GAP,      "something could be applied for that no row takes"),
    (Flaw.NEVER,    "the rows above take everything from a row: it says something that does not hold"),
    (Flaw.TOO_EASY, "a row asks fewer people than the product asks everywhere"),
    (Flaw.OVERLAP,  "two rows meet without one being the exception to the other: the higher one decides there"),
    (Flaw.UNFILLED, "different people could not fill the seats of a row in some company today"),
    (Flaw.ONE_PERSON, "in some company today whoever applies for it or carries it out would have to approve it as well: it hangs on one person alone"),
    (Flaw.NO_HELP,  "where a stage is late, whoever it goes to could not decide it in some company: nobody, or needed at another stage"),
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
    return findings_in(table, meetings_of(table, types=types, chains=chains))


def findings_in(table: Table, met: "Meetings") -> list[Finding]:
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


def meetings_of(table: Table, *, types: Names, chains: Names) -> Meetings:
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
    codes = ["", *sorted({code for row in table for code in row.categories})]
    parties = _parties(table)
    told = {
        "purpose": _masks(table, DECIDED_ON, lambda row, one: not row.purposes or one in row.purposes),
        "type": _masks(table, sorted(types), lambda row, one: not row.types or bool(row.types & types[one])),
        "unit": _masks(table, ["", *sorted(chains)], lambda row, one: row.is_for(chains.get(one, frozenset()))),
        "amount": _masks(table, amounts, lambda row, one: row.spans(amounts[one])),
    }
    # What no row asks about tells no case from another.
    finer = {
        "category": _masks(table, codes, lambda row, one: not row.categories or one in row.categories),
        "level": _masks(table, list(Level), lambda row, one: not row.levels or one in row.levels),
        "party": _masks(table, parties, lambda row, one: row.is_with(parties[one])),
        "off_site": _masks(table, ["", "yes"], lambda row, one: row.is_at(is_off_site=bool(one))),
    }
    told |= {name: masks for name, masks in finer.items() if len(masks) > 1}
    for one in product(*(masks.items() for masks in told.values())):
        takers = (1 << len(table)) - 1
        for mask, _ in one:
            takers &= mask
        yield takers, {name: values for name, (_, values) in zip(told, one, strict=True)}


def _parties(table: Table) -> dict[str, frozenset[str]]:
    """Return the counterparties that some row tells from another, each with how it is called."""
    sides = {side.value for side in Counterparty}
    named = sorted({one for row in table for one in row.parties} - sides)
    both = {f"{name} {side}": frozenset({name, side}) for name in named for side in sorted(sides)}
    return {side: frozenset({side}) for side in sorted(sides, reverse=True)} | both


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
