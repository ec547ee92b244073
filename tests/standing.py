"""Standing permits for tests: what is applied for, papers of the class, and heads of the log that draw samples."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from privyseal.approvals import actions as approvals
from privyseal.identity.models import Person, Unit
from privyseal.ledger.models import CheckpointRow, FactRow, Leaf
from privyseal.pdf import confined
from privyseal.pdf.accepted import Accepted
from privyseal.pdf.confined import Task
from privyseal.seals.models import Permit, Seal
from privyseal.seals.rules.standing import DocumentClass, StandingTerms
from tests.conftest import permit_of, say_yes
from tests.pdfs import one_page


def terms(**changes: object) -> StandingTerms:
    said = {
        "document_class": DocumentClass.INVOICE,
        "title_words": ["Invoice"],
        "most_pages": 2,
        "a_day": 2,
        "in_all": 5,
        "sample_every": 2,
        "page": 1,
        "x": 150_000,
        "y": 60_000,
        **changes,
    }
    return StandingTerms(**said)  # type: ignore[arg-type]  # each field is of its kind


def apply_for_standing(
    actor: Person,
    at: datetime,
    seal: Seal,
    *,
    holders: Sequence[Person] | Unit,
    reviewer: Person,
    days: int = 30,
    **changes: object,
) -> str:
    return approvals.apply_for_standing(
        actor,
        at,
        seal_uid=seal.uid,
        reason="每日开具发票",
        starts_at=at,
        expires_at=at + timedelta(days=days),
        for_whom=approvals.ForWhom(
            operator_pseudonyms=[] if isinstance(holders, Unit) else [holder.pseudonym for holder in holders],
            unit_uid=holders.uid if isinstance(holders, Unit) else "",
            reviewer_pseudonym=reviewer.pseudonym,
        ),
        terms=terms(**changes),
    )


def standing_permit(
    actor: Person, approver: Person, at: datetime, seal: Seal, *, reviewer: Person, **changes: int
) -> Permit:
    """Apply for one that the actor holds, and approve it."""
    uid = apply_for_standing(actor, at, seal, holders=[actor], reviewer=reviewer, **changes)
    say_yes(approver, at, uid)
    return permit_of(uid)


def accepted_invoices(count: int) -> list[Accepted]:
    return [confined.run(Task.ACCEPT, one_page(f"Invoice no. {number}")) for number in range(1, count + 1)]


def head_over_all(root: bytes = b"r" * 32) -> int:
    """Number what is on record and put a head of this root over it, as integrator and signer do; return its size."""
    size = Leaf.objects.count()
    for fact in FactRow.objects.filter(leaf=None).order_by("pk"):
        Leaf.objects.create(index=size, fact=fact)
        size += 1
    CheckpointRow.objects.get_or_create(size=size, defaults={"root": root, "note": ""})
    return size
