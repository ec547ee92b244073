"""What may be stamped blank, by how many, and whose word accounts for it."""

import pytest

from privyseal.custody.rules import Hand
from privyseal.custody.rules.blanks import (
    Became,
    BlanksTakeTwo,
    BlanksTooMany,
    NeverBlank,
    blanks_by,
    check_became,
    check_blanks,
    check_class,
    check_title,
    check_two,
    class_of,
)
from privyseal.kernel.errors import NotEntitled, OutOfTurn
from privyseal.seals.rules.standing import DocumentClass

NEVER = {DocumentClass.GUARANTEE, DocumentClass.CONTRACT, DocumentClass.LETTER_OF_AUTHORITY}


@pytest.mark.invariant("T29", column="rule")
@pytest.mark.parametrize("document_class", DocumentClass)
def test_what_binds_is_never_blank(document_class: DocumentClass) -> None:
    if document_class not in NEVER:
        check_class(document_class)
        return
    with pytest.raises(NeverBlank):
        check_class(document_class)


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("送货单合同编号ht-07", DocumentClass.DELIVERY_NOTE),
        ("不可撤销担保合同", DocumentClass.GUARANTEE),
        ("法定代表人授权委托书", DocumentClass.LETTER_OF_AUTHORITY),
        ("productsalesagreement", DocumentClass.CONTRACT),
        ("放行条", None),
    ],
)
def test_a_paper_is_of_the_class_that_its_title_says_first(title: str, found: DocumentClass | None) -> None:
    assert class_of(title) is found
    if found in NEVER:
        with pytest.raises(NeverBlank):
            check_title(title)
    else:
        check_title(title)


@pytest.mark.invariant("T29", column="rule")
def test_two_say_yes_at_least_to_no_more_than_allowed() -> None:
    check_two(say_yes=2)
    check_blanks(impressions=6, most=6)
    with pytest.raises(BlanksTakeTwo):
        check_two(say_yes=1)
    with pytest.raises(BlanksTooMany):
        check_blanks(impressions=7, most=6)


@pytest.mark.parametrize(("became", "by"), [(Became.USED, Hand.OPERATOR), (Became.RETURNED, Hand.KEEPER)])
def test_a_blank_is_accounted_for_once_by_one_hand(became: Became, by: Hand) -> None:
    check_became(became, Became.OUT, said_by={by})
    with pytest.raises(NotEntitled):
        check_became(became, Became.OUT, said_by=set(Hand) - {by})
    for now in (Became.USED, Became.RETURNED):
        with pytest.raises(OutOfTurn):
            check_became(became, now, said_by={by})


def test_a_permit_that_says_nothing_stamps_no_blank() -> None:
    assert blanks_by({}) is None
