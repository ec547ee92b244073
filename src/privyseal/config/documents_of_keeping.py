"""Tables of the documents about what is taken, what is held and who is erased."""

from collections.abc import Callable, Mapping
from typing import Final

from privyseal.config.markdown import code, table
from privyseal.config.reasons import reasons
from privyseal.keeping import rules, terms
from privyseal.kernel import file_kinds


def _may_hold() -> str:
    rows = zip(rules.MAY_HOLD, reasons(rules, "MAY_HOLD"), strict=True)
    cells = [
        (f"power {code(row.power)}" if row.power else f"office {code(row.office or '')}", why) for row, why in rows
    ]
    return table(("who", "why"), cells)


def _bars() -> str:
    rows = zip(rules.BARS, reasons(rules, "BARS"), strict=True)
    return table(("barred by", "why"), [(code(bar), why) for bar, why in rows])


def _terms() -> str:
    rows = zip(terms.TERMS, reasons(terms, "TERMS"), strict=True)
    return table(
        ("class", "years", "why"), [(code(row.retention), str(row.years or "for ever"), why) for row, why in rows]
    )


def _uploads() -> str:
    rows = [(row.what, ", ".join(row.kinds), f"{row.most_bytes:,}", code(row.code)) for row in file_kinds.UPLOADS]
    return table(("what", "kinds", "bytes at most", "another is refused as"), rows)


PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "uploads": _uploads,
    "terms": _terms,
    "may-hold": _may_hold,
    "erasure-bars": _bars,
}
