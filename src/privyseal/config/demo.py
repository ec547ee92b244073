"""A demo company and its ten people, founded by the same ceremony as any other. Never production."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from privyseal.approvals import actions as approvals
from privyseal.approvals.models import Policy
from privyseal.approvals.queries import ApplicationView, application_visible_to
from privyseal.approvals.rules import Step
from privyseal.approvals.rules.presets import PRESETS, Preset
from privyseal.approvals.stages import policy_in_force
from privyseal.config import ceremony
from privyseal.config.beginning import SoftwareCast
from privyseal.config.ceremony import Answers, Colleague, FirstCompany
from privyseal.identity import actions as identity
from privyseal.identity.founding import Founder
from privyseal.identity.models import Company, Person
from privyseal.identity.queries import installation
from privyseal.identity.rules import Power
from privyseal.kernel.errors import Refused
from privyseal.seals import actions as seals
from privyseal.seals.rules import SealType
from privyseal.signer.charters import Charter
from privyseal.signer.client import Client
from privyseal.signer.passkeys import Page
from privyseal.signer.statement import Purpose

# Everybody knows it: a demo installation says so on every page, and its authority in every certificate.
PASSWORD: Final = "privyseal-demo"  # noqa: S105  not a secret
COMPANY: Final = "示例科技有限公司"
UNIT: Final = "法务部"  # to which a second seal can belong: the official one is the company's own
SYSTEM, SECURITY, SECOND, AUDITOR, MANAGER, APPROVER, APPLICANT = "zhou", "chen", "he", "sun", "zhao", "li", "wang"

ANSWERS: Final = Answers(
    public_url=settings.PUBLIC_URL,
    founders=(
        Founder(Power.SYSTEM, SYSTEM, "周维", PASSWORD),
        Founder(Power.SECURITY, SECURITY, "陈安", PASSWORD),
        Founder(Power.SECURITY, SECOND, "何全", PASSWORD),
        Founder(Power.AUDIT, AUDITOR, "孙明", PASSWORD),
    ),
    company=FirstCompany(
        name=COMPANY,
        name_en="Example Technology Co., Ltd.",
        uscc="91110108MA01ABCD3L",
        legal_representative="钱正",
        licence=b"The licence of a company that exists in demonstrations alone.",
        representative=b"The word of a legal representative who exists in demonstrations alone.",
    ),
    colleagues=(
        Colleague(MANAGER, "赵管", PASSWORD, (Power.MANAGE,)),
        Colleague(APPROVER, "李批", PASSWORD, (Power.APPROVE,)),
        Colleague(APPLICANT, "王用", PASSWORD, (Power.USE,)),
        Colleague("wu", "吴准", PASSWORD, (Power.APPROVE,)),
        Colleague("gu", "顾守", PASSWORD, (Power.CUSTODY,)),
        Colleague("ke", "柯管", PASSWORD, (Power.CUSTODY,)),
    ),
    is_demo=True,
    # People who try it in a browser mostly have no authenticator; what a yes is made of stands on every receipt.
    assurance=settings.DEMO_CHARTER,
    charter=Charter(1, settings.DEMO_CHARTER),
)
FACE: Final = {"ring": COMPANY, "code": "1101080000001"}
POLICY: Final = "用印审批规则"
CONTRACT_FACE: Final = {"ring": COMPANY, "bottom": "合同专用章", "code": "1101080000002"}


class NotADemo(Refused):
    """The installation is a real one: its people act for themselves, and nothing is invented for them."""

    code = "not-a-demo"


def found(at: datetime, *, signer: Client) -> None:
    """Found the demo company with one official seal, or go on where an earlier start was cut off."""
    before = installation()
    if before is not None and not before.is_demo:
        raise NotADemo
    if before is None:
        held = ceremony.hold(at, ANSWERS, signer=signer, passkeys=cast())
        if held is not None:
            held.lay_out(settings.DATA)
    company = Company.objects.get(uscc=ANSWERS.company.uscc)
    if not company.units.exists():
        identity.open_unit(person(SECURITY), at, company_uid=company.uid, name=UNIT)
    if not company.seals.exists():
        make_official_seal(at, company, signer=signer)


def furnish(at: datetime, *, signer: Client) -> None:
    """Give the demo company what most companies have besides: a seal for contracts, and a policy of its own."""
    company = Company.objects.get(uscc=ANSWERS.company.uscc)
    if not company.seals.filter(type=SealType.CONTRACT).exists():
        _make(at, apply_for_contract_seal(at, company), signer=signer)
    if policy_in_force(company.pk) is None:
        _put_policy_into_force(at, company)


def _put_policy_into_force(at: datetime, company: Company) -> None:
    """Have uses decided on one page with others where their approvers want to; all else is as in any small firm."""
    grave, usual = PRESETS[Preset.SMALL_FIRM]
    rows = (grave, replace(usual, purposes=frozenset({Purpose.USE}), is_together=True), usual)
    policy = approvals.write_policy(person(MANAGER), at, company_uid=company.uid, name=POLICY, rows=rows)
    shown = Policy.objects.get(uid=policy).rows_sha256
    approvals.confirm_policy(person(SECURITY), at, policy_uid=policy, rows_sha256=shown)


def cast() -> SoftwareCast:
    """Return the passkeys of the demo's people: software, in a file, on the page of this installation."""
    return SoftwareCast(settings.DATA / "secrets" / "software-passkeys.json", Page(settings.APPROVAL_URL))


def person(login: str) -> Person:
    return Person.objects.get(login=login)


def apply_for_official_seal(at: datetime, company: Company) -> str:
    return approvals.apply_for_seal(
        person(MANAGER),
        at,
        company_uid=company.uid,
        reason="公司成立，需要公章。The company is new and needs its official seal.",
        name="公章",
        type=SealType.OFFICIAL,
        face=FACE,
    )


def apply_for_contract_seal(at: datetime, company: Company) -> str:
    return approvals.apply_for_seal(
        person(MANAGER),
        at,
        company_uid=company.uid,
        reason="合同与公章分开用印。Contracts are sealed apart from everything else.",
        name="合同专用章",
        type=SealType.CONTRACT,
        face=CONTRACT_FACE,
    )


def approve(at: datetime, application_uid: str) -> str:
    """Have the approver look at an application and say yes to what is shown, by their passkey in software."""
    return say_yes(at, application_uid, application_visible_to(person(APPROVER), at, application_uid))


def say_yes(at: datetime, application_uid: str, view: ApplicationView) -> str:
    """Have the approver say yes to what they have looked at, by their passkey in software."""
    approver = person(APPROVER)
    said = tuple(yes for one in view.statements if (yes := cast().yes_of(approver.pseudonym, one.to_bytes())))
    return approvals.vote(
        approver,
        at,
        application_uid=application_uid,
        step=Step.APPROVE,
        shown_sha256=view.shown_sha256,
        assertions=said,
    )


def make_official_seal(at: datetime, company: Company, *, signer: Client) -> str:
    return _make(at, apply_for_official_seal(at, company), signer=signer)


def _make(at: datetime, application: str, *, signer: Client) -> str:
    approve(at, application)
    (permit,) = application_visible_to(person(MANAGER), at, application).permits
    return seals.carry_out(person(MANAGER), at, permit_uid=permit.uid, signer=signer)


WINDOW: Final = timedelta(days=7)
