"""Years of applications to use the seals, most of them long done."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from privyseal.approvals.models import Application, Casting, Line, Vote
from privyseal.approvals.rules import COME_TO_NOTHING, POLICY, Part, State, Step
from privyseal.config.seeding.organisation import Staff
from privyseal.config.seeding.register import SeededSeal
from privyseal.config.seeding.tables import Connection, Sheet, bytea
from privyseal.seals.models import Permit, PermitLine, PermitPart
from privyseal.seals.rules.persons import bears_a_name
from privyseal.signer.statement import Purpose

YEARS: Final = 3
_WINDOW: Final = timedelta(days=7)
_WORK: Final = timedelta(hours=1)
_DOCUMENTS: Final = ("采购合同", "劳动合同", "收入证明", "对账单", "授权委托书", "投标文件", "租赁合同", "验收单")
_REASONS: Final = ("与客户签订合同", "员工办理贷款", "与供应商对账", "参加投标", "办公室租赁", "项目验收", "银行开户")
_OUTCOMES: Final = (State.APPROVED,) * 18 + (State.REJECTED,) * 4 + (State.WITHDRAWN,) * 3
_PLACED: Final = '[{"page":1,"x":150000,"y":60000}]'
_PARTS: Final = (Part.APPLICANT, Part.OPERATOR, Part.APPROVER)
_OPEN: Final = 0.005  # the share that is still undecided: what came last


class Use(NamedTuple):
    """One application with everything that its rows and its fact say."""

    key: int
    uid: str
    company: int
    seal: SeededSeal
    applicant: int
    operator: int
    approver: int
    state: State
    submitted_at: datetime
    document: str
    name: str
    reason: str

    @property
    def decided_at(self) -> datetime | None:
        return None if self.state is State.PENDING else self.submitted_at + _WORK

    @property
    def denied_at(self) -> datetime | None:
        """When the signer would have been told: no key was ever asked about this past."""
        return self.decided_at if self.state in COME_TO_NOTHING else None

    @property
    def expires_at(self) -> datetime:
        return self.submitted_at + _WINDOW

    @property
    def is_voted(self) -> bool:
        return self.state in {State.APPROVED, State.REJECTED}


class Uses:
    """Applications evenly over the years and the companies, with their lines, parts, votes and spent permits."""

    def __init__(
        self,
        connection: Connection,
        dice: random.Random,
        *,
        staff: Sequence[Staff],
        seals: Mapping[int, Sequence[SeededSeal]],
        at: datetime,
    ) -> None:
        self._connection, self._dice, self._staff, self._at = connection, dice, staff, at
        # A seal that bears somebody's name moves by that person's own yes, which nobody gave here.
        self._seals = {company: [seal for seal in own if not bears_a_name(seal.kind)] for company, own in seals.items()}
        self._sheets = {
            Sheet(
                Application, "id", "uid", "company_id", "purpose", "applicant_id", "reason", "state", "policy",
                "starts_at", "expires_at", "submitted_at", "decided_at", "shown_sha256", "denied_at",
            ): self._applications,
            Sheet(
                Line, "application_id", "position", "seal_id", "document_sha256", "document_name", "placements"
            ): self._lines,
            Sheet(Casting, "application_id", "person_id", *(f"is_{part}" for part in _PARTS)): self._castings,
            Sheet(Vote, "application_id", "stage", "person_id", "decision", "at", "shown_sha256"): self._votes,
            Sheet(
                Permit, "id", "uid", "seal_id", "seal_version", "purpose", "application_uid", "policy", "impressions",
                "used", "starts_at", "expires_at", "evidence", "issued_at",
            ): self._permits,
            Sheet(PermitPart, "permit_id", "person_id", "part"): self._permit_parts,
            Sheet(
                PermitLine, "permit_id", "document_sha256", "following", "placements", "impressions"
            ): self._permit_lines,
        }  # fmt: skip
        self._next = next(iter(self._sheets)).first_free(connection)
        self._first_permit = next(sheet for sheet in self._sheets if sheet.table == "permit").first_free(connection)
        self._first = self._next

    @property
    def tables(self) -> list[str]:
        return [sheet.table for sheet in self._sheets]

    def fill(self, start: int, end: int, total: int) -> list[Use]:
        """Copy the applications of these numbers, of so many in all, into tables begun anew; return them."""
        uses = [self._use(number, total) for number in range(start, end)]
        for sheet, rows in self._sheets.items():
            sheet.copy(self._connection, rows(uses), is_begun_anew=True)
        return uses

    def keep_counting(self) -> None:
        for sheet in self._sheets:
            if sheet.is_numbered:
                sheet.keep_counting(self._connection)

    def _use(self, number: int, total: int) -> Use:
        dice, team = self._dice, self._staff[number % len(self._staff)]
        is_open = number >= total * (1 - _OPEN)
        before = timedelta(days=365 * YEARS) * (1 - number / total)
        applicant, operator = dice.sample(team.users, 2)
        return Use(
            key=self._first + number,
            uid=f"{dice.getrandbits(128):032x}",
            company=team.company,
            seal=dice.choice(self._seals[team.company]),
            applicant=applicant,
            operator=operator,
            approver=dice.choice(team.approvers),
            state=State.PENDING if is_open else _OUTCOMES[number // len(self._staff) % len(_OUTCOMES)],
            submitted_at=self._at - (before if not is_open else before % _WINDOW),
            document=f"{dice.getrandbits(256):064x}",
            name=f"{dice.choice(_DOCUMENTS)}{number + 1:07d}.pdf",
            reason=dice.choice(_REASONS),
        )

    def _applications(self, uses: Sequence[Use]) -> Iterator[tuple[object, ...]]:
        for use in uses:
            yield (
                use.key, bytea(use.uid), use.company, Purpose.USE.value, use.applicant, use.reason, use.state.value,
                POLICY, use.submitted_at, use.expires_at, use.submitted_at, use.decided_at, bytea(use.document),
                use.denied_at,
            )  # fmt: skip

    def _lines(self, uses: Sequence[Use]) -> Iterator[tuple[object, ...]]:
        return ((use.key, 1, use.seal.key, bytea(use.document), use.name, _PLACED) for use in uses)

    def _castings(self, uses: Sequence[Use]) -> Iterator[tuple[object, ...]]:
        for use in uses:
            yield use.key, use.applicant, "t", "f", "f"
            yield use.key, use.operator, "f", "t", "f"
            if use.is_voted:
                yield use.key, use.approver, "f", "f", "t"

    def _votes(self, uses: Sequence[Use]) -> Iterator[tuple[object, ...]]:
        said = {State.APPROVED: Step.APPROVE.value, State.REJECTED: Step.REJECT.value}
        voted = (use for use in uses if use.is_voted)
        return ((use.key, 1, use.approver, said[use.state], use.decided_at, bytea(use.document)) for use in voted)

    def _permits(self, uses: Sequence[Use]) -> Iterator[tuple[object, ...]]:
        for use in _approved(uses):
            yield (
                self._permit(use), bytea(f"{self._dice.getrandbits(128):032x}"), use.seal.key, 1, Purpose.USE.value,
                bytea(use.uid), POLICY, 1, 1, use.submitted_at, use.expires_at, "[]", use.decided_at,
            )  # fmt: skip

    def _permit_parts(self, uses: Sequence[Use]) -> Iterator[tuple[object, ...]]:
        for use in _approved(uses):
            yield self._permit(use), use.operator, PermitPart.Part.HOLDER.value
            yield self._permit(use), use.approver, PermitPart.Part.APPROVER.value

    def _permit_lines(self, uses: Sequence[Use]) -> Iterator[tuple[object, ...]]:
        return ((self._permit(use), bytea(use.document), "nobody", _PLACED, 1) for use in _approved(uses))

    def _permit(self, use: Use) -> int:
        return self._first_permit + use.key - self._first


def _approved(uses: Sequence[Use]) -> Iterator[Use]:
    return (use for use in uses if use.state is State.APPROVED)
