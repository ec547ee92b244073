"""People and applications for a bench, made through the domain's own actions: ``cast PEOPLE APPLICATIONS``."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from tests.pdfs import one_page

from privyseal.approvals import actions as approvals
from privyseal.approvals.models import Application
from privyseal.approvals.wishes import LineWish
from privyseal.config import demo
from privyseal.identity import actions as identity
from privyseal.identity.models import Company
from privyseal.identity.rules import Power
from privyseal.pdf.face import Face
from privyseal.pdf.placement import PageSize, usual_place
from privyseal.sealing import actions as sealing
from privyseal.sealing.queries import document_visible_to


def main(words: Sequence[str]) -> None:
    people, applications = map(int, words)
    company = Company.objects.get(uscc=demo.ANSWERS.company.uscc)
    logins = [_enrol_approver(company, f"approver-{number}") for number in range(people)]
    document = receive(company, "contract.pdf") if applications else ""
    pending = [apply(company, document) for _ in range(applications)]
    json.dump({"logins": logins, "password": demo.PASSWORD, "applications": pending}, sys.stdout)


def _enrol_approver(company: Company, login: str) -> str:
    at, security = datetime.now(UTC), demo.person(demo.SECURITY)
    person = identity.enrol_person(security, at, login=login, name="李批", password=demo.PASSWORD)
    grant = identity.grant_power(security, at, person_pseudonym=person, power=Power.APPROVE, company_uid=company.uid)
    identity.confirm_grant(demo.person(demo.AUDITOR), at, grant_id=grant)
    return login


def receive(company: Company, name: str) -> str:
    applicant, at = demo.person(demo.APPLICANT), datetime.now(UTC)
    return sealing.receive_document(applicant, at, company_uid=company.uid, name=name, data=one_page())


def apply(company: Company, document_sha256: str) -> tuple[str, str]:
    """Return the application's uid and the digest of what its approver is shown."""
    applicant, at = demo.person(demo.APPLICANT), datetime.now(UTC)
    seal = company.seals.earliest("pk")
    (page,) = document_visible_to(applicant, at, document_sha256).pages
    spot = usual_place(1, PageSize(**page), Face.from_json(seal.face).size)
    uid = approvals.apply_for_use(
        applicant,
        at,
        company_uid=company.uid,
        reason="签订合同。",
        starts_at=at,
        expires_at=at + demo.WINDOW,
        operator_pseudonyms=(applicant.pseudonym,),
        lines=(LineWish(seal.uid, document_sha256, "nobody", (spot,)),),
    )
    return uid, Application.objects.get(uid=uid).shown_sha256
