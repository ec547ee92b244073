"""Ask for more of what was approved, or for longer: an application like any other, judged like the first one."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from privyseal.approvals.actions.opening import Named, ReasonMissing, applicants_company, submit
from privyseal.approvals.additions.by_hand import more_by_document, with_more
from privyseal.approvals.additions.permits import lost_by, statement_sha256
from privyseal.approvals.additions.terms import STATEMENTS, UNTIL
from privyseal.approvals.locks import locked
from privyseal.approvals.models import Application, Line
from privyseal.approvals.rules import Part, State
from privyseal.approvals.rules.additions import AdditionWaits, NothingToAdd
from privyseal.approvals.wishes import is_by_hand
from privyseal.custody.owing import check_owes_nothing
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.kernel.canonical import Json, utc_text
from privyseal.kernel.errors import NotEntitled, OutOfTurn
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.seals import additions
from privyseal.seals.models import Permit
from privyseal.seals.rules.additions import AdditionNotPossible
from privyseal.signer.statement import USES, Purpose


@command("application.apply-to-top-up")
def apply_to_top_up(
    actor: Person,
    at: datetime,
    *,
    application_uid: str,
    reason: str,
    uses: int = 0,
    copies: Mapping[int, int] | None = None,
) -> str:
    """Ask for so many more uses of a standing permit, or for impressions that failed sealings lost; return the uid.

    Of what is stamped by hand, for so many more ``copies`` by the position of their line.
    """
    first = _first(actor, at, application_uid, Purpose.TOP_UP)
    permits = additions.locked_permits(first.uid)
    if is_by_hand(list(first.lines.all())):
        return _more_by_hand(actor, at, first, permits, reason=reason, copies=copies or {})
    is_standing = first.purpose == Purpose.STANDING.value
    lost = {permit.seal_id: frozenset[str]() if is_standing else lost_by(permit) for permit in permits}
    if is_standing != (uses > 0):
        raise AdditionNotPossible(impressions=uses)
    lines = [line for line in first.lines.all() if is_standing or line.document_sha256 in lost[line.seal_id]]
    raised = {line.seal_id for line in lines}
    for permit in permits:
        if permit.seal_id in raised or not lines:
            more = uses or sum(line.copies * line.impressions for line in lines if line.seal_id == permit.seal_id)
            _check(first, permit, at, more=more, expires_at=permit.expires_at, is_lost=bool(lost[permit.seal_id]))
    if not lines:
        raise NothingToAdd(application=first.uid)
    raising = [permit for permit in permits if permit.seal_id in raised]
    return _submit(actor, at, first, Purpose.TOP_UP, reason=reason, lines=lines, permits=raising, uses=uses)


@transaction_required
def _more_by_hand(
    actor: Person,
    at: datetime,
    first: Application,
    permits: Sequence[Permit],
    *,
    reason: str,
    copies: Mapping[int, int],
) -> str:
    lines = with_more(list(first.lines.all()), copies)
    raising = [permit for permit in permits if any(line.seal_id == permit.seal_id for line in lines)]
    for permit in raising:
        own = [line for line in lines if line.seal_id == permit.seal_id]
        more = sum(more_by_document(permit, own).values())
        _check(first, permit, at, more=more, expires_at=permit.expires_at)
    return _submit(actor, at, first, Purpose.TOP_UP, reason=reason, lines=lines, permits=raising)


@command("application.apply-to-prolong")
def apply_to_prolong(actor: Person, at: datetime, *, application_uid: str, reason: str, expires_at: datetime) -> str:
    """Ask that what was approved may be used until a later end; return the application's uid."""
    first = _first(actor, at, application_uid, Purpose.PROLONG)
    permits = additions.locked_permits(first.uid)
    running = [one for one in permits if one.revoked_at is None and one.used < one.impressions and at < one.expires_at]
    for permit in running or permits[:1]:
        if expires_at <= permit.expires_at:
            raise AdditionNotPossible(impressions=0)
        _check(first, permit, at, more=0, expires_at=expires_at)
    seals = {permit.seal_id for permit in running}
    lines = [line for line in first.lines.all() if line.seal_id in seals]
    return _submit(actor, at, first, Purpose.PROLONG, reason=reason, lines=lines, permits=running, until=expires_at)


@transaction_required
def _first(actor: Person, at: datetime, application_uid: str, purpose: Purpose) -> Application:
    """Return the approved use, locked, to which its applicant may ask for an addition of this kind now, or refuse."""
    first = locked(application_uid)
    if first.applicant_id != actor.pk:
        raise NotEntitled(part=Part.APPLICANT.value)
    applicants_company(actor, at, company_uid=first.company.uid, purpose=purpose)
    if first.state != State.APPROVED.value or Purpose(first.purpose) not in USES:
        raise OutOfTurn(application=first.uid)
    if first.additions.filter(purpose=purpose.value, state=State.PENDING.value).exists():
        raise AdditionWaits(application=first.uid)
    return first


def _check(
    first: Application, permit: Permit, at: datetime, *, more: int, expires_at: datetime, is_lost: bool = False
) -> None:
    seal = next(line.seal for line in first.lines.all() if line.seal_id == permit.seal_id)
    additions.check_can_be_raised(permit, seal, more=more, expires_at=expires_at, at=at, is_lost=is_lost)


@transaction_required
def _submit(
    actor: Person,
    at: datetime,
    first: Application,
    purpose: Purpose,
    *,
    reason: str,
    lines: Sequence[Line],
    permits: Sequence[Permit],
    uses: int = 0,
    until: datetime | None = None,
) -> str:
    """Submit what says the same as the first application but for what it adds, with the same people for it."""
    if not reason.strip():
        raise ReasonMissing
    check_owes_nothing(actor, purpose)
    digests: dict[str, Json] = {
        line.seal.uid: statement_sha256(permit)
        for permit in permits
        for line in lines
        if line.seal_id == permit.seal_id
    }
    application = Application.objects.create(
        company=first.company,
        purpose=purpose.value,
        adds_to=first,
        applicant=actor,
        unit=identity.unit_of_member(actor, first.company),
        reason=reason.strip(),
        policy=first.policy,
        starts_at=first.starts_at,
        expires_at=min(permit.expires_at for permit in permits),
        submitted_at=at,
        terms={STATEMENTS: digests, **({UNTIL: utc_text(until)} if until else {})},
        amount=first.amount,
        counterparty=first.counterparty,
        off_site=first.off_site,
        category=first.category,
        entered=first.entered,
        attached=first.attached,
        attached_kinds=first.attached_kinds,
        required_kinds=first.required_kinds,
    )
    Line.objects.bulk_create(_again(line, application, number, uses) for number, line in enumerate(lines, start=1))
    castings = list(first.castings.all())
    named = {part: [each.person for each in castings if part in each.parts] for part in (Part.OPERATOR, Part.WITNESS)}
    people = Named(operators=named[Part.OPERATOR], witnesses=named[Part.WITNESS])
    return submit(actor, at, application=application, named=people)


def _again(line: Line, application: Application, position: int, uses: int) -> Line:
    """Return a line like this one; the code printed on the paper stays the first one's."""
    return Line(
        application=application,
        position=position,
        seal=line.seal,
        binding=line.binding,
        bound=line.bound,
        document_sha256=line.document_sha256,
        document_name=line.document_name,
        manner=line.manner,
        copies=line.copies,
        impressions=uses or line.impressions,
        following=line.following,
        placements=line.placements,
        codes=line.codes,
        writings=line.writings,
        awaited=line.awaited,
        field=line.field,
    )
