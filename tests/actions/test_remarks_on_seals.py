"""Remarks beside a seal's row in its register: added by its manager or keeper, on record, and never changed."""

from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction

from privyseal.identity.models import Person
from privyseal.identity.rules import TakesNoPart
from privyseal.kernel.errors import NotEntitled
from privyseal.seals import actions, queries
from privyseal.seals.actions import RemarkMissing
from privyseal.seals.models import Seal, SealRemark
from tests.conftest import recorded


def remark(actor: Person, at: datetime, seal: Seal, text: str = "印面边缘缺损", *, is_correction: bool = False) -> int:
    return actions.remark_on_seal(actor, at, seal_uid=seal.uid, text=text, is_correction=is_correction)


def test_manager_and_keeper_add_remarks_that_stand_in_the_register(
    stamp: Seal, zhao: Person, gu: Person, noon: datetime
) -> None:
    remark(zhao, noon, stamp)
    remark(gu, noon, stamp, "备案编号有误", is_correction=True)

    (line,) = queries.lines_of_seals(zhao, noon, [stamp])
    assert [(one.author, one.text, one.is_correction) for one in line.remarks] == [
        (zhao, "印面边缘缺损", False),
        (gu, "备案编号有误", True),
    ]
    assert recorded()[-2:] == ["seal.remarked", "seal.remarked"]


@pytest.mark.parametrize(("who", "refusal"), [("wang", NotEntitled), ("sun", TakesNoPart)])
def test_nobody_else_remarks_on_a_seal(
    who: str, refusal: type[Exception], stamp: Seal, noon: datetime, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(refusal):
        remark(request.getfixturevalue(who), noon, stamp)

    assert not SealRemark.objects.exists()
    assert recorded()[-1] == "seal.remark.refused"


def test_a_remark_says_something(stamp: Seal, zhao: Person, noon: datetime) -> None:
    with pytest.raises(RemarkMissing):
        remark(zhao, noon, stamp, " ")

    assert not SealRemark.objects.exists()


@pytest.mark.invariant("R2", column="database")
@pytest.mark.parametrize("change", ["UPDATE seal_remark SET text = 'no'", "DELETE FROM seal_remark"])
def test_the_database_changes_no_remark(change: str, stamp: Seal, zhao: Person, noon: datetime) -> None:
    remark(zhao, noon, stamp)

    with pytest.raises(IntegrityError, match="stays"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
