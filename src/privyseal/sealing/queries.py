"""Documents and sealed files, as far as an actor may see them."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from privyseal.identity import queries as identity
from privyseal.identity.again import asked_for
from privyseal.identity.keys import among, those_known
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotFound
from privyseal.ledger.proofs import Head
from privyseal.ledger.rewording import Most, asked_with
from privyseal.sealing.models import Document, DocumentShown, Intake, Intent, StandingUse
from privyseal.sealing.using import drawn_by, heads_over
from privyseal.seals.holding import held_by, is_held_by
from privyseal.seals.models import Permit, PermitLine, PermitPart, Seal
from privyseal.seals.permits import NotTheHolder
from privyseal.seals.queries import visible_to as seals_visible_to
from privyseal.seals.rules.standing import DAY
from privyseal.signer.statement import Purpose


def visible_to(actor: Person, at: datetime) -> QuerySet[Document]:
    """Return the documents one brought or is shown, those of companies whose uses one approves; all for the auditor."""
    powers = identity.powers_of(actor, at)
    documents = Document.objects.order_by("-received_at", "pk")
    if powers.reads_everything:
        return documents
    shown = Exists(DocumentShown.objects.filter(document=OuterRef("pk"), person=actor))
    of_companies = among("company_id", powers.companies(Power.APPROVE, Power.USE))
    return documents.filter(shown | Q(received_by=actor) | of_companies)


def document_visible_to(actor: Person, at: datetime, sha256: str) -> Document:
    document = visible_to(actor, at).filter(sha256=sha256).first()
    if document is None:
        raise NotFound(document=sha256)
    return document


def documents_visible_to(actor: Person, at: datetime, digests: Collection[str]) -> dict[str, Document]:
    """Return the documents by their digests, or refuse where one of them is not to be seen."""
    known = visible_to(actor, at).filter(sha256__in=digests)
    found = {document.sha256: document for document in known.reverse()}  # the latest of one digest is kept
    missing = next((digest for digest in digests if digest not in found), None)
    if missing is not None:
        raise NotFound(document=missing)
    return found


def intake_visible_to(actor: Person, at: datetime, uid: str) -> Intake:
    """Return a large file's intake, which only whoever brought it sees, while they use seals there; or refuse."""
    companies = identity.powers_of(actor, at).companies(Power.USE)
    own = Intake.objects.filter(among("company_id", companies), brought_by=actor)
    intake = own.filter(uid=uid).select_related("company").first()
    if intake is None:
        raise NotFound(intake=uid)
    return intake


def intents_visible_to(actor: Person, at: datetime) -> QuerySet[Intent]:
    """Return the seal impressions on documents an actor may see."""
    digests = visible_to(actor, at).order_by().values("sha256")
    seals = seals_visible_to(actor, at).order_by()
    lines = PermitLine.objects.filter(document_sha256__in=digests, permit__seal__in=seals)
    intents = Intent.objects.filter(line__in=lines).select_related("permit", "line", "operator")
    return intents.order_by("-intended_at", "pk")


def intents_of_permits(actor: Person, at: datetime, permits: Collection[Permit]) -> list[Intent]:
    """Return the impressions made by permits whose seals an actor may see, on documents they may see as well."""
    return asked_for(_made_by, actor, at, frozenset(permit.pk for permit in permits))


def _made_by(actor: Person, at: datetime, permits: frozenset[int]) -> QuerySet[Intent]:
    digests = visible_to(actor, at).order_by().values("sha256")
    intents = Intent.objects.filter(among("permit_id", permits), line__document_sha256__in=digests)
    return intents.select_related("permit", "line", "operator").order_by("-intended_at", "pk")


def sealed_visible_to(actor: Person, at: datetime, intent_uid: str) -> Intent:
    """Return a finished impression whose sealed file may be downloaded, or refuse."""
    intent = intents_visible_to(actor, at).filter(uid=intent_uid, state=Intent.State.SEALED).first()
    if intent is None:
        raise NotFound(intent=intent_uid)
    return intent


def standing_visible_to(actor: Person, at: datetime) -> QuerySet[Permit]:
    """Return the standing permits one holds or reviews, and those of companies where one manages or approves."""
    powers = identity.powers_of(actor, at)
    return _standing(actor, powers, _units_of(actor, powers))


def standing_on(actor: Person, at: datetime, seal: Seal, *, most: int) -> list[Permit]:
    """Return the last of these permits for one seal: how far each is used and until when it holds."""
    units = _units_of(actor, identity.powers_of(actor, at))
    return asked_for(_standing_on, actor, at, seal.pk, units, Most(most))


def _standing_on(actor: Person, at: datetime, seal: int, units: frozenset[int], most: Most) -> QuerySet[Permit]:
    found = _standing(actor, identity.powers_of(actor, at), units).select_related(None).filter(seal=seal)
    return found.only("uid", "used", "impressions", "expires_at")[:most]


def _units_of(actor: Person, powers: identity.Powers) -> frozenset[int]:
    """Return the units by which somebody may hold a permit; whoever reads everything is not asked for them."""
    return frozenset() if powers.reads_everything else identity.units_of_person(actor.pk)


def _standing(actor: Person, powers: identity.Powers, units: frozenset[int]) -> QuerySet[Permit]:
    """Return them for somebody who belongs to these units."""
    permits = Permit.objects.filter(purpose=Purpose.STANDING.value).select_related("seal__company", "ended_by", "unit")
    if powers.reads_everything:
        return permits.order_by("-issued_at", "-pk")
    mine = Exists(PermitPart.objects.filter(permit=OuterRef("pk"), person=actor, part=PermitPart.Part.WITNESS))
    over = among("seal__company_id", powers.companies(Power.MANAGE, Power.APPROVE))
    return permits.filter(mine | held_by(actor.pk, units) | over).order_by("-issued_at", "-pk")


def standing_permit_visible_to(actor: Person, at: datetime, uid: str) -> Permit:
    permit = standing_visible_to(actor, at).filter(uid=uid).first()
    if permit is None:
        raise NotFound(permit=uid)
    return permit


def standing_permit_held_by(actor: Person, at: datetime, uid: str) -> Permit:
    """Return a standing permit that the actor may use, or refuse."""
    permit = standing_permit_visible_to(actor, at, uid)
    if not is_held_by(permit, actor):
        raise NotTheHolder(permit=uid)
    return permit


def standing_uses_of(actor: Person, at: datetime, permit: Permit) -> QuerySet[StandingUse]:
    """Return the uses under a standing permit that an actor may see, the last first, with what was made of each."""
    seen = standing_visible_to(actor, at).filter(pk=permit.pk).order_by().values("pk")
    uses = StandingUse.objects.filter(permit__in=seen).select_related("by", "reviewed_by", "line", "permit")
    return uses.prefetch_related("line__intents").order_by("-number", "pk")


def draws_of(actor: Person, at: datetime, uses: Collection[StandingUse]) -> dict[int, bool]:
    """Draw again what the log covers of uses that an actor may see; return whether each is on record as drawn."""
    seen = set(
        standing_visible_to(actor, at).filter(pk__in={use.permit_id for use in uses}).values_list("pk", flat=True)
    )
    drawn = [use for use in uses if use.permit_id in seen and use.drawn_from is not None]
    heads = heads_over(drawn)
    return {use.pk: use.pk in heads and _is_as_drawn(use, heads[use.pk]) for use in drawn}


def _is_as_drawn(use: StandingUse, head: Head) -> bool:
    return (use.drawn_from, use.is_sample) == (head.size, drawn_by(head, use))


def samples_to_review(actor: Person, at: datetime) -> QuerySet[StandingUse]:
    """Return the samples that wait for the actor's review, the oldest first."""

    def see() -> QuerySet[StandingUse]:
        permits = standing_visible_to(actor, at).filter(pk=OuterRef("permit")).order_by()
        return StandingUse.objects.filter(Exists(permits)).select_related("permit__seal")

    return those_known(StandingUse, asked_with(_not_reviewed, actor.pk), see).order_by("at", "pk")


def _not_reviewed(actor: int) -> QuerySet[StandingUse, int]:
    mine = PermitPart.objects.filter(permit=OuterRef("permit"), person=actor, part=PermitPart.Part.WITNESS)
    waiting = StandingUse.objects.filter(Exists(mine), is_sample=True, reviewed_at=None)
    return waiting.order_by().values_list("pk", flat=True)


def used_today(actor: Person, at: datetime, permits: Collection[Permit]) -> dict[int, int]:
    """Return how often each of these standing permits, which the actor may see, was used in the last 24 hours."""
    seen = standing_visible_to(actor, at).filter(pk__in=[permit.pk for permit in permits]).order_by().values("pk")
    recent = StandingUse.objects.filter(permit__in=seen, at__gt=at - DAY).order_by()
    return dict(recent.values("permit_id").annotate(count=Count("pk")).values_list("permit_id", "count"))
