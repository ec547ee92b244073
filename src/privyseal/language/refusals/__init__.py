"""Every refusal in words: what happened, and what to do."""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext

from privyseal.kernel.errors import Refused
from privyseal.language import categories, course, filing, hands, papers, places_of_seals, policies, stock, takeout
from privyseal.language.labels import OFFICE, PART, POWER, SEAL_TYPE
from privyseal.language.refusals import (
    applications,
    approving,
    devices,
    files,
    messages,
    people,
    permits,
    record,
    seals,
    signing,
)


def words_for(refusal: Refused) -> str:
    return words_of(refusal.code, refusal.facts)


def words_of(code: str, facts: Mapping[str, object]) -> str:
    """Return the words of a code; the powers and parts that the facts name stand in them by name."""
    words = str(WORDS[code])
    named = defaultdict(lambda: "…", {name: _named(value) for name, value in facts.items()})
    return words % named if _PLACE.search(words) else words


def _named(value: object) -> str:
    """Return the names of what a fact names, one or several with blanks between them; else the fact itself."""
    parts = str(value).split()
    return gettext(", ").join(str(_NAMES[part]) for part in parts) if {*parts} <= _NAMES.keys() else str(value)


_NAMES: Final[Mapping[str, Promise]] = {
    **{power.value: words for power, words in POWER.items()},
    **{part.value: words for part, words in PART.items()},
    **{office.value: words for office, words in OFFICE.items()},
    **{kind.value: words for kind, words in SEAL_TYPE.items()},
    **{kind.value: words for kind, words in papers.KIND.items()},
    **{about.value: words for about, words in papers.ABOUT.items()},
}
_PLACE: Final = re.compile(r"%\(\w+\)s")

WORDS: Final[Mapping[str, Promise]] = {
    **people.WORDS,
    **applications.WORDS,
    **approving.WORDS,
    **categories.REFUSED,
    **permits.WORDS,
    **filing.REFUSED,
    **hands.REFUSED,
    **places_of_seals.REFUSED,
    **stock.REFUSED,
    **takeout.REFUSED,
    **papers.REFUSED,
    **policies.REFUSED,
    **course.REFUSED,
    **messages.WORDS,
    **seals.WORDS,
    **files.WORDS,
    **signing.WORDS,
    **devices.WORDS,
    **record.WORDS,
}
