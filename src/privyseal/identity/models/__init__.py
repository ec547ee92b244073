"""People, companies, and who may do what."""

from privyseal.identity.models.auditing import AuditComment
from privyseal.identity.models.calendars import CalendarYear, OpeningHours
from privyseal.identity.models.companies import Company
from privyseal.identity.models.digests import DigestField
from privyseal.identity.models.entry import EntryCode
from privyseal.identity.models.grants import Grant
from privyseal.identity.models.imports import TableImport
from privyseal.identity.models.installation import Installation
from privyseal.identity.models.links import ProviderLink
from privyseal.identity.models.lists import KeptList
from privyseal.identity.models.mappings import PowerMapping
from privyseal.identity.models.organisation import Membership, Post, PostHolding, Unit
from privyseal.identity.models.people import Attempt, Person, PersonManager, new_uid
from privyseal.identity.models.ranges import HashedText, Int4Range, Int8Range, TimeRange
from privyseal.identity.models.renaming import Renaming
from privyseal.identity.models.resets import FactorReset
from privyseal.identity.models.sessions import Session
from privyseal.identity.models.sparse import CompactJSONField, SparseArrayField, SparseJSONField, compact

__all__ = [
    "Attempt",
    "AuditComment",
    "CalendarYear",
    "CompactJSONField",
    "Company",
    "DigestField",
    "EntryCode",
    "FactorReset",
    "Grant",
    "HashedText",
    "Installation",
    "Int4Range",
    "Int8Range",
    "KeptList",
    "Membership",
    "OpeningHours",
    "Person",
    "PersonManager",
    "Post",
    "PostHolding",
    "PowerMapping",
    "ProviderLink",
    "Renaming",
    "Session",
    "SparseArrayField",
    "SparseJSONField",
    "TableImport",
    "TimeRange",
    "Unit",
    "compact",
    "new_uid",
]
