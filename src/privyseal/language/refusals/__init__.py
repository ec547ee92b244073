"""Every refusal in words: what happened, and what to do."""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise

from privyseal.kernel.errors import Refused
from privyseal.language import policies
from privyseal.language.labels import OFFICE, PART, POWER, SEAL_TYPE
from privyseal.language.refusals import applications, files, messages, people, record, seals, signing


def words_for(refusal: Refused) -> str:
    return words_of(refusal.code, refusal.facts)


def words_of(code: str, facts: Mapping[str, object]) -> str:
    """Return the words of a code; the powers and parts that the facts name stand in them by name."""
    words = str(WORDS[code])
    named = defaultdict(lambda: "…", {name: str(_NAMES.get(str(value), value)) for name, value in facts.items()})
    return words % named if _PLACE.search(words) else words


_NAMES: Final[Mapping[str, Promise]] = {
    **{power.value: words for power, words in POWER.items()},
    **{part.value: words for part, words in PART.items()},
    **{office.value: words for office, words in OFFICE.items()},
    **{kind.value: words for kind, words in SEAL_TYPE.items()},
}
_PLACE: Final = re.compile(r"%\(\w+\)s")

WORDS: Final[Mapping[str, Promise]] = {
    **people.WORDS,
    **applications.WORDS,
    **policies.REFUSED,
    **messages.WORDS,
    **seals.WORDS,
    **files.WORDS,
    **signing.WORDS,
    **record.WORDS,
}
