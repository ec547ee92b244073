"""What goes wrong in the field with rubber seals, as far as no other test is about it already."""

from datetime import datetime

import pytest

from privyseal.approvals.models import Application
from privyseal.custody import actions
from privyseal.custody.models import HandUse, Turn
from privyseal.custody.rules import Hand
from privyseal.identity.models import Company, Person
from privyseal.kernel.errors import NotFound
from privyseal.ledger.queries import last_fact_about
from privyseal.seals.models import Permit, Seal
from privyseal.seals.permits import NotTheHolder
from tests.actions.keepers import forbidden, rubber
from tests.by_hand import Out, line, turn, watched
from tests.conftest import apply, permit_of, say_yes


@pytest.fixture
def other(stamp: Seal, contract: str, wang: Person, jian: Person, li: Person, noon: datetime) -> Permit:
    """Another approved use of the same seal by wang."""
    uid = apply(wang, noon, stamp, contract, lines=(line(stamp, contract, copies=1),), papers=watched(jian))
    say_yes(li, noon, uid)
    return permit_of(uid)


@pytest.mark.failure("wrong-task")
def test_another_pending_task_is_never_charged(
    out: Out, other: Permit, wang: Person, jian: Person, noon: datetime
) -> None:
    with pytest.raises(NotFound):
        actions.reserve(wang, noon, use_uid=out.uid, line_id=other.lines.get().pk, impressions=1)
    turn(out, wang, jian, noon, impressions=2)

    assert (out.used, Permit.objects.get(pk=other.pk).used) == (2, 0)
    fact = last_fact_about("hand.committed", "permit", out.permit.uid)
    assert fact is not None
    assert fact.data["hand_use"] == out.uid


@pytest.mark.failure("wrong-seal")
def test_a_wrong_seal_has_no_permit_whoever_has_it_in_hand(
    permit: Permit, company: Company, zhao: Person, gu: Person, jian: Person, wang: Person, noon: datetime
) -> None:
    wrong = rubber(zhao, noon, company, gu, name="合同专用章（实体）")
    uid = actions.begin_use(wang, noon, permit_uid=permit.uid)
    actions.confirm_use(gu, noon, use_uid=uid, hand=Hand.KEEPER)

    use = HandUse.objects.get(uid=uid)
    assert (use.seal, use.seal == wrong, HandUse.objects.filter(seal=wrong).count()) == (permit.seal, False, 0)
    fact = last_fact_about("hand.confirmed", "seal", permit.seal.uid)
    assert fact is not None
    assert last_fact_about("hand.confirmed", "seal", wrong.uid) is None


@pytest.mark.failure("risk-flag")
def test_a_use_goes_by_the_rules_under_which_it_was_approved(
    out: Out, wang: Person, jian: Person, noon: datetime
) -> None:
    with forbidden("papers_stay_as_submitted"):
        Application.objects.filter(uid=out.permit.application_uid).update(entered={"photographs": "none"})

    uid = turn(out, wang, jian, noon, impressions=3)

    assert Turn.objects.get(uid=uid).to_show == 3


@pytest.mark.incident("weilong-2019")
def test_weilong_2019_no_keeper_gives_a_rubber_seal_out_on_a_telephone_call(
    stamp: Seal, permit: Permit, gu: Person, li: Person, wang: Person, noon: datetime
) -> None:
    """The chairman phoned the director who kept the seal: stamp it, and make no record."""
    for person in (gu, li):
        with pytest.raises(NotTheHolder):
            actions.begin_use(person, noon, permit_uid=permit.uid)
    uid = actions.begin_use(wang, noon, permit_uid=permit.uid)
    actions.confirm_use(gu, noon, use_uid=uid, hand=Hand.KEEPER)

    fact = last_fact_about("hand.confirmed", "seal", stamp.uid)
    assert fact is not None
    assert (fact.data["hand_use"], fact.data["role"]) == (uid, "custodian")
