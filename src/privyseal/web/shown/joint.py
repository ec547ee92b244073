"""An application to several companies as people read it: each company's part, and how they are decided."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from privyseal.approvals.rules.joint import UNDECIDED, Mode
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
    """``others_wait`` where another company decides by itself and has not yet."""

    mode: Promise
    parts: Sequence[PartShown]
    others_wait: bool


def show_whole(whole: Whole | None) -> WholeShown | None:
    if whole is None:
        return None
    undecided = any(part.state in UNDECIDED and not part.is_this for part in whole.parts)
    parts = [_part(part) for part in whole.parts]
    return WholeShown(MODE[whole.mode], parts, others_wait=undecided and whole.mode is Mode.APART)


def _part(part: PartSeen) -> PartShown:
    return PartShown(
        company=part.company,
        badge=badge_of(part.state),
        lines=part.lines,
        url=reverse("application", args=[part.uid]) if part.uid else "",
        is_this=part.is_this,
    )
