"""How long people wait for the first page."""

from statistics import median
from typing import Final

from bench import probes
from bench.goals import SECOND_START
from bench.product import Product, folder
from bench.report import Figure, Report, reached

_TIMES: Final = 3


def run() -> Report:
    with folder() as path:
        product = Product(path)
        first, *others = [_once(product) for _ in range(1 + _TIMES)]
        beside = (probes.empty_python(), probes.empty_postgres(path))
        figures = (
            Figure("first start, with database, keys and demo company to make", first, "s"),
            reached(SECOND_START, median(others), *beside),
            Figure(f"the slowest of {_TIMES} such starts", max(others), "s"),
        )
        return Report("start", figures)


def _once(product: Product) -> float:
    try:
        return product.start()
    finally:
        product.stop()
