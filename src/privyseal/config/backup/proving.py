"""What a restored record proves, and what it says of the key."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

from django.db import connection
from django.db.models import F, Q

from privyseal.approvals.models import ApprovalPasskey, RosterSeat
from privyseal.config.failures import CannotStart
from privyseal.devices.models import Device
from privyseal.identity.queries import installation
from privyseal.kernel.note import Checkpoint, NoteBroken, VerifierKey, open_checkpoint
from privyseal.ledger import proofs
from privyseal.ledger.naming import Names, names
from privyseal.ledger.queries import Fact, facts_behind, facts_beyond, latest_checkpoint
from privyseal.sealing.models import Intent
from privyseal.seals.models import Mandate, OutsideWatch, Permit, Seal
from privyseal.seals.rules import SealKind, SealState
from privyseal.seals.rules.permits import AT_THE_KEY
from privyseal.signer import replaying
from privyseal.signer.denials import Denial, What, of_passkey
from privyseal.signer.replaying import Grant, Later, Moved, OnMandate, Use
from privyseal.signer.statement import Purpose

_USED: Final = "document.sealed"
_SUSPENDED: Final = "seal.suspended-at-signer"
_DENIED: Final = ("permit.denied-at-signer", "mandate.denied-at-signer", "application.denied-at-signer")
GRANTED: Final = "machine.allowed"
RECEIPT: Final = "machine.receipt-read"
PUT_BACK: Final = "cabinet.receipt-read"
LET_OUT: Final = "cabinet.allowed"
MOVED: Final = ("device.mounted", "device.unmounted")
_NEVER_MADE: Final = (SealState.DRAFT.value, SealState.DESTROYED.value)
_AT_THE_KEY: Final = tuple(purpose.value for purpose in AT_THE_KEY)
_ENDS: Final = (Purpose.DESTROY, Purpose.INVALIDATE)


def prove(about: Mapping[str, Any], signer: Path, brought: Sequence[str]) -> tuple[dict[str, Any], Checkpoint | None]:
    """Derive the record again and hold against it every head that somebody knows, or say where they differ.

    Returned beside what was shown is the largest head that the record does not reach; none where nothing is missing.
    """
    named = names_of_now()
    audit = proofs.audit(named.every[-1].key)
    if audit.broken is not None:
        raise CannotStart(f"The restored ledger is broken ({audit.broken}), noticed at fact {audit.index}.")
    last = end()
    heads = [_head_of(note, named) for note in (about["head"], *brought)]
    heads.append(Checkpoint(named.every[-1].key.name, *replaying.last_signed(signer)))
    known = [head for head in heads if not _is_of_a_lost_tail(head, named)]
    beyond = [head for head in known if head.size > last.size]
    for head in known:
        if head.size <= last.size and proofs.root_at(head.size) != head.root:
            raise CannotStart(f"The restored record is another one than the head of {head.size} facts says.")
    shown = {
        "facts": audit.facts,
        "heads": audit.checkpoints,
        "root": audit.root.hex(),
        "compared": [head.size for head in heads[1:-1]],
        "waiting": facts_behind(),
        "log": last.origin,
    }
    return shown, max(beyond, key=lambda head: head.size, default=None)


def refuse_missing(known: Checkpoint) -> NoReturn:
    last = end()
    missing = known.size - last.size
    raise CannotStart(
        f"The restored record ends at {last.size} facts, and a head of {known.size} is signed: {missing} facts are"
        " missing. Nothing was opened: restore from a later archive of the database's own log (WAL). Where"
        f" there is none, custodians and auditor can let the record go on without them: --without {missing}."
    )


def end() -> Checkpoint:
    """Return the last head that the restored record holds."""
    return _head_of(latest_checkpoint() or "", names_of_now())


def names_of_now() -> Names:
    """Return the names of the restored record."""
    founded = installation()
    if founded is None:
        raise CannotStart("The restored database holds no installation.")
    return names(VerifierKey.parse(founded.log_key))


def open_at_the_cut() -> set[Denial]:
    """Return what the key refuses from now on: open permits, uses that are not finished, mandates that count."""
    permits = Permit.objects.filter(Q(used__lt=F("impressions")) | Q(finished_at=None, purpose__in=_AT_THE_KEY))
    still = permits.filter(revoked_at=None, seal__kind=SealKind.ELECTRONIC.value)
    under_way = Permit.objects.filter(pk__in=Intent.objects.filter(state=Intent.State.INTENDED).values("permit"))
    rows = (still | under_way).order_by("pk").values_list("application_uid", "seal__uid")
    counted = Mandate.objects.filter(most_uses__isnull=False, revoked_at=None).order_by("pk")
    return {Denial(What.PERMIT, application, seal) for application, seal in rows.distinct()} | {
        Denial(What.MANDATE, uid) for uid in counted.values_list("uid", flat=True)
    }


def known_intents(uids: Collection[str]) -> frozenset[str]:
    return frozenset(Intent.objects.filter(uid__in=uids).values_list("uid", flat=True))


def known_seals(uids: Collection[str]) -> frozenset[str]:
    return frozenset(Seal.objects.filter(uid__in=uids).values_list("uid", flat=True))


def later(signer: Path) -> Later:
    """Return what the record says of the key since the copy of its file was made."""
    size, _ = replaying.last_signed(signer)
    head = latest_checkpoint() or ""
    reached = end().size
    facts = facts_beyond(min(size, reached), (_USED, _SUSPENDED, GRANTED, LET_OUT, RECEIPT, PUT_BACK, *MOVED, *_DENIED))
    electronic = Seal.objects.filter(kind=SealKind.ELECTRONIC.value)
    ends = Permit.objects.filter(seal__in=electronic, purpose__in=_ENDS, finished_at__isnull=False)
    ended = ends.filter(seal__signer_state=SealState.DESTROYED.value).order_by("pk")
    alive = electronic.exclude(signer_state__in=_NEVER_MADE).order_by("pk")
    gone = ApprovalPasskey.objects.filter(removed_at__isnull=False).order_by("pk")
    machines = Device.objects.exclude(epoch=0).order_by("pk")
    suspended = {fact.subjects["seal"] for fact in facts if fact.kind == _SUSPENDED}
    return Later(
        head=head,
        proof=proofs.consistency_between(size, reached) if 0 < size < reached else [],
        uses=[_use(fact) for fact in facts if fact.kind == _USED],
        denied=_denied(facts) | _denied_on_rosters(),
        suspended=suspended,
        companies=dict(Seal.objects.filter(uid__in=suspended).order_by("pk").values_list("uid", "company__uscc")),
        ended=dict(ended.values_list("seal__uid", "application_uid")),
        versions=dict(alive.values_list("uid", "version")),
        taken_back=taken_back(),
        grants=grants(facts),
        closed=closed(facts),
        epochs=dict(machines.values_list("serial", "epoch")),
        stopped=machines.filter(stopped_at__isnull=False).values_list("serial", flat=True),
        moved=moved(facts),
        on_mandates=on_mandates(facts),
        removed=[bytes(credential) for credential in gone.values_list("credential", flat=True)],
    )


def taken_back() -> dict[str, int]:
    """Return the seals whose certificate of now an authority outside has revoked, with its version."""
    revoked = OutsideWatch.objects.filter(revoked_at__isnull=False, version__voided_at=None).order_by("pk")
    return dict(revoked.values_list("version__seal__uid", "version__version"))


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


def _head_of(note: str, named: Names) -> Checkpoint:
    """Return the head of a note, of a receipt's or a cosigner's as well, or say that it is none of this log."""
    head = note.partition("\n\n")[2] if note.startswith("c2sp.org/tlog-proof") else note
    called = named.called(head.partition("\n")[0])
    try:
        return open_checkpoint(head, (called or named.every[-1]).key)
    except NoteBroken as error:
        raise CannotStart("A head that was brought is not signed by the key of this log.") from error


def _is_of_a_lost_tail(head: Checkpoint, named: Names) -> bool:
    """Tell whether a head was signed under a name that ended, over facts that the record went on without."""
    called = named.called(head.origin)
    return called is not None and called.until is not None and head.size > called.until


def _denied(facts: Collection[Fact]) -> set[Denial]:
    found = set()
    for fact in facts:
        application, seal = fact.subjects.get("application", ""), fact.subjects.get("seal", "")
        if fact.kind == "mandate.denied-at-signer":
            found.add(Denial(What.MANDATE, fact.data["mandate"]))
        elif fact.kind in _DENIED:
            found.add(Denial(What.PERMIT, application, seal) if seal else Denial(What.APPLICATION, application))
    return found


def _denied_on_rosters() -> set[Denial]:
    """Return the passkeys and seats that the record says the key counts no more."""
    passkeys = ApprovalPasskey.objects.filter(denied_at__isnull=False).order_by("pk")
    seats = RosterSeat.objects.filter(denied_at__isnull=False).select_related("passkey__person", "company", "of_list")
    return {of_passkey(bytes(one)) for one in passkeys.values_list("credential", flat=True)} | {
        Denial(What.SEAT, seat.denied_by) for seat in seats.order_by("pk")
    }


def grants(facts: Collection[Fact]) -> list[Grant]:
    """Return what machines were given; where it is not said whether by a code, as before, it is taken for one."""
    serials = dict(Device.objects.order_by("pk").values_list("uid", "serial"))
    return [
        Grant(
            uid=fact.data["machine_use" if fact.kind == GRANTED else "opening"],
            device=serials[fact.named("device")],
            application=fact.subjects["application"],
            seal=fact.subjects["seal"],
            impressions=fact.data["impressions"] if fact.kind == GRANTED else 0,
            is_code=fact.data.get("minutes", int(fact.kind == GRANTED)) > 0,
        )
        for fact in facts
        if fact.kind in {GRANTED, LET_OUT}
    ]


def closed(facts: Collection[Fact]) -> dict[str, int]:
    """Return the codes whose receipts were read, with how often each was used."""
    return {
        fact.data["machine_use" if fact.kind == RECEIPT else "opening"]: fact.data["impressions"]
        for fact in facts
        if fact.kind in {RECEIPT, PUT_BACK}
    }


def moved(facts: Collection[Fact]) -> list[Moved]:
    """Return what went into machines and out of them; where its order is not said, as before, none is closed."""
    serials = dict(Device.objects.order_by("pk").values_list("uid", "serial"))
    return [
        Moved(
            order=fact.data.get("order", ""),
            device=serials[fact.named("device")],
            slot=fact.data["slot"],
            seal=fact.subjects["seal"] if fact.kind == "device.mounted" else "",
        )
        for fact in facts
        if fact.kind in MOVED
    ]


def on_mandates(facts: Collection[Fact]) -> list[OnMandate]:
    """Return the applications that used a mandate which was given for so many, each once."""
    permits = {fact.subjects["permit"] for fact in facts if fact.kind in {_USED, GRANTED, LET_OUT}}
    rows = Permit.objects.filter(uid__in=permits, mandate__most_uses__isnull=False).order_by("issued_at", "pk")
    said = dict.fromkeys(rows.values_list("mandate__uid", "application_uid", "mandate__most_uses"))
    return [OnMandate(mandate, application, most or 0) for mandate, application, most in said]


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
