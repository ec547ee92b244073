"""What take-over campaigns found, as a reader sees it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from privyseal.language.labels import FINDING
from privyseal.language.types import type_of
from privyseal.seals.models import Campaign, Sighting
from privyseal.seals.queries import Report
from privyseal.seals.rules import Finding

_DUPLICATES: Final = (Finding.NAME_TWICE, Finding.ONLY_ONE, Finding.FILING_TWICE, Finding.PICTURE_TWICE)


@dataclass(frozen=True, slots=True)
class SightingRow:
    uid: str
    number: str
    name: str
    type: Promise | str
    keeper: str
    seen_at: datetime | None
    findings: tuple[Promise, ...]
    seal_photo: str
    imprint_photo: str


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """One company in a group's campaign: how many seals, and how many of them how."""

    uid: str
    name: str
    due_on: date
    is_closed: bool
    seals: int
    seen: int
    missing: int
    late: int
    ownerless: int
    unfiled: int
    duplicates: int


def sighting_rows(report: Report) -> list[SightingRow]:
    return [_row(sighting, report) for sighting in report.sightings]


def company_row(campaign: Campaign, report: Report) -> CompanyRow:
    tally, doubled = report.tally, set(_DUPLICATES)
    return CompanyRow(
        uid=campaign.uid,
        name=campaign.company.name,
        due_on=campaign.due_on,
        is_closed=campaign.closed_at is not None,
        seals=tally.seals,
        seen=tally.seen,
        missing=tally.missing,
        late=tally.late,
        ownerless=tally.found[Finding.OWNERLESS],
        unfiled=tally.found[Finding.UNFILED],
        duplicates=sum(1 for found in report.findings.values() if doubled & set(found)),
    )


def header() -> tuple[str, ...]:
    return (
        _("Company"),
        _("Unified social credit code"),
        _("Number"),
        _("Seal"),
        _("Type"),
        _("Keeper"),
        _("Login"),
        _("By"),
        _("Seen"),
        _("Found"),
    )


def cells(campaigns: Sequence[Campaign], reports: dict[int, Report]) -> Iterator[tuple[object, ...]]:
    """Yield a row a seal, company by company."""
    for campaign in campaigns:
        report = reports[campaign.pk]
        for sighting, row in zip(report.sightings, sighting_rows(report), strict=True):
            keeper = sighting.keeper or report.keepers.get(sighting.seal_id)
            yield (
                campaign.company.name,
                campaign.company.uscc,
                row.number,
                row.name,
                row.type,
                row.keeper,
                keeper.login if keeper else "",
                campaign.due_on.isoformat(),
                localtime(row.seen_at).isoformat(sep=" ", timespec="minutes") if row.seen_at else "",
                _listed(row.findings),
            )


def _row(sighting: Sighting, report: Report) -> SightingRow:
    seal = sighting.seal
    keeper = sighting.keeper or report.keepers.get(sighting.seal_id)
    return SightingRow(
        uid=seal.uid,
        number=seal.number,
        name=seal.name,
        type=type_of(seal),
        keeper=keeper.name if keeper else "",
        seen_at=sighting.seen_at,
        findings=tuple(FINDING[finding] for finding in report.findings.get(seal.pk, ())),
        seal_photo=sighting.seal_photo_sha256,
        imprint_photo=sighting.imprint_photo_sha256,
    )


def _listed(findings: Iterable[Promise]) -> str:
    return _("; ").join(str(finding) for finding in findings) or _("in order")
