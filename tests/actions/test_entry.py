"""Getting into an account of one's own: nobody else can do it alone in one's name."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from privyseal.identity import actions
from privyseal.identity.actions import WeakPassword
from privyseal.identity.models import EntryCode, Person
from privyseal.identity.rules import (
    ENTRY_CODE_LASTS,
    EntryCodeUnconfirmed,
    EntryCodeWrong,
    SelfAppointment,
    SelfConfirmation,
    WrongPassword,
)
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn
from privyseal.ledger.models import FactRow
from tests.conftest import recorded

CODE, OTHER = "ABCD-EFGH-JKMN-PQRS", "TVWX-YZ01-2345-6789"
GOOD, BETTER = "correct horse battery", "staple staple staple"


@pytest.fixture
def new(chen: Person, noon: datetime) -> Person:
    pseudonym = actions.enrol_person(chen, noon, login="new", name="新人")
    actions.make_entry_code(chen, noon, person_pseudonym=pseudonym, code=CODE)
    return Person.objects.get(pseudonym=pseudonym)


@pytest.fixture
def opened(new: Person, noon: datetime) -> Person:
    actions.open_account(new, noon, code=CODE, password=GOOD)
    new.refresh_from_db()
    return new


def test_a_new_account_has_no_password_until_its_owner_chooses_one(new: Person, noon: datetime) -> None:
    assert not new.has_usable_password()

    actions.open_account(new, noon, code="abcd efgh jkmn pqrs", password=GOOD)

    new.refresh_from_db()
    assert new.check_password(GOOD)
    assert recorded() == ["person.enrolled", "person.entry-code-made", "person.account-opened"]


def test_a_code_works_once_for_its_owner_and_not_for_long(
    new: Person, wang: Person, chen: Person, noon: datetime
) -> None:
    with pytest.raises(EntryCodeWrong):
        actions.open_account(wang, noon, code=CODE, password=GOOD)
    with pytest.raises(EntryCodeWrong):
        actions.open_account(new, noon + ENTRY_CODE_LASTS, code=CODE, password=GOOD)
    with pytest.raises(WeakPassword):
        actions.open_account(new, noon, code=CODE, password="short")
    actions.open_account(new, noon, code=CODE, password=GOOD)

    with pytest.raises(EntryCodeWrong):
        actions.open_account(new, noon, code=CODE, password=BETTER)


def test_a_new_code_ends_the_one_before(new: Person, chen: Person, noon: datetime) -> None:
    actions.make_entry_code(chen, noon, person_pseudonym=new.pseudonym, code=OTHER)

    with pytest.raises(EntryCodeWrong):
        actions.open_account(new, noon, code=CODE, password=GOOD)
    actions.open_account(new, noon, code=OTHER, password=GOOD)


def test_one_security_person_alone_gets_nobody_into_an_account_that_was_open(
    opened: Person, chen: Person, sun: Person, zhao: Person, noon: datetime
) -> None:
    code = actions.make_entry_code(chen, noon, person_pseudonym=opened.pseudonym, code=OTHER)
    with pytest.raises(EntryCodeUnconfirmed):
        actions.open_account(opened, noon, code=OTHER, password=BETTER)
    with pytest.raises(SelfConfirmation):
        actions.confirm_entry_code(chen, noon, entry_code_id=code)
    with pytest.raises(NotEntitled):
        actions.confirm_entry_code(zhao, noon, entry_code_id=code)

    actions.confirm_entry_code(sun, noon, entry_code_id=code)
    with pytest.raises(OutOfTurn):
        actions.confirm_entry_code(sun, noon, entry_code_id=code)
    actions.open_account(opened, noon, code=OTHER, password=BETTER)

    opened.refresh_from_db()
    assert opened.check_password(BETTER)
    with pytest.raises(NotFound):
        actions.confirm_entry_code(sun, noon, entry_code_id=code)


def test_nobody_makes_a_code_for_themselves(chen: Person, zhao: Person, noon: datetime) -> None:
    with pytest.raises(SelfAppointment):
        actions.make_entry_code(chen, noon, person_pseudonym=chen.pseudonym, code=CODE)
    with pytest.raises(NotEntitled):
        actions.make_entry_code(zhao, noon, person_pseudonym=chen.pseudonym, code=CODE)

    assert not EntryCode.objects.exists()


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("entry_code_is_made_by_another", {"made_by": "new"}),
        ("entry_code_is_confirmed_by_a_second_person", {"confirmed_by": "chen"}),
        ("entry_code_is_used_when_confirmed", {"is_first": False, "used_at": True}),
    ],
)
def test_the_database_keeps_the_second_person_too(
    name: str, changes: dict[str, object], new: Person, chen: Person, noon: datetime
) -> None:
    people = {"new": new, "chen": chen, "True": noon}
    values = {field: people.get(str(value), value) for field, value in changes.items()}

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        EntryCode.objects.update(**values)


def test_a_password_is_changed_by_whoever_knows_it(opened: Person, noon: datetime) -> None:
    with pytest.raises(WrongPassword):
        actions.change_password(opened, noon, current=BETTER, password=BETTER, kept_sha256="")
    actions.change_password(opened, noon + timedelta(seconds=1), current=GOOD, password=BETTER, kept_sha256="")

    opened.refresh_from_db()
    assert opened.check_password(BETTER)
    assert recorded()[-2:] == ["person.change-password.refused", "person.password-changed"]


def test_neither_codes_nor_passwords_are_kept(opened: Person) -> None:
    bodies = b"".join(bytes(body) for body in FactRow.objects.values_list("body", flat=True))

    assert all(word.encode() not in bodies for word in (CODE, CODE.replace("-", ""), GOOD))
    assert not EntryCode.objects.filter(code_sha256__contains=CODE).exists()
