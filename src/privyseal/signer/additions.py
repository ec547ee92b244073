"""What was added to an approved use: may it count? Pure: statements, the signer's record and its clock in."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from privyseal.kernel.canonical import sha256
from privyseal.signer import checks
from privyseal.signer.checks import Case, Pinned, SealRecord
from privyseal.signer.claims import Reach
from privyseal.signer.own_yes import check_own_yes
from privyseal.signer.protocol import SignerRefused
from privyseal.signer.statement import ADDITIONS, USES, Approved, Purpose, Statement, parse


class AdditionDiffers(SignerRefused):
    """What was approved later adds to another statement, seal or document, or was asked for by another applicant."""

    code = "addition-differs"


def cases_of(approved: Sequence[Approved]) -> tuple[Case, tuple[Case, ...]]:
    """Return the use that was approved, and each application that adds to it, once; or refuse."""
    use: list[Approved] = []
    added: dict[str, list[Approved]] = {}
    for each in approved:
        said = parse(each.statement)
        (added.setdefault(said.application, []) if said.purpose in ADDITIONS else use).append(each)
    others = tuple(checks.one_case(those, purposes=ADDITIONS) for those in added.values())
    return checks.one_case(use, purposes=USES), others


def reach_of(use: Case, added: Sequence[Case], *, seal: SealRecord | None, pinned: Pinned, at: datetime) -> Reach:
    """Return what was added to the use, or refuse.

    (1) each adds to exactly this statement; (2) at least as many people said yes to it as to the use; (3) a seal that
    bears a person's name has that person's own yes to it. Whether duties are apart is asked of everybody at once.
    """
    if not added:
        return Reach()
    approvers = checks.approvers_of(use, pinned=pinned, at=at)
    reach = Reach()
    for case in added:
        statement = case.statement
        # (1) to exactly this
        _check_adds(statement, use.statement)
        # (2) by as many
        by = checks.approvers_of(case, pinned=pinned, at=at, least=len(approvers))
        # (3) with the own yes
        check_own_yes(
            statement, case.own, kind=seal.type if seal else "", charter=pinned.charter, voices=pinned.voices, at=at
        )
        ends = statement.expires_at if statement.purpose is Purpose.PROLONG else use.statement.expires_at
        reach = Reach(
            impressions=reach.impressions + statement.impressions,
            documents=(*reach.documents, *(statement.adds_to.documents if statement.adds_to else ())),
            expires_at=max(ends, reach.expires_at or ends),
            approvers=reach.approvers | by,
            applications=(*reach.applications, statement.application),
        )
    return reach


def _check_adds(statement: Statement, to: Statement) -> None:
    """Return if a statement adds to the other and says the same of everything else, or refuse."""
    says, named = statement.adds_to, {one.sha256: one.impressions for one in to.documents}
    is_same = (statement.seal, statement.seal_version, statement.applicant, statement.starts_at) == (
        to.seal,
        to.seal_version,
        to.applicant,
        to.starts_at,
    )
    is_this = says is not None and (says.application, says.statement_sha256) == (
        to.application,
        sha256(replace(to, stage=1).to_bytes()),
    )
    once_more = says.documents if says else ()
    is_counted = not named or statement.impressions == sum(named.get(one, 0) for one in once_more)
    if not (is_same and is_this and is_counted and len(set(once_more) & named.keys()) == len(once_more)):
        raise AdditionDiffers(application=statement.application)
