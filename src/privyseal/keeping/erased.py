"""Who was erased and what was deleted, as lines without a name: they lie beside a backup, for whoever restores it."""

import json
from collections.abc import Iterator

from privyseal.keeping.documents import is_document_needed
from privyseal.keeping.ended import is_needed
from privyseal.keeping.models import ClearedPaper, Erasure
from privyseal.keeping.rules import Decision
from privyseal.keeping.terms import Paper


def done_so_far() -> Iterator[str]:
    """Return one line for each person who was erased, in the order of the acts, then one for each file that is gone."""
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
    for paper in ClearedPaper.objects.filter(deleted_at__isnull=False).order_by("deleted_at", "pk"):
        if Paper(paper.paper) is Paper.DOCUMENT:
            if not is_document_needed(paper.sha256):
                yield json.dumps({"document": paper.sha256})
            continue
        for digest in filter(None, (paper.sha256, paper.also_sha256)):
            if not is_needed(digest):
                yield json.dumps({"file": digest})
