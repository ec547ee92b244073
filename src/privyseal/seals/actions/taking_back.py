"""What an authority outside says of a seal's certificate, and what follows where it took it back."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.timezone import localdate

from privyseal.kernel.canonical import sha256, utc_text
from privyseal.kernel.errors import Refused
from privyseal.ledger import book
from privyseal.ledger.actors import Actor, Service
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.pdf.verifying.current import Current
from privyseal.pdf.verifying.revocation import Standing
from privyseal.seals.actions.denying import SWEEP
from privyseal.seals.actions.moving import locked_seal, move
from privyseal.seals.actions.stopping import keep_at_rest
from privyseal.seals.models import OutsideWatch, Seal, SealVersion, UseBook, UseEntry
from privyseal.seals.queries.outside import after_revocation, revoked_and_untold
from privyseal.seals.rules import Act, Leave, SealState
from privyseal.seals.rules.outside import is_unwatched
from privyseal.signer.client import Client

WATCH: Final = Service("watch")
# What is void seals nothing more: a day earlier or later changes nothing for whoever has its files.
_PAST_EVERY: Final = timedelta(days=1)


def keep_look(at: datetime, *, version: SealVersion, found: Current, trouble: str, again_at: datetime) -> None:
    """Keep what an authority says of a version's certificate; what follows from it goes on record, each once."""
    last = OutsideWatch.objects.filter(version=version).first()
    if version.voided_at is not None:
        again_at = max(again_at, at + _PAST_EVERY)
    if found.standing is Standing.REVOKED and (last is None or last.revoked_at is None):
        take_back(WATCH, at, version_id=version.pk, found=found, again_at=again_at)
        return
    if found.since is not None and last is not None and found.since != last.revoked_since:
        move_revocation(WATCH, at, version_id=version.pk, found=found)
    said: dict[str, Any] = {"looked_at": at, "look_again_at": again_at, "trouble": trouble}
    if last is None or last.revoked_at is None:
        said["answer"] = found.standing.value
        if found.until is not None:
            said["good_until"] = found.until
    last, _ = OutsideWatch.objects.update_or_create(version=version, defaults=said)
    is_watched = last.revoked_at is None and version.voided_at is None
    is_late = is_watched and is_unwatched(at, good_until=last.good_until, since=version.made_at)
    if is_late != (last.unwatched_at is not None):
        record_watched(WATCH, at, version_id=version.pk, is_late=is_late)


@command("seal.take-back-certificate")
def take_back(actor: Actor, at: datetime, *, version_id: int, found: Current, again_at: datetime) -> str:
    """Put to rest a seal whose certificate its authority has revoked, and end what would wake it; once.

    Of a version that is void nothing is stopped: what was sealed since the authority's own time is counted and told of.
    """
    seal = locked_seal(Seal.objects.get(versions=version_id).uid)
    version = SealVersion.objects.get(pk=version_id)
    known = OutsideWatch.objects.select_for_update().filter(version=version, revoked_at__isnull=False).exists()
    if known or found.since is None:
        return seal.uid
    looked = {"looked_at": at, "look_again_at": again_at, "trouble": "", "answer": Standing.REVOKED.value}
    kept: dict[str, Any] = {
        "revoked_since": found.since,
        "revoked_at": at,
        "evidence": found.evidence,
        "unwatched_at": None,
    }
    OutsideWatch.objects.update_or_create(version=version, defaults=looked | kept)
    uses, digest = _uses_since(seal, found.since), sha256(found.evidence)
    since, number, serial = utc_text(found.since), version.version, version.serial
    said: dict[str, Any] = {
        "version": number,
        "serial": serial,
        "since": since,
        "uses": uses,
        "evidence_sha256": digest,
    }
    if version.voided_at is None:
        book.record("seal.certificate-revoked", by=actor, at=at, seal=seal.uid, **said)
    elif uses:
        book.record("seal.past-certificate-revoked", by=actor, at=at, seal=seal.uid, **said)
    else:
        book.record("seal.past-certificate-ended", by=actor, at=at, seal=seal.uid, **said)
    if version.voided_at is None and seal.version == version.version:
        revoked = keep_at_rest([seal], at)
        if seal.state == SealState.ACTIVE.value:
            move(actor, at, seal=seal, act=Act.REVOKE, leave=Leave.AUTHORITY, revoked=revoked)
    return seal.uid


@command("seal.move-revocation")
def move_revocation(actor: Actor, at: datetime, *, version_id: int, found: Current) -> str:
    """Keep another time from which an authority calls a certificate revoked: what was sealed counts by its last word.

    Who has no use in either time is told nothing, and it is on record.
    """
    seal = locked_seal(Seal.objects.get(versions=version_id).uid)
    watch = _locked(version_id)
    since = watch.revoked_since
    if found.since is None or since is None or found.since == since:
        return seal.uid
    before = _uses_since(seal, since)
    watch.revoked_since, watch.evidence = found.since, found.evidence
    watch.save(update_fields=["revoked_since", "evidence"])
    uses = _uses_since(seal, found.since)
    said: dict[str, Any] = {
        "version": watch.version.version,
        "serial": watch.version.serial,
        "since": utc_text(found.since),
        "before": utc_text(since),
        "uses": uses,
        "evidence_sha256": sha256(found.evidence),
    }
    if before or uses or watch.version.voided_at is None:
        book.record("seal.revocation-moved", by=actor, at=at, seal=seal.uid, **said)
    else:
        book.record("seal.past-certificate-ended", by=actor, at=at, seal=seal.uid, **said)
    return seal.uid


@command("seal.watch-certificate")
def record_watched(actor: Actor, at: datetime, *, version_id: int, is_late: bool) -> None:
    """Record that nothing current is known of a certificate any more, or that it is again; each once."""
    watch = _locked(version_id)
    if is_late == (watch.unwatched_at is not None):
        return
    watch.unwatched_at = at if is_late else None
    watch.save(update_fields=["unwatched_at"])
    seal, number = watch.version.seal.uid, watch.version.version
    until = utc_text(watch.good_until) if watch.good_until else None
    if is_late:
        book.record("seal.certificate-unwatched", by=actor, at=at, seal=seal, version=number, until=until)
    else:
        book.record("seal.certificate-watched", by=actor, at=at, seal=seal, version=number, until=until)


def tell_revoked(at: datetime, *, signer: Client) -> int:
    """Show the key every certificate that was revoked, until it has it; return of how many it was told."""
    told = 0
    for watch in list(revoked_and_untold()):
        try:
            signer.revoked_outside(
                seal=watch.version.seal.uid, version=watch.version.version, evidence=bytes(watch.evidence or b"")
            )
        except Refused:
            continue
        note_told(SWEEP, at, version_id=watch.version_id)
        told += 1
    return told


@command("seal.tell-revoked")
def note_told(actor: Actor, at: datetime, *, version_id: int) -> None:
    watch = _locked(version_id)
    if watch.told_at is None:
        watch.told_at = at
        watch.save(update_fields=["told_at"])
        seal, number = watch.version.seal.uid, watch.version.version
        book.record("seal.certificate-revoked-at-signer", by=actor, at=at, seal=seal, version=number)


def _uses_since(seal: Seal, since: datetime) -> int:
    """Return how many uses had been entered whose certificate was already revoked."""
    books = UseBook.objects.filter(company=seal.company_id, year__gte=localdate(since).year).order_by()
    entries = UseEntry.objects.filter(book__in=list(books.values_list("pk", flat=True)), seal=seal)
    return entries.filter(after_revocation()).count()


@transaction_required
def _locked(version_id: int) -> OutsideWatch:
    watches = OutsideWatch.objects.select_for_update(of=("self",)).select_related("version__seal")
    return watches.get(version_id=version_id)
