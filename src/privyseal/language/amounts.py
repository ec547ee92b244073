"""Amounts of money in the reader's language: in Chinese with the capitals by which papers are held against them."""

from decimal import Decimal

from django.utils.translation import get_language

from privyseal.kernel.money import grouped, in_capitals


def money_said(amount: Decimal | None) -> str:
    """Return the amount in figures, in Chinese in capitals too; empty where nobody stated one."""
    if amount is None:
        return ""
    return grouped(amount) if get_language() == "en" else f"{grouped(amount)}（{in_capitals(amount)}）"
