"""No kind of fact is left out by oversight when people are told what happened."""

from privyseal.language.facts import KIND
from privyseal.notification.rules import TOLD
from tests.guard.untold import UNTOLD


def test_every_kind_of_fact_is_told_to_somebody_or_has_a_reason_why_not() -> None:
    told = {row.kind for row in TOLD}
    silent = [kind for kinds in UNTOLD.values() for kind in kinds]

    assert set(KIND) - told - set(silent) == set()
    assert set(silent) & told == set()
    assert set(silent) <= set(KIND)
    assert len(silent) == len(set(silent))
