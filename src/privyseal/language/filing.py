"""The papers of uses on their way to the file, in words."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.queries.filing import Which
from privyseal.approvals.rules.filing import Papers

PAPERS: Final[Mapping[Papers, Promise]] = {
    Papers.OWED: _("To be filed"),
    Papers.WAIVER_ASKED: _("To be filed, waiver asked for"),
    Papers.FILED: _("Filed, to be confirmed"),
    Papers.CONFIRMED: _("Filed and confirmed"),
    Papers.WAIVED: _("Filing waived"),
}
WHICH: Final[Mapping[Which, Promise]] = {
    Which.OWED: _("To be filed"),
    Which.LATE: _("Late"),
    Which.TO_CONFIRM: _("To be confirmed"),
}
REFUSED: Final[Mapping[str, Promise]] = {
    "papers-overdue": _(
        "Some of your papers are overdue and have to be filed first: %(numbers)s. File them under “Papers to file”, or "
        "ask for a waiver on their page."
    ),
    "copy-not-back": _(
        "The counterparty’s copy has to come back before these papers are confirmed. Say so once you have it."
    ),
    "confirmation-not-own": _(
        "Papers are confirmed or sent back by somebody who neither filed nor owed them. Ask another manager of the "
        "seal."
    ),
    "chased-already": _("Whoever owes these papers was told within the last 24 hours. Wait until tomorrow."),
    "not-said-what-is-wrong": _("Say what is wrong with the scan or the number, so that it can be corrected."),
    "filing-rule-not-possible": _("The days to file are between 1 and %(most)s, or empty. Enter such a number."),
}
