"""Who was erased, as lines without a name: what lies beside a backup, for whoever restores it."""

import json
from collections.abc import Iterator

from privyseal.keeping.models import Erasure
from privyseal.keeping.rules import Decision


def done_so_far() -> Iterator[str]:
    """Return one line for each person who was erased, in the order of the acts."""
    done = Erasure.objects.filter(decision=Decision.AGREED.value).select_related("person", "asked_by", "decided_by")
    for erasure in done.order_by("decided_at", "pk"):
        if erasure.decided_by is None:
            continue
        said = {
            "erasure": erasure.uid,
            "person": erasure.person.pseudonym,
            "asked_by": erasure.asked_by.pseudonym,
            "decided_by": erasure.decided_by.pseudonym,
        }
        yield json.dumps(said, sort_keys=True)
