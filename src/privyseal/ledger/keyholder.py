"""Whether the signer, which holds the log's key, is open; and telling people when it changes."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from privyseal.kernel.canonical import canonical, sha256
from privyseal.ledger import book
from privyseal.ledger.actors import Service
from privyseal.ledger.commands import command
from privyseal.ledger.models import SignerStanding
from privyseal.signer.answers import ClockSet, PinnedQuorum
from privyseal.signer.client import Client, SignerUnavailable

WATCH: Final = Service("watch")


class State(StrEnum):
    """What is told of the signer: its keys are locked away, or it is open again."""

    SEALED = "sealed"
    OPENED = "opened"


def watch_signer(at: datetime, *, signer: Client) -> None:
    """Put on record where the signer was sealed, or opened again, and whose cosignatures it asks for, each once.

    One that does not answer says nothing.
    """
    try:
        status = signer.status()
    except SignerUnavailable:
        return
    state = State.OPENED if status.is_open else State.SEALED
    if state != (SignerStanding.objects.values_list("told", flat=True).first() or State.OPENED):
        record_state(WATCH, at, state=state, missing=status.missing)
    if status.clock is not None:
        _watch_clock(at, status.clock)
    watch_quorum(at, signer=signer)


def _watch_clock(at: datetime, set_: ClockSet) -> None:
    digest = sha256(canonical(set_.to_json()))
    if digest != (SignerStanding.objects.values_list("clock", flat=True).first() or ""):
        record_clock(WATCH, at, set_=set_, digest=digest)


def watch_quorum(at: datetime, *, signer: Client) -> None:
    """Put on record whose cosignatures the signer asks for from now on, each change once, the first of them first."""
    try:
        pinned = signer.pinned_cosigners()
    except SignerUnavailable:
        return
    digests = [sha256(canonical(one.to_json())) for one in pinned]
    told = SignerStanding.objects.values_list("quorum", flat=True).first() or ""
    first = digests.index(told) + 1 if told in digests else 0
    for number in range(first, len(pinned)):
        before = pinned[number - 1] if number else None
        is_less = before is not None and not pinned[number].quorum.is_at_least(before.quorum)
        record_quorum(WATCH, at, pinned=pinned[number], digest=digests[number], is_less=is_less)


@command("signer.watch-clock")
def record_clock(actor: Service, at: datetime, *, set_: ClockSet, digest: str) -> None:
    """Record that those who keep the keys set the signer's time; what is on record already is not recorded again."""
    row, _ = SignerStanding.objects.select_for_update().get_or_create(pk=1, defaults={"told": State.OPENED.value})
    if row.clock == digest:
        return
    row.clock = digest
    row.save(update_fields=["clock"])
    book.record("signer.clock-set", by=actor, at=at, **set_.to_json())


@command("signer.watch-quorum")
def record_quorum(actor: Service, at: datetime, *, pinned: PinnedQuorum, digest: str, is_less: bool) -> None:
    """Record whose cosignatures are asked for from now on; what is on record already is not recorded again."""
    row, _ = SignerStanding.objects.select_for_update().get_or_create(pk=1, defaults={"told": State.OPENED.value})
    if row.quorum == digest:
        return
    row.quorum = digest
    row.save(update_fields=["quorum"])
    book.record(
        "signer.quorum-set",
        by=actor,
        at=at,
        version=pinned.version,
        cosigners=[key.name for key in pinned.quorum.keys],
        needed=pinned.quorum.needed.value,
        seconds=int(pinned.quorum.within.total_seconds()),
        quorum_sha256=digest,
        is_less=is_less,
    )


@command("signer.watch")
def record_state(actor: Service, at: datetime, *, state: State, missing: int) -> None:
    """Record how the signer stands from now on; what is on record already is not recorded again."""
    row, _ = SignerStanding.objects.select_for_update().get_or_create(pk=1, defaults={"told": State.OPENED.value})
    if row.told == state:
        return
    row.told = state.value
    row.save(update_fields=["told"])
    book.record(f"signer.{state}", by=actor, at=at, missing=missing)
