"""Registers as people read them: on a screen, on paper, in a spreadsheet."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.queries.registers import UseRow
from privyseal.approvals.rules import Manner
from privyseal.custody.spoiling import Blanks
from privyseal.identity.models import Person
from privyseal.kernel.money import grouped
from privyseal.language.categories import RETENTION
from privyseal.language.labels import MANNER, bound_in_words
from privyseal.language.numbers import number_said
from privyseal.seals.models import SealRemark, UseRemark
from privyseal.signer.bound import bound_in
from privyseal.web.links import link, numbered
from privyseal.web.shown import hands
from privyseal.web.shown.hands import LateShown
from privyseal.web.shown.papers import exemplars

_TIME: Final = "%Y-%m-%d %H:%M:%S"
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?", re.ASCII)
# In the order of the paper register that companies know.
COLUMNS: Final[Sequence[Promise]] = (
    _("No."),
    _("Time"),
    _("Document"),
    _("Document number"),
    _("Counterparty"),
    _("Amount"),
    _("Seal"),
    _("Seal number"),
    _("Pages"),
    _("Copies"),
    _("Impressions"),
    _("of them spoiled"),
    _("Through its maker’s cloud"),
    _("Numbered blanks"),
    _("Blanks not accounted for"),
    _("Manner"),
    _("Across the pages"),
    _("Applicant"),
    _("Unit"),
    _("Approvers"),
    _("Stamped by"),
    _("Supervised by"),
    _("Place"),
    _("Originals and duplicates"),
    _("Bound to"),
    _("Reason"),
    _("Archive number"),
    _("Kept for"),
    _("Other companies"),
    _("Added by application"),
    _("Sent later"),
    _("Remarks"),
)


@dataclass(frozen=True, slots=True)
class UseShown:
    """One row of the register of uses in words."""

    key: int
    number: str
    use_url: str
    at: datetime
    title: str
    document_number: str
    url: str
    counterparty: str
    amount: str
    seal: str
    seal_number: str
    seal_url: str
    pages: int
    copies: int
    impressions: int
    spoiled: int
    is_through_cloud: bool
    blanks: Blanks
    manner: Promise
    is_across_pages: bool
    applicant: str
    unit: str
    approvers: str
    operator: str
    supervisors: str
    place: str
    exemplars: str
    binding: str
    is_bound: bool
    reason: str
    archive_number: str
    kept_for: Promise | str
    others: str
    additions: Sequence[tuple[str, str]]
    late: Sequence[LateShown]
    remarks: Sequence[UseRemark]

    @property
    def extent(self) -> str:
        said = ngettext("%(pages)s page, copies: %(copies)s", "%(pages)s pages, copies: %(copies)s", self.pages)
        return said % {"pages": self.pages, "copies": self.copies}


def uses(rows: Iterable[UseRow]) -> list[UseShown]:
    return [_use(row) for row in rows]


def use_cells(rows: Iterable[UseRow]) -> Iterator[list[object]]:
    """Yield each use as the cells of a spreadsheet, by COLUMNS."""
    for shown in uses(rows):
        yield [
            shown.number,
            localtime(shown.at).strftime(_TIME),
            shown.title,
            shown.document_number,
            shown.counterparty,
            shown.amount.replace(",", ""),  # a spreadsheet reckons with it
            shown.seal,
            shown.seal_number,
            shown.pages or "",
            shown.copies,
            shown.impressions,
            shown.spoiled,
            gettext("yes") if shown.is_through_cloud else gettext("no"),
            shown.blanks.stamped,
            shown.blanks.out,
            shown.manner,
            gettext("yes") if shown.is_across_pages else gettext("no"),
            shown.applicant,
            shown.unit,
            shown.approvers,
            shown.operator,
            shown.supervisors,
            shown.place,
            shown.exemplars,
            shown.binding,
            shown.reason,
            shown.archive_number,
            shown.kept_for,
            shown.others,
            gettext(", ").join(number for _uid, number in shown.additions),
            gettext("; ").join(_late(one) for one in shown.late),
            gettext("; ").join(remark_in_words(remark) for remark in shown.remarks),
        ]


def number_of(year: int, number: int) -> str:
    """Return an entry's number as it is written."""
    return f"{year}-{number:06d}"


def _use(row: UseRow) -> UseShown:
    entry, application, line = row.entry, row.application, row.line
    joint, bound = application.joint, bound_in(line.bound)
    return UseShown(
        key=entry.pk,
        number=number_of(entry.book.year, entry.number),
        use_url=numbered("register-use", entry.pk),
        at=entry.at,
        title=line.document_name,
        document_number=row.particulars.number,
        url=link("application", application.uid),
        counterparty=application.counterparty,
        amount="" if application.amount is None else grouped(application.amount),
        seal=entry.seal.name,
        seal_number=entry.seal.number,
        seal_url=link("seal", entry.seal.uid),
        pages=bound.pages if bound else row.pages,
        copies=line.copies,
        impressions=entry.impressions,
        spoiled=row.spoiled,
        is_through_cloud=row.is_through_cloud,
        blanks=row.blanks,
        manner=MANNER[Manner(line.manner)],
        is_across_pages=row.is_across_pages,
        applicant=application.applicant.name,
        unit=application.unit.name if application.unit else "",
        approvers=_names(row.approvers),
        operator=entry.operator.name,
        supervisors=_names(row.supervisors),
        place=application.off_site or gettext("In the company"),
        exemplars=exemplars(row.particulars),
        binding=bound_in_words(bound),
        is_bound=bound is not None,
        reason=application.reason,
        archive_number=entry.filing.archive_number if hasattr(entry, "filing") else "",
        kept_for=RETENTION[row.retention] if row.retention else "",
        others=gettext(", ").join(said["name"] for said in joint.others(application.company.uid)) if joint else "",
        additions=[(uid, number_said(number)) for uid, number in row.additions.items()],
        late=hands.late(row.late),
        remarks=row.remarks,
    )


def _names(people: Iterable[Person]) -> str:
    return gettext(", ").join(person.name for person in people)


def _late(one: LateShown) -> str:
    done_at, at = (localtime(moment).strftime(_TIME) for moment in (one.act.done_at, one.act.at))
    return f"{one.words} · {one.act.by.name} · {done_at} → {at}"


def printed(rows: Iterable[Iterable[object]]) -> Iterator[list[object]]:
    """Yield the cells of a spreadsheet as they are printed: no day is broken over two lines."""
    for row in rows:
        yield [format_html("<time>{}</time>", cell) if _MOMENT.fullmatch(str(cell)) else cell for cell in row]


def remark_in_words(remark: UseRemark | SealRemark) -> str:
    said = gettext("corrected") if remark.is_correction else ""
    at = localtime(remark.at).strftime(_TIME)
    return " · ".join(filter(None, (said, remark.text, remark.author.name, at)))
