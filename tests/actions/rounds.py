"""Rounds of a race about uses and approvals: who meets over what, and the SQL that judges them."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.utils.timezone import localdate

from privyseal.approvals import actions as approvals
from privyseal.approvals.models import Application
from privyseal.approvals.rules import POLICY, Step
from privyseal.approvals.statements import shown_digest, statements_of
from privyseal.identity import actions as identity
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from privyseal.pdf import face as faces
from privyseal.pdf.face import Face
from privyseal.sealing import actions as sealing
from privyseal.seals import actions as seals
from privyseal.seals.models import Attestation, Permit, PermitLine, PermitPart, Seal
from privyseal.seals.rules import Role, SealKind, SealState, SealType
from privyseal.signer.statement import Purpose
from tests.actions.keepers import next_place
from tests.conftest import FACE, apply, holding, new_person

LANES: Final = 4
# As many as one act of a race can have.
WIDE: Final = 8

Act = Callable[[], object]


class Lanes:
    """Threads that keep their connections and begin their acts at the same moment."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(WIDE)

    def close(self) -> None:
        self.run([lambda: connection.close()] * WIDE)  # noqa: PLW0108  each thread closes its own
        self._pool.shutdown()

    def run(self, acts: Sequence[Act]) -> list[object]:
        start = threading.Barrier(len(acts))

        def begin(act: Act) -> object:
            start.wait()
            try:
                return act()
            except Refused as refusal:
                return refusal.code

        return list(self._pool.map(begin, acts))


@dataclass(frozen=True, slots=True)
class Ring:
    """Who meets, over what."""

    company: Company
    people: dict[str, Person]
    at: datetime
    documents: tuple[str, str]
    lanes: Lanes = field(default_factory=Lanes)

    def seal(self, number: int, kind: SealType = SealType.OFFICIAL, of: SealKind = SealKind.ELECTRONIC) -> Seal:
        face = Face.from_json(FACE)
        return Seal.objects.create(
            company=self.company, place=next_place(self.company), number=f"R{number:07d}", name=f"{number}号章",
            skeleton=f"{number}号章", type=kind, kind=of,
            state=SealState.ACTIVE.value, signer_state=SealState.ACTIVE.value, face=face.to_json(),
            face_sha256=faces.digest(face), created_by=self.people["zhao"], created_at=self.at,
        )  # fmt: skip

    def permit(
        self,
        seal: Seal,
        purpose: Purpose = Purpose.USE,
        *,
        holder: Person | None = None,
        approver: Person | None = None,
        impressions: int = 1,
        application: str = "",
        **more: object,
    ) -> Permit:
        """Let wang use the seal so often, on either document, or zhao do something else to it; li said yes."""
        permit = Permit.objects.create(
            seal=seal, seal_version=1, purpose=purpose, policy=POLICY,
            application_uid=application or f"{seal.pk}-{purpose}",
            impressions=impressions, starts_at=self.at, expires_at=self.at + timedelta(days=1), evidence=[],
            issued_at=self.at, **more,
        )  # fmt: skip
        holder = holder or (self.people["wang"] if purpose is Purpose.USE else self.people["zhao"])
        parts = ((holder, PermitPart.Part.HOLDER), (approver or self.people["li"], PermitPart.Part.APPROVER))
        PermitPart.objects.bulk_create(PermitPart(permit=permit, person=person, part=part) for person, part in parts)
        PermitLine.objects.bulk_create(
            PermitLine(permit=permit, document_sha256=digest, following="nobody", impressions=impressions)
            for digest in (self.documents if purpose is Purpose.USE else ())
        )
        return permit

    def use(self, permit: Permit, document: int = 0, *, by: Person | None = None) -> Act:
        return lambda: sealing.intend_to_seal(
            by or self.people["wang"], self.at, permit_uid=permit.uid, document_sha256=self.documents[document]
        )


def use_against_destroy(ring: Ring, number: int) -> list[Act]:
    """One uses a seal; the other retires and destroys it, all words given."""
    seal = ring.seal(number)
    use, retire, destroy = (ring.permit(seal, purpose) for purpose in (Purpose.USE, Purpose.RETIRE, Purpose.DESTROY))
    Attestation.objects.bulk_create(
        Attestation(permit=destroy, person=person, role=Role.WITNESS, at=ring.at)
        for person in (ring.people["wang"], ring.people["ma"])
    )

    def end() -> None:
        seals.intend_act(ring.people["zhao"], ring.at, permit_uid=retire.uid)
        seals.intend_act(ring.people["zhao"], ring.at, permit_uid=destroy.uid)
        seals.confirm_act(ring.people["zhao"], ring.at, permit_uid=destroy.uid)

    return [ring.use(use), end]


def use_against_revoke(ring: Ring, number: int) -> list[Act]:
    """One uses a seal; the other ends the operator's power, the approver's, or all that ties one of them here."""
    operator = holding(new_person(f"operator{number}", "王用"), Power.USE, ring.company, ring.at)
    approver = holding(new_person(f"approver{number}", "李批"), Power.APPROVE, ring.company, ring.at)
    permit = ring.permit(ring.seal(number), holder=operator, approver=approver)
    whose = (operator, approver)[number % 2]
    grant, today = whose.grants.get(), localdate(ring.at)
    ends: tuple[Act, ...] = (
        lambda: identity.end_grant(ring.people["chen"], ring.at, grant_id=grant.pk),
        lambda: identity.leave_company(
            ring.people["chen"], ring.at, person_pseudonym=whose.pseudonym, company_uid=ring.company.uid, left_on=today
        ),
        lambda: identity.leave_group(ring.people["chen"], ring.at, person_pseudonym=whose.pseudonym, left_on=today),
    )
    return [ring.use(permit, by=operator), ends[number // 2 % 3]]


def last_impressions(ring: Ring, number: int) -> list[Act]:
    """Four use the last impression, on two documents."""
    permit = ring.permit(ring.seal(number))
    return [ring.use(permit, lane % 2) for lane in range(LANES)]


def double_approval(ring: Ring, number: int) -> list[Act]:
    """Two approvers decide one application, each of them twice."""
    uid = apply(ring.people["wang"], ring.at, ring.seal(number), ring.documents[0])
    application = Application.objects.get(uid=uid)
    lines = list(application.lines.select_related("seal__company").order_by("position"))
    shown = shown_digest(application, statements_of(application, lines), lines)
    return [
        lambda person=person: approvals.vote(  # type: ignore[misc]  # bound now
            person, ring.at, application_uid=uid, step=Step.APPROVE, shown_sha256=shown
        )
        for person in (ring.people["li"], ring.people["wu"]) * 2
    ]


@dataclass(frozen=True, slots=True)
class Race:
    """``broken`` yields a row for each round that went wrong; ``won`` counts how many times the first act happened.

    ``prepare`` makes once what all rounds need.
    """

    name: str
    rounds: Callable[[Ring, int], list[Act]]
    broken: str
    won: str = "SELECT count(*) FROM permit WHERE purpose = 'use' AND used > 0"
    prepare: Callable[[Ring], object] = lambda ring: ring


# A fact has its number from the moment it is written, which is when whoever wrote it held the lock.
USED: Final = """
    SELECT encode(p.uid, 'hex') AS uid, used.id FROM permit p
    JOIN ledger_fact used ON used.kind = 'document.seal.intended'
    AND used.subjects @> ARRAY[ledger_key('permit:' || encode(p.uid, 'hex'))]
"""
OVERUSED: Final = """
    SELECT encode(p.uid, 'hex') FROM permit p WHERE p.used > p.impressions
    OR p.purpose = 'use' AND p.used <> (SELECT count(*) FROM intent i WHERE i.permit_id = p.id)
"""
RACES: Final = (
    Race(
        "use-against-destroy",
        use_against_destroy,
        f"""{OVERUSED} UNION ALL SELECT s.uid FROM seal s WHERE s.number LIKE 'R%' AND s.state <> 'destroyed'
        UNION ALL SELECT used.uid FROM ({USED}) used JOIN permit p ON encode(p.uid, 'hex') = used.uid
        JOIN seal s ON s.id = p.seal_id
        JOIN ledger_fact ended ON ended.kind IN ('seal.retired', 'seal.destroyed')
        AND ended.subjects @> ARRAY[ledger_key('seal:' || s.uid)] WHERE ended.id < used.id""",
    ),
    Race(
        "use-against-revoke",
        use_against_revoke,
        f"""{OVERUSED} UNION ALL SELECT used.uid FROM ({USED}) used JOIN permit p ON encode(p.uid, 'hex') = used.uid
        JOIN permit_part q ON q.permit_id = p.id JOIN person h ON h.id = q.person_id
        JOIN ledger_fact ended ON ended.kind = 'power.ended'
        AND ended.subjects @> ARRAY[ledger_key('person:' || h.pseudonym)]
        WHERE ended.id < used.id""",
    ),
    Race(
        "last-impressions",
        last_impressions,
        f"{OVERUSED} UNION ALL SELECT encode(p.uid, 'hex') FROM permit p WHERE p.used <> 1",
        """SELECT count(*) FROM intent i JOIN permit_line l ON l.id = i.line_id
        JOIN document d ON d.sha256 = l.document_sha256""",
    ),
    Race(
        "double-approval",
        double_approval,
        """SELECT a.uid FROM application a WHERE a.state <> 'approved'
        OR (SELECT count(*) FROM permit p WHERE p.application_uid = a.uid) <> 1
        OR (SELECT count(*) FROM application_vote v WHERE v.application_id = a.id) <> 1""",
        "SELECT count(*) FROM application_vote v JOIN person p ON p.id = v.person_id WHERE p.login = 'li'",
    ),
)
