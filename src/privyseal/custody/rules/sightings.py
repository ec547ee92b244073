"""What follows from what a photograph of a stamped page shows. A rule is a row."""

from dataclasses import replace
from typing import Final

from privyseal.paper.verdict import Seen, Sight
from privyseal.seals.rules.bindings import binds
from privyseal.seals.rules.incidents import IncidentKind
from privyseal.signer.bound import Binding

# fmt: off
ALARMS: Final = {
    Sight.DIFFERS:   IncidentKind.PAGE_DIFFERS,   # print that nobody approved bears our stamp
    Sight.NOT_THERE: IncidentKind.PAGE_STRANGE,   # a page that nobody approved bears our stamp
}
# fmt: on


def as_far_as_told(binding: Binding, seen: Seen) -> Seen:
    """Return what is said of a photograph: whose page it shows, and its words only beside a file."""
    if binds(binding).is_compared or seen.page is None:
        return seen
    return replace(seen, sight=Sight.FOUND, boxes=())
