"""Legal holds: placed by one, lifted by two."""

from datetime import datetime

from privyseal.identity import queries as identity
from privyseal.identity.locks import locked_company
from privyseal.identity.models import Person
from privyseal.keeping.holds import is_application
from privyseal.keeping.locks import hold_everything, locked_anybody
from privyseal.keeping.models import Hold
from privyseal.keeping.queries import check_may_hold
from privyseal.keeping.rules import Held, check_reason, check_second
from privyseal.kernel.canonical import Json, sha256
from privyseal.kernel.errors import NotFound, OutOfTurn
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.transactions import transaction_required
from privyseal.seals.models import Seal


@command("hold.place")
def place_hold(actor: Person, at: datetime, *, about: Held, uid: str, reason: str, company_uid: str = "") -> str:
    """Stop at once every deletion of what this is about, and every erasure of whom; one entitled person suffices.

    ``uid`` is of seal, application or person; a company is named by ``company_uid``, also of an application.
    """
    said = check_reason(reason)
    hold_everything()
    made = Hold(reason=said, placed_by=actor, placed_at=at)
    if about is Held.PERSON:
        check_may_hold(actor, at, None)
        made.person = locked_anybody(uid)
    else:
        seal = Seal.objects.select_related("company").filter(uid=uid).first() if about is Held.SEAL else None
        if (about is Held.SEAL and seal is None) or (about is Held.APPLICATION and not is_application(uid)):
            raise NotFound(hold=uid)
        made.company, made.seal = locked_company(seal.company.uid if seal else company_uid), seal
        made.application_uid = uid if about is Held.APPLICATION else ""
        check_may_hold(actor, at, made.company.pk)
    made.save(force_insert=True)
    book.record("hold.placed", by=actor, at=at, **_about(made), text_sha256=sha256(said.encode()))
    return made.uid


@command("hold.ask-lifting")
def ask_lifting(actor: Person, at: datetime, *, hold_uid: str, reason: str) -> str:
    """Ask that a hold ends, and say why; it goes on until somebody else who may place one agrees."""
    said, hold = check_reason(reason), _open(hold_uid)
    check_may_hold(actor, at, hold.company_id)
    if hold.lift_asked_at is not None:
        raise OutOfTurn(hold=hold_uid)
    hold.lift_reason, hold.lift_asked_by, hold.lift_asked_at = said, actor, at
    hold.save(update_fields=["lift_reason", "lift_asked_by", "lift_asked_at"])
    book.record("hold.lifting-asked", by=actor, at=at, **_about(hold), text_sha256=sha256(said.encode()))
    return hold.uid


@command("hold.lift")
def lift_hold(actor: Person, at: datetime, *, hold_uid: str) -> str:
    """End a hold that another person asked to be lifted: whoever may place one, or security."""
    hold = _open(hold_uid)
    if hold.lift_asked_by_id is None:
        raise OutOfTurn(hold=hold_uid)
    if not identity.powers_of(actor, at).knows_everybody:
        check_may_hold(actor, at, hold.company_id)
    check_second(actor.pk, asker=hold.lift_asked_by_id)
    hold.lifted_by, hold.lifted_at = actor, at
    hold.save(update_fields=["lifted_by", "lifted_at"])
    book.record("hold.lifted", by=actor, at=at, **_about(hold))
    return hold.uid


@transaction_required
def _open(uid: str) -> Hold:
    found = Hold.objects.select_for_update(of=("self",)).select_related("company", "seal", "person")
    hold = found.filter(uid=uid, lifted_at=None).first()
    if hold is None:
        raise NotFound(hold=uid)
    return hold


def _about(hold: Hold) -> dict[str, Json]:
    said: dict[str, Json] = {"hold": hold.uid}
    if hold.person is not None:
        said["person"] = hold.person.pseudonym
    if hold.company is not None:
        said["company"] = hold.company.uid
    if hold.seal is not None:
        said["seal"] = hold.seal.uid
    if hold.application_uid:
        said["application"] = hold.application_uid
    return said
