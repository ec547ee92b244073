"""Whose word a physical act takes: who gave, who received, who saw it. A rule is a row, its reason ends the row."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, OutOfTurn, Refused
from privyseal.seals.rules.life import Act


class Role(StrEnum):
    """What one person does when a seal is made, changes hands or is destroyed."""

    GIVER = "giver"
    RECEIVER = "receiver"
    WITNESS = "witness"


class Proof(StrEnum):
    """What a person's word comes with."""

    WORD = "word"
    PHOTO = "photo"
    PHOTO_AND_COUNTER = "photo-and-counter"


@dataclass(frozen=True, slots=True)
class Word:
    """How many people say in which role that an act was done, and with what proof."""

    act: Act
    role: Role
    people: int
    proof: Proof


# fmt: off
WORDS: Final = (
    Word(Act.ACCEPT,    Role.RECEIVER, 1, Proof.PHOTO),               # the keeper photographs the first imprint, which is kept
    Word(Act.ACCEPT,    Role.WITNESS,  1, Proof.WORD),                # a second person compares it with what was ordered
    Word(Act.HAND_OVER, Role.GIVER,    1, Proof.WORD),                # the keeper so far lets it go
    Word(Act.HAND_OVER, Role.RECEIVER, 1, Proof.WORD),                # nobody becomes a keeper unasked
    Word(Act.HAND_OVER, Role.WITNESS,  1, Proof.WORD),                # a third person saw it
    Word(Act.COVER,     Role.GIVER,    1, Proof.PHOTO_AND_COUNTER),   # what the absent keeper answers for ends at this count
    Word(Act.COVER,     Role.RECEIVER, 1, Proof.WORD),                # nobody becomes a keeper unasked
    Word(Act.COVER,     Role.WITNESS,  1, Proof.WORD),                # a third person saw count and imprint
    Word(Act.COLLECT,   Role.GIVER,    1, Proof.WORD),                # the keeper so far lets it go
    Word(Act.COLLECT,   Role.RECEIVER, 1, Proof.WORD),                # headquarters' keeper has it
    Word(Act.COLLECT,   Role.WITNESS,  1, Proof.WORD),                # a third person saw it
    Word(Act.DESTROY,   Role.WITNESS,  2, Proof.PHOTO),               # two people saw it end, each with a picture
)
# fmt: on


class ProofMissing(Refused):
    code = "proof-missing"


class WordsMissing(Refused):
    code = "words-missing"


def needed(act: Act, *, has_keeper: bool) -> tuple[Word, ...]:
    """Return whose word the act takes; where nobody keeps the seal yet, nobody gives it."""
    return tuple(row for row in WORDS if row.act is act and (has_keeper or row.role is not Role.GIVER))


def plan_word(act: Act, role: Role, *, actor: int, named: Collection[int], said: Iterable[tuple[Role, int]]) -> Word:
    """Return what the person's word takes, or refuse: it is asked for, theirs to give, and not given yet."""
    word = next((row for row in WORDS if (row.act, row.role) == (act, role)), None)
    if word is None:
        raise OutOfTurn(act=act.value, role=role.value)
    if actor not in named:
        raise NotEntitled(role=role.value)
    for other, person in said:
        if person == actor:
            raise (
                OutOfTurn(role=role.value) if other is role else DutiesNotSeparate(part=role.value, already=other.value)
            )
    return word


def check_proof(word: Word, *, has_photo: bool, counter: int | None) -> None:
    """Return if the proof that the word takes is there, or refuse."""
    if word.proof is not Proof.WORD and not has_photo:
        raise ProofMissing(role=word.role.value, proof=word.proof.value)
    if word.proof is Proof.PHOTO_AND_COUNTER and counter is None:
        raise ProofMissing(role=word.role.value, proof=word.proof.value)


def are_all_said(act: Act, *, has_keeper: bool, said: Iterable[Role]) -> bool:
    given = list(said)
    return all(given.count(row.role) >= row.people for row in needed(act, has_keeper=has_keeper))
