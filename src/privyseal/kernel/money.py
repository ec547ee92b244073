"""Amounts of money as people read them: in groups of three, and in the capitals to which nobody adds a stroke."""

from decimal import Decimal
from typing import Final

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_UNITS: Final = ((8, "亿"), (4, "万"), (3, "仟"), (2, "佰"), (1, "拾"))


def grouped(amount: Decimal) -> str:
    """Return an amount as bookkeepers of both languages write it: in groups of three, to two places."""
    return f"{amount:,.2f}"


def in_capitals(amount: Decimal) -> str:
    """Return an amount that is not below nothing as Chinese bookkeepers write it out, to hundredths."""
    whole, hundredths = divmod(int(amount * 100), 100)
    tenths, rest = divmod(hundredths, 10)
    said = f"{_written(whole)}元" if whole or not hundredths else ""
    if tenths:
        said += f"{_DIGITS[tenths]}角"
    elif rest and whole:
        said += _DIGITS[0]
    return said + (f"{_DIGITS[rest]}分" if rest else "整")


def _written(number: int) -> str:
    """Return a number in words; a nought stands where a place is left out before what follows."""
    for places, unit in _UNITS:
        high, low = divmod(number, 10**places)
        if high:
            gap = _DIGITS[0] if low and low < 10 ** (places - 1) else ""
            return _written(high) + unit + gap + (_written(low) if low else "")
    return _DIGITS[number]
