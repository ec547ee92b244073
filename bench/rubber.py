"""A rubber seal of the demo company that its people stamp with, made through the domain's own actions."""

from datetime import UTC, datetime, timedelta
from secrets import token_hex

from tests.pdfs import one_page

from privyseal.approvals import actions as approvals
from privyseal.approvals.papers import Papers
from privyseal.approvals.wishes import LineWish
from privyseal.config import demo
from privyseal.identity import actions as identity
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.pdf.placement import Placement
from privyseal.sealing import actions as sealing
from privyseal.seals import actions as seals
from privyseal.seals.models import Permit, Seal
from privyseal.seals.rules import SealState, SealType

KEEPER, SUPERVISOR = "gu", "ke"


def permit_by_hand(*, copies: int) -> Permit:
    """Return an open permit for so many impressions of a new seal, whose holder stamps; gu keeps, ke watches.

    The installation is used again: no two seals of a company have one name, and who stamped owes photographs.
    """
    return permit_for(seal_by_hand(), copies=copies)


def seal_by_hand() -> str:
    """Return the uid of a new seal of rubber, in force, which gu keeps."""
    company = Company.objects.get(uscc=demo.ANSWERS.company.uscc)
    existing = seals.ExistingSeal(
        name=f"公章（实体）{token_hex(4)}", type=SealType.OFFICIAL, keeper_pseudonym=demo.person(KEEPER).pseudonym
    )
    seal = seals.enter_existing(
        demo.person(demo.MANAGER), datetime.now(UTC), company_uid=company.uid, existing=existing
    )
    Seal.objects.filter(uid=seal).update(state=SealState.ACTIVE.value)
    return seal


def permit_for(seal: str, *, copies: int) -> Permit:
    """Return an open permit of somebody new for so many impressions of a seal."""
    return approved(asked_for(seal, copies=copies))


def asked_for(seal: str, *, copies: int) -> str:
    """Return the uid of an application of somebody new, undecided."""
    company = Company.objects.get(uscc=demo.ANSWERS.company.uscc)
    applicant, at = _somebody_new(company), datetime.now(UTC)
    document = sealing.receive_document(applicant, at, company_uid=company.uid, name="contract.pdf", data=one_page())
    return approvals.apply_for_use(
        applicant,
        at,
        company_uid=company.uid,
        reason="签订合同。",
        starts_at=at,
        expires_at=at + timedelta(days=7),
        operator_pseudonyms=(applicant.pseudonym,),
        lines=(LineWish(seal, document, "others", (Placement(1, 150_000, 60_000),), copies=copies),),
        papers=Papers(supervisor_pseudonym=demo.person(SUPERVISOR).pseudonym),
    )


def approved(application: str) -> Permit:
    demo.approve(datetime.now(UTC), application)
    return Permit.objects.get(application_uid=application)


def _somebody_new(company: Company) -> Person:
    security, at = demo.person(demo.SECURITY), datetime.now(UTC)
    pseudonym = identity.enrol_person(security, at, login=f"hand-{token_hex(4)}", name="韩用", password=demo.PASSWORD)
    grant = identity.grant_power(security, at, person_pseudonym=pseudonym, power=Power.USE, company_uid=company.uid)
    identity.confirm_grant(demo.person(demo.AUDITOR), at, grant_id=grant)
    return Person.objects.get(pseudonym=pseudonym)
