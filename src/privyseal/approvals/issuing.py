"""An approved application yields its permits, one a seal, or adds to those of the one before."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from privyseal.approvals.additions.permits import add_to_permits
from privyseal.approvals.blanks import terms_of_blanks
from privyseal.approvals.filing import owed_after
from privyseal.approvals.models import Application, Line, OwnYes, Vote
from privyseal.approvals.owning import own_yes_for
from privyseal.approvals.rules import Part
from privyseal.approvals.rules.categories import Retention
from privyseal.approvals.rules.filing import Duty
from privyseal.approvals.statements import FACES, by_document, turn_of
from privyseal.approvals.wishes import is_by_hand
from privyseal.custody.booking import book_take_out
from privyseal.custody.raising import thresholds_of
from privyseal.custody.rules import VOLUME
from privyseal.custody.rules.photographs import ASKS
from privyseal.custody.rules.spoiled import ANEW, USUAL_ANEW
from privyseal.identity.models import Person, Unit
from privyseal.kernel.canonical import Json
from privyseal.ledger.transactions import transaction_required
from privyseal.seals import permits
from privyseal.seals.entering_uses import DUTY
from privyseal.seals.permits import LineGranted, PermitWish
from privyseal.seals.rules.standing import FOR_UNIT
from privyseal.signer.statement import Approved, Purpose, parse, parse_approved

AFTER_A_TRIP: Final = Duty(3, Retention.TEN_YEARS)


@transaction_required
def issue_permits(actor: Person, at: datetime, application: Application, said_yes: Sequence[Vote]) -> None:
    evidence, lines = _evidence_by_seal(said_yes), list(application.lines.all())
    approvers = [vote.person for vote in said_yes]
    if application.adds_to_id is not None:
        _add(actor, at, application, approvers, evidence)
        return
    is_standing = application.purpose == Purpose.STANDING.value
    # Whoever compares a copy with its original has done so before: its use takes no further word of theirs. By hand,
    # somebody watches.
    is_watched = application.purpose != Purpose.USE.value or is_by_hand(lines)
    is_taken_out = bool(application.off_site) and application.purpose == Purpose.USE.value and is_by_hand(lines)
    asked, alike = list(application.own_yeses.all()), by_document(lines)
    for seal in {line.seal_id: line.seal for line in lines}.values():
        own = own_yes_for(application, seal, at, asked)
        wish = PermitWish(
            seal=seal,
            purpose=Purpose(application.purpose),
            application_uid=application.uid,
            applicant=application.applicant,
            policy=application.policy,
            starts_at=application.starts_at,
            expires_at=application.expires_at,
            holders=_named(application, Part.OPERATOR),
            approvers=approvers,
            lines=[
                _granted(line, alike[line.document_sha256])
                for line in lines
                if line.seal_id == seal.pk and line.document_sha256
            ],
            evidence=[*(item.to_json() for item in evidence[seal.uid]), *_said_themselves(own)],
            receivers=_named(application, Part.CUSTODIAN),
            witnesses=_named(application, Part.WITNESS) if is_watched else [],
            terms={
                **{name: said for name, said in application.terms.items() if name != FACES},
                **_duty(application, is_taken_out=is_taken_out),
                **(_by_hand(application) if is_by_hand(lines) else {}),
            },
            impressions=sum(line.impressions for line in lines if line.seal_id == seal.pk and is_standing),
            own_yes=own.person if own else None,
            mandate=own.mandate if own else None,
            joint_uid=application.joint.uid if application.joint else None,
            unit=_unit_of(application),
        )
        permit = permits.issue(actor, at, wish)
        if is_taken_out:
            book_take_out(
                actor,
                at,
                permit=permit,
                place=application.off_site,
                bearers=_named(application, Part.OPERATOR),
                companions=_named(application, Part.WITNESS),
            )


@transaction_required
def _add(
    actor: Person,
    at: datetime,
    application: Application,
    approvers: Sequence[Person],
    evidence: Mapping[str, Sequence[Approved]],
) -> None:
    """Raise the permits to which the application adds, each with the own yes of whose name its seal bears."""
    asked = list(application.own_yeses.all())
    seals = {line.seal_id: line.seal for line in application.lines.all()}
    own = {seal.uid: own_yes_for(application, seal, at, asked) for seal in seals.values()}
    said = {uid: [*(one.to_json() for one in evidence[uid]), *_said_themselves(yes)] for uid, yes in own.items()}
    add_to_permits(actor, at, application, approvers, said)


def _unit_of(application: Application) -> Unit | None:
    uid = application.terms.get(FOR_UNIT)
    return Unit.objects.get(uid=uid) if uid else None


def _said_themselves(own: OwnYes | None) -> Sequence[Mapping[str, Any]]:
    """Return the statement with which whoever the seal names said yes, as the signer takes it."""
    if own is None:
        return []
    evidence: list[Mapping[str, Any]] = own.mandate.evidence if own.mandate else own.approved
    return evidence


def _duty(application: Application, *, is_taken_out: bool) -> dict[str, Json]:
    """Return what the applicant owes to the file once a use is made: by its category, else by the company's rule.

    What is stamped outside the company is owed to the file whatever these say.
    """
    duty = owed_after(application) or (AFTER_A_TRIP if is_taken_out else None)
    return {} if duty is None else {DUTY: duty.to_json(owed_by=application.applicant_id)}


def _by_hand(application: Application) -> dict[str, Json]:
    """Return what the category says of stamping by hand; where there is none, what the company says."""
    category = application.category.category if application.category else None
    if category is None:
        anew = thresholds_of(application.company_id).made_anew
        return {} if anew == USUAL_ANEW else {ANEW: anew}
    blanks = terms_of_blanks(application)
    return {
        **blanks,
        ASKS: {"asks": category.photographs.value, "retention": category.retention.value},
        # A blank that went wrong is handed in under its number, and another one takes another application.
        ANEW: 0 if blanks else category.made_anew,
        **({VOLUME: category.volume} if category.volume else {}),
    }


def _named(application: Application, part: Part) -> list[Person]:
    return [casting.person for casting in application.castings.all() if part in casting.parts]


def _evidence_by_seal(said_yes: Sequence[Vote]) -> dict[str, list[Approved]]:
    """Gather the assertions of all voters on the same statement under it."""
    gathered: dict[bytes, Approved] = {}
    for vote in said_yes:
        for item in parse_approved(vote.approved):
            known = gathered.get(item.statement, Approved(item.statement, ()))
            gathered[item.statement] = Approved(item.statement, (*known.assertions, *item.assertions))
    by_seal: dict[str, list[Approved]] = {}
    for item in gathered.values():
        by_seal.setdefault(parse(item.statement).seal, []).append(item)
    return by_seal


def _granted(line: Line, lines: Sequence[Line]) -> LineGranted:
    return LineGranted(
        document_sha256=line.document_sha256,
        following=line.following,
        placements=line.placements,
        impressions=line.copies * line.impressions,
        turn=turn_of(line, lines),
        bound=line.bound,
    )
