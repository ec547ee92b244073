"""How large a seeded group is."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Size:
    """Counts over the whole group, and how many people of each company hold which power."""

    companies: int
    people: int
    seals: int
    applications: int
    managers: int
    approvers: int
    users: int


SIZES: Final = {
    "small": Size(companies=4, people=120, seals=24, applications=600, managers=1, approvers=3, users=12),
    "twentieth": Size(  # of the group, to measure a change by
        companies=25, people=5_000, seals=1_000, applications=100_000, managers=2, approvers=5, users=60
    ),
    "group": Size(
        companies=500, people=100_000, seals=20_000, applications=2_000_000, managers=2, approvers=5, users=60
    ),
}
