"""A seal is out of hand: whoever answers for it says so, or whoever had it in theirs."""

from datetime import datetime

from privyseal.custody.holding import ties_to
from privyseal.identity.models import Person
from privyseal.ledger.commands import command
from privyseal.seals.actions import Report, enter_loss, locked_seal, tell_signer
from privyseal.seals.rules import Act
from privyseal.signer.client import Client


def report(actor: Person, at: datetime, *, seal_uid: str, act: Act, said: Report, signer: Client) -> str:
    """Report a seal out of hand, in the register and then at the key; return the incident's uid."""
    uid = report_seal(actor, at, seal_uid=seal_uid, act=act, said=said)
    tell_signer(at, signer=signer)
    return uid


@command("incident.report")
def report_seal(actor: Person, at: datetime, *, seal_uid: str, act: Act, said: Report) -> str:
    """Stop a seal that is out of hand and open its incident, at once: whoever may deny, or had it in hand."""
    seal = locked_seal(seal_uid)
    return enter_loss(actor, at, seal=seal, act=act, said=said, ties=ties_to(seal, actor))
