"""Charters: how many agree to the next one, and which yes one lets count. The key checks both again."""

from typing import Final

from privyseal.kernel.errors import Refused
from privyseal.signer.charters import COUNTS, Charter
from privyseal.signer.statement import Purpose

# A charter is never changed by one person alone.
LEAST_PEOPLE: Final = 2
# What the key is asked for, and so what a charter is asked of: everything else leaves the key as it is.
AT_THE_KEY: Final = frozenset(
    {
        *(Purpose.USE, Purpose.STANDING, Purpose.TOP_UP, Purpose.PROLONG),
        *(Purpose.MAKE, Purpose.CHANGE, Purpose.EXTEND),
        *(Purpose.RESUME, Purpose.UNFREEZE, Purpose.DESTROY, Purpose.INVALIDATE),
    }
)
# Of these the key is asked for a rubber seal too, where a machine holds it.
AT_MACHINES: Final = frozenset({Purpose.USE, Purpose.STANDING, Purpose.TOP_UP, Purpose.PROLONG})


class CharterAsksMore(Refused):
    """The seal's charter lets a yes of this kind not count: the key would refuse it, and so it is not taken."""

    code = "charter-asks-more"


class CharterUnchanged(Refused):
    """The charter that is proposed is the one that holds."""

    code = "charter-unchanged"


class CharterNeedsMachine(Refused):
    """The key knows a rubber seal by the machine that holds it: of one in no machine it is asked nothing."""

    code = "charter-needs-machine"


class CharterAgreedAlready(Refused):
    code = "charter-agreed-already"


def takes(before: Charter) -> int:
    """Return how many different people have to agree to the charter after this one."""
    return max(LEAST_PEOPLE, before.approvals)


def check_counts(charters: dict[str, Charter], *, assurance: str) -> None:
    """Return if every one of these seals' charters lets a yes of this kind count, or refuse."""
    for seal, charter in charters.items():
        if assurance not in COUNTS[charter.assurance]:
            raise CharterAsksMore(seal=seal, asks=charter.assurance)
