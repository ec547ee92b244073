"""Acts on a seal as people read them: what may be asked for, what is approved, whose word is waited for."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise

from privyseal.approvals.rules import POLICIES
from privyseal.language.labels import ACT, CONSEQUENCE, PURPOSE, ROLE
from privyseal.seals.models import Permit
from privyseal.seals.queries import WordAsked
from privyseal.seals.rules import Act, Role, SealKind, SealState, is_possible
from privyseal.seals.rules.incidents import HANDLING
from privyseal.signer.statement import ADDITIONS, USES, Purpose
from privyseal.web.forms_of_seals import WordForm

# These are applied for on pages of their own: uses, a making, a resuming, the end of a freeze.
_ELSEWHERE: Final = USES | ADDITIONS | {Purpose.MAKE, Purpose.RESUME, Purpose.UNFREEZE}


@dataclass(frozen=True, slots=True)
class ActShown:
    """Something that may be asked for or carried out, and what follows from it."""

    purpose: Purpose
    words: Promise
    consequence: Promise
    permit: Permit | None = None


@dataclass(frozen=True, slots=True)
class WordShown:
    """A word that the reader is asked for, with the form to give it."""

    permit: Permit
    act: Promise
    role: Role
    words: Promise
    is_return: bool
    form: WordForm


def possible_acts(state: SealState, kind: SealKind) -> list[ActShown]:
    """Return what a manager can apply for while the seal stands so."""
    purposes = [row.purpose for row in POLICIES if row.purpose not in _ELSEWHERE]
    return [
        ActShown(purpose, PURPOSE[purpose], CONSEQUENCE[purpose])
        for purpose in purposes
        if is_possible(state, Act(purpose.value), kind=kind)
    ]


def act_shown(permit: Permit) -> ActShown:
    purpose = Purpose(permit.purpose)
    return ActShown(purpose, PURPOSE[purpose], CONSEQUENCE[purpose], permit)


def word_shown(word: WordAsked) -> WordShown:
    return WordShown(
        permit=word.permit,
        act=ACT[word.act],
        role=word.role,
        words=ROLE[word.role],
        is_return=word.is_return,
        form=WordForm(act=word.act, role=word.role, proof=word.proof),
    )


def may_report(state: SealState, kind: SealKind) -> bool:
    """Return whether the seal can be reported out of hand as it stands."""
    return any(row.act is not None and is_possible(state, row.act, kind=kind) for row in HANDLING)
