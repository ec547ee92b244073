"""Seal routine papers under a standing permit, each on record and counted before the key is asked; review samples."""

from contextlib import suppress
from datetime import datetime
from typing import Final

from django.conf import settings

from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.actors import Actor
from privyseal.ledger.commands import command
from privyseal.ledger.proofs import NotYetProvable
from privyseal.ledger.transactions import transaction_required
from privyseal.pdf import confined
from privyseal.pdf.asking import AtWords
from privyseal.pdf.confined import Task
from privyseal.pdf.placement import PageSize
from privyseal.sealing.actions.sealing import SWEEP, AlreadySealed, finish_sealing, intended
from privyseal.sealing.models import Document, DocumentShown, StandingUse
from privyseal.sealing.queries import document_visible_to
from privyseal.sealing.using import drawn_by, heads_over
from privyseal.seals import permits
from privyseal.seals.actions import tell_signer
from privyseal.seals.holding import is_held_by
from privyseal.seals.models import Permit, PermitLine, PermitPart
from privyseal.seals.permits import NotTheHolder, PermitSpent
from privyseal.seals.rules.standing import (
    DAY,
    REVIEWED_WITHIN,
    DrawAwaited,
    NotOfItsClass,
    SampleOverdue,
    StandingOverrun,
    check_use,
    is_first,
    is_late_to_be_drawn,
    is_overdue,
)
from privyseal.signer.client import Client
from privyseal.signer.statement import Purpose

FAILED_REVIEW: Final = "failed-review"
_LONGEST_NOTE: Final = 500
_AT_ONCE: Final = 500


def seal_under_standing(actor: Person, at: datetime, *, permit_uid: str, document_sha256: str, signer: Client) -> str:
    """Seal one paper of the permit's class; return the intent's uid, or refuse. An overrun ends the permit at once.

    (1) the paper is of the class, as far as it can be told; (2) the use is counted, recorded and committed; (3) the
    signer counts for itself and seals; (4) the result is recorded
    """
    check_class(actor, at, permit_uid=permit_uid, document_sha256=document_sha256)  # (1)
    try:
        uid = intend_under_standing(actor, at, permit_uid=permit_uid, document_sha256=document_sha256)  # (2)
    except (StandingOverrun, PermitSpent) as overrun:
        _stop(at, permit_uid, StandingOverrun.code, signer)
        raise StandingOverrun(**dict(overrun.facts)) from overrun
    except SampleOverdue:
        _stop(at, permit_uid, SampleOverdue.code, signer)
        raise
    finish_sealing(actor, at, intent_uid=uid, signer=signer)  # (3) (4)
    return uid


def _stop(at: datetime, permit_uid: str, why: str, signer: Client) -> None:
    """End a standing permit in the register, then at the key."""
    with suppress(OutOfTurn):
        stop_standing(SWEEP, at, permit_uid=permit_uid, why=why)
    tell_signer(at, signer=signer)


def check_class(actor: Person, at: datetime, *, permit_uid: str, document_sha256: str) -> None:
    """Return if the paper is short enough and its first page has every word that the permit asks for, or refuse."""
    permit, document = _held(actor, permit_uid), document_visible_to(actor, at, document_sha256)
    is_long_enough = permit.terms["page"] <= len(document.pages) <= permit.terms["most_pages"]
    if document.is_signed or not is_long_enough:
        raise NotOfItsClass(pages=len(document.pages))
    first = [PageSize(**document.pages[0])]
    for word in permit.terms["title_words"]:
        with settings.BLOBS.lent(document_sha256) as file:
            if not confined.run(Task.FIND, file, wish=AtWords(word), pages=first):
                raise NotOfItsClass(missing=word)


@command("document.seal-standing")
def intend_under_standing(actor: Person, at: datetime, *, permit_uid: str, document_sha256: str) -> str:
    """Count a use and say what is about to be sealed, before any key is touched: all of it or nothing."""
    found = _held(actor, permit_uid)
    document = document_visible_to(actor, at, document_sha256)
    settings.BLOBS.check(document_sha256)
    permit = permits.spend(found.uid, by=actor, at=at, impressions=1, purpose=Purpose.STANDING)
    if any(is_overdue(taken_at, at=at) for taken_at in _waiting_samples(permit)):
        raise SampleOverdue(permit=permit.uid)
    # Whoever used the same permit meanwhile holds its row no more: what they counted is seen from here on.
    number = Permit.objects.values_list("used", flat=True).get(pk=permit.pk)
    uses = StandingUse.objects.filter(permit=permit)
    undrawn = uses.filter(is_sample=None).order_by("at").values_list("at", flat=True).first()
    if undrawn is not None and is_late_to_be_drawn(undrawn, at=at):
        raise DrawAwaited(permit=permit.uid)
    check_use(
        number,
        today=uses.filter(at__gt=at - DAY).count() + 1,
        a_day=permit.terms["a_day"],
        in_all=permit.impressions,
        unreviewed=uses.filter(is_sample=True, reviewed_at=None).count(),
    )
    if permit.lines.filter(document_sha256=document_sha256).exists():
        raise AlreadySealed(permit=permit.uid, document=document_sha256)
    line = PermitLine.objects.create(
        permit=permit,
        document_sha256=document.sha256,
        following="nobody",
        placements=[{name: permit.terms[name] for name in ("page", "x", "y")}],
        impressions=1,
    )
    use = StandingUse.objects.create(
        permit=permit,
        line=line,
        number=number,
        by=actor,
        at=at,
        is_sample=True if is_first(number) else None,
    )
    if use.is_sample:
        _show_to_reviewer(actor, at, use)
    intent = intended(actor, at, line=line, standing_number=number, sample_every=permit.terms["sample_every"])
    return intent.uid


@command("permit.draw-sample")
def draw_sample(actor: Actor, at: datetime, *, permit_uid: str, number: int) -> str:
    """Say whether a use is a sample, as the first head of the log that covers it has it. Return the permit's uid."""
    found = StandingUse.objects.select_for_update(of=("self",)).select_related("permit", "line", "by")
    use = found.filter(permit__uid=permit_uid, number=number).first()
    if use is None or use.is_sample is not None:
        raise OutOfTurn(permit=permit_uid, number=number)
    head = heads_over([use]).get(use.pk)
    if head is None:
        raise NotYetProvable(permit=permit_uid, number=number)
    use.is_sample, use.drawn_from = drawn_by(head, use), head.size
    use.save(update_fields=["is_sample", "drawn_from"])
    book.record(
        "permit.use-drawn",
        by=actor,
        at=at,
        permit=use.permit.uid,
        application=use.permit.application_uid,
        document=use.line.document_sha256,
        standing_number=number,
        is_sample=use.is_sample,
        log_size=head.size,
    )
    if use.is_sample:
        _show_to_reviewer(actor, at, use)
    return permit_uid


def draw_samples(at: datetime) -> int:
    """Draw every use that a head of the log covers by now; return how many."""
    waiting = list(StandingUse.objects.filter(is_sample=None).select_related("permit").order_by("at", "pk")[:_AT_ONCE])
    covered = heads_over(waiting)
    for use in waiting:
        if use.pk in covered:
            with suppress(OutOfTurn):
                draw_sample(SWEEP, at, permit_uid=use.permit.uid, number=use.number)
    return len(covered)


@command("document.review-sample")
def review_sample(actor: Person, at: datetime, *, permit_uid: str, number: int, is_fit: bool, note: str = "") -> str:
    """Say whether a sample is what the permit is for; one that is not ends it at once. Return the permit's uid."""
    permit = Permit.objects.filter(uid=permit_uid, purpose=Purpose.STANDING).first()
    if permit is None or not permit.parts.filter(person=actor, part=PermitPart.Part.WITNESS).exists():
        raise NotEntitled(permit=permit_uid)
    identity.require_part(actor, at)
    use = StandingUse.objects.select_for_update(of=("self",)).filter(permit=permit, number=number).first()
    if use is None:
        raise NotFound(permit=permit_uid, number=number)
    if not use.is_sample or use.reviewed_at is not None:
        raise OutOfTurn(permit=permit_uid, number=number)
    use.reviewed_at, use.reviewed_by, use.is_fit = at, actor, is_fit
    use.note = note.strip()[:_LONGEST_NOTE]
    use.save(update_fields=["reviewed_at", "reviewed_by", "is_fit", "note"])
    book.record(
        "permit.sample-reviewed",
        by=actor,
        at=at,
        permit=permit.uid,
        application=permit.application_uid,
        document=use.line.document_sha256,
        standing_number=number,
        is_fit=is_fit,
    )
    if not is_fit:
        with suppress(OutOfTurn):
            stop_standing.within(actor, at, permit_uid=permit_uid, why=FAILED_REVIEW)
    return permit_uid


def stop_unreviewed(at: datetime) -> int:
    """End each standing permit of which a sample waited too long for its review; return how many."""
    late = StandingUse.objects.filter(is_sample=True, reviewed_at=None, at__lte=at - REVIEWED_WITHIN)
    permits = late.filter(permit__revoked_at=None, permit__expires_at__gt=at).order_by("permit_id")
    uids = list(permits.values_list("permit__uid", flat=True).distinct()[:_AT_ONCE])
    for uid in uids:
        with suppress(OutOfTurn):
            stop_standing(SWEEP, at, permit_uid=uid, why=SampleOverdue.code)
    return len(uids)


@command("permit.stop-standing")
def stop_standing(actor: Actor, at: datetime, *, permit_uid: str, why: str) -> str:
    """End a standing permit at once: it was overrun, or a sample was not what it is for, or not looked at in time."""
    stopped = Permit.objects.filter(uid=permit_uid, purpose=Purpose.STANDING, revoked_at=None)
    permit = stopped.select_related("seal").select_for_update(of=("self",)).first()
    if permit is None:
        raise OutOfTurn(permit=permit_uid)
    permit.revoked_at = at
    permit.save(update_fields=["revoked_at"])
    book.record(
        "permit.stopped",
        by=actor,
        at=at,
        permit=permit.uid,
        seal=permit.seal.uid,
        application=permit.application_uid,
        code=why,
        used=permit.used,
        impressions=permit.impressions,
    )
    return permit_uid


@transaction_required
def _show_to_reviewer(actor: Actor, at: datetime, use: StandingUse) -> None:
    """Let the reviewer see the sample, and know of it."""
    permit, brought = use.permit, Document.objects.filter(sha256=use.line.document_sha256)
    document = min(brought, key=lambda one: (one.received_by_id != use.by_id, one.pk))  # others may have brought it too
    for part in permit.parts.filter(part=PermitPart.Part.WITNESS).select_related("person").order_by("person_id"):
        DocumentShown.objects.bulk_create([DocumentShown(document=document, person=part.person)], ignore_conflicts=True)
        book.record(
            "permit.sample-taken",
            by=actor,
            at=at,
            permit=permit.uid,
            application=permit.application_uid,
            document=document.sha256,
            person=part.person.pseudonym,
            standing_number=use.number,
        )


def _waiting_samples(permit: Permit) -> list[datetime]:
    waiting = StandingUse.objects.filter(permit=permit, is_sample=True, reviewed_at=None)
    return list(waiting.order_by("at").values_list("at", flat=True))


def _held(actor: Person, permit_uid: str) -> Permit:
    permit = Permit.objects.filter(uid=permit_uid, purpose=Purpose.STANDING).first()
    if permit is None:
        raise NotFound(permit=permit_uid)
    if permit.unit_id is None and not is_held_by(permit, actor):
        raise NotTheHolder(permit=permit_uid)
    return permit
