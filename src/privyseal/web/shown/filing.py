"""The papers of uses on their way to the file, in words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.filing import papers_of
from privyseal.approvals.rules.categories import Retention
from privyseal.approvals.rules.filing import Papers
from privyseal.language.categories import RETENTION
from privyseal.language.filing import PAPERS
from privyseal.seals.models import Filing, FilingRule
from privyseal.web.shown.registers import UseShown

_DAY: Final = "%Y-%m-%d"
COLUMNS: Final[Sequence[Promise]] = (
    _("Company"),
    _("No."),
    _("Document"),
    _("Counterparty"),
    _("Seal"),
    _("Owed by"),
    _("Due"),
    _("Days late"),
    _("State"),
    _("Archive number"),
    _("Filed on"),
    _("Confirmed by"),
    _("The counterparty’s copy is back"),
    _("Kept for"),
    _("Scan (SHA-256)"),
)


@dataclass(frozen=True, slots=True)
class RuleShown:
    rule: FilingRule
    kept_for: Promise


def rule_row(rule: FilingRule) -> RuleShown:
    return RuleShown(rule, RETENTION[Retention(rule.retention)])


def filing_cells(filings: Iterable[Filing], uses: Mapping[int, UseShown], today: date) -> Iterator[list[object]]:
    """Yield papers as the cells of a spreadsheet, by COLUMNS."""
    for filing in filings:
        use = uses.get(filing.pk)
        if use is None:
            continue
        papers = papers_of(filing)
        late = (today - filing.due_on).days if papers in {Papers.OWED, Papers.WAIVER_ASKED} else 0
        yield [
            filing.entry.book.company.name,
            use.number,
            use.title,
            use.counterparty,
            use.seal,
            filing.owed_by.name,
            filing.due_on.strftime(_DAY),
            max(late, 0) or "",
            PAPERS[papers],
            filing.archive_number,
            localtime(filing.filed_at).strftime(_DAY) if filing.filed_at else "",
            filing.confirmed_by.name if filing.confirmed_by else "",
            gettext("yes") if filing.is_copy_back else gettext("no"),
            RETENTION[Retention(filing.retention)],
            filing.scan_sha256,
        ]
