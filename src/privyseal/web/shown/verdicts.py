"""The answer to a stranger: in words, with what to do, and never more than is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from privyseal.language.labels import ADVICE, REASON, VERDICT
from privyseal.pdf.judgement import SignatureReport, Verdict
from privyseal.seals.rules import SealState
from privyseal.verification.checks import Answer, Record
from privyseal.web.shown.words import Badge, seal_badge

_TONE: Final = {
    Verdict.VALID: "done",
    Verdict.INVALID: "refused",
    Verdict.CANNOT_VALIDATE: "caution",
    Verdict.UNSUPPORTED: "caution",
}


@dataclass(frozen=True, slots=True)
class Shown:
    verdict: Verdict
    words: Promise
    advice: Promise
    tone: str
    reasons: tuple[Promise, ...]
    signatures: Sequence[SignatureReport]
    sha256: str
    record: Record | None
    seal_state: Badge | None
    is_seal_in_force: bool
    sealed_at: datetime | None
    yes_no: str


def show(answer: Answer) -> Shown:
    judged, record = answer.judgement, answer.record
    state = SealState(record.seal_state) if record else None
    return Shown(
        verdict=judged.verdict,
        words=VERDICT[judged.verdict],
        advice=ADVICE[judged.verdict],
        tone=_TONE[judged.verdict],
        reasons=tuple(REASON[reason] for reason in judged.reasons),
        signatures=judged.signatures,
        sha256=judged.sha256,
        record=record,
        seal_state=seal_badge(state) if state else None,
        is_seal_in_force=state is SealState.ACTIVE,
        sealed_at=record.sealed_at if record else None,
        yes_no=_("yes,no"),
    )
