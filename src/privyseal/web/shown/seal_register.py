"""The register of seals as people read it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from privyseal.language.labels import SEAL_KIND
from privyseal.language.types import type_of
from privyseal.seals.models import SealRemark
from privyseal.seals.queries import SealLine
from privyseal.seals.rules import SealKind, SealState
from privyseal.web.links import link
from privyseal.web.shown.registers import remark_in_words
from privyseal.web.shown.words import Badge, seal_badge

_DAY: Final = "%Y-%m-%d"
COLUMNS: Final[Sequence[Promise]] = (
    _("No."),
    _("Seal number"),
    pgettext_lazy("a thing", "Name"),
    _("Type"),
    _("Form"),
    _("Unit"),
    _("Keeper"),
    _("Made"),
    _("Made by"),
    _("Licence of the maker"),
    _("Filing number"),
    _("Version"),
    _("In use since"),
    _("Last day"),
    _("State"),
    _("Entered by"),
    _("Entered"),
    _("Remarks"),
)


@dataclass(frozen=True, slots=True)
class SealShown:
    """One row of the register of seals in words."""

    place: int
    number: str
    name: str
    url: str
    sheet_url: str
    type: Promise | str
    kind: Promise
    unit: str
    keeper: str
    keeper_id: int | None
    made_at: datetime | None
    maker: str
    maker_licence: str
    filing_number: str
    version: int
    since: datetime | None
    ends_on: str
    badge: Badge
    entered_by: str
    entered_at: datetime
    remarks: Sequence[SealRemark]


def seals(lines: Iterable[SealLine]) -> list[SealShown]:
    return [_seal(line) for line in lines]


def cells(lines: Iterable[SealLine]) -> Iterator[list[object]]:
    """Yield each seal as the cells of a spreadsheet, by COLUMNS."""
    for shown in seals(lines):
        yield [
            shown.place,
            shown.number,
            shown.name,
            shown.type,
            shown.kind,
            shown.unit,
            shown.keeper,
            day(shown.made_at),
            shown.maker,
            shown.maker_licence,
            shown.filing_number,
            shown.version,
            day(shown.since),
            shown.ends_on,
            shown.badge.words,
            shown.entered_by,
            day(shown.entered_at),
            gettext("; ").join(remark_in_words(remark) for remark in shown.remarks),
        ]


def _seal(line: SealLine) -> SealShown:
    seal, made = line.seal, line.made
    return SealShown(
        place=seal.place,
        number=seal.number,
        name=seal.name,
        url=link("seal", seal.uid),
        sheet_url=link("seal-sheet", seal.uid),
        type=type_of(seal),
        kind=SEAL_KIND[SealKind(seal.kind)],
        unit=seal.unit.name if seal.unit else "",
        keeper=line.keeper.name if line.keeper else "",
        keeper_id=line.keeper.pk if line.keeper else None,
        made_at=made.made_at if made else None,
        maker=made.maker if made else "",
        maker_licence=made.maker_licence if made else "",
        filing_number=made.filing_number if made else "",
        version=seal.version,
        since=line.since,
        ends_on=seal.ends_on.isoformat() if seal.ends_on else "",
        badge=seal_badge(SealState(seal.state)),
        entered_by=seal.created_by.name,
        entered_at=seal.created_at,
        remarks=line.remarks,
    )


def day(at: datetime | None) -> str:
    return localtime(at).strftime(_DAY) if at else ""
