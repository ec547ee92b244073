"""What a decision table asks for in the cases at hand."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from privyseal.approvals.rules.attachments import Kind
from privyseal.approvals.rules.deadlines import Deadline, shorter
from privyseal.approvals.rules.policies import Case, NothingDecides, Table
from privyseal.approvals.rules.seats import Stage


@dataclass(frozen=True, slots=True)
class Asked:
    """A stage that is asked for, by when it decides, by which row, counted from one, and whether beside others."""

    stage: Stage
    deadline: Deadline | None
    row: int
    is_together: bool = False


def asked_for(table: Table, cases: Iterable[Case]) -> tuple[Asked, ...]:
    """Return the stages that decide all of the cases, those of an earlier row first, or refuse.

    What several rows ask for is asked once, within the shortest time, and beside other applications only if each row
    lets it; what one row asks for twice stays twice.
    """
    asked = list[Asked]()
    for number in sorted({_first(table, case) for case in cases}):
        row, own = table[number], Counter[Stage]()
        for stage, deadline in zip(row.stages, row.each_deadline, strict=True):
            own[stage] += 1
            there = [place for place, one in enumerate(asked) if one.stage == stage]
            if own[stage] > len(there):
                asked.append(Asked(stage, deadline, number + 1, row.is_together))
            else:
                place = there[own[stage] - 1]
                soonest, is_together = shorter(asked[place].deadline, deadline), asked[place].is_together
                asked[place] = replace(asked[place], deadline=soonest, is_together=is_together and row.is_together)
    return tuple(asked)


def stages_for(table: Table, cases: Iterable[Case]) -> tuple[Stage, ...]:
    return tuple(one.stage for one in asked_for(table, cases))


def required_by(table: Table, cases: Iterable[Case]) -> frozenset[Kind]:
    """Return what has to lie beside the document for the rows that decide the cases."""
    return frozenset[Kind]().union(*(table[number].requires for number in {_first(table, case) for case in cases}))


def _first(table: Table, case: Case) -> int:
    for number, row in enumerate(table):
        if row.takes(case):
            return number
    raise NothingDecides(purpose=case.purpose.value, type=max(case.types))
