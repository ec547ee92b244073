"""Outside approval systems: registered by security, confirmed by a second person, believed in what they sign."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.conf import settings

from privyseal.approvals.actions.deciding import cast_vote
from privyseal.approvals.asking import is_chartered
from privyseal.approvals.models import Answer, OutsideSystem
from privyseal.approvals.queries.outside import outside_systems_visible_to
from privyseal.approvals.rules import Step
from privyseal.identity import queries as identity
from privyseal.identity.actions.powers import check_may_confirm
from privyseal.identity.models import Person
from privyseal.identity.names import plain_name, without_turning
from privyseal.identity.rules import Power, SelfConfirmation
from privyseal.kernel.errors import NotFound, OutOfTurn, Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.webhooks import check_address, public_key

MOST_SYSTEMS: Final = 20
MOST_COMMENT: Final = 500

_KIND: Final = "approval.decided"
_DATA: Final = frozenset({"application", "shown_sha256", "decision", "approver", "comment"})


class OutsideNotChartered(Refused):
    """The signer takes no yes from an outside system: that was settled when the installation was founded."""

    code = "outside-not-chartered"


class OutsideNameTaken(Refused):
    code = "outside-name-taken"


class TooManyOutside(Refused):
    code = "too-many-outside"


class AnswerUnreadable(Refused):
    """What the outside system says is not in the form that docs/outside-approval.md shows."""

    code = "answer-unreadable"


@dataclass(frozen=True, slots=True)
class Said:
    """A decision as an outside system tells it, and the words under which it signed it."""

    name: str
    # Signed anew whenever it is sent again, it is the same decision: a command is known again by its representation.
    seconds: int = field(repr=False)
    signature: str = field(repr=False)
    body: str = field(repr=False)
    application: str
    shown_sha256: str
    step: Step
    approver: str
    comment: str

    @classmethod
    def parse(cls, name: str, seconds: int, signature: str, body: bytes) -> "Said":
        """Return the decision of a body whose signature is good, or refuse."""
        try:
            text = body.decode()
            told = json.loads(text)
            data: dict[str, Any] = told["data"]
            if told["type"] != _KIND or not _DATA - {"comment"} <= set(data) <= _DATA:
                raise AnswerUnreadable
            words = {name_of: data.get(name_of, "") for name_of in _DATA}
            if not all(isinstance(value, str) and "\0" not in value for value in words.values()):
                raise AnswerUnreadable  # no database keeps a zero byte in a text
            if len(words["comment"]) > MOST_COMMENT:
                raise AnswerUnreadable
            words["comment"] = without_turning(words["comment"])
            step = Step(words.pop("decision"))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise AnswerUnreadable from error
        if step is Step.WITHDRAW:
            raise AnswerUnreadable
        return cls(name=name, seconds=seconds, signature=signature, body=text, step=step, **words)


@command("outside.register")
def register_outside(actor: Person, at: datetime, *, company_uid: str, name: str, address: str, key: str) -> str:
    """Enter an outside system, which counts once a second person has confirmed it; return its uid."""
    identity.require(actor, at, Power.SECURITY, None)
    if not is_chartered():
        raise OutsideNotChartered
    check_address(address, inside=settings.EGRESS.inside)
    public_key(key)
    company = identity.company_visible_to(actor, at, company_uid)
    name = plain_name(name)
    standing = OutsideSystem.objects.select_for_update().filter(company=company, ended_at=None)
    names = list(standing.values_list("name", flat=True))
    if name in names:
        raise OutsideNameTaken
    if len(names) >= MOST_SYSTEMS:
        raise TooManyOutside(most=MOST_SYSTEMS)
    system = OutsideSystem.objects.create(
        company=company, name=name, address=address, key=key, registered_by=actor, registered_at=at
    )
    book.record("outside.registered", by=actor, at=at, **_about(system))
    return system.uid


@command("outside.confirm")
def confirm_outside(actor: Person, at: datetime, *, system_uid: str) -> str:
    """Let a system's word count from now on: by a second security person or the auditor."""
    check_may_confirm(actor, at)
    system = _standing(actor, at, system_uid)
    if system.confirmed_at is not None:
        raise OutOfTurn(outside=system.uid)
    if system.registered_by == actor:
        raise SelfConfirmation
    system.confirmed_by, system.confirmed_at = actor, at
    system.save(update_fields=["confirmed_by", "confirmed_at"])
    book.record("outside.confirmed", by=actor, at=at, **_about(system))
    return system.uid


@command("outside.end")
def end_outside(actor: Person, at: datetime, *, system_uid: str) -> str:
    """Believe the system nothing more, at once; one security person suffices, since this goes toward safety."""
    identity.require(actor, at, Power.SECURITY, None)
    system = _standing(actor, at, system_uid)
    system.ended_at = at
    system.save(update_fields=["ended_at"])
    book.record("outside.ended", by=actor, at=at, **_about(system))
    return system.uid


@command("application.vote-outside")
def vote_outside(actor: Person, at: datetime, *, system_uid: str, said: Said) -> str:
    """Take what an outside system says that this person decided, as their vote; return the application's state."""
    system = OutsideSystem.objects.select_for_update().filter(uid=system_uid).first()
    if system is None or system.confirmed_at is None or system.ended_at is not None:
        raise NotFound(outside=system_uid)
    vote = cast_vote(
        actor,
        at,
        application_uid=said.application,
        step=said.step,
        shown_sha256=said.shown_sha256,
        comment=said.comment,
        system=system,
    )
    Answer.objects.create(
        system=system,
        name=said.name,
        application=vote.application,
        person=actor,
        seconds=said.seconds,
        signature=said.signature,
        body=said.body,
        at=at,
    )
    return vote.application.state


@transaction_required
def _standing(actor: Person, at: datetime, uid: str) -> OutsideSystem:
    seen = outside_systems_visible_to(actor, at).filter(uid=uid).first()
    if seen is None:
        raise NotFound(outside=uid)
    system = OutsideSystem.objects.select_for_update(of=("self",)).select_related("company").get(pk=seen.pk)
    if system.ended_at is not None:
        raise OutOfTurn(outside=uid)
    return system


def _about(system: OutsideSystem) -> dict[str, str]:
    return {"outside": system.uid, "company": system.company.uid, "address": system.address, "key": system.key}
