"""From which day to which a seal is in force, and how its last day becomes a later one."""

from datetime import date, datetime, timedelta

import pytest
from django.utils.timezone import localdate

from privyseal.approvals import actions as approvals
from privyseal.approvals.models import Application
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import OutOfTurn, Refused
from privyseal.sealing import actions as sealing
from privyseal.seals import actions as seals
from privyseal.seals import queries
from privyseal.seals.models import Seal, SealVersion
from privyseal.seals.permits import PermitSpent
from privyseal.seals.rules import PeriodNotPossible, SealNotInForce, SealType
from privyseal.signer.client import Client
from privyseal.signer.statement import Purpose
from tests.actions.keepers import approved_act, rubber
from tests.conftest import FACE, Use, apply, holding, new_person, permit_of, recorded, say_yes


def ends(seal: Seal, day: date | None) -> Seal:
    Seal.objects.filter(pk=seal.pk).update(ends_on=day)
    seal.refresh_from_db()
    return seal


def in_days(days: int) -> date:
    return localdate() + timedelta(days=days)


def test_an_extension_of_an_electronic_seal_is_a_new_version_with_a_certificate_of_its_own(
    approved: Use, wang: Person, zhao: Person, li: Person, noon: datetime, signer: Client
) -> None:
    seal = ends(Seal.objects.get(), in_days(3))
    assert list(queries.seals_ending_soon(zhao, noon)) == [seal]
    permit = approved_act(zhao, [li], noon, seal, Purpose.EXTEND, ends_on=in_days(400))

    seals.carry_out(zhao, noon, permit_uid=permit.uid, signer=signer)
    with pytest.raises(PermitSpent):
        seals.carry_out(zhao, noon, permit_uid=permit.uid, signer=signer)

    seal.refresh_from_db()
    assert (seal.version, seal.state, seal.signer_state, seal.ends_on) == (2, "active", "active", in_days(400))
    first, second = SealVersion.objects.filter(seal=seal).order_by("version")
    assert (first.voided_at, second.voided_at) == (noon, None)
    assert first.serial != second.serial
    assert (first.face, first.name) == (second.face, second.name)
    assert [kind for kind in recorded() if kind.startswith("seal.exten")] == ["seal.extend.intended", "seal.extended"]
    assert list(queries.seals_ending_soon(zhao, noon)) == []
    with pytest.raises(Refused) as refused:
        sealing.seal_document(
            wang, noon, permit_uid=approved.permit.uid, document_sha256=approved.document, signer=signer
        )
    assert refused.value.code == "seal-version-differs"


def test_an_expired_seal_is_extended_at_rest_and_resumed_by_an_approval_of_its_own(
    official: Seal, contract: str, zhao: Person, li: Person, wang: Person, noon: datetime, signer: Client
) -> None:
    ends(official, in_days(-1))
    seals.expire_seals(noon)
    seals.tell_signer(noon, signer=signer)
    resuming = approved_act(zhao, [li], noon, official, Purpose.RESUME)
    with pytest.raises(PeriodNotPossible):
        seals.carry_out(zhao, noon, permit_uid=resuming.uid, signer=signer)

    permit = approved_act(zhao, [li], noon, official, Purpose.EXTEND, ends_on=in_days(30))
    seals.carry_out(zhao, noon, permit_uid=permit.uid, signer=signer)
    official.refresh_from_db()
    assert (official.state, official.signer_state, official.version) == ("suspended", "suspended", 2)

    again = approved_act(zhao, [li], noon, official, Purpose.RESUME)
    seals.carry_out(zhao, noon, permit_uid=again.uid, signer=signer)
    official.refresh_from_db()
    application = apply(wang, noon, official, contract)
    say_yes(li, noon, application)
    sealing.seal_document(wang, noon, permit_uid=permit_of(application).uid, document_sha256=contract, signer=signer)


def test_a_rubber_seal_is_extended_as_it_is(
    company: Company, zhao: Person, li: Person, noon: datetime, long_ago: datetime, signer: Client
) -> None:
    gu = holding(new_person("gu", "顾守"), Power.CUSTODY, company, long_ago)
    seal = ends(rubber(zhao, noon, company, gu), in_days(3))
    permit = approved_act(zhao, [li], noon, seal, Purpose.EXTEND, ends_on=in_days(30))

    seals.carry_out(zhao, noon, permit_uid=permit.uid, signer=signer)

    seal.refresh_from_db()
    assert (seal.version, seal.state, seal.ends_on, seal.versions.count()) == (1, "suspended", in_days(30), 1)


def test_an_extension_leads_to_a_later_day_and_not_out_of_the_end(
    official: Seal, company: Company, zhao: Person, noon: datetime, long_ago: datetime
) -> None:
    ends(official, in_days(10))
    for day in (in_days(10), in_days(9), in_days(-1), None):
        with pytest.raises(PeriodNotPossible):
            approved_act(zhao, [], noon, official, Purpose.EXTEND, ends_on=day)
    gu = holding(new_person("gu", "顾守"), Power.CUSTODY, company, long_ago)
    with pytest.raises(PeriodNotPossible):
        approved_act(zhao, [], noon, rubber(zhao, noon, company, gu), Purpose.EXTEND)
    Seal.objects.filter(pk=official.pk).update(state="retired")
    with pytest.raises(OutOfTurn):
        approved_act(zhao, [], noon, official, Purpose.EXTEND, ends_on=in_days(30))
    assert Application.objects.count() == 1


def test_a_seal_without_a_last_day_gets_a_new_certificate_and_keeps_none(
    official: Seal, zhao: Person, li: Person, noon: datetime, signer: Client
) -> None:
    permit = approved_act(zhao, [li], noon, official, Purpose.EXTEND)

    seals.carry_out(zhao, noon, permit_uid=permit.uid, signer=signer)

    official.refresh_from_db()
    assert (official.version, official.ends_on) == (2, None)


def test_a_seal_is_not_used_before_its_first_day(
    company: Company, contract: str, zhao: Person, li: Person, wang: Person, noon: datetime, signer: Client
) -> None:
    standing = approvals.Standing(starts_on=in_days(5), ends_on=in_days(9))
    said = {"company_uid": company.uid, "reason": "需要", "name": "展会章", "type": SealType.OTHER, "face": FACE}
    making = approvals.apply_for_seal(zhao, noon, standing=standing, **said)  # type: ignore[arg-type]  # each is of its kind
    say_yes(li, noon, making)
    seals.carry_out(zhao, noon, permit_uid=permit_of(making).uid, signer=signer)
    seal = Seal.objects.get()

    with pytest.raises(SealNotInForce):
        apply(wang, noon, seal, contract)
    Seal.objects.update(starts_on=in_days(0))
    application = apply(wang, noon, seal, contract)
    say_yes(li, noon, application)
    Seal.objects.update(starts_on=in_days(1))
    with pytest.raises(SealNotInForce):
        sealing.intend_to_seal(wang, noon, permit_uid=permit_of(application).uid, document_sha256=contract)
    with pytest.raises(PeriodNotPossible):
        approvals.apply_for_seal(
            zhao,
            noon,
            standing=approvals.Standing(starts_on=in_days(9), ends_on=in_days(5)),
            **{**said, "name": "展会章二"},  # type: ignore[arg-type]  # as above
        )
