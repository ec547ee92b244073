"""Photographs, scans and documents whose time is over, asked of the database."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Final

from django.db.models import Exists, OuterRef
from django.utils.timezone import localdate

from privyseal.approvals.rules.categories import Retention
from privyseal.custody.models import Photograph
from privyseal.identity.models import Company
from privyseal.keeping.documents import lines_ended, people_of_line, retention_of
from privyseal.keeping.holds import covers
from privyseal.keeping.models import ClearedPaper
from privyseal.keeping.rules import Decision
from privyseal.keeping.terms import MOST_ON_A_LIST, TERMS, Paper, PaperDeleted, ends_on, is_over
from privyseal.seals.models import Filing, Permit, PermitLine, Photo

_YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Ended:
    """One photograph, scan or document with what a hold could be about; ``also_sha256`` is the same picture small."""

    paper: Paper
    key: int
    sha256: str
    also_sha256: str
    retention: Retention
    ended_on: date
    permit: Permit
    people: frozenset[int]

    @property
    def is_held(self) -> bool:
        seal = self.permit.seal
        return covers(
            company_id=seal.company_id,
            seal_id=seal.pk,
            application_uid=self.permit.application_uid,
            people=self.people,
        )


def ended_in(company: Company, at: datetime) -> list[Ended]:
    """Return what is over in a company, is on no list yet and is not held: as many as go on one list."""
    found: list[Ended] = []
    for each in _all_ended(company, at):
        if not each.is_held:
            found.append(each)
        if len(found) == MOST_ON_A_LIST:
            break
    return found


def _all_ended(company: Company, at: datetime) -> Iterator[Ended]:
    today = localdate(at)
    for term in TERMS:
        if term.years is None:
            continue
        before = at - term.years * _YEAR
        photographs = Photograph.objects.filter(~_listed(Paper.PHOTOGRAPH), turn__use__seal__company=company)
        for one in (
            photographs.filter(retention=term.retention.value, at__lt=before)
            .select_related("turn__use__permit__seal")
            .order_by("at", "pk")
        ):
            if is_over(term.retention, localdate(one.at), today=today):
                yield _photograph(one, term.retention)
        filings = Filing.objects.filter(~_listed(Paper.SCAN), entry__seal__company=company)
        for filing in (
            filings.filter(retention=term.retention.value, filed_at__lt=before, confirmed_at__isnull=False)
            .select_related("entry__line__permit__seal")
            .order_by("filed_at", "pk")
        ):
            if filing.filed_at and is_over(term.retention, localdate(filing.filed_at), today=today):
                yield _scan(filing, filing.filed_at, term.retention)
    for line in lines_ended(company, at):
        yield _document(line)


def _listed(paper: Paper) -> Exists:
    listed = ClearedPaper.objects.filter(paper=paper.value, key=OuterRef("pk"))
    return Exists(listed.exclude(clearance__decision=Decision.REFUSED.value))


def _photograph(one: Photograph, retention: Retention) -> Ended:
    return Ended(
        Paper.PHOTOGRAPH,
        one.pk,
        one.sha256,
        one.small_sha256,
        retention,
        ends_on(retention, localdate(one.at)) or date.max,
        one.turn.use.permit,
        people_of(Paper.PHOTOGRAPH, one.pk),
    )


def _scan(filing: Filing, filed_at: datetime, retention: Retention) -> Ended:
    return Ended(
        Paper.SCAN,
        filing.pk,
        filing.scan_sha256,
        "",
        retention,
        ends_on(retention, localdate(filed_at)) or date.max,
        filing.entry.line.permit,
        people_of(Paper.SCAN, filing.pk),
    )


def _document(line: PermitLine) -> Ended:
    retention = retention_of(line.permit)
    return Ended(
        Paper.DOCUMENT,
        line.pk,
        line.document_sha256,
        "",
        retention,
        ends_on(retention, localdate(line.permit.expires_at)) or date.max,
        line.permit,
        people_of(Paper.DOCUMENT, line.pk),
    )


def people_of(paper: Paper, key: int) -> frozenset[int]:
    """Return who had a hand in a paper: a hold on any of them covers it."""
    if paper is Paper.DOCUMENT:
        return people_of_line(key)
    if paper is Paper.PHOTOGRAPH:
        named = ("by", "turn__use__operator", "turn__use__keeper", "turn__use__supervisor")
        hands = list(Photograph.objects.filter(pk=key).values_list(*named))
    else:
        named = ("owed_by", "filed_by", "confirmed_by", "entry__operator")
        hands = list(Filing.objects.filter(pk=key).values_list(*named))
    return frozenset(chain.from_iterable(hands)) - {None}


def gone(paper: Paper, keys: Collection[int]) -> frozenset[int]:
    """Return which of these photographs or scans, by key, were deleted when their time was over."""
    if not keys:
        return frozenset()
    found = ClearedPaper.objects.filter(paper=paper.value, key__in=keys, gone_at__isnull=False)
    return frozenset(found.values_list("key", flat=True))


def check_is_kept(sha256: str) -> None:
    """Return if a file of the vault is still kept, or refuse: its time was over, and it was deleted."""
    if ClearedPaper.objects.filter(sha256=sha256, gone_at__isnull=False).exists() and not is_needed(sha256):
        raise PaperDeleted


def is_needed(sha256: str) -> bool:
    """Return whether another photograph or scan that is still kept is the same file; those of seals have no end."""
    gone = ClearedPaper.objects.filter(key=OuterRef("pk"), gone_at__isnull=False)
    photographs = Photograph.objects.filter(~Exists(gone.filter(paper=Paper.PHOTOGRAPH.value)))
    scans = Filing.objects.filter(~Exists(gone.filter(paper=Paper.SCAN.value)), scan_sha256=sha256)
    others = (photographs.filter(sha256=sha256), photographs.filter(small_sha256=sha256), scans)
    return any(each.exists() for each in others) or Photo.objects.filter(sha256=sha256).exists()
