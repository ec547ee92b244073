"""Ask for the use of seals: of one company, or of several in one application."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from privyseal.approvals.actions.applying import operators_of
from privyseal.approvals.actions.drafts import let_go
from privyseal.approvals.actions.opening import Named, applicants_company, begin, named_people, submit
from privyseal.approvals.actions.supervising import supervisors_of
from privyseal.approvals.checking import check_documents
from privyseal.approvals.choosing import alike_in, choose
from privyseal.approvals.comparing import CheckerMissing, ask_to_compare
from privyseal.approvals.models import Application, Joint, Line
from privyseal.approvals.papers import Papers, check_particulars
from privyseal.approvals.rules import Manner, Part
from privyseal.approvals.rules.joint import Mode
from privyseal.approvals.statements import FACES, is_drawn
from privyseal.approvals.wholes.parts import joined
from privyseal.approvals.wishes import LineWish, SealOfAnotherCompany, check_lines, is_by_hand
from privyseal.custody.booking import check_not_booked, check_one_bearer
from privyseal.custody.rules.takeout import FENCE, NothingToFence
from privyseal.devices.mounted import machines_of
from privyseal.devices.rules import MACHINES
from privyseal.identity.models import Company, Person
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import Refused
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.sealing.actions import bring_along
from privyseal.seals import queries as seals
from privyseal.signer.statement import Purpose

LONGEST_WINDOW: Final = timedelta(days=366)


class WindowNotPossible(Refused):
    code = "window-not-possible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Jointly:
    """How several companies are asked at once: decided how, and who operates in each, by the company's uid."""

    mode: Mode
    operators: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Use:
    """What every part of an application says alike."""

    reason: str
    starts_at: datetime
    expires_at: datetime
    papers: Papers
    companies: Sequence[Company]
    lines: Sequence[Line]
    joint: Joint | None = None


@command("application.apply-for-use")
def apply_for_use(
    actor: Person,
    at: datetime,
    *,
    company_uid: str,
    reason: str,
    starts_at: datetime,
    expires_at: datetime,
    operator_pseudonyms: Sequence[str],
    lines: Sequence[LineWish],
    papers: Papers | None = None,
) -> str:
    """Apply to seal exactly these documents in this window; return the application's uid."""
    company = applicants_company(actor, at, company_uid=company_uid, purpose=Purpose.USE)
    _check_window(at, starts_at, expires_at)
    wanted = check_lines(actor, at, [company], lines)
    said = papers or Papers()
    check_particulars({line.document_sha256 for line in wanted}, said.particulars)
    use = _Use(
        reason=reason, starts_at=starts_at, expires_at=expires_at, papers=said, companies=[company], lines=wanted
    )
    application = _begun(actor, at, company, use, wanted)
    return _submitted(actor, at, application, use, wanted, operator_pseudonyms)


@command("application.apply-jointly")
def apply_jointly(
    actor: Person,
    at: datetime,
    *,
    company_uid: str,
    reason: str,
    starts_at: datetime,
    expires_at: datetime,
    lines: Sequence[LineWish],
    jointly: Jointly,
    papers: Papers | None = None,
) -> str:
    """Apply to seal documents with seals of several companies; return the uid of the part of the company named first.

    The applicant has the power to use seals in each. Each company's part is decided by its own approvers under its own
    policy, over its own seals and documents; the duties of all parts are kept apart.
    """
    owners = {one.seal_uid: seals.seal_visible_to(actor, at, one.seal_uid).company for one in lines}
    known = {owner.uid: owner for owner in owners.values()}
    if len(known) == 1 or company_uid not in known:
        raise SealOfAnotherCompany(companies=len(known))
    companies = [
        applicants_company(actor, at, company_uid=uid, purpose=Purpose.USE)
        for uid in sorted(known, key=lambda uid: (uid != company_uid, known[uid].pk))
    ]
    _check_window(at, starts_at, expires_at)
    wanted = check_lines(actor, at, companies, _by_company(lines, owners))
    joint = joined(at, mode=jointly.mode, lines=[(owners[line.seal.uid], line) for line in wanted])
    use = _Use(
        reason=reason,
        starts_at=starts_at,
        expires_at=expires_at,
        papers=papers or Papers(),
        companies=companies,
        lines=wanted,
        joint=joint,
    )
    check_particulars({line.document_sha256 for line in wanted}, use.papers.particulars)
    if use.papers.checker_pseudonym and not _copies(wanted):
        raise CheckerMissing(named=1)
    parts = [_begun_jointly(actor, at, company, use) for company in companies]
    _put_in_order(wanted)
    for application, own in parts:
        operators = jointly.operators.get(application.company.uid, ())
        _submitted(actor, at, application, use, own, operators)
    return parts[0][0].uid


def _check_window(at: datetime, starts_at: datetime, expires_at: datetime) -> None:
    if expires_at <= at or not starts_at < expires_at or expires_at - starts_at > LONGEST_WINDOW:
        raise WindowNotPossible


def _by_company(lines: Sequence[LineWish], owners: Mapping[str, Company]) -> list[LineWish]:
    """Return the lines of each document with those of one company one after the other, in the order of the first."""
    first: dict[tuple[str, int], int] = {}
    for number, line in enumerate(lines):
        first.setdefault((line.document_sha256, owners[line.seal_uid].pk), number)
    return sorted(lines, key=lambda line: first[line.document_sha256, owners[line.seal_uid].pk])


def _begun_jointly(actor: Person, at: datetime, company: Company, use: _Use) -> tuple[Application, list[Line]]:
    """Begin one company's part: what is its own of the lines and papers."""
    own = [line for line in use.lines if line.seal.company_id == company.pk]
    attached = [one.sha256 for one in use.papers.attached]
    bring_along(actor, at, company=company, digests=[*(line.document_sha256 for line in own), *attached])
    papers = replace(
        use.papers,
        category_uid=alike_in(company, use.papers.category_uid),
        particulars={
            digest: said
            for digest, said in use.papers.particulars.items()
            if digest in {line.document_sha256 for line in own}
        },
    )
    return _begun(actor, at, company, replace(use, papers=papers), own), own


def _begun(actor: Person, at: datetime, company: Company, use: _Use, lines: Sequence[Line]) -> Application:
    application = begin(
        actor,
        at,
        company=company,
        purpose=Purpose.USE,
        reason=use.reason,
        window=(use.starts_at, use.expires_at),
        terms=_terms(use, lines),
        papers=use.papers,
        joint=use.joint,
    )
    for position, line in enumerate(lines, start=1):
        line.application, line.position = application, position
    Line.objects.bulk_create(lines)
    choose(application, company, lines, use.papers)
    return application


def _terms(use: _Use, lines: Sequence[Line]) -> dict[str, Json] | None:
    """Return what approvers agree to beside the lines: how far a seal goes, and for whom its machine waits."""
    fence, said = use.papers.fence, dict[str, Json]()
    if fence is not None:
        if not (use.papers.off_site and is_by_hand(lines)):
            raise NothingToFence
        said[FENCE] = fence.to_json()
    if is_by_hand(lines):
        machines = machines_of({line.seal_id: line.seal.uid for line in lines})
        said |= {MACHINES: machines} if machines else {}
    if any(is_drawn(line.seal) for line in lines):
        said[FACES] = True
    return said or None


@transaction_required
def _put_in_order(lines: Sequence[Line]) -> None:
    """Write down of each line which one of the whole is sealed on the same document before it."""
    last: dict[str, Line] = {}
    for line in lines:
        line.after = last.get(line.document_sha256)
        last[line.document_sha256] = line
    Line.objects.bulk_update(lines, ["after"])


@transaction_required
def _submitted(
    actor: Person, at: datetime, application: Application, use: _Use, lines: Sequence[Line], operators: Sequence[str]
) -> str:
    company, papers = application.company, use.papers
    check_documents(
        application,
        use.companies,
        use.lines,
        category=application.category,
        acknowledged=papers.acknowledged,
    )
    named = operators_of(actor, at, company, {line.seal for line in lines}, operators)
    let_go(actor, at, company=company, documents=[line.document_sha256 for line in lines])
    compares = [papers.checker_pseudonym] if papers.checker_pseudonym and (_copies(lines) or not use.joint) else []
    checkers = named_people(actor, at, pseudonyms=compares, part=Part.WITNESS)
    ask_to_compare(application, lines, checkers)
    supervisors = supervisors_of(actor, at, lines, operators=named, pseudonym=papers.supervisor_pseudonym)
    if papers.off_site and is_by_hand(lines):
        check_one_bearer(named)
        check_not_booked({line.seal for line in lines}, use.starts_at, use.expires_at)
    witnesses = list({person.pk: person for person in [*checkers, *supervisors]}.values())
    return submit(actor, at, application=application, named=Named(operators=named, witnesses=witnesses))


def _copies(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if line.manner == Manner.TRUE_COPY.value]
