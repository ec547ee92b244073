"""What a restored record proves, and what it says of the key."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from django.db import connection

from privyseal.approvals.models import ApprovalPasskey
from privyseal.config.failures import CannotStart
from privyseal.identity.queries import installation
from privyseal.kernel.note import Checkpoint, NoteBroken, VerifierKey, open_checkpoint
from privyseal.ledger import proofs
from privyseal.ledger.queries import Fact, facts_behind, facts_beyond, latest_checkpoint
from privyseal.seals.models import Permit, Seal
from privyseal.seals.rules import SealKind, SealState
from privyseal.signer import replaying
from privyseal.signer.denials import Denial, What
from privyseal.signer.replaying import Later, Use
from privyseal.signer.statement import Purpose

_USED: Final = "document.sealed"
_SUSPENDED: Final = "seal.suspended-at-signer"
_DENIED: Final = ("permit.denied-at-signer", "mandate.denied-at-signer", "application.denied-at-signer")
_NEVER_MADE: Final = (SealState.DRAFT.value, SealState.DESTROYED.value)
_ENDS: Final = (Purpose.DESTROY, Purpose.INVALIDATE)


def prove(about: Mapping[str, Any], signer: Path, brought: Sequence[str]) -> dict[str, Any]:
    """Derive the record again and hold against it every head that somebody knows, or say where they differ."""
    key = _key()
    audit = proofs.audit(key)
    if audit.broken is not None:
        raise CannotStart(f"The restored ledger is broken ({audit.broken}), noticed at fact {audit.index}.")
    end = _head_of(latest_checkpoint() or "", key)
    known = [_head_of(note, key) for note in (about["head"], *brought)]
    size, root = replaying.last_signed(signer)
    for head in (*known, Checkpoint(key.name, size, root)):
        _check_on_its_way(head, end)
    return {
        "facts": audit.facts,
        "heads": audit.checkpoints,
        "root": audit.root.hex(),
        "compared": [head.size for head in known[1:]],
        "waiting": facts_behind(),
        "log": key.name,
    }


def later(signer: Path) -> Later:
    """Return what the record says of the key since the copy of its file was made."""
    size, _ = replaying.last_signed(signer)
    head = latest_checkpoint() or ""
    end = _head_of(head, _key()).size
    facts = facts_beyond(size, (_USED, _SUSPENDED, *_DENIED))
    electronic = Seal.objects.filter(kind=SealKind.ELECTRONIC.value)
    ends = Permit.objects.filter(seal__in=electronic, purpose__in=_ENDS, finished_at__isnull=False)
    ended = ends.filter(seal__signer_state=SealState.DESTROYED.value).order_by("pk")
    alive = electronic.exclude(signer_state__in=_NEVER_MADE).order_by("pk")
    gone = ApprovalPasskey.objects.filter(removed_at__isnull=False).order_by("pk")
    return Later(
        head=head,
        proof=proofs.consistency_between(size, end) if 0 < size < end else [],
        uses=[_use(fact) for fact in facts if fact.kind == _USED],
        denied=_denied(facts),
        suspended={fact.subjects["seal"] for fact in facts if fact.kind == _SUSPENDED},
        ended=dict(ended.values_list("seal__uid", "application_uid")),
        versions=dict(alive.values_list("uid", "version")),
        removed=[bytes(credential) for credential in gone.values_list("credential", flat=True)],
    )


def check_files(data: Path) -> int:
    """Return how many stored files there are, each what its name says, or say which one is not."""
    from django.conf import settings  # noqa: PLC0415  read where the restored folder is named

    found = 0
    for path in sorted((data / "blobs").rglob("*")):
        if path.is_file():
            settings.BLOBS.check(path.name.partition(".")[0])
            found += 1
    return found


def hang_up() -> None:
    """Let go of the database, which is about to stop."""
    connection.close()


def _key() -> VerifierKey:
    founded = installation()
    if founded is None:
        raise CannotStart("The restored database holds no installation.")
    return VerifierKey.parse(founded.log_key)


def _head_of(note: str, key: VerifierKey) -> Checkpoint:
    """Return the head of a note, of a receipt's or a cosigner's as well, or say that it is none of this log."""
    head = note.partition("\n\n")[2] if note.startswith("c2sp.org/tlog-proof") else note
    try:
        return open_checkpoint(head, key)
    except NoteBroken as error:
        raise CannotStart("A head that was brought is not signed by the key of this log.") from error


def _check_on_its_way(head: Checkpoint, end: Checkpoint) -> None:
    if head.size > end.size:
        raise CannotStart(
            f"The restored record ends at {end.size} facts, and a head of {head.size} is signed: {head.size - end.size}"
            " facts are missing. Nothing was opened: restore from a later archive of the database's own log (WAL)."
        )
    if proofs.root_at(head.size) != head.root:
        raise CannotStart(f"The restored record is another one than the head of {head.size} facts: nothing was opened.")


def _denied(facts: Collection[Fact]) -> set[Denial]:
    found = set()
    for fact in facts:
        application, seal = fact.subjects.get("application", ""), fact.subjects.get("seal", "")
        if fact.kind == "mandate.denied-at-signer":
            found.add(Denial(What.MANDATE, fact.data["mandate"]))
        elif fact.kind in _DENIED:
            found.add(Denial(What.PERMIT, application, seal) if seal else Denial(What.APPLICATION, application))
    return found


def _use(fact: Fact) -> Use:
    return Use(
        intent=fact.subjects["intent"],
        application=fact.subjects["application"],
        seal=fact.subjects["seal"],
        document_sha256=fact.data["approved_sha256"],
        impressions=fact.data["impressions"],
        sealed_sha256=fact.data["result_sha256"],
        sealed_at=fact.at,
        operator=fact.data["operator"],
    )
