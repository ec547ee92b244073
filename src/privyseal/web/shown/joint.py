"""An application to several companies as people read it: each company's part, and how they are decided."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from privyseal.approvals.wholes.seen import PartSeen, Whole
from privyseal.language.labels import MODE
from privyseal.web.shown.words import Badge, badge_of


@dataclass(frozen=True, slots=True)
class PartShown:
    """One company's part; ``url`` where the reader may open it."""

    company: str
    badge: Badge
    lines: Sequence[tuple[str, str]]
    url: str
    is_this: bool


@dataclass(frozen=True, slots=True)
class WholeShown:
    mode: Promise
    parts: Sequence[PartShown]


def show_whole(whole: Whole | None) -> WholeShown | None:
    return None if whole is None else WholeShown(MODE[whole.mode], [_part(part) for part in whole.parts])


def _part(part: PartSeen) -> PartShown:
    return PartShown(
        company=part.company,
        badge=badge_of(part.state),
        lines=part.lines,
        url=reverse("application", args=[part.uid]) if part.uid else "",
        is_this=part.is_this,
    )
