"""The answer to a stranger: in words, with what to do, and never more than is known."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from privyseal.language.verdicts import ADVICE, OUTCOME, REASON, REVISION_CHANGE, STEP, VERDICT
from privyseal.pdf.compared import ComparedPage
from privyseal.pdf.judgement import Change, Check, Outcome, RevisionReport, SignatureReport, Verdict
from privyseal.seals.rules import SealState
from privyseal.verification.checks import Answer, Record
from privyseal.web.shown.words import Badge, seal_badge

_TONE: Final = {
    Verdict.VALID: "done",
    Verdict.INVALID: "refused",
    Verdict.CANNOT_VALIDATE: "caution",
    Verdict.UNSUPPORTED: "caution",
}
_OUTCOME_TONE: Final = {
    Outcome.PASSED: "approved",
    Outcome.FAILED: "rejected",
    Outcome.UNKNOWN: "neutral",
    Outcome.SKIPPED: "neutral",
}


@dataclass(frozen=True, slots=True)
class ShownCheck:
    """One numbered step, what came of it and why."""

    number: int
    words: Promise
    outcome: Badge
    reasons: tuple[Promise, ...]


@dataclass(frozen=True, slots=True)
class ShownSignature:
    report: SignatureReport
    checks: tuple[ShownCheck, ...]


@dataclass(frozen=True, slots=True)
class ShownChange:
    words: Promise
    where: str
    is_permitted: bool


@dataclass(frozen=True, slots=True)
class ShownRevision:
    number: int
    changes: tuple[ShownChange, ...]


@dataclass(frozen=True, slots=True)
class ShownUse:
    """The use that made a file, and how its seal stands today."""

    record: Record
    seal_state: Badge
    is_seal_in_force: bool
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page as sealed and as it is now: addresses that hold the pictures themselves; empty where there is none."""

    number: int
    sealed: str
    now: str
    is_alike: bool


@dataclass(frozen=True, slots=True)
class Shown:
    verdict: Verdict
    words: Promise
    advice: Promise
    tone: str
    reasons: tuple[Promise, ...]
    signatures: Sequence[ShownSignature]
    checks: Sequence[ShownCheck]
    revisions: Sequence[ShownRevision]
    sha256: str
    use: ShownUse | None
    earlier: Sequence[ShownUse]
    pages: Sequence[ShownPage]
    yes_no: str


def show(answer: Answer) -> Shown:
    judged = answer.judgement
    return Shown(
        verdict=judged.verdict,
        words=VERDICT[judged.verdict],
        advice=ADVICE[judged.verdict],
        tone=_TONE[judged.verdict],
        reasons=tuple(REASON[reason] for reason in judged.reasons),
        signatures=[ShownSignature(one, _checks(one.checks)) for one in judged.signatures],
        checks=_checks(judged.checks),
        revisions=[_revision(one) for one in judged.revisions],
        sha256=judged.sha256,
        use=show_use(answer.record) if answer.record else None,
        earlier=[show_use(record) for record in answer.earlier],
        pages=[_page(page) for page in answer.pages],
        yes_no=_("yes,no"),
    )


def _page(page: ComparedPage) -> ShownPage:
    return ShownPage(page.number, _picture(page.sealed), _picture(page.now), is_alike=page.is_alike)


def _picture(png: bytes | None) -> str:
    return f"data:image/png;base64,{b64encode(png).decode('ascii')}" if png else ""


def show_use(record: Record) -> ShownUse:
    state = SealState(record.seal_state)
    return ShownUse(record, seal_badge(state), state is SealState.ACTIVE, record.sealed_at)


def _checks(checks: Sequence[Check]) -> tuple[ShownCheck, ...]:
    return tuple(
        ShownCheck(
            check.step.number,
            STEP[check.step],
            Badge(OUTCOME[check.outcome], _OUTCOME_TONE[check.outcome]),
            tuple(REASON[reason] for reason in check.reasons),
        )
        for check in checks
        if check.outcome is not Outcome.SKIPPED
    )


def _revision(report: RevisionReport) -> ShownRevision:
    return ShownRevision(report.number, tuple(_change(change) for change in report.changes))


def _change(change: Change) -> ShownChange:
    return ShownChange(REVISION_CHANGE[change.kind], change.where, change.kind.is_permitted)
