"""Who is to be on which company's roster, and who is: asked by the rules and the sweep."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from privyseal.approvals.models import ApprovalPasskey, CharterVersion, RosterSeat, SeatList
from privyseal.identity import queries as identity
from privyseal.identity.models import Company
from privyseal.identity.rules import Office, Power
from privyseal.seals.models import SealPerson
from privyseal.signer.charters import APPROVERS


def companies_with_roster() -> QuerySet[Company]:
    """Return the companies for which a charter by their own roster was proposed, and not thrown away."""
    stands = Q(told_at__isnull=False) | Q(ended_at=None) | ~Q(failure="")
    own = CharterVersion.objects.filter(stands, is_own_roster=True)
    return Company.objects.filter(pk__in=own.values("company"))


def wanted_seats(at: datetime) -> set[tuple[int, int]]:
    """Return who is to be on which company's roster, by passkey and company: whoever may say yes there."""
    kept = set(companies_with_roster().values_list("pk", flat=True))
    if not kept:
        return set()
    grants = identity.grants_in_force(at).filter(power=Power.APPROVE.value, company__in=kept).order_by()
    who = set(grants.values_list("person", "company"))
    names = identity.holdings_in_force(at).filter(
        post__company__in=kept, post__office=Office.LEGAL_REPRESENTATIVE.value, deputy_for=None
    )
    who |= set(names.order_by().values_list("person", "post__company"))
    own = SealPerson.objects.filter(confirmed_at__isnull=False, seal__company__in=kept)
    who |= set(own.values_list("person", "seal__company"))
    passkeys: dict[int, list[int]] = defaultdict(list)
    for passkey, person in passkeys_on_roster(APPROVERS).order_by().values_list("pk", "person"):
        passkeys[person].append(passkey)
    return {(passkey, company) for person, company in who for passkey in passkeys[person]}


def passkeys_on_roster(roster: str) -> QuerySet[ApprovalPasskey]:
    """Return what the signer knows as being on a roster, and nobody took back."""
    rows = ApprovalPasskey.objects.filter(roster=roster, entered_at__isnull=False, removed_at=None, denied_at=None)
    return rows.filter(person__is_active=True)


def seats_open() -> QuerySet[RosterSeat]:
    return RosterSeat.objects.filter(ended_at=None)


def seats_waiting() -> QuerySet[RosterSeat]:
    """Return what waits to come onto a roster and is on no list, the oldest first."""
    rows = seats_open().filter(of_list=None).select_related("passkey__person", "company")
    return rows.order_by("waits_from", "pk")


def seats_not_denied() -> QuerySet[RosterSeat]:
    """Return the seats that ended and that the key may know of, the oldest first."""
    rows = RosterSeat.objects.filter(ended_at__isnull=False, of_list__isnull=False, denied_at=None)
    return rows.select_related("passkey__person", "company", "of_list").order_by("ended_at", "pk")


def lists_open() -> QuerySet[SeatList]:
    """Return the lists that wait for a yes or for the signer, the oldest first."""
    return SeatList.objects.filter(told_at=None, ended_at=None).select_related("listed_by").order_by("listed_at", "pk")


def rosters_on(credentials: Collection[bytes]) -> frozenset[str]:
    """Return the companies' rosters on which every one of these passkeys is."""
    seats = seats_open().filter(entered_at__isnull=False, passkey__credential__in=credentials)
    each: dict[str, set[int]] = defaultdict(set)
    for seat in seats.select_related("company"):
        each[seat.roster].add(seat.passkey_id)
    return frozenset(roster for roster, passkeys in each.items() if len(passkeys) == len(set(credentials)))


def security_in_office(at: datetime) -> set[int]:
    """Return, by key, those who look after security now."""
    in_office = identity.grants_in_force(at).filter(power=Power.SECURITY.value, person__is_active=True)
    return set(in_office.order_by().values_list("person_id", flat=True))
