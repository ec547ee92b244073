"""What is promised: one row a figure."""

from dataclasses import dataclass
from typing import Final

CLIENTS: Final = 16
WRITERS: Final = 16


@dataclass(frozen=True, slots=True)
class Goal:
    bench: str
    figure: str
    bound: float
    unit: str
    is_least: bool = False

    @property
    def text(self) -> str:
        return f"at {'least' if self.is_least else 'most'} {self.bound:g} {self.unit}".rstrip()

    def is_met(self, value: float) -> bool:
        return value >= self.bound if self.is_least else value <= self.bound


# fmt: off
SECOND_START: Final = Goal("start", "second start to the first page", 5, "s")
APPROVE_CPU: Final = Goal("approve", "request that approves, CPU of the web server", 30, "ms")
APPROVE_TIME: Final = Goal("approve", f"request that approves, {CLIENTS} clients at once, 99th percentile", 250, "ms")
FACT_RATE: Final = Goal("ledger", f"transactions with a fact beside without, {WRITERS} writers", 0.4, "", is_least=True)
COVERED: Final = Goal("ledger", "commit to the signed root that covers it, steady load, 99th percentile", 200, "ms")
# fmt: on
GOALS: Final = (SECOND_START, APPROVE_CPU, APPROVE_TIME, FACT_RATE, COVERED)
