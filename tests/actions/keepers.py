"""Keepers, witnesses and a rubber seal, for the tests that hand one around."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import psycopg
import pytest
from django.db import IntegrityError, transaction
from django.db.models import Max

from privyseal.approvals import actions as approvals
from privyseal.identity import actions as identity
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Office
from privyseal.seals import actions as seals
from privyseal.seals.models import Custody, Permit, Seal
from privyseal.seals.rules import Role, SealType
from privyseal.signer.statement import Purpose
from tests.conftest import new_person, permit_of, say_yes

PHOTO = b"\xff\xd8\xff\xe0 the imprint on white paper"


def next_place(company: Company) -> int:
    """Return the place of the company's register that its next seal takes."""
    return (Seal.objects.filter(company=company).aggregate(last=Max("place"))["last"] or 0) + 1


def rubber(manager: Person, at: datetime, company: Company, keeper: Person, *, name: str = "公章（实体）") -> Seal:
    """Enter a rubber seal that exists, at rest."""
    existing = seals.ExistingSeal(name=name, type=SealType.OFFICIAL, keeper_pseudonym=keeper.pseudonym)
    uid = seals.enter_existing(manager, at, company_uid=company.uid, existing=existing)
    return Seal.objects.get(uid=uid)


def approved_act(
    manager: Person,
    approvers: list[Person],
    at: datetime,
    seal: Seal,
    purpose: Purpose,
    *,
    receiver: Person | None = None,
    witnesses: tuple[Person, ...] = (),
    **terms: object,
) -> Permit:
    """Apply for an act and have it approved."""
    uid = approvals.apply_for_act(
        manager,
        at,
        seal_uid=seal.uid,
        purpose=purpose,
        reason="岗位调整",
        receiver_pseudonym=receiver.pseudonym if receiver else "",
        witness_pseudonyms=tuple(person.pseudonym for person in witnesses),
        terms=terms,
    )
    for approver in approvers:
        say_yes(approver, at, uid)
    return permit_of(uid)


def ordered(
    manager: Person, approver: Person, at: datetime, company: Company, keeper: Person, witness: Person
) -> Permit:
    """Have a rubber seal approved; return the permit to order it."""
    wish = approvals.RubberWish(
        name="财务专用章",
        type=SealType.FINANCE,
        maker="示例刻章店",
        maker_licence="110108-0001",
        keeper_pseudonym=keeper.pseudonym,
        witness_pseudonym=witness.pseudonym,
    )
    uid = approvals.apply_for_rubber(manager, at, company_uid=company.uid, reason="新设公司", wish=wish)
    say_yes(approver, at, uid)
    return permit_of(uid)


def photo(person: Person, at: datetime, seal: Seal, data: bytes = PHOTO) -> str:
    return seals.receive_photo(person, at, seal_uid=seal.uid, data=data)


def hand_over(permit: Permit, at: datetime, *, giver: Person, receiver: Person, witness: Person) -> None:
    for person, role in ((giver, Role.GIVER), (receiver, Role.RECEIVER), (witness, Role.WITNESS)):
        seals.attest(person, at, permit_uid=permit.uid, role=role)


@contextmanager
def forbidden(name: str) -> Iterator[None]:
    """Expect the database to refuse what the block does, by the constraint of this name."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        yield
    assert isinstance(refused.value.__cause__, psycopg.Error)
    assert refused.value.__cause__.diag.constraint_name == name


def keeper_of(seal: Seal) -> Person:
    return Custody.objects.select_related("keeper").get(seal=seal, until=None).keeper


def representative(chen: Person, company: Company, at: datetime) -> Person:
    """Give the company a legal representative, who holds no power."""
    person = new_person("qian", "钱正")
    post = identity.open_post(chen, at, company_uid=company.uid, name="法定代表人", office=Office.LEGAL_REPRESENTATIVE)
    identity.fill_post(chen, at, post_uid=post, person_pseudonym=person.pseudonym, starts_at=at)
    return person
