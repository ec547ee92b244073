"""The one interface of whatever puts a seal on paper: people by hand, machines beside them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from privyseal.custody.actions import machines
from privyseal.custody.actions.counting import commit, fire, release, reserve
from privyseal.custody.actions.photographs import enter_photograph
from privyseal.custody.rules import How
from privyseal.ledger.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Executor:
    """What is said of impressions, one command each, in the order of ``custody.rules.STEPS``.

    ``reserve`` takes them off the permit and returns the turn, before the seal is lifted; ``fire`` says how many were
    made; ``photograph`` shows them; ``commit`` counts a second time and settles; ``release`` gives all of them back.
    Who may say it is a row of ``custody.rules.WORDS``. A machine says the same five: ``devices.following`` does for it.
    """

    reserve: Command[Any, ..., str]
    fire: Command[Any, ..., str]
    photograph: Command[Any, ..., str]
    commit: Command[Any, ..., str]
    release: Command[Any, ..., str]


EXECUTORS: Final[Mapping[How, Executor]] = {
    How.BY_HAND: Executor(reserve=reserve, fire=fire, photograph=enter_photograph, commit=commit, release=release),
    How.BY_MACHINE: Executor(
        reserve=machines.reserve,
        fire=machines.fire,
        photograph=machines.photograph,
        commit=machines.commit,
        release=machines.release,
    ),
}
