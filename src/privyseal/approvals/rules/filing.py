"""The papers of a use on their way to the file: the steps they take, and what holds up whoever is late with them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from privyseal.approvals.rules.categories import LONGEST_ARCHIVE_DAYS, Retention
from privyseal.kernel.canonical import Json
from privyseal.kernel.errors import OutOfTurn, Refused
from privyseal.signer.statement import Purpose

CHASED_ONCE_IN: Final = timedelta(hours=24)


class FilingRuleNotPossible(Refused):
    code = "filing-rule-not-possible"


class CopyNotBack(Refused):
    """The counterparty's copy has to come back before the papers are confirmed, and has not."""

    code = "copy-not-back"


class ConfirmationNotOwn(Refused):
    """Nobody confirms what they filed themselves, or owe."""

    code = "confirmation-not-own"


class WaiverNotOwn(Refused):
    """Nobody decides on a waiver that they asked for, or of what they owe themselves."""

    code = "waiver-not-own"


class ChasedAlready(Refused):
    code = "chased-already"


class PapersOverdue(Refused):
    """The applicant is late with papers that hold up what they apply for."""

    code = "papers-overdue"


class Papers(StrEnum):
    """How far the papers of a use are."""

    OWED = "owed"
    WAIVER_ASKED = "waiver-asked"
    FILED = "filed"
    CONFIRMED = "confirmed"
    WAIVED = "waived"


class Step(StrEnum):
    FILE = "file"
    COPY_BACK = "copy-back"
    SEND_BACK = "send-back"
    CONFIRM = "confirm"
    ASK_WAIVER = "ask-waiver"
    WAIVE = "waive"
    KEEP_OWED = "keep-owed"
    CHASE = "chase"


class By(StrEnum):
    """Whose step it is."""

    DEBTOR_OR_MANAGER = "debtor-or-manager"
    MANAGER = "manager"
    ANOTHER_MANAGER = "another-manager"
    ANOTHER_APPROVER = "another-approver"


# fmt: off
STEPS: Final = (
    (Papers.OWED,         Step.FILE,       Papers.FILED,        By.DEBTOR_OR_MANAGER),  # with archive number and scan
    (Papers.OWED,         Step.COPY_BACK,  Papers.OWED,         By.DEBTOR_OR_MANAGER),  # whoever received the counterparty's copy says so
    (Papers.FILED,        Step.COPY_BACK,  Papers.FILED,        By.DEBTOR_OR_MANAGER),  # it may come back later than the papers are filed
    (Papers.FILED,        Step.CONFIRM,    Papers.CONFIRMED,    By.ANOTHER_MANAGER),    # the archivist has looked at scan and number
    (Papers.FILED,        Step.SEND_BACK,  Papers.OWED,         By.ANOTHER_MANAGER),    # one of them is wrong: they are owed again, by the same day
    (Papers.OWED,         Step.ASK_WAIVER, Papers.WAIVER_ASKED, By.DEBTOR_OR_MANAGER),  # with a reason on record; what is owed stays owed, and late
    (Papers.WAIVER_ASKED, Step.WAIVE,      Papers.WAIVED,       By.ANOTHER_APPROVER),   # away from safety: whoever could approve the use, never alone
    (Papers.WAIVER_ASKED, Step.KEEP_OWED,  Papers.OWED,         By.ANOTHER_APPROVER),   # they are owed as before, and it may be asked again
    (Papers.WAIVER_ASKED, Step.FILE,       Papers.FILED,        By.DEBTOR_OR_MANAGER),  # what is filed after all needs no waiver
    (Papers.WAIVER_ASKED, Step.COPY_BACK,  Papers.WAIVER_ASKED, By.DEBTOR_OR_MANAGER),  # likewise
    (Papers.OWED,         Step.CHASE,      Papers.OWED,         By.MANAGER),            # whoever owes them is told once more, at most once in 24 hours
    (Papers.WAIVER_ASKED, Step.CHASE,      Papers.WAIVER_ASKED, By.MANAGER),            # likewise: asking puts nothing off
)
HELD_UP: Final = (
    Purpose.USE,       # a further use would add to what is late
    Purpose.STANDING,  # likewise, many times
    Purpose.TOP_UP,    # likewise
)
# fmt: on
_ROWS: Final = {(start, step): (end, by) for start, step, end, by in STEPS}


@dataclass(frozen=True, slots=True)
class Duty:
    """What is owed to the file after a use: within so many working days, by whom, kept how long."""

    days: int
    retention: Retention
    is_blocking: bool = False
    needs_copy_back: bool = False

    def to_json(self, *, owed_by: int) -> dict[str, Json]:
        return {
            "working_days": self.days,
            "owed_by": owed_by,
            "retention": self.retention.value,
            "is_blocking": self.is_blocking,
            "needs_copy_back": self.needs_copy_back,
        }


def plan_papers(papers: Papers, step: Step, *, entry: int) -> tuple[Papers, By]:
    """Return how far the papers are after a step and whose step it is, or refuse one that is not to be taken now."""
    row = _ROWS.get((papers, step))
    if row is None:
        raise OutOfTurn(entry=entry)
    return row


def holds_up(purpose: Purpose) -> bool:
    return purpose in HELD_UP


def check_filing_days(days: int | None) -> None:
    if days is not None and not 1 <= days <= LONGEST_ARCHIVE_DAYS:
        raise FilingRuleNotPossible(most=LONGEST_ARCHIVE_DAYS)


def check_chased(at: datetime, *, last: datetime | None) -> None:
    if last is not None and at < last + CHASED_ONCE_IN:
        raise ChasedAlready
