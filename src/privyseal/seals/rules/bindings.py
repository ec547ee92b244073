"""What a line of a use may be bound to, and what follows from that. A rule is a row."""

from dataclasses import dataclass
from typing import Final

from privyseal.kernel.errors import Refused
from privyseal.seals.rules.life import SealKind
from privyseal.signer.bound import Binding


@dataclass(frozen=True, slots=True)
class Binds:
    """Of which kinds a seal may be; whether approvers see its places, and stamped pages are photographed.

    ``is_compared`` is whether the words of a photographed page are held against those that were approved.
    """

    binding: Binding
    kinds: frozenset[SealKind]
    is_placed: bool
    is_photographed: bool
    is_compared: bool


# fmt: off
BINDINGS: Final = (
    Binds(Binding.FILE,   frozenset(SealKind),            is_placed=True,  is_photographed=True,  is_compared=True),    # these very bytes: what approvers see is what is sealed
    Binds(Binding.PAPER,  frozenset({SealKind.PHYSICAL}), is_placed=True,  is_photographed=True,  is_compared=False),   # no file to seal; a machine tells one page from another on photographs, and not one word from another
    Binds(Binding.SECRET, frozenset({SealKind.PHYSICAL}), is_placed=False, is_photographed=False, is_compared=False),   # nobody is shown what it says, before or after: keeper, supervisor and two counts vouch for it
)
# fmt: on


class BindingNotPossible(Refused):
    """What exists only on paper, or is not shown, has no file that an electronic seal could be put on."""

    code = "binding-not-possible"


class SecretCopyNotPossible(Refused):
    """Nobody is shown the copy that would be compared with its original."""

    code = "secret-not-compared"


class SecretNotPhotographed(Refused):
    """A photograph would show what nobody is shown."""

    code = "secret-not-photographed"


def binds(binding: Binding) -> Binds:
    return next(row for row in BINDINGS if row.binding is binding)


def check_binding(binding: Binding, kind: SealKind, *, is_true_copy: bool) -> None:
    """Return if a seal of this kind may be put on what is bound so, or refuse."""
    row = binds(binding)
    if kind not in row.kinds:
        raise BindingNotPossible(binding=binding.value)
    if is_true_copy and not row.is_placed:
        raise SecretCopyNotPossible


def check_photographed(binding: Binding) -> None:
    if not binds(binding).is_photographed:
        raise SecretNotPhotographed
