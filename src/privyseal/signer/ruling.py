"""Under which charter something is decided, by whose voices; and how charters and rosters change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from privyseal.signer import changes, charters, governing, rosters
from privyseal.signer.changes import Amend, Change
from privyseal.signer.charters import SECURITY, InForce
from privyseal.signer.checks import Pinned, SealRecord, SealUnknown
from privyseal.signer.database import Database
from privyseal.signer.denials import named_in, passkeys_in
from privyseal.signer.device_store import holding
from privyseal.signer.passkeys import Page
from privyseal.signer.requests import ChangeRule, Found
from privyseal.signer.rosters import Grounds, Rosters
from privyseal.signer.statement import Approved
from privyseal.signer.store import Store
from privyseal.signer.voices import Voices


@dataclass(frozen=True, slots=True)
class Rule:
    """What a decision goes by, and what it rests on until it is committed."""

    pinned: Pinned
    grounds: Grounds


class Ruling:
    def __init__(self, database: Database, store: Store) -> None:
        self._database = database
        self._store = store
        self._rosters = Rosters(database)

    def pin(self, page: Page) -> None:
        """Pin the approval page of a founded installation, once and for good."""
        self._store.founded()
        self._rosters.pin(page)

    def of(self, approved: Sequence[Approved], *, seal: SealRecord | None, company: str = "", uid: str = "") -> Rule:
        """Return what holds for this seal now; for one that is not made yet, what holds for its company.

        Of a rubber seal, which has no record here, ``uid`` says which one it is.
        """
        founding = self._store.founded().founding
        uid, owner = (seal.uid, seal.company) if seal else (uid, company)
        in_force = self._rosters.in_force(company=owner, seal=uid)
        voices = self._voices(in_force.charter.roster, approved, founding)
        grounds = Grounds(
            named=named_in(approved),
            in_force=in_force,
            company=owner,
            seal=uid,
            said=rosters.said_in(approved),
            roster=in_force.charter.roster,
        )
        return Rule(Pinned(charter=in_force.charter, voices=voices), grounds)

    def of_agreement(self, said: Approved, *, seal: str, company: str, or_security: bool) -> Rule:
        """Return what holds for a yes to what a machine may do: by its charter's roster, or also by security's.

        ``seal`` is empty where it is about the whole machine.
        """
        founding = self._store.founded().founding
        in_force = self._rosters.in_force(company=company, seal=seal)
        rosters_ = [in_force.charter.roster, *([SECURITY] if or_security else [])]
        voices = {roster: self._voices(roster, [said], founding) for roster in rosters_}
        # Whoever is on neither is asked for on the charter's own, which says no.
        roster = next((name for name, each in voices.items() if each.roster), rosters_[0])
        grounds = Grounds(
            named=frozenset(passkeys_in([said])),
            in_force=in_force,
            company=company,
            seal=seal,
            said=rosters.said_in([said]),
            roster=roster,
        )
        return Rule(Pinned(charter=in_force.charter, voices=voices[roster]), grounds)

    def change(self, request: ChangeRule, *, at: datetime) -> None:
        """Change a roster or a charter, as those who may have said yes to, once; or refuse.

        (1) what was changed so before is as it was; (2) it is decided by the rule in force; (3) it is written, unless a
        passkey that said yes was removed or denied meanwhile, or the charter amended.
        """
        approved = request.approved
        change, founding = changes.parse(approved.statement), self._store.founded().founding
        # (1) changed so before
        if self._rosters.is_kept(change, approved.statement):
            return
        # (2) decided
        in_force = self._before(change)
        by = governing.who_changes(change, in_force=in_force, is_closed=self._rosters.is_closed())
        people = governing.may_change(
            change,
            approved,
            by=by,
            in_force=in_force,
            voices=self._voices(by.roster, [approved], founding),
            members=self._rosters.members(change.charter if isinstance(change, Amend) else by, at=at),
            at=at,
        )
        # (3) written
        said, named = rosters.said_in([approved]), frozenset(passkeys_in([approved]))
        grounds = Grounds(named=named, said=said, roster=by.roster)
        self._rosters.keep(change, approved.statement, by=people, grounds=grounds, at=at)

    def _voices(self, roster: str, approved: Sequence[Approved], founding: Found) -> Voices:
        return self._rosters.voices(roster, approved, web_key=founding.web_key, takes_software=founding.is_demo)

    def _before(self, change: Change) -> InForce:
        """Return the charter that a change comes after: its own last version, else what holds in its place."""
        if not isinstance(change, Amend):
            return self._rosters.in_force()
        kind, _, uid = change.of.partition(":")
        if kind == charters.SEAL:
            return self._rosters.in_force(company=self._company_of(uid), seal=uid)
        return self._rosters.in_force(company=uid)

    def _company_of(self, seal: str) -> str:
        """Return whose a seal is, of rubber by the one device that holds it, or refuse."""
        known = self._store.seal(seal)
        if known is not None:
            return known.company
        with self._database.reading() as connection:
            companies = {company for _, company in holding(connection, seal)}
        if len(companies) != 1:
            raise SealUnknown(seal=seal)
        return companies.pop()
