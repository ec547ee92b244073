"""Copies checked against their originals: somebody named for it says so, before anything is approved."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from privyseal.approvals import actions as approvals
from privyseal.approvals.comparing import CheckerMissing, CopyNotCompared, LinesNotCompared
from privyseal.approvals.models import Application, CopyCheck
from privyseal.approvals.papers import Papers
from privyseal.approvals.queries import count_waiting_for
from privyseal.approvals.rules import Manner
from privyseal.approvals.wishes import LineWish
from privyseal.identity.models import Person
from privyseal.kernel.errors import DutiesNotSeparate, NotEntitled, OutOfTurn
from privyseal.pdf.placement import Placement
from privyseal.sealing.queries import document_visible_to
from privyseal.seals.models import Permit, Seal
from tests.conftest import apply, digest_shown, recorded, say_yes


def copy_of(actor: Person, at: datetime, seal: Seal, document: str, checker: Person | None) -> str:
    place = (Placement(1, 150_000, 60_000),)
    line = LineWish(seal.uid, document, "nobody", place, manner=Manner.TRUE_COPY)
    named = Papers(checker_pseudonym=checker.pseudonym if checker else "")
    return apply(actor, at, seal, document, lines=(line,), papers=named)


def compare(actor: Person, at: datetime, uid: str) -> str:
    shown = digest_shown(uid)
    return approvals.compare_copy(actor, at, application_uid=uid, shown_sha256=shown, positions=[1])


def test_a_copy_is_approved_once_its_checker_has_said_that_it_agrees(
    official: Seal, contract: str, wang: Person, li: Person, ma: Person, noon: datetime
) -> None:
    uid = copy_of(wang, noon, official, contract, ma)
    assert document_visible_to(ma, noon, contract).sha256 == contract
    assert count_waiting_for(ma, noon, most=9) == 1
    with pytest.raises(CopyNotCompared):
        say_yes(li, noon, uid)
    assert Application.objects.get(uid=uid).state == "pending"

    assert compare(ma, noon, uid) == "pending"

    assert recorded()[-1] == "application.compared"
    assert count_waiting_for(ma, noon, most=9) == 0
    assert say_yes(li, noon, uid) == "approved"
    assert Permit.objects.get(application_uid=uid).parts.filter(person=ma).count() == 0


def test_whoever_applies_or_operates_compares_nothing_and_whoever_compares_approves_nothing(
    official: Seal, contract: str, wang: Person, li: Person, noon: datetime
) -> None:
    with pytest.raises(DutiesNotSeparate):
        copy_of(wang, noon, official, contract, wang)
    uid = copy_of(wang, noon, official, contract, li)

    compare(li, noon, uid)

    with pytest.raises(DutiesNotSeparate):
        say_yes(li, noon, uid)


def test_a_copy_without_a_checker_and_a_checker_without_a_copy_are_refused(
    official: Seal, contract: str, wang: Person, ma: Person, noon: datetime
) -> None:
    with pytest.raises(CheckerMissing):
        copy_of(wang, noon, official, contract, None)
    with pytest.raises(CheckerMissing):
        apply(wang, noon, official, contract, papers=Papers(checker_pseudonym=ma.pseudonym))

    assert not Application.objects.filter(purpose="use").exists()


def test_nobody_else_says_it_nor_twice_nor_of_something_else_nor_too_late(
    official: Seal, contract: str, wang: Person, li: Person, ma: Person, noon: datetime
) -> None:
    uid = copy_of(wang, noon, official, contract, ma)
    for person in (wang, li):
        with pytest.raises(NotEntitled):
            compare(person, noon, uid)
    with pytest.raises(approvals.ChangedSinceShown):
        approvals.compare_copy(ma, noon, application_uid=uid, shown_sha256="0" * 64, positions=[1])
    shown = digest_shown(uid)
    for positions in ([], [2], [1, 2]):
        with pytest.raises(LinesNotCompared):
            approvals.compare_copy(ma, noon, application_uid=uid, shown_sha256=shown, positions=positions)
    with pytest.raises(OutOfTurn):
        compare(ma, noon + timedelta(days=8), uid)
    assert CopyCheck.objects.get().compared_at is None

    compare(ma, noon, uid)
    with pytest.raises(OutOfTurn):
        compare(ma, noon, uid)


def test_the_database_approves_no_copy_that_nobody_compared_and_keeps_what_was_said(
    official: Seal, contract: str, wang: Person, ma: Person, noon: datetime
) -> None:
    uid = copy_of(wang, noon, official, contract, ma)
    with pytest.raises(IntegrityError, match="compared with its original"), transaction.atomic():
        Application.objects.filter(uid=uid).update(state="approved", decided_at=noon)

    compare(ma, noon, uid)

    with pytest.raises(IntegrityError, match="stays as it was said"), transaction.atomic():
        CopyCheck.objects.update(compared_at=None)
    with pytest.raises(IntegrityError, match="stays as it was said"), transaction.atomic():
        CopyCheck.objects.all().delete()
