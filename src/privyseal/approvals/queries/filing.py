"""Papers that are owed to the file, as far as an actor may see the uses that they are of."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from privyseal.approvals.queries.registers import uses_visible_to
from privyseal.identity import queries as identity
from privyseal.identity.again import asked_for
from privyseal.identity.keys import those_known
from privyseal.identity.models import Company, Person
from privyseal.identity.queries import companies_visible_to
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotFound
from privyseal.seals.models import Filing, FilingRule, Transfer
from privyseal.seals.places import reached_by


def filings_visible_to(actor: Person, at: datetime, *, entries: Collection[int] | None = None) -> QuerySet[Filing]:
    """Return the duties to file of the uses that an actor may see, what is due first; of these ``entries`` alone."""
    uses = uses_visible_to(actor, at).order_by()
    if entries is None:
        filings = Filing.objects.filter(entry__in=uses)
    else:
        # Said on both sides of the join: neither is then looked through as a whole.
        filings = Filing.objects.filter(entry__in=uses.filter(pk__in=entries), pk__in=entries)
    filings = filings.select_related(
        "entry__book__company", "entry__seal", "entry__line__permit", "owed_by", "confirmed_by", "waiver_asked_by"
    )
    return filings.order_by("due_on", "pk")


class Which(StrEnum):
    """Of which papers a list is."""

    OWED = "owed"
    LATE = "late"
    TO_CONFIRM = "to-confirm"


def filings_owed(
    actor: Person, at: datetime, *, by: Person | None = None, which: Which = Which.OWED
) -> QuerySet[Filing]:
    """Return papers that are under way: those of one person, or of everybody whose uses the actor sees."""
    wanted = Q(waived_at=None, **_WHICH[which])
    if which is Which.LATE:
        wanted &= Q(due_on__lt=localdate(at))
    if by is None:
        return filings_visible_to(actor, at).filter(wanted)
    # What one owes is found by its index, and asked for by key: whether one sees it is then asked of that alone.
    mine = Filing.objects.filter(wanted, owed_by=by).order_by("due_on", "pk").values_list("pk", flat=True)
    return filings_visible_to(actor, at, entries=list(mine[:_MOST_OWED]))


def filings_holding_up(actor: Person, at: datetime) -> QuerySet[Filing]:
    """Return the first of the papers that are late and hold up what their debtor applies for."""
    return filings_owed(actor, at, by=actor, which=Which.LATE).filter(is_blocking=True)[:_MOST_SHOWN]


_MOST_SHOWN: Final = 20
_MOST_OWED: Final = 10_000
_WHICH: Final[Mapping[Which, Mapping[str, Any]]] = {
    Which.OWED: {"filed_at": None},
    Which.LATE: {"filed_at": None},
    Which.TO_CONFIRM: {"filed_at__isnull": False, "confirmed_at": None},
}


def filing_visible_to(actor: Person, at: datetime, entry_id: int) -> Filing:
    filing = filings_visible_to(actor, at, entries=[entry_id]).first()
    if filing is None:
        raise NotFound(entry=entry_id)
    return filing


def waivers_visible_to(actor: Person, at: datetime) -> QuerySet[Filing]:
    """Return the papers that somebody asked to waive, or that are waived, where an actor may approve uses."""
    reached = reached_by(identity.powers_of(actor, at), Power.APPROVE, seal="entry__seal__")
    found = Filing.objects.filter(reached).exclude(waiver="").order_by("waiver_asked_at", "pk")
    # What the signer checked is long, and nobody reads it here.
    found = found.select_related("entry__book__company", "entry__seal", "entry__line__permit")
    return found.select_related("owed_by", "waiver_asked_by").defer("entry__line__permit__evidence")


def waivers_to_decide(actor: Person, at: datetime) -> QuerySet[Filing]:
    """Return the waivers that wait for somebody like the actor, who neither owes the papers nor asked."""
    # Whole rows of nine tables take longer to plan than to find: they are asked for where something waits.
    return those_known(Filing, asked_for(_to_decide, actor, at), lambda: waivers_visible_to(actor, at))


def _to_decide(actor: Person, at: datetime) -> QuerySet[Filing, int]:
    reached = reached_by(identity.powers_of(actor, at), Power.APPROVE, seal="entry__seal__")
    asked = Filing.objects.filter(reached, waiver_asked_at__isnull=False, waived_at=None).exclude(waiver="")
    others = asked.exclude(owed_by=actor).exclude(waiver_asked_by=actor)
    return others.order_by().values_list("pk", flat=True)


def waiver_visible_to(actor: Person, at: datetime, entry_id: int) -> Filing:
    found = waivers_visible_to(actor, at).filter(pk=entry_id).first()
    if found is None:
        raise NotFound(entry=entry_id)
    return found


def filings_to_transfer(actor: Person, at: datetime, company: Company, year: int) -> QuerySet[Filing]:
    """Return what is confirmed of one book and has not gone to the archive."""
    filed = filings_visible_to(actor, at).filter(entry__book__company=company, entry__book__year=year)
    return filed.filter(confirmed_at__isnull=False, transfer=None).order_by("entry__number")


def filing_rules_visible_to(actor: Person, at: datetime) -> QuerySet[FilingRule]:
    """Return what the companies that an actor sees have their people owe where no category says."""
    companies = companies_visible_to(actor, at).order_by()
    rules = FilingRule.objects.filter(company__in=companies).select_related("company", "set_by")
    return rules.order_by("company__name", "pk")


def transfers_visible_to(actor: Person, at: datetime) -> QuerySet[Transfer]:
    """Return what went to the archive together, where an actor sees some of it."""
    filings = filings_visible_to(actor, at).exclude(transfer=None).order_by().values("transfer")
    return Transfer.objects.filter(pk__in=filings).select_related("book__company", "handed_by").order_by("-pk")


def transfer_visible_to(actor: Person, at: datetime, uid: str) -> Transfer:
    transfer = transfers_visible_to(actor, at).filter(uid=uid).first()
    if transfer is None:
        raise NotFound(transfer=uid)
    return transfer
