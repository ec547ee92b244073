"""Dates and times in Chinese."""

from typing import Final

DATE_FORMAT: Final = "Y年n月j日"
DATETIME_FORMAT: Final = "Y年n月j日 H:i"
TIME_FORMAT: Final = "H:i"
SHORT_DATE_FORMAT: Final = "Y年n月j日"
SHORT_DATETIME_FORMAT: Final = "Y年n月j日 H:i"
