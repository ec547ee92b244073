"""A seal belongs to a unit of its company, and powers narrowed to units reach it."""

from datetime import datetime

import pytest

from privyseal.approvals import actions as approvals
from privyseal.approvals import queries as waiting
from privyseal.approvals.wishes import TermsIncomplete
from privyseal.identity import actions as identity
from privyseal.identity.models import Company, Grant, Person, Unit
from privyseal.identity.rules import UnitNotEmpty, UnitOfAnotherCompany
from privyseal.kernel.errors import NotEntitled, NotFound
from privyseal.sealing import actions as sealing
from privyseal.sealing.models import Intent
from privyseal.seals import actions as seals
from privyseal.seals import queries
from privyseal.seals.models import Seal
from privyseal.seals.permits import ApproverNoLongerEntitled, PermitSpent
from privyseal.seals.rules import SealType
from privyseal.signer.client import Client
from privyseal.signer.statement import Purpose
from tests.actions.keepers import approved_act, forbidden
from tests.conftest import FACE, Use, apply, new_company, permit_of, recorded, say_yes


@pytest.fixture
def sales(company: Company, chen: Person, noon: datetime) -> Unit:
    return opened(chen, noon, company, "营销中心")


@pytest.fixture
def north(company: Company, sales: Unit, chen: Person, noon: datetime) -> Unit:
    """A part of sales."""
    return opened(chen, noon, company, "北方区", parent=sales)


@pytest.fixture
def approvers(li: Person, wu: Person) -> tuple[Person, Person]:
    return li, wu


@pytest.fixture
def legal(company: Company, chen: Person, noon: datetime) -> Unit:
    return opened(chen, noon, company, "法务部")


def opened(chen: Person, at: datetime, company: Company, name: str, *, parent: Unit | None = None) -> Unit:
    uid = identity.open_unit(chen, at, company_uid=company.uid, name=name, parent_uid=parent.uid if parent else None)
    return Unit.objects.get(uid=uid)


def narrow(person: Person, unit: Unit) -> None:
    assert Grant.objects.filter(person=person).update(unit=unit) == 1


def belongs(seal: Seal, unit: Unit | None) -> Seal:
    Seal.objects.filter(pk=seal.pk).update(unit=unit)
    seal.refresh_from_db()
    return seal


def test_powers_narrowed_to_a_unit_reach_the_seals_below_it_from_application_to_use(
    official: Seal,
    contract: str,
    sales: Unit,
    north: Unit,
    wang: Person,
    li: Person,
    noon: datetime,
    signer: Client,
) -> None:
    belongs(official, north)
    narrow(wang, sales)
    narrow(li, north)

    application = apply(wang, noon, official, contract)
    assert [one.uid for one in waiting.waiting_for(li, noon, most=9, counted=9).oldest] == [application]
    assert "approve" in waiting.application_visible_to(li, noon, application).may
    say_yes(li, noon, application)
    sealing.seal_document(wang, noon, permit_uid=permit_of(application).uid, document_sha256=contract, signer=signer)

    assert Intent.objects.get().state == "sealed"


def test_a_power_narrowed_to_a_unit_reaches_neither_the_unit_above_nor_the_company(
    official: Seal, contract: str, sales: Unit, north: Unit, wang: Person, noon: datetime
) -> None:
    narrow(wang, north)

    for unit in (None, sales):
        belongs(official, unit)
        assert list(queries.usable_seals(wang, noon)) == []
        assert list(queries.seals_visible_to(wang, noon)) == []
        with pytest.raises(NotFound):
            apply(wang, noon, official, contract)


def test_an_approver_of_another_unit_neither_sees_it_waiting_nor_votes(
    official: Seal, contract: str, sales: Unit, legal: Unit, wang: Person, li: Person, wu: Person, noon: datetime
) -> None:
    belongs(official, sales)
    narrow(wu, legal)
    application = apply(wang, noon, official, contract)

    assert list(waiting.waiting_for(wu, noon, most=9, counted=9).oldest) == []
    with pytest.raises(NotEntitled):
        say_yes(wu, noon, application)


def test_a_unit_that_moves_takes_its_seals_with_it(
    official: Seal, contract: str, sales: Unit, north: Unit, chen: Person, wang: Person, li: Person, noon: datetime
) -> None:
    belongs(official, north)
    narrow(li, sales)
    application = apply(wang, noon, official, contract)
    say_yes(li, noon, application)

    identity.move_unit(chen, noon, unit_uid=north.uid, parent_uid=None)

    with pytest.raises(ApproverNoLongerEntitled):
        sealing.intend_to_seal(wang, noon, permit_uid=permit_of(application).uid, document_sha256=contract)


def test_a_manager_of_a_unit_has_seals_made_for_it_alone(
    company: Company, sales: Unit, north: Unit, zhao: Person, li: Person, noon: datetime, signer: Client
) -> None:
    narrow(zhao, sales)
    said = {"company_uid": company.uid, "reason": "业务需要", "type": SealType.CONTRACT, "face": FACE}

    with pytest.raises(NotEntitled):
        approvals.apply_for_seal(zhao, noon, name="合同专用章", **said)  # type: ignore[arg-type]  # each is of its kind
    assert not Seal.objects.exists()
    standing = approvals.Standing(unit_uid=north.uid)
    application = approvals.apply_for_seal(zhao, noon, name="合同专用章", standing=standing, **said)  # type: ignore[arg-type]  # as above
    say_yes(li, noon, application)
    seals.carry_out(zhao, noon, permit_uid=permit_of(application).uid, signer=signer)

    made = Seal.objects.get()
    assert (made.unit, made.state) == (north, "active")
    assert seals.suspend(zhao, noon, seal_uid=made.uid, reason="盘点", signer=signer) == "suspended"
    approvals.apply_for_act(zhao, noon, seal_uid=made.uid, purpose=Purpose.RETIRE, reason="部门撤销")


def test_a_seal_comes_to_another_unit_by_approval(
    official: Seal, sales: Unit, zhao: Person, li: Person, noon: datetime, signer: Client
) -> None:
    permit = approved_act(zhao, [li], noon, official, Purpose.ASSIGN, unit=sales.uid)
    assert permit.terms == {"unit": sales.uid, "unit_name": "营销中心"}

    seals.carry_out(zhao, noon, permit_uid=permit.uid, signer=signer)
    with pytest.raises(PermitSpent):
        seals.carry_out(zhao, noon, permit_uid=permit.uid, signer=signer)

    official.refresh_from_db()
    assert (official.unit, official.version, official.state) == (sales, 1, "active")
    assert [kind for kind in recorded() if kind.startswith("seal.assign")] == ["seal.assign.intended", "seal.assigned"]

    back = approved_act(zhao, [li], noon, official, Purpose.ASSIGN, unit="")
    seals.carry_out(zhao, noon, permit_uid=back.uid, signer=signer)
    official.refresh_from_db()
    assert official.unit is None


def test_a_seal_is_not_assigned_to_where_it_is_nor_to_another_company(
    official: Seal, sales: Unit, chen: Person, sun: Person, zhao: Person, noon: datetime
) -> None:
    other = new_company("另一科技有限公司", "91110108MA01ABCE1B", registrar=chen, verifier=sun, at=noon)
    foreign = opened(chen, noon, other, "法务部")
    belongs(official, sales)

    for unit, refusal in ((sales, TermsIncomplete), (foreign, UnitOfAnotherCompany)):
        with pytest.raises(refusal):
            approved_act(zhao, [], noon, official, Purpose.ASSIGN, unit=unit.uid)


def test_what_goes_from_unit_to_unit_waits_for_whoever_is_narrowed_to_both(
    official: Seal, sales: Unit, north: Unit, zhao: Person, wu: Person, noon: datetime
) -> None:
    belongs(official, sales)
    narrow(wu, sales)
    said = {"seal_uid": official.uid, "purpose": Purpose.ASSIGN, "reason": "机构调整"}
    application = approvals.apply_for_act(zhao, noon, terms={"unit": north.uid}, **said)  # type: ignore[arg-type]  # as above

    assert [one.uid for one in waiting.waiting_for(wu, noon, most=9, counted=9).oldest] == [application]
    say_yes(wu, noon, application)


def test_whoever_decides_where_a_seal_goes_may_decide_in_both_units(
    official: Seal,
    north: Unit,
    legal: Unit,
    zhao: Person,
    approvers: tuple[Person, Person],
    noon: datetime,
    signer: Client,
) -> None:
    li, wu = approvers
    belongs(official, north)
    narrow(wu, north)
    said = {"seal_uid": official.uid, "purpose": Purpose.ASSIGN, "reason": "机构调整"}
    application = approvals.apply_for_act(zhao, noon, terms={"unit": legal.uid}, **said)  # type: ignore[arg-type]  # as above

    assert list(waiting.waiting_for(wu, noon, most=9, counted=9).oldest) == []
    with pytest.raises(NotEntitled):
        say_yes(wu, noon, application)
    say_yes(li, noon, application)
    narrow(li, north)
    with pytest.raises(ApproverNoLongerEntitled):
        seals.carry_out(zhao, noon, permit_uid=permit_of(application).uid, signer=signer)

    official.refresh_from_db()
    assert official.unit == north


def test_a_permit_given_by_a_unit_ends_with_the_seals_leaving_it(
    pending: Use,
    sales: Unit,
    legal: Unit,
    wang: Person,
    zhao: Person,
    approvers: tuple[Person, Person],
    noon: datetime,
    signer: Client,
) -> None:
    (li, wu), official = approvers, belongs(Seal.objects.get(), sales)
    narrow(wu, sales)
    application, contract = pending.uid, pending.document
    say_yes(wu, noon, application)
    permit = approved_act(zhao, [li], noon, official, Purpose.ASSIGN, unit=legal.uid)
    seals.carry_out(zhao, noon, permit_uid=permit.uid, signer=signer)

    with pytest.raises(ApproverNoLongerEntitled):
        sealing.intend_to_seal(wang, noon, permit_uid=permit_of(application).uid, document_sha256=contract)


def test_a_unit_stays_open_as_long_as_a_seal_belongs_to_it(
    official: Seal, sales: Unit, chen: Person, noon: datetime
) -> None:
    belongs(official, sales)

    with pytest.raises(UnitNotEmpty):
        identity.close_unit(chen, noon, unit_uid=sales.uid)
    with forbidden("unit_with_seals_stays_open"):
        Unit.objects.filter(pk=sales.pk).update(closed_at=noon)
    belongs(official, None)
    identity.close_unit(chen, noon, unit_uid=sales.uid)


def test_the_database_keeps_a_seal_in_a_unit_of_its_company(
    official: Seal, chen: Person, sun: Person, noon: datetime
) -> None:
    other = new_company("另一科技有限公司", "91110108MA01ABCE1B", registrar=chen, verifier=sun, at=noon)
    foreign = opened(chen, noon, other, "法务部")

    with forbidden("seal_belongs_to_a_unit_of_its_company"):
        Seal.objects.filter(pk=official.pk).update(unit=foreign)
