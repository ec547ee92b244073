"""What people add to a register, and that they took a copy of it; the register itself has no action."""

from datetime import datetime

from privyseal.approvals.queries import visible_to
from privyseal.approvals.queries.registers import use_visible_to
from privyseal.custody.queries.stock import stock_takes_visible_to
from privyseal.identity import queries as identity
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import sha256
from privyseal.kernel.errors import NotFound
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.seals.actions import RemarkMissing, check_remarks
from privyseal.seals.models import UseRemark
from privyseal.seals.places import place_of
from privyseal.seals.queries import incidents_visible_to


@command("register.remark")
def remark_on_use(actor: Person, at: datetime, *, entry_id: int, text: str, is_correction: bool) -> int:
    """Add a remark beside a use, or what is right where its row is wrong; return the remark's id."""
    entry = use_visible_to(actor, at, entry_id)
    identity.require_part(actor, at)
    if entry.operator_id != actor.pk:
        identity.require(actor, at, Power.MANAGE, place_of(entry.seal))
    said = text.strip()
    if not said:
        raise RemarkMissing
    check_remarks(UseRemark.objects.filter(entry=entry, author=actor), at)
    made = UseRemark.objects.create(entry=entry, author=actor, at=at, text=said, is_correction=is_correction)
    book.record(
        "register.remarked",
        by=actor,
        at=at,
        seal=entry.seal.uid,
        company=entry.book.company.uid,
        register_year=entry.book.year,
        register_number=entry.number,
        is_correction=is_correction,
        text_sha256=sha256(said.encode()),
    )
    return made.pk


@command("register.take-copy")
def record_copy(actor: Person, at: datetime, *, company: Company | None, register: str, form: str, rows: int) -> None:
    """Say that somebody took a copy of a register, in which form and how much of it: names of people leave with it.

    Without a company where the rows are of none, as people are.
    """
    if company is not None:
        _check_has_to_do_with(actor, at, company)
    uid = company.uid if company else None
    book.record("register.copied", by=actor, at=at, company=uid, register=register, form=form, count=rows)


def _check_has_to_do_with(actor: Person, at: datetime, company: Company) -> None:
    """Return if an actor can know of the company, be it by one thing alone in which they take part, or refuse."""
    theirs = (
        identity.companies_visible_to(actor, at).filter(pk=company.pk),
        visible_to(actor, at).filter(company=company),
        incidents_visible_to(actor, at).filter(company=company),
        stock_takes_visible_to(actor, at).filter(company=company),
    )
    if not any(found.exists() for found in theirs):
        raise NotFound(company=company.uid)
