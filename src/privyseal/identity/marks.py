"""Marks on the rows of second factors: who only writes to the database enrols nobody, and moves nobody's factor.

A mark is a MAC over whose factor it is, of which kind, and what proves it, under a key that the database does not hold.
What changes with every use (counters, used codes) stands outside.
"""

import hmac
import json
from hashlib import sha256
from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.conf import settings

from privyseal.identity.models import Person

_MARK: Final = "mark"
_LABEL: Final = b"privyseal/factor-mark/v1\0"
_KEPT: Final = ("credential", "secret", "seed", "migrated_codes")


def mark(row: Authenticator, owner: Person) -> None:
    """Put the mark of the present key on a row, which the caller saves."""
    row.data[_MARK] = _mark(settings.FACTOR_KEYS[0], row, owner)


def is_marked(row: Authenticator, owner: Person) -> bool:
    """Return whether this installation enrolled the factor for this person, by the present key or the one before."""
    found = str(row.data.get(_MARK, ""))
    return any(hmac.compare_digest(found, _mark(key, row, owner)) for key in settings.FACTOR_KEYS)


def _mark(key: str, row: Authenticator, owner: Person) -> str:
    said: dict[str, Any] = {name: row.data[name] for name in _KEPT if name in row.data}
    text = json.dumps([owner.pseudonym, row.type, said], sort_keys=True, separators=(",", ":"))
    return hmac.new(sha256(_LABEL + key.encode()).digest(), text.encode(), sha256).hexdigest()
