"""Amounts as bookkeepers write them: the noughts of a bill, and where the whole ends."""

from decimal import Decimal

import pytest

from privyseal.kernel.money import grouped, in_capitals


@pytest.mark.parametrize(
    ("amount", "figures", "capitals"),
    [
        ("0", "0.00", "零元整"),
        ("0.05", "0.05", "伍分"),
        ("0.50", "0.50", "伍角整"),
        ("10.05", "10.05", "壹拾元零伍分"),
        ("1409.50", "1,409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "6,007.14", "陆仟零柒元壹角肆分"),
        ("100010", "100,010.00", "壹拾万零壹拾元整"),
        ("120030005.10", "120,030,005.10", "壹亿贰仟零叁万零伍元壹角整"),
        ("1000000000001", "1,000,000,000,001.00", "壹万亿零壹元整"),
    ],
)
def test_an_amount_stands_in_groups_and_in_capitals(amount: str, figures: str, capitals: str) -> None:
    assert (grouped(Decimal(amount)), in_capitals(Decimal(amount))) == (figures, capitals)
