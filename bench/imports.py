"""What it takes to enter large tables, and how long that holds up everybody else's facts."""

from typing import Final

from bench import inside, probes
from bench.goals import IMPORT_PEOPLE, IMPORT_SEALS, IMPORT_WAIT
from bench.product import serving
from bench.report import Figure, Report, reached

_MOST_SECONDS: Final = 500.0


def run() -> Report:
    with serving() as product:
        found = inside.ask(product, "stock", seconds=_MOST_SECONDS)
        beside = (probes.fdatasync(product.data), probes.empty_transaction(product.databases().web))
    longest = max(wait for _, wait in found.values())
    return Report(
        "imports",
        (
            reached(IMPORT_PEOPLE, found["people"][0], *beside),
            reached(IMPORT_SEALS, found["seals"][0]),
            reached(IMPORT_WAIT, longest),
            *(Figure(f"{table}, entered", seconds, "s") for table, (seconds, _) in found.items()),
            *(Figure(f"{table}, others wait", wait, "s") for table, (_, wait) in found.items()),
        ),
    )
