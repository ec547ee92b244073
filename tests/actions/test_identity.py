from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from privyseal.identity import actions, queries
from privyseal.identity.actions import AlreadyRegistered, WeakPassword, WrongCreditCode
from privyseal.identity.founding import AlreadyFounded, Founder, OfficeMissing, found_installation
from privyseal.identity.models import Company, Grant, Installation, Person
from privyseal.identity.names import NameNotPlain
from privyseal.identity.rules import Means, Power, PowersConflict, SelfConfirmation, SelfGrant
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn, Refused
from privyseal.ledger.actors import Service
from privyseal.ledger.models import FactRow
from privyseal.signer.charters import Charter
from tests.conftest import USCC, recorded

GOOD = "correct horse battery"
CEREMONY = Service("ceremony")
FOUNDERS = (
    Founder(Power.SYSTEM, "zhou", "周维", GOOD),
    Founder(Power.SECURITY, "chen", "陈安", GOOD),
    Founder(Power.AUDIT, "sun", "孙明", GOOD),
)


def found(at: datetime, founders: tuple[Founder, ...] = FOUNDERS) -> None:
    found_installation(
        CEREMONY,
        at,
        public_url="http://localhost:8000",
        origin="localhost:8000/ledger",
        log_key="key",
        authority=b"der",
        charter=Charter(1, "session"),
        is_demo=False,
        founders=founders,
    )


def test_an_installation_is_founded_with_three_different_offices(db: None, noon: datetime) -> None:
    found(noon)

    held = {person.login: queries.powers_of(person, noon) for person in Person.objects.all()}
    assert [login for login, powers in held.items() if powers.has(Power.SECURITY, None)] == ["chen"]
    assert recorded() == ["installation.founded", *(["person.enrolled", "power.granted"] * 3)]


def test_an_installation_is_founded_once(db: None, noon: datetime) -> None:
    found(noon)

    with pytest.raises(AlreadyFounded):
        found(noon)

    assert (Installation.objects.count(), Person.objects.count()) == (1, 3)


@pytest.mark.parametrize(
    "founders", [FOUNDERS[:2], (FOUNDERS[0], FOUNDERS[1], Founder(Power.AUDIT, "chen", "陈", GOOD))]
)
def test_one_person_cannot_hold_two_offices_at_the_founding(
    db: None, noon: datetime, founders: tuple[Founder, ...]
) -> None:
    with pytest.raises(OfficeMissing):
        found(noon, founders)

    assert not Person.objects.exists()


def test_a_grant_is_in_force_once_a_second_person_confirmed_it(
    chen: Person, sun: Person, stranger: Person, company: Company, noon: datetime
) -> None:
    grant = actions.grant_power(
        chen, noon, person_pseudonym=stranger.pseudonym, power=Power.USE, company_uid=company.uid
    )
    assert not queries.powers_of(stranger, noon).has(Power.USE, company.pk)

    actions.confirm_grant(sun, noon, grant_id=grant)

    assert queries.powers_of(stranger, noon).has(Power.USE, company.pk)
    assert recorded() == ["power.granted", "power.confirmed"]


def test_whoever_granted_a_power_does_not_confirm_it(
    chen: Person, stranger: Person, company: Company, noon: datetime
) -> None:
    grant = actions.grant_power(
        chen, noon, person_pseudonym=stranger.pseudonym, power=Power.USE, company_uid=company.uid
    )

    with pytest.raises(SelfConfirmation):
        actions.confirm_grant(chen, noon, grant_id=grant)


def test_nobody_grants_a_power_to_themselves(chen: Person, company: Company, noon: datetime) -> None:
    with pytest.raises(SelfGrant):
        actions.grant_power(chen, noon, person_pseudonym=chen.pseudonym, power=Power.USE, company_uid=company.uid)

    assert recorded() == ["power.grant.refused"]


def test_a_manager_is_not_given_the_use_of_what_they_manage(
    chen: Person, zhao: Person, company: Company, noon: datetime
) -> None:
    with pytest.raises(PowersConflict) as refused:
        actions.grant_power(chen, noon, person_pseudonym=zhao.pseudonym, power=Power.USE, company_uid=company.uid)

    assert refused.value.facts == {"power": "use", "already": "manage"}


def test_an_unconfirmed_grant_already_stands_in_the_way(
    chen: Person, stranger: Person, company: Company, noon: datetime
) -> None:
    who, where = stranger.pseudonym, company.uid
    actions.grant_power(chen, noon, person_pseudonym=who, power=Power.MANAGE, company_uid=where)

    with pytest.raises(PowersConflict):
        actions.grant_power(chen, noon, person_pseudonym=who, power=Power.APPROVE, company_uid=where)


@pytest.mark.invariant("S1", "S2", column="database")
@pytest.mark.parametrize(("first", "second"), [(Power.MANAGE, Power.USE), (Power.MANAGE, Power.APPROVE)])
def test_the_database_itself_keeps_powers_apart(
    first: Power, second: Power, stranger: Person, company: Company, noon: datetime
) -> None:
    said = {"person": stranger, "company": company, "granted_at": noon, "starts_at": noon}
    Grant.objects.create(power=first.value, **said)

    with pytest.raises(IntegrityError, match="powers_kept_apart"), transaction.atomic():
        Grant.objects.create(power=second.value, **said)


@pytest.mark.invariant("S6", "S7", "S8", column="database")
@pytest.mark.parametrize("office", [Power.SYSTEM, Power.SECURITY, Power.AUDIT])
def test_the_database_gives_an_officer_nothing_else(
    office: Power, stranger: Person, company: Company, noon: datetime
) -> None:
    Grant.objects.create(person=stranger, power=office.value, granted_at=noon, starts_at=noon)

    for power in set(Power) - {office}:
        where = None if power in {Power.SYSTEM, Power.SECURITY, Power.AUDIT} else company
        with pytest.raises(IntegrityError, match="office_keeps_out_every_other_power"), transaction.atomic():
            Grant.objects.create(person=stranger, power=power.value, company=where, granted_at=noon, starts_at=noon)


def test_a_power_that_ended_makes_room(stranger: Person, company: Company, noon: datetime) -> None:
    said = {"person": stranger, "company": company, "granted_at": noon}
    Grant.objects.create(power="manage", starts_at=noon - timedelta(days=2), ends_at=noon, **said)

    Grant.objects.create(power="use", starts_at=noon, **said)


@pytest.mark.invariant("T1", column="database")
def test_the_database_knows_that_a_grantor_is_not_the_beneficiary(
    chen: Person, company: Company, noon: datetime
) -> None:
    with pytest.raises(IntegrityError, match="grantor_is_not_beneficiary"), transaction.atomic():
        Grant.objects.create(
            person=chen, power="custody", company=company, granted_by=chen, granted_at=noon, starts_at=noon
        )


def test_ending_a_power_takes_one_person_and_works_at_once(
    chen: Person, wang: Person, company: Company, noon: datetime
) -> None:
    actions.end_grant(chen, noon, grant_id=Grant.objects.get(person=wang).pk)

    assert not queries.powers_of(wang, noon).has(Power.USE, company.pk)
    with pytest.raises(NotFound):
        actions.end_grant(chen, noon, grant_id=Grant.objects.get(person=wang).pk)


@pytest.mark.parametrize("who", ["zhou", "sun", "zhao", "wang", "stranger"])
def test_only_security_grants_enrols_and_registers(who: str, request: pytest.FixtureRequest, noon: datetime) -> None:
    actor: Person = request.getfixturevalue(who)
    company: Company = request.getfixturevalue("company")

    for attempt in (
        lambda: actions.enrol_person(actor, noon, login="new", name="新", password=GOOD),
        lambda: actions.grant_power(
            actor, noon, person_pseudonym=actor.pseudonym, power=Power.USE, company_uid=company.uid
        ),
        lambda: actions.end_grant(actor, noon, grant_id=1),
        lambda: actions.register_company(
            actor, noon, name="另", name_en="", uscc=USCC, legal_representative="钱", licence_sha256="0" * 64
        ),
    ):
        with pytest.raises(NotEntitled):
            attempt()


def register(chen: Person, noon: datetime, **changes: str) -> str:
    said = {
        "name": "另一示例有限公司",
        "name_en": "Another Example",
        "uscc": "91350100M000100Y43",
        "legal_representative": "钱正",
        "licence_sha256": "0" * 64,
        "representative_sha256": "1" * 64,
        **changes,
    }
    return actions.register_company(chen, noon, **said)


def test_a_company_is_verified_by_another_than_its_registrar(chen: Person, sun: Person, noon: datetime) -> None:
    uid = register(chen, noon)

    with pytest.raises(SelfConfirmation):
        actions.verify_company(chen, noon, company_uid=uid, licence_sha256="0" * 64, representative_sha256="1" * 64)
    actions.verify_company(sun, noon, company_uid=uid, licence_sha256="0" * 64, representative_sha256="1" * 64)
    with pytest.raises(OutOfTurn):
        actions.verify_company(sun, noon, company_uid=uid, licence_sha256="0" * 64, representative_sha256="1" * 64)

    assert Company.objects.get(uid=uid).verified_by == sun


def test_a_company_is_verified_by_the_licence_that_was_examined(chen: Person, sun: Person, noon: datetime) -> None:
    uid = register(chen, noon)

    with pytest.raises(NotFound):
        actions.verify_company(sun, noon, company_uid=uid, licence_sha256="1" * 64, representative_sha256="1" * 64)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"uscc": "91350100M000100Y44"}, WrongCreditCode),
        ({"uscc": "not a code"}, WrongCreditCode),
        ({"name": "  "}, NameNotPlain),
        ({"name": "示例\u202e司公"}, NameNotPlain),
        ({"legal_representative": "钱\u200b正"}, NameNotPlain),
    ],
)
def test_a_company_that_is_not_well_named_is_refused(
    chen: Person, noon: datetime, changes: dict[str, str], refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        register(chen, noon, **changes)

    assert not Company.objects.exists()


def test_a_company_is_registered_once(chen: Person, noon: datetime) -> None:
    register(chen, noon)

    with pytest.raises(AlreadyRegistered):
        register(chen, noon, name="又一示例有限公司")


def test_an_account_needs_a_password_worth_the_name(chen: Person, noon: datetime) -> None:
    with pytest.raises(WeakPassword):
        actions.enrol_person(chen, noon, login="new", name="新人", password="12345678")
    actions.enrol_person(chen, noon, login="new", name="新人", password=GOOD)
    with pytest.raises(AlreadyRegistered):
        actions.enrol_person(chen, noon, login="new", name="新人", password=GOOD)

    assert queries.powers_of(Person.objects.get(login="new"), noon).held == frozenset()


def test_somebody_who_left_has_no_power(wang: Person, noon: datetime) -> None:
    wang.is_active = False
    wang.save(update_fields=["is_active"])

    assert queries.powers_of(wang, noon).held == frozenset()


@pytest.mark.parametrize("few", [0, 10])
def test_everybody_sees_their_own_companies_and_people(
    few: int,
    company: Company,
    wang: Person,
    li: Person,
    sun: Person,
    stranger: Person,
    noon: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Colleagues are asked for in two ways, by how many companies somebody has to do with, and are the same."""
    monkeypatch.setattr("privyseal.identity.queries.people._FEW", few)
    assert list(queries.companies_visible_to(wang, noon)) == [company]
    assert list(queries.companies_visible_to(stranger, noon)) == []
    assert set(queries.people_visible_to(wang, noon)) == {wang, li}
    assert list(queries.people_visible_to(stranger, noon)) == [stranger]
    assert queries.people_visible_to(sun, noon).count() == Person.objects.count()
    with pytest.raises(NotFound):
        queries.company_visible_to(stranger, noon, company.uid)


def test_the_cast_is_shown_on_a_demo_installation_alone(installation: Installation, wang: Person) -> None:
    assert wang in queries.demo_people()
    Installation.objects.update(is_demo=False)

    assert list(queries.demo_people()) == []


@pytest.mark.invariant("C4", column="database")
def test_the_ledger_names_nobody(chen: Person, noon: datetime) -> None:
    actions.enrol_person(chen, noon, login="new", name="新人", password=GOOD)
    actions.record_sign_in(chen, noon, means=Means.PASSWORD)
    actions.set_language(chen, noon, language="en")
    actions.record_sign_out(chen, noon)

    bodies = b"".join(bytes(body) for body in FactRow.objects.values_list("body", flat=True))
    assert all(word.encode() not in bodies for word in ("新人", "陈安", "chen", "new"))
    assert queries.names_of([chen.pseudonym]) == {chen.pseudonym: "陈安"}
