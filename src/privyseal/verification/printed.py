"""What a stranger learns from the code that is printed on a sealed paper."""

from dataclasses import dataclass
from datetime import datetime

from privyseal.approvals.models import Line
from privyseal.kernel.errors import NotFound
from privyseal.ledger.proofs import receipt_for
from privyseal.ledger.queries import last_fact_about
from privyseal.sealing.models import Intent
from privyseal.verification.checks import Record, count_check, record_of


@dataclass(frozen=True, slots=True)
class Printed:
    """The use of a line with a code; ``record`` is None until the document is sealed."""

    result_sha256: str
    record: Record | None


def use_of_code(code: str, *, address: str, at: datetime) -> Printed:
    """Return the use that a printed code stands for, or refuse: too-many-checks, not-found."""
    count_check("status", address, at)
    intent = _sealed(code)
    if intent is None:
        return Printed(result_sha256="", record=None)
    return Printed(intent.file_sha256, record_of(intent.file_sha256))


def recorded(code: str, *, document: str) -> Printed | None:
    """Return the use of a document whose digest begins so, None where the record holds no such sealing."""
    line = Line.objects.filter(code=code).order_by("pk").first()
    intent = _sealed(code) if line and line.document_sha256.startswith(document) else None
    return Printed(intent.file_sha256, record_of(intent.file_sha256)) if intent else None


def receipt_of_code(code: str) -> str:
    """Return the receipt of the use that a printed code stands for, or refuse: not-found, not-yet-provable."""
    intent = _sealed(code)
    kind = "document.kept" if intent and intent.kept_sha256 else "document.sealed"
    fact = last_fact_about(kind, "intent", intent.uid) if intent else None
    if fact is None:
        raise NotFound
    return receipt_for(fact.id)


def _sealed(code: str) -> Intent | None:
    line = Line.objects.select_related("application").filter(code=code).first()
    if line is None:
        raise NotFound
    made = Intent.objects.filter(
        permit__application_uid=line.application.uid,
        permit__seal_id=line.seal_id,
        line__document_sha256=line.document_sha256,
        state=Intent.State.SEALED,
    )
    first = made.select_related("line").order_by("-intended_at", "pk").first()
    return first and first.last_sealed
