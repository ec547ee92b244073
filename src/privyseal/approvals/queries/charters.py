"""Which charter holds for a seal, as far as the key was told; and what is proposed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from django.db.models import Q, QuerySet

from privyseal.approvals.models import CharterVersion
from privyseal.approvals.rules.charters import AT_MACHINES, AT_THE_KEY
from privyseal.devices.mounted import in_machines
from privyseal.identity import queries as identity
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotEntitled, NotFound
from privyseal.seals.models import Seal
from privyseal.seals.queries import visible_to
from privyseal.seals.rules import SealKind, SealState
from privyseal.signer.charters import Charter
from privyseal.signer.passkeys import PASSKEY
from privyseal.signer.statement import SESSION, Purpose

_Whose: TypeAlias = tuple[int | None, int | None]
_ALL: Final[_Whose] = (None, None)
# Asked at each vote: building it would take longer than asking it.
_NEWEST: Final = """
    SELECT c.*, i.approvals AS first_approvals, i.assurance AS first_assurance, i.is_bound AS first_is_bound
    FROM installation i LEFT JOIN charter_version c
    ON c.told_at IS NOT NULL
    AND (c.seal_id = ANY(%s) OR (c.seal_id IS NULL AND (c.company_id = ANY(%s) OR c.company_id IS NULL)))
    ORDER BY c.version, c.id
"""


@dataclass(frozen=True, slots=True)
class Holds:
    """The charter that holds for a seal, and the version that says so; None where it is the founding's."""

    charter: Charter
    said: CharterVersion | None = None

    @property
    def asks_passkey(self) -> bool:
        return self.charter.assurance == PASSKEY


@dataclass(frozen=True, slots=True)
class _Known:
    """What some companies and seals settled last, and what the founding did."""

    newest: Mapping[_Whose, CharterVersion]
    founding: Charter

    def nearest(self, *whose: _Whose) -> Holds:
        row = next((self.newest[one] for one in (*whose, _ALL) if one in self.newest), None)
        return Holds(self.founding) if row is None else Holds(row.charter, row)


def holds_for(seals: Iterable[Seal]) -> dict[str, Holds]:
    """Return what holds for each of these seals, by its uid: its own, else its company's, else the founding's."""
    each = list(seals)
    if not each:
        return {}
    known = _known({seal.company_id for seal in each}, {seal.pk for seal in each})
    return {seal.uid: known.nearest((seal.company_id, seal.pk), (seal.company_id, None)) for seal in each}


def charter_before(company: Company | None, seal: Seal | None) -> Charter:
    """Return the charter that a new one of a company, of one of its seals, or of all comes after."""
    if company is None:
        return charter_of_all().charter
    known = _known({company.pk}, set() if seal is None else {seal.pk})
    own = [] if seal is None else [(company.pk, seal.pk)]
    return known.nearest(*own, (company.pk, None)).charter


def charter_of_all() -> Holds:
    """Return what holds where no company and no seal settled anything of its own."""
    return _known(set(), set()).nearest()


def charters_of_companies(companies: Iterable[int]) -> dict[int, Charter]:
    """Return what holds for the seals of each of these companies that have no charter of their own."""
    each = set(companies)
    known = _known(each, set()) if each else None
    return {company: known.nearest((company, None)).charter for company in each} if known else {}


def charters_at_the_key(purpose: str, seals: Sequence[Seal]) -> dict[str, Holds]:
    """Return what charters ask of a yes to this, by seal; of none where the founding's holds and asks no passkey."""
    asked = Purpose(purpose)
    each = [one for one in seals if asked in AT_THE_KEY and one.kind == SealKind.ELECTRONIC.value]
    rubber = [one for one in seals if asked in AT_MACHINES and one.kind == SealKind.PHYSICAL.value]
    held_by_machines = in_machines({one.pk for one in rubber}) if rubber else set()
    each += [one for one in rubber if one.pk in held_by_machines]
    return {uid: held for uid, held in holds_for(each).items() if held.said is not None or held.asks_passkey}


def _known(companies: set[int], seals: set[int]) -> _Known:
    rows = list(CharterVersion.objects.raw(_NEWEST, [list(seals), list(companies)]))
    founding = Charter(1, SESSION)
    for row in rows[:1]:
        first = row.__dict__  # what the query adds to a row
        founding = Charter(first["first_approvals"], first["first_assurance"], is_bound=first["first_is_bound"])
    return _Known({(row.company_id, row.seal_id): row for row in rows if row.pk}, founding)


def asks_passkey_anywhere() -> bool:
    """Tell whether the founding, or the charter that holds for a company or a seal that is still there, asks for it."""
    founded = identity.installation()
    of_what_is_there = CharterVersion.objects.exclude(seal__signer_state=SealState.DESTROYED.value)
    told = of_what_is_there.filter(told_at__isnull=False)
    if founded is not None and founded.assurance == PASSKEY and not told.filter(company=None).exists():
        return True
    newest = told.order_by("company", "seal", "-version", "-pk").distinct("company", "seal").values("pk")
    return CharterVersion.objects.filter(pk__in=newest, assurance=PASSKEY).exists()


def may_settle_for_all(actor: Person, at: datetime) -> bool:
    """Tell whether somebody approves for the whole of a company that no other company stands above."""
    own = identity.powers_of(actor, at).whole_companies(Power.APPROVE)
    return bool(own) and Company.objects.filter(pk__in=own, parent=None).exists()


def require_for_all(actor: Person, at: datetime) -> None:
    """Return if somebody may say what holds for every company, or refuse."""
    if not may_settle_for_all(actor, at):
        raise NotEntitled(power=Power.APPROVE.value)


def charters_visible_to(actor: Person, at: datetime) -> QuerySet[CharterVersion]:
    """Return the charters of the seals that an actor may see, of their companies, and of all, the newest first."""
    seals = visible_to(actor, at)
    mine = Q(seal__in=seals.values("pk")) | Q(seal=None, company__in=seals.values("company")) | Q(company=None)
    return CharterVersion.objects.filter(mine).select_related("company", "seal", "proposed_by").order_by("-pk")


def charter_visible_to(actor: Person, at: datetime, uid: str) -> CharterVersion:
    found = charters_visible_to(actor, at).filter(uid=uid).first()
    if found is None:
        raise NotFound(charter=uid)
    return found


def charters_not_told() -> QuerySet[CharterVersion]:
    """Return what was agreed to and the signer still has to be told, the oldest first."""
    rows = CharterVersion.objects.filter(agreed_at__isnull=False, told_at=None, ended_at=None)
    return rows.select_related("company", "seal").order_by("agreed_at", "pk")
