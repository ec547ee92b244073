"""Whoever has become auditor plays none of the parts they were given before, and has handed over what they kept."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from privyseal.approvals import actions as approvals
from privyseal.approvals.models import Application
from privyseal.approvals.queries import application_visible_to
from privyseal.custody import actions as custody
from privyseal.identity import actions as identity
from privyseal.identity.models import Company, Grant, Person
from privyseal.identity.rules import OfficeKeepsNoSeal, Power, TakesNoPart
from privyseal.seals import actions as seals
from privyseal.seals import queries
from privyseal.seals.models import Attestation, CoCustodian, Consent, Photo, Seal
from privyseal.seals.rules import Act, Role
from privyseal.signer.statement import Purpose
from tests.actions.keepers import approved_act, photo, rubber
from tests.conftest import Use, holding, new_person, recorded


def now_audits(person: Person, at: datetime) -> Person:
    Grant.objects.filter(person=person).update(revoked_at=at)
    return holding(person, Power.AUDIT, None, at)


def refused(command: str, act: Callable[[], object]) -> None:
    """Show that the act is refused, and changes nothing but the record."""
    before = recorded()
    with pytest.raises(TakesNoPart):
        act()
    assert recorded() == [*before, f"{command}.refused"]


@pytest.mark.invariant("T2", column="database")
def test_an_auditor_takes_no_application_back(pending: Use, wang: Person, noon: datetime) -> None:
    now_audits(wang, noon)

    refused("application.withdraw", lambda: approvals.withdraw(wang, noon, application_uid=pending.uid))
    assert application_visible_to(wang, noon, pending.uid).may == frozenset()
    with pytest.raises(IntegrityError, match="has no hand in it"), transaction.atomic():
        Application.objects.filter(uid=pending.uid).update(state="withdrawn", decided_at=noon)


@pytest.mark.invariant("T2", column="database")
def test_an_auditor_gives_no_word_on_an_act(
    company: Company, zhao: Person, li: Person, ma: Person, gu: Person, noon: datetime
) -> None:
    seal = rubber(zhao, noon, company, gu)
    permit = approved_act(zhao, [li], noon, seal, Purpose.HAND_OVER, receiver=gu, witnesses=(ma,))
    assert [word.role for word in queries.words_asked_of(ma, noon, seal)] == [Role.WITNESS]
    now_audits(ma, noon)

    refused("seal.attest", lambda: seals.attest(ma, noon, permit_uid=permit.uid, role=Role.WITNESS))
    assert queries.words_asked_of(ma, noon, seal) == []
    with pytest.raises(IntegrityError, match="has no hand in it"), transaction.atomic():
        Attestation.objects.create(permit=permit, person=ma, role=Role.WITNESS.value, at=noon)


@pytest.mark.invariant("T2", column="database")
def test_an_auditor_adds_no_picture(official: Seal, sun: Person, noon: datetime) -> None:
    refused("seal.photograph", lambda: photo(sun, noon, official))
    with pytest.raises(IntegrityError, match="has no hand in it"), transaction.atomic():
        Photo.objects.create(
            seal=official, sha256="0" * 64, kind="image/png", size=1, received_by=sun, received_at=noon
        )


@pytest.mark.invariant("T2", column="database")
def test_an_auditor_frees_the_way_to_no_second_seal(official: Seal, zhao: Person, ma: Person, noon: datetime) -> None:
    seals.name_co_custodian(zhao, noon, seal_uid=official.uid, person_pseudonym=ma.pseudonym)
    lost = custody.report_seal(zhao, noon, seal_uid=official.uid, act=Act.LOSE, said=seals.Report(account="不见了"))
    incident = queries.incident_visible_to(zhao, noon, lost)
    now_audits(ma, noon)

    refused("incident.consent", lambda: seals.give_consent(ma, noon, incident_uid=lost))
    assert "consent" not in queries.steps_open_to(ma, noon, incident)
    with pytest.raises(IntegrityError, match="has no hand in it"), transaction.atomic():
        Consent.objects.create(incident=incident, person=ma, at=noon)
    # What is theirs alone they may lay down, so that nobody waits for them.
    seals.leave_co_custody(ma, noon, seal_uid=official.uid)


@pytest.mark.invariant("T2", column="database")
def test_an_auditor_is_named_for_nothing(
    company: Company, official: Seal, zhao: Person, gu: Person, chen: Person, sun: Person, noon: datetime
) -> None:
    seal, ke = rubber(zhao, noon, company, gu), holding(new_person("ke", "柯管"), Power.CUSTODY, company, noon)
    identity.join_company(
        chen, noon, person_pseudonym=sun.pseudonym, company_uid=company.uid, joined_on=localdate(noon)
    )

    refused(
        "seal.name-co-custodian",
        lambda: seals.name_co_custodian(zhao, noon, seal_uid=official.uid, person_pseudonym=sun.pseudonym),
    )
    refused(
        "application.apply-for-act",
        lambda: approvals.apply_for_act(
            zhao,
            noon,
            seal_uid=seal.uid,
            purpose=Purpose.HAND_OVER,
            reason="轮岗",
            receiver_pseudonym=ke.pseudonym,
            witness_pseudonyms=(sun.pseudonym,),
        ),
    )
    with pytest.raises(IntegrityError, match="has no hand in it"), transaction.atomic():
        CoCustodian.objects.create(seal=official, person=sun, since=noon)


@pytest.mark.parametrize("office", [Power.SYSTEM, Power.SECURITY, Power.AUDIT])
def test_an_office_waits_until_its_holder_has_handed_over(
    office: Power, company: Company, zhao: Person, gu: Person, chen: Person, noon: datetime
) -> None:
    rubber(zhao, noon, company, gu)
    Grant.objects.filter(person=gu).update(revoked_at=noon)
    before = recorded()

    with pytest.raises(OfficeKeepsNoSeal):
        identity.grant_power(chen, noon, person_pseudonym=gu.pseudonym, power=office)
    with pytest.raises(IntegrityError, match="still keeps a seal"), transaction.atomic():
        holding(gu, office, None, noon)

    assert recorded() == [*before, "power.grant.refused"]
