"""Keep sealed files checkable for decades: evidence is put behind the seal as soon as it can be had."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from privyseal.identity.queries import installation
from privyseal.kernel.errors import Refused
from privyseal.ledger import book
from privyseal.ledger.actors import Actor, Service
from privyseal.ledger.commands import command
from privyseal.pdf import confined, longterm
from privyseal.pdf.accepted import PdfTooHard
from privyseal.pdf.confined import Task
from privyseal.pdf.judgement import Judgement
from privyseal.sealing import evidence
from privyseal.sealing.actions.sealing import locked
from privyseal.sealing.models import Intent
from privyseal.sealing.saying import about
from privyseal.seals.actions import evidence_of
from privyseal.signer.client import Client, SignerUnavailable
from privyseal.signer.proving import digests

ASK_AGAIN: Final = timedelta(minutes=10)
ASK_TO_RENEW_AGAIN: Final = timedelta(days=1)
KEEPER: Final = Service("keeper")
_A_SWEEP: Final = 20


class EvidenceSpoils(Refused):
    """With the evidence our own verifier says something else of the file than without it."""

    code = "evidence-spoils"


class NothingGained(Refused):
    """The authority's own certificate ends no later than that of the time stamp it would follow."""

    code = "renewal-gains-nothing"


def keep_sealed(at: datetime, *, signer: Client) -> int:
    """Keep the evidence of sealed files that wait for it; return of how many. What fails is tried again later."""
    done = 0
    for intent in list(_waiting(at)[:_A_SWEEP]):
        try:
            _keep(intent, at, signer=signer)
        except SignerUnavailable:
            return done
        except Refused as refusal:
            put_off_keeping(KEEPER, at, intent_uid=intent.uid, code=refusal.code)
        else:
            done += 1
    return done


def renew_kept(at: datetime, *, signer: Client) -> int:
    """Put a new time stamp around archived files whose last one ends soon; return of how many."""
    done = 0
    for intent in list(_ending(at)[:_A_SWEEP]):
        try:
            _keep(intent, at, signer=signer)
        except SignerUnavailable:
            return done
        except Refused as refusal:
            put_off_keeping(KEEPER, at, intent_uid=intent.uid, code=refusal.code)
        else:
            done += 1
    return done


@command("document.keep")
def put_kept(
    actor: Actor,
    at: datetime,
    *,
    intent_uid: str,
    kept_sha256: str,
    level: str,
    until: datetime | None = None,
    renews: str = "",
) -> str:
    """Put on record that a file has its evidence now, or a new time stamp around it; a second time changes nothing.

    ``renews`` is the file around which the stamp was put, the sealed file itself where it had no evidence.
    """
    intent = locked(intent_uid)
    if intent.state == Intent.State.SEALED and intent.kept_sha256 == renews:
        intent.kept_sha256, intent.kept_level, intent.kept_at, intent.kept_until = kept_sha256, level, at, until
        intent.keep_after = None
        intent.save(update_fields=["kept_sha256", "kept_level", "kept_at", "kept_until", "keep_after"])
        book.record(
            "document.kept",
            by=actor,
            at=at,
            **about(intent),
            document=kept_sha256,
            sealed_sha256=intent.result_sha256,
            result_sha256=kept_sha256,
            level=level,
            votes=digests(evidence_of(intent.permit)),
            **({"renewed_sha256": renews} if renews else {}),
        )
    return intent.uid


@command("document.put-off-keeping")
def put_off_keeping(actor: Actor, at: datetime, *, intent_uid: str, code: str) -> str:
    """Try again later; that something is missing is recorded once, not each time."""
    intent = locked(intent_uid)
    is_first = intent.keep_after is None
    intent.keep_after = at + (ASK_TO_RENEW_AGAIN if intent.kept_sha256 else ASK_AGAIN)
    intent.save(update_fields=["keep_after"])
    if is_first:
        book.record("document.evidence-missing", by=actor, at=at, **about(intent), code=code)
    return intent.uid


def _waiting(at: datetime) -> QuerySet[Intent]:
    """Return the sealed files to keep, the first sealed first; of one act only the last result is one."""
    sealed = Intent.objects.filter(Q(keep_after=None) | Q(keep_after__lte=at), state=Intent.State.SEALED)
    stands_on_it = Intent.objects.filter(after=OuterRef("pk")).exclude(state=Intent.State.FAILED)
    last = sealed.filter(~Exists(stands_on_it), kept_sha256="")
    if settings.SEAL_LEVEL not in {"b-lt", "b-lta"}:
        last = last.filter(is_unstamped=True)
    return last.order_by("ended_at", "pk") if settings.TSA_URL else last.none()


def _ending(at: datetime) -> QuerySet[Intent]:
    """Return the archived files whose time stamp ends soon, the first to end first."""
    soon = at + timedelta(days=settings.RENEW_STAMPS_DAYS)
    ready = Intent.objects.filter(Q(keep_after=None) | Q(keep_after__lte=at), kept_until__lte=soon)
    return ready.order_by("kept_until", "pk") if settings.TSA_URL else ready.none()


# (1) the evidence is fetched  (2) it is stored  (3) our own verifier says of the whole what it said of the file before
# (4) only then is it recorded
def _keep(intent: Intent, at: datetime, *, signer: Client) -> None:
    is_archived = intent.kept_until is not None or intent.is_unstamped or settings.SEAL_LEVEL == "b-lta"
    with settings.BLOBS.mapped(intent.file_sha256) as known:
        appended = evidence.kept(known, signer=signer, is_archived=is_archived)  # (1)
    whole: str = settings.BLOBS.append(intent.file_sha256, appended)  # (2)
    with settings.BLOBS.mapped(whole) as stamped:
        until = longterm.protected_until(stamped) if is_archived else None
    if intent.kept_until is not None and (until is None or until <= intent.kept_until):
        raise NothingGained(intent=intent.uid)
    before, after = (_judged(digest, at, signer=signer) for digest in (intent.file_sha256, whole))  # (3)
    if (before.verdict, before.reasons) != (after.verdict, after.reasons):
        raise EvidenceSpoils(intent=intent.uid, verdict=after.verdict.value)
    put_kept(
        KEEPER,
        at,
        intent_uid=intent.uid,
        kept_sha256=whole,
        level="b-lta" if is_archived else "b-lt",
        until=until,
        renews=intent.kept_sha256,
    )  # (4)


def _judged(digest: str, at: datetime, *, signer: Client) -> Judgement:
    founded = installation()
    trust = (*((bytes(founded.authority),) if founded else ()), *settings.OUTSIDE_ROOTS)
    try:
        with settings.BLOBS.lent(digest) as file:
            return confined.run(
                Task.JUDGE, file, trust=trust, time_trust=settings.TSA_ROOTS, crls=(signer.public().crl,), at=at
            )
    except PdfTooHard as error:
        raise EvidenceSpoils(verdict="too-hard") from error
