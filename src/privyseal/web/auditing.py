"""An auditor at a page: it is read under the database's audit role, and the reading itself is put on record."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from django.http.response import HttpResponseBase

from privyseal.identity.actions import record_reading
from privyseal.identity.models import Person
from privyseal.ledger.transactions import reading_as_auditor

# Pages that show an auditor nothing of anybody's business, each with its reason.
NOT_RECORDED: Final[Mapping[str, str]] = {
    "home": "their own desk",
    "mine": "their own account",
    "security": "their own sessions",
    "confirm": "their own proof",
    "enrol-totp": "their own account",
    "link-provider": "their own account",
    "link-provider-start": "their own account",
    "totp-picture": "their own account",
    "enrol-passkey": "their own account",
    "apply": "a menu",
    "face-preview": "words that the reader typed",
    "seal-face": "a part of a page that is recorded",
    "document-page": "a part of a page that is recorded",
    "sheet-code": "a part of a page that is recorded",
}
# What the parts of an address name, by the subjects of the ledger.
_ABOUT: Final[Mapping[str, str]] = {
    "company_uid": "company",
    "grant_id": "grant",
    "fact_id": "fact",
    "intent_uid": "intent",
    "permit_uid": "permit",
    "seal_uid": "seal",
    "pseudonym": "person",
    "person": "person",
    "sha256": "document",
}
_ABOUT_UID: Final[Mapping[str, str]] = {
    "application": "application",
    "company": "company",
    "post": "post",
    "seal": "seal",
    "unit": "unit",
    "seal-photo": "seal",
    "report": "seal",
    "seal-sheet": "seal",
    "imprint-sheet": "seal",
    "approval-sheet": "application",
    "act-sheet": "permit",
    "incident": "incident",
    "rules": "rules",
    "machine": "device",
    "machine-record": "device",
}


def read(
    person: Person, at: datetime, *, page: str, parts: Mapping[str, Any], view: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """Open the page for an auditor: recorded first, so that what was read is known even if the page breaks."""
    if page not in NOT_RECORDED:
        record_reading(person, at, page=page, about=_about(page, parts))
    with reading_as_auditor():
        return view()


def _about(page: str, parts: Mapping[str, Any]) -> dict[str, str]:
    named = {_ABOUT[name]: str(value) for name, value in parts.items() if name in _ABOUT}
    if "uid" in parts and page in _ABOUT_UID:
        named[_ABOUT_UID[page]] = str(parts["uid"])
    return named
