"""The worker: the integrator, the sweep and the telling of people, each under a lock, so that any number may run."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import psycopg
from django.conf import settings
from django.db import connection

from privyseal.approvals import asking
from privyseal.approvals.actions import (
    deny_applications,
    deny_passkeys,
    deny_seats,
    follow_seats,
    sweep_deadlines,
    tell_charters,
    tell_rosters,
    tell_seats,
)
from privyseal.config.ceremony import publish_paper, publish_revocations
from privyseal.cosigner.client import Cosigner
from privyseal.custody.actions import (
    finish_over,
    watch_alarms,
    watch_debts,
    watch_leavers,
    watch_stock_takes,
    watch_take_outs,
)
from privyseal.devices.actions import (
    allow_at_signer,
    compare_receipts,
    confirm_at_signer,
    end_forced,
    mount_at_signer,
    stop_at_signer,
    stop_uses,
    unlock_at_signer,
    watch_machines,
)
from privyseal.devices.positions import watch_positions
from privyseal.identity import attempts
from privyseal.identity.actions import end_dead_tables, forget_ended_sessions
from privyseal.keeping.actions import blot_what_waits, discard_tables_over
from privyseal.kernel.errors import Refused
from privyseal.kernel.quorum import Needed
from privyseal.language.messages import code_for, texts_for
from privyseal.ledger.cosigned import watch_cosigners
from privyseal.ledger.cosigning import Follower
from privyseal.ledger.housekeeping import forget_old_commands
from privyseal.ledger.integrator import BATCH, Integrator
from privyseal.ledger.keyholder import watch_signer
from privyseal.ledger.refusals import close_tallies
from privyseal.ledger.stamping import stamp_head
from privyseal.notification import claims, following, hooks, outbox, receipts, reminding
from privyseal.notification.channels import Sender
from privyseal.notification.rules import Channel
from privyseal.sealing.actions import (
    draw_samples,
    finish_open_intents,
    keep_sealed,
    renew_kept,
    stop_unreviewed,
    tell_of_lingering,
)
from privyseal.sealing.authorities import time_stamp
from privyseal.sealing.signing import client
from privyseal.sealing.watching import is_looking, look_after_certificates
from privyseal.seals.actions import (
    catch_up,
    deny_at_signer,
    expire_seals,
    finish_open_acts,
    sweep_permits,
    tell_revoked,
    tell_signer,
    watch_seals,
)

SWEEP_LOCK: Final = 0x5EA1_0003
FOLLOW_LOCK: Final = 0x5EA1_0004
STOP_LOCK: Final = 0x5EA1_0019
STOP_SECONDS: Final = 0.5
STAMP_LOCK: Final = 0x5EA1_0216
STAMP_SECONDS: Final = 600.0
OUTSIDE_LOCK: Final = 0x5EA1_0315
OUTSIDE_SECONDS: Final = 10.0
INTEGRATE_SECONDS: Final = 0.04
SWEEP_SECONDS: Final = 5.0
ALARM_SECONDS: Final = 600.0
FOLLOW_SECONDS: Final = 0.5
REMIND_SECONDS: Final = 60.0
SEND_SECONDS: Final = 1.0
COSIGN_SECONDS: Final = 1.0
RETRY_SECONDS: Final = 1.0
WORDS: Final = outbox.Words(messages=texts_for, code=code_for)
_log = logging.getLogger(__name__)


def run(stop: threading.Event) -> None:
    """Run all of them until told to stop."""
    # A channel that hangs keeps nothing from the others: each has a thread of its own.
    sending = [_sending(channel, sender) for channel, sender in settings.SENDERS.items()]
    cosigning = [_cosigning(cosigner) for cosigner in settings.COSIGNERS]
    stamping = [_stamp_heads] if settings.STAMP_RECORD == "yes" else []
    watching = [_watch_outside] if is_looking() else []
    works = [_sweep, *watching, _stop_machines, _follow, _call_hooks, _ask_outside, *sending, *cosigning, *stamping]
    beside = [
        threading.Thread(target=_again_and_again, args=(stop, work), name=work.__name__.strip("_")) for work in works
    ]
    for thread in beside:
        thread.start()
    _again_and_again(stop, integrate)
    for thread in beside:
        thread.join()


def integrate(stop: threading.Event) -> None:
    """Give facts their index and sign heads until told to stop, once this worker leads."""
    with psycopg.connect(settings.INTEGRATOR_DATABASE_URL) as own:
        integrator = Integrator(own, client())
        while not integrator.take_lead():
            if stop.wait(RETRY_SECONDS):
                return
        while not stop.is_set():
            if integrator.step() < BATCH:  # a head for each few facts costs more than the facts do
                stop.wait(INTEGRATE_SECONDS)


def _sweep(stop: threading.Event) -> None:
    looked = 0.0
    while not stop.wait(SWEEP_SECONDS):
        if not _leads(SWEEP_LOCK):
            continue
        sweep_once(datetime.now(UTC))
        if time.monotonic() - looked >= ALARM_SECONDS:
            looked = time.monotonic()
            watch_alarms(datetime.now(UTC))
            watch_machines(datetime.now(UTC))


def _stamp_heads(stop: threading.Event) -> None:
    """Have the newest head of the log stamped once a day; an authority that is away is asked every ten minutes."""
    while not stop.is_set():
        if _leads(STAMP_LOCK):
            stamp_head(datetime.now(UTC), stamp=time_stamp)
        stop.wait(STAMP_SECONDS)


def _watch_outside(stop: threading.Event) -> None:
    """Ask authorities outside about the certificates of seals; one that is slow holds up nothing else."""
    while not stop.wait(OUTSIDE_SECONDS):
        if _leads(OUTSIDE_LOCK) and look_after_certificates(datetime.now(UTC)):
            tell_revoked(datetime.now(UTC), signer=client())


def _stop_machines(stop: threading.Event) -> None:
    """Take tickets back as soon as nothing allows them: a machine that waits for news hears of it within a second."""
    while not stop.wait(STOP_SECONDS):
        if _leads(STOP_LOCK):
            stop_uses(datetime.now(UTC))
            end_forced(datetime.now(UTC))


def _follow(stop: threading.Event) -> None:
    """Tell people of what happened, soon, and of what is due, every minute."""
    reminded = 0.0
    while not stop.wait(FOLLOW_SECONDS):
        if not _leads(FOLLOW_LOCK):
            continue
        while following.follow(datetime.now(UTC)) == following.BATCH and not stop.is_set():
            pass
        if time.monotonic() - reminded >= REMIND_SECONDS:
            reminded = time.monotonic()
            reminding.remind(datetime.now(UTC))


def _sending(channel: Channel, sender: Sender) -> Callable[[threading.Event], None]:
    """Return what sends whatever is due by a channel; any number of workers may, since each claims what it sends."""
    senders = {channel: sender}

    def send(stop: threading.Event) -> None:
        while not stop.wait(SEND_SECONDS):
            outbox.send_codes(_clock, senders=senders, words=WORDS)
            while outbox.send_due(_clock, senders=senders, words=WORDS) == claims.BATCH and not stop.is_set():
                receipts.take_receipts(_clock(), senders=senders)
            receipts.take_receipts(_clock(), senders=senders)

    send.__name__ = f"send_{channel.value}"
    return send


def _cosigning(cosigner: Cosigner) -> Callable[[threading.Event], None]:
    """Return what offers heads to one cosigner: each has a connection of its own, and a slow one delays no other."""

    def cosign(stop: threading.Event) -> None:
        with psycopg.connect(settings.INTEGRATOR_DATABASE_URL) as own:
            follower = Follower(own, cosigner, settings.EGRESS)
            while not stop.wait(COSIGN_SECONDS):
                cosigned = follower.step(_clock()) if follower.take_lead() else None
                if cosigned is not None and settings.QUORUM.needed is not Needed.NONE:
                    client().cosigned(note=cosigned)

    return cosign


def _ask_outside(stop: threading.Event) -> None:
    """Put before outside approval systems what waits for them; any number of workers may."""
    while not stop.wait(SEND_SECONDS):
        while asking.tell_due(_clock) == asking.BATCH and not stop.is_set():
            pass


def _call_hooks(stop: threading.Event) -> None:
    """Tell other programs what happened; any number of workers may, since each claims what it tells."""
    while not stop.wait(SEND_SECONDS):
        while hooks.call_due(_clock) == hooks.BATCH and not stop.is_set():
            pass


def _clock() -> datetime:
    return datetime.now(UTC)


def sweep_once(at: datetime) -> None:
    """Finish what a crash or an absent signer left open."""
    signer = client()
    # What was taken back is known to the key before it is asked for anything that is still open.
    deny_applications(at, signer=signer)
    deny_at_signer(at, signer=signer)
    stop_at_signer(at, signer=signer)
    mount_at_signer(at, signer=signer)
    unlock_at_signer(at, signer=signer)
    confirm_at_signer(at, signer=signer)
    allow_at_signer(at, signer=signer)
    compare_receipts(at, signer=signer)
    deny_passkeys(at, signer=signer)
    tell_rosters(at, signer=signer, page=settings.APPROVAL_URL)
    follow_seats(at)
    deny_seats(at, signer=signer)
    tell_seats(at, signer=signer, page=settings.APPROVAL_URL)
    tell_charters(at, signer=signer, page=settings.APPROVAL_URL)
    finish_open_intents(at, signer=signer)
    finish_open_acts(at, signer=signer)
    tell_of_lingering(at)
    keep_sealed(at, signer=signer)
    renew_kept(at, signer=signer)
    expire_seals(at)
    sweep_permits(at)
    draw_samples(at)
    stop_unreviewed(at)
    sweep_deadlines(at)
    watch_debts(at)
    finish_over(at)
    watch_take_outs(at)
    watch_positions(at)
    watch_stock_takes(at)
    watch_leavers(at)
    watch_seals(at)
    end_dead_tables(at)
    blot_what_waits()
    discard_tables_over(at)
    tell_revoked(at, signer=signer)
    tell_signer(at, signer=signer)
    catch_up(at, signer=signer)
    watch_cosigners(at)
    watch_signer(at, signer=signer)
    close_tallies(at)
    receipts.forget_old_parts(at)
    hooks.forget_old_notices(at)
    forget_old_commands(at - timedelta(days=7))
    attempts.forget_before(at)
    forget_ended_sessions(at)
    # The last: alone of all these it cannot do without the signer, or on a full disk.
    public = signer.public()
    publish_revocations(settings.DATA, public.crl)
    publish_paper(settings.DATA, public.paper, authority=public.ca)


def _leads(lock: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock])
        row = cursor.fetchone()
    return bool(row and row[0])


def _again_and_again(stop: threading.Event, work: Callable[[threading.Event], None]) -> None:
    """Start the work again after whatever ended it: a worker that gives up is worse than one that tries."""
    while not stop.is_set():
        started = time.monotonic()
        try:
            work(stop)
        except Refused as refusal:
            _log.error("work refused", extra={"work": work.__name__, "code": refusal.code})
        except Exception:  # noqa: BLE001  the outermost loop of a process: it logs and goes on
            _log.exception("work failed", extra={"work": work.__name__})
            connection.close()
        stop.wait(max(0.0, RETRY_SECONDS - (time.monotonic() - started)))
