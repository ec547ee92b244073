"""What follows from what a photograph of a stamped page shows. A rule is a row."""

from typing import Final

from privyseal.paper.verdict import Sight
from privyseal.seals.rules.incidents import IncidentKind

# fmt: off
ALARMS: Final = {
    Sight.DIFFERS:   IncidentKind.PAGE_DIFFERS,   # print that nobody approved bears our stamp
    Sight.NOT_THERE: IncidentKind.PAGE_STRANGE,   # a page that nobody approved bears our stamp
}
# fmt: on
