"""How somebody would say yes to what a machine is let do: by passkey, by pressing a button here, or why not at all."""

from dataclasses import dataclass
from datetime import datetime

from privyseal.approvals.at_machines import Counts, passkeys_for
from privyseal.identity.models import Person
from privyseal.kernel.errors import Refused
from privyseal.language.refusals import words_for


@dataclass(frozen=True, slots=True)
class Voice:
    """``missing`` says in words what keeps somebody's yes from counting."""

    is_by_passkey: bool = False
    missing: str = ""


def voice_of(actor: Person, at: datetime, counts: Counts) -> Voice:
    try:
        return Voice(is_by_passkey=bool(passkeys_for(actor, at, counts)))
    except Refused as refusal:
        return Voice(missing=words_for(refusal))
