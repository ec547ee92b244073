"""What a fact costs the transaction it stands in, and how soon a signed root covers it."""

from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any, Final

from bench import inside, probes
from bench.goals import COVERED, ENTRIES, FACT_RATE, RECEIPT, WRITERS
from bench.product import serving
from bench.report import Figure, Probe, Report, ninety_ninth, reached
from bench.writers import Round, Watch, Writers, watching, writers

_PAIRS: Final = 7  # the first is not counted
_ROUND_SECONDS: Final = 1.5
_STEADY_SECONDS: Final = 10.0
_STEADY_RATE: Final = 100.0  # a second, of all writers together: a company of 10,000 in its busiest minute
_MILLISECONDS: Final = 1000
_CAST_SECONDS: Final = 240.0  # each of them has a password
_ENTRIES: Final = 100_000
_ENTRIES_SECONDS: Final = 400.0
_MILLION: Final = 1_000_000


def run() -> Report:
    with serving() as product:
        cast = inside.ask(product, "cast", str(WRITERS), "0", seconds=_CAST_SECONDS)
        url = product.databases().web
        with watching(url) as watch, writers(product, cast["logins"]) as crew:
            pairs = [_pair(watch, crew) for _ in range(_PAIRS)][1:]
            steady = crew.write(_STEADY_SECONDS, is_recorded=True, a_second=_STEADY_RATE / WRITERS)
            watch.wait_until_covered()
            steady_seconds = watch.seconds_until_covered(steady)
            full_seconds = [seconds for _, facts in pairs for seconds in watch.seconds_until_covered(facts)]
        beside = _probes(product.data, url)
        entries = inside.ask(product, "entries", str(_ENTRIES), seconds=_ENTRIES_SECONDS)
    return _report(pairs, steady_seconds, full_seconds, beside, entries)


def _pair(watch: Watch, crew: Writers) -> tuple[Round, Round]:
    """Write without facts, then with them, and let the ledger come to rest."""
    plain = crew.write(_ROUND_SECONDS, is_recorded=False)
    facts = crew.write(_ROUND_SECONDS, is_recorded=True)
    watch.wait_until_covered()
    return plain, facts


def _probes(folder: Path, url: str) -> dict[str, Probe]:
    found = (probes.fdatasync(folder), probes.empty_transaction(url), probes.sha256(), probes.p256(), probes.ed25519())
    return {probe.name: probe for probe in found}


def _report(
    pairs: list[tuple[Round, Round]],
    steady_seconds: list[float],
    full_seconds: list[float],
    beside: dict[str, Probe],
    entries: Mapping[str, Any],
) -> Report:
    plain = median(plain.rate for plain, _ in pairs)
    facts = median(facts.rate for _, facts in pairs)
    synced, transaction, hashed, *signed = beside.values()
    both = (Probe("without", plain, "/s"), Probe("with", facts, "/s"))
    figures = (
        reached(FACT_RATE, facts / plain, *both, synced, transaction),
        reached(COVERED, ninety_ninth(steady_seconds) * _MILLISECONDS, *signed, hashed),
        Figure("the same, median", median(steady_seconds) * _MILLISECONDS, "ms"),
        Figure("the same under full load, 99th percentile", ninety_ninth(full_seconds) * _MILLISECONDS, "ms"),
    )
    many = (
        reached(ENTRIES, entries["seconds"] / entries["facts"] * _MILLION, hashed),
        reached(RECEIPT, entries["check_seconds"] * _MILLISECONDS, signed[-1]),
    )
    return Report("ledger", (*figures, *many))
