"""Rounds of a race about what applications rest on: a policy, a quorum, a delegation, a mandate, a standing permit."""

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.conf import settings

from privyseal.approvals import actions as approvals
from privyseal.approvals.actions import MandateWish, Term
from privyseal.approvals.models import Application, Policy
from privyseal.approvals.queries import application_visible_to
from privyseal.approvals.rules import Step
from privyseal.approvals.rules.policies import Row
from privyseal.approvals.rules.seats import Seat, Who
from privyseal.identity.models import Membership, Person, Unit
from privyseal.identity.rules import Power
from privyseal.sealing import actions as sealing
from privyseal.sealing.models import Document
from privyseal.seals import actions as seals
from privyseal.seals.models import Mandate, Permit, PermitPart, SealPerson
from privyseal.seals.rules import SealType
from privyseal.signer.statement import Purpose
from tests.actions.policies import GRAVE, ONE, TWO, asks_for, put_in_force
from tests.actions.rounds import LANES, OVERUSED, USED, WIDE, Act, Race, Ring
from tests.conftest import apply, digest_shown, holding, new_person
from tests.standing import apply_for_standing, terms

_A_DAY: Final = 3


def _vote(person: Person, at: datetime, uid: str) -> Act:
    shown = digest_shown(uid)
    return lambda: approvals.vote(person, at, application_uid=uid, step=Step.APPROVE, shown_sha256=shown)


def _two_are_asked(ring: Ring) -> None:
    put_in_force(ring.people["zhao"], ring.people["chen"], ring.at, ring.company, asks_for((TWO,)))


def two_of_two(ring: Ring, number: int) -> list[Act]:
    """Two who must both say yes say it, each of them twice."""
    uid = apply(ring.people["wang"], ring.at, ring.seal(number), ring.documents[0])
    return [_vote(ring.people[login], ring.at, uid) for login in ("li", "wu")] * 2


def _li_is_asked(ring: Ring) -> None:
    li = (Seat(Who.PERSON, ring.people["li"].pseudonym),)
    put_in_force(ring.people["zhao"], ring.people["chen"], ring.at, ring.company, asks_for(li))


def delegation_against_its_end(ring: Ring, number: int) -> list[Act]:
    """One decides for another; the other takes that back, every second time after another look."""
    at = ring.at + timedelta(seconds=number)
    li, wu = ring.people["li"], ring.people["wu"]
    term, company = Term(at, at + timedelta(days=1)), ring.company.uid
    delegation = approvals.delegate(li, at, company_uid=company, taker_pseudonym=wu.pseudonym, term=term)
    uid = apply(ring.people["wang"], at, ring.seal(number), ring.documents[0], starts_at=at)

    def end() -> None:
        if number % 2:
            application_visible_to(li, at, uid)
        approvals.end_delegation(li, at, delegation_uid=delegation)

    return [_vote(wu, at, uid), end]


def use_against_revoked_mandate(ring: Ring, number: int) -> list[Act]:
    """One uses a seal that bears a name, by a mandate; the person whose name it is takes that back."""
    seal, person = ring.seal(number, SealType.PERSONAL), ring.people["ke"]
    said = {"named_by": ring.people["zhao"], "named_at": ring.at}
    SealPerson.objects.create(seal=seal, person=person, confirmed_by=ring.people["li"], confirmed_at=ring.at, **said)
    mandate = Mandate.objects.create(
        seal=seal,
        given_by=person,
        given_at=ring.at,
        purpose="合同",
        paper_sha256="5" * 64,
        starts_at=ring.at,
        ends_at=ring.at + timedelta(days=30),
    )
    permit = ring.permit(seal, own_yes=person, mandate=mandate)
    wish = MandateWish(
        purpose="另一合同", paper_sha256="6" * 64, starts_at=ring.at, ends_at=ring.at + timedelta(days=1)
    )

    def revoke() -> None:
        approvals.give_mandate(person, ring.at, seal_uid=seal.uid, wish=wish)
        seals.revoke_mandate(person, ring.at, mandate_uid=mandate.uid)

    return [ring.use(permit), revoke]


def last_of_a_standing_permit(ring: Ring, number: int) -> list[Act]:
    """Two holders use the last impression of a standing permit, each of them twice."""
    permit = ring.permit(ring.seal(number), Purpose.STANDING, holder=ring.people["wang"], terms=_terms())
    for login, part in (("ma", PermitPart.Part.HOLDER), ("gu", PermitPart.Part.WITNESS)):
        PermitPart.objects.create(permit=permit, person=ring.people[login], part=part)

    def use(person: Person) -> Act:
        return lambda: sealing.intend_under_standing(
            person, ring.at, permit_uid=permit.uid, document_sha256=ring.documents[0]
        )

    return [use(ring.people[("wang", "ma")[lane % 2]]) for lane in range(LANES)]


def _terms(**changes: object) -> dict[str, object]:
    asked = terms(**changes)
    kept = {name: getattr(asked, name) for name in ("most_pages", "a_day", "sample_every", "page", "x", "y")}
    return {**kept, "document_class": asked.document_class.value, "title_words": ["Invoice"]}


def a_day_of_a_unit(ring: Ring, number: int) -> list[Act]:
    """Eight of one unit use its standing permit at once, each on a paper of their own; one of them reviews samples."""
    unit, people, papers = _of_a_unit(ring)
    permit = ring.permit(ring.seal(number), Purpose.STANDING, terms=_terms(a_day=_A_DAY), impressions=WIDE, unit=unit)
    PermitPart.objects.filter(permit=permit, part=PermitPart.Part.HOLDER).delete()
    reviewer = people[number % WIDE]
    PermitPart.objects.create(permit=permit, person=reviewer, part=PermitPart.Part.WITNESS)
    said = {"permit_uid": permit.uid}
    return [
        partial(sealing.intend_under_standing, person, ring.at, **said, document_sha256=paper)
        for person, paper in zip(people, papers, strict=True)
    ]


def _of_a_unit(ring: Ring) -> tuple[Unit, list[Person], list[str]]:
    """Return a unit with eight people who may use seals there, and eight papers; made once."""
    unit, is_new = Unit.objects.get_or_create(company=ring.company, name="财务部", defaults={"opened_at": ring.at})
    before = ring.at - timedelta(days=30)
    for number in range(WIDE if is_new else 0):
        person = holding(new_person(f"clerk{number}", f"财{number}"), Power.USE, ring.company, before)
        Membership.objects.create(person=person, company=ring.company, unit=unit, joined_on=before.date())
        paper = settings.BLOBS.put(f"invoice {number}".encode())
        known = Document.objects.get(sha256=ring.documents[0])
        known.pk, known.sha256, known.name = None, paper, f"invoice {number}"
        known.save(force_insert=True)
    people = list(Person.objects.filter(memberships__unit=unit).order_by("pk"))
    return unit, people, list(Document.objects.filter(name__startswith="invoice").values_list("sha256", flat=True))


def more_against_the_last(ring: Ring, number: int) -> list[Act]:
    """All that is left of a standing permit is used; one more use of it is approved, which takes one that runs."""
    wang, li, gu, asked = ring.people["wang"], ring.people["li"], ring.people["gu"], 1 + number % 2
    _, _, papers = _of_a_unit(ring)
    counts = {"a_day": asked, "in_all": asked}
    uid = apply_for_standing(wang, ring.at, ring.seal(number), holders=[wang], reviewer=gu, **counts)
    _vote(li, ring.at, uid)()
    permit = Permit.objects.get(application_uid=uid)
    more = approvals.apply_to_top_up(wang, ring.at, application_uid=uid, reason="多于预计", uses=1)
    uses = [
        partial(sealing.intend_under_standing, wang, ring.at, permit_uid=permit.uid, document_sha256=paper)
        for paper in papers[:asked]
    ]
    return [_vote(li, ring.at, more), *uses]


def application_against_policy(ring: Ring, number: int) -> list[Act]:
    """One applies; another puts a policy into force that asks for more people, or for fewer."""
    at = ring.at + timedelta(seconds=number)
    asked = asks_for(((ONE, TWO)[number % 2],))
    rows = [asked, GRAVE, Row(stages=((ONE,),))]
    zhao, chen, company = ring.people["zhao"], ring.people["chen"], ring.company.uid
    seal = ring.seal(number)

    def change() -> None:
        uid = approvals.write_policy(zhao, at, company_uid=company, name="审批规则", rows=rows)
        digest = Policy.objects.get(uid=uid).rows_sha256
        approvals.confirm_policy(chen, at, policy_uid=uid, rows_sha256=digest)

    return [lambda: apply(ring.people["wang"], at, seal, ring.documents[0], starts_at=at), change]


def _is_any_policy(ring: Ring) -> None:
    if not Application.objects.exclude(policy="1").exists():
        _two_are_asked(ring)


_VOTES: Final = """
    SELECT a.id, said.id AS fact, p.login FROM application a JOIN ledger_fact said ON said.kind = 'application.voted'
    AND said.subjects @> ARRAY[ledger_key('application:' || encode(a.uid, 'hex'))]
    JOIN person p ON p.pseudonym = said.actor
"""
RACES: Final = (
    Race(
        "two-of-two",
        two_of_two,
        """SELECT a.uid FROM application a WHERE a.state <> 'approved'
        OR (SELECT count(*) FROM permit p WHERE p.application_uid = a.uid) <> 1
        OR (SELECT count(DISTINCT v.person_id) FROM application_vote v WHERE v.application_id = a.id) <> 2
        OR (SELECT count(*) FROM application_vote v WHERE v.application_id = a.id) <> 2""",
        f"SELECT count(*) FROM ({_VOTES}) li JOIN ({_VOTES}) wu ON wu.id = li.id AND wu.fact > li.fact"
        " WHERE li.login = 'li' AND wu.login = 'wu'",
        _two_are_asked,
    ),
    Race(
        "vote-against-end-of-delegation",
        delegation_against_its_end,
        f"""SELECT d.uid FROM delegation d JOIN application a ON a.submitted_at = d.starts_at JOIN ({_VOTES}) v
        ON v.id = a.id JOIN ledger_fact ended ON ended.kind = 'delegation.ended'
        AND ended.subjects @> ARRAY[ledger_key('delegation:' || d.uid)] WHERE ended.id < v.fact
        UNION ALL SELECT d.uid FROM delegation d WHERE d.ended_at IS NULL""",
        "SELECT count(*) FROM application_vote WHERE for_person_id IS NOT NULL",
        _li_is_asked,
    ),
    Race(
        "use-against-revoked-mandate",
        use_against_revoked_mandate,
        f"""{OVERUSED} UNION ALL SELECT used.uid FROM ({USED}) used JOIN permit p ON encode(p.uid, 'hex') = used.uid
        JOIN mandate m ON m.id = p.mandate_id JOIN ledger_fact ended ON ended.kind = 'mandate.revoked'
        AND ended.subjects @> ARRAY[ledger_key('mandate:' || encode(m.uid, 'hex'))] WHERE ended.id < used.id
        UNION ALL SELECT encode(p.uid, 'hex') FROM permit p JOIN mandate m ON m.id = p.mandate_id
        WHERE m.revoked_at IS NULL""",
    ),
    Race(
        "last-of-a-standing-permit",
        last_of_a_standing_permit,
        """SELECT encode(p.uid, 'hex') FROM permit p WHERE p.purpose = 'standing' AND (p.used <> 1
        OR (SELECT count(*) FROM standing_use u WHERE u.permit_id = p.id) <> 1
        OR (SELECT count(*) FROM intent i WHERE i.permit_id = p.id) <> 1)""",
        "SELECT count(*) FROM intent i JOIN person p ON p.id = i.operator_id WHERE p.login = 'wang'",
    ),
    # The first three by whoever they are count, and of each the number is the next.
    Race(
        "a-day-of-a-unit",
        a_day_of_a_unit,
        f"""SELECT encode(p.uid, 'hex') FROM permit p WHERE p.purpose = 'standing' AND (p.used <> {_A_DAY}
        OR (SELECT coalesce(array_agg(u.number::int ORDER BY u.number), '{{}}') FROM standing_use u
          WHERE u.permit_id = p.id) <> ARRAY[1, 2, 3]
        OR (SELECT count(DISTINCT i.operator_id) FROM intent i WHERE i.permit_id = p.id) <> {_A_DAY}
        OR EXISTS (SELECT FROM intent i JOIN permit_part q ON q.permit_id = p.id AND q.person_id = i.operator_id
          WHERE i.permit_id = p.id))""",
        "SELECT count(DISTINCT u.permit_id) FROM standing_use u JOIN person p ON p.id = u.by_id"
        " WHERE p.login = 'clerk0'",
    ),
    # More is added while it runs, or not at all: what is used up takes none.
    Race(
        "more-against-the-last",
        more_against_the_last,
        """SELECT encode(p.uid, 'hex') FROM permit p LEFT JOIN permit_addition x ON x.permit_id = p.id
        WHERE p.used > p.impressions OR p.used <> (p.terms ->> 'a_day')::int
        OR p.impressions <> p.used + (x.id IS NOT NULL)::int
        OR p.used <> (SELECT count(*) FROM standing_use u WHERE u.permit_id = p.id)
        OR p.used <> (SELECT count(*) FROM intent i WHERE i.permit_id = p.id)
        UNION ALL SELECT a.uid::text FROM application a WHERE a.adds_to_id IS NOT NULL AND (a.state = 'approved')
        <> EXISTS (SELECT FROM permit_addition x WHERE x.application_uid = a.uid)""",
        "SELECT count(*) FROM permit_addition",
    ),
    Race(
        "application-against-policy",
        application_against_policy,
        """SELECT a.uid FROM application a JOIN policy p ON p.number::text = a.policy
        WHERE (SELECT sum(s.needed) FROM application_seat s WHERE s.application_id = a.id)
        <> (p.rows -> 0 -> 'stages' -> 0 -> 0 ->> 'needed')::integer
        UNION ALL SELECT uid FROM application WHERE policy = '1'
        UNION ALL SELECT convert_to(min(uid), 'UTF8') FROM policy WHERE confirmed_at IS NOT NULL AND ended_at IS NULL
        HAVING count(*) <> 1""",
        "SELECT count(*) FROM application a JOIN policy p ON p.number::text = a.policy"
        " WHERE p.confirmed_at = a.submitted_at",
        _is_any_policy,
    ),
)
