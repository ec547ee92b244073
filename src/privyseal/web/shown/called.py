"""What facts are about, by name: a version of something is called as it was called then, for whoever may see it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Final, TypeAlias

from django.utils.translation import gettext

from privyseal.approvals.queries.categories import categories_visible_to
from privyseal.approvals.queries.numbers import numbers_called
from privyseal.approvals.queries.policies import policies_visible_to
from privyseal.devices.queries import devices_visible_to
from privyseal.identity.models import Person
from privyseal.language.categories import name_of
from privyseal.language.labels import INCIDENT_KIND
from privyseal.language.numbers import number_said
from privyseal.ledger.queries import Fact
from privyseal.seals.queries import incidents_visible_to
from privyseal.seals.queries.rulebook import rules_visible_to
from privyseal.seals.rules.incidents import IncidentKind
from privyseal.web.shown.incidents import about

Named: TypeAlias = Callable[[Person, datetime, Collection[str]], dict[str, str]]


def called_in(actor: Person, at: datetime, facts: Iterable[Fact]) -> dict[str, str]:
    """Return what these facts are about, by uid: one question for each kind of thing that is among them."""
    uids: dict[str, set[str]] = defaultdict(set)
    for fact in facts:
        for subject, value in fact.subjects.items():
            uids[subject].update(map(str, value) if isinstance(value, list) else {str(value)})
    found: dict[str, str] = {}
    for subject, named in _NAMED.items():
        if uids[subject]:
            found |= named(actor, at, uids[subject])
    return found


def _applications(actor: Person, at: datetime, uids: Collection[str]) -> dict[str, str]:
    return {uid: number_said(number) for uid, number in numbers_called(actor, at, uids=uids).items()}


def _categories(actor: Person, at: datetime, uids: Collection[str]) -> dict[str, str]:
    found = categories_visible_to(actor, at).filter(uid__in=uids)
    return {one.uid: _version(name_of(one.category), one.version) for one in found}


def _policies(actor: Person, at: datetime, uids: Collection[str]) -> dict[str, str]:
    found = policies_visible_to(actor, at).filter(uid__in=uids).order_by()
    return {uid: _version(name, version) for uid, name, version in found.values_list("uid", "name", "version")}


def _rules(actor: Person, at: datetime, uids: Collection[str]) -> dict[str, str]:
    found = rules_visible_to(actor, at).filter(uid__in=uids).order_by()
    return {uid: _version(title, version) for uid, title, version in found.values_list("uid", "title", "version")}


def _incidents(actor: Person, at: datetime, uids: Collection[str]) -> dict[str, str]:
    found = incidents_visible_to(actor, at).filter(uid__in=uids)
    return {one.uid: f"{INCIDENT_KIND[IncidentKind(one.kind)]} · {about(one)}" for one in found}


def _devices(actor: Person, at: datetime, uids: Collection[str]) -> dict[str, str]:
    return {one.uid: f"{one.name} {one.serial}" for one in devices_visible_to(actor, at).filter(uid__in=uids)}


def _version(name: str, version: int) -> str:
    return gettext("%(name)s, version %(version)s") % {"name": name, "version": version}


_NAMED: Final[Mapping[str, Named]] = {
    "application": _applications,
    "category": _categories,
    "device": _devices,
    "policy": _policies,
    "rules": _rules,
    "incident": _incidents,
}
