"""What stands around every page: who is here, where they can go, how much waits for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.queries import count_waiting_for
from privyseal.identity.models import Person
from privyseal.identity.queries import installation, powers_of
from privyseal.identity.rules import Power
from privyseal.language.labels import POWER
from privyseal.notification.queries import unread

MOST_COUNTED: Final = 99


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the menu; narrow ones are the tabs of a phone, wide ones stand in the menu of a large screen."""

    name: str
    label: Promise
    icon: str
    is_narrow: bool = True
    is_wide: bool = True
    power: Power | None = None


@dataclass(frozen=True, slots=True)
class MenuItem:
    place: Place
    url: str
    is_current: bool
    count: int

    @property
    def counted(self) -> str:
        return f"{MOST_COUNTED}+" if self.count > MOST_COUNTED else str(self.count)


@dataclass(frozen=True, slots=True)
class Frame:
    is_demo: bool
    person: Person | None
    powers: tuple[Promise, ...]
    menu: tuple[MenuItem, ...]
    house: str = ""


PLACES: Final = (
    Place("home", _("To do"), "web/icons/todo.svg"),
    Place("overview", _("Overview"), "web/icons/chart.svg", is_narrow=False),
    Place("apply", _("Apply"), "web/icons/apply.svg"),
    Place("applications", _("Applications"), "web/icons/list.svg", is_narrow=False),
    Place("seals", _("Seals"), "web/icons/seal.svg", is_narrow=False),
    Place("register-of-uses", _("Registers"), "web/icons/list.svg", is_narrow=False),
    Place("organisation", _("Organisation"), "web/icons/organisation.svg", is_narrow=False),
    Place("people", _("People"), "web/icons/people.svg", is_narrow=False),
    Place("incidents", _("Incidents"), "web/icons/record.svg", is_narrow=False),
    Place("messages", _("Messages"), "web/icons/message.svg", is_narrow=False),
    Place("rules-list", _("Seal rules"), "web/icons/list.svg", is_narrow=False),
    Place("powers", _("Powers"), "web/icons/powers.svg", is_narrow=False),
    Place("desk", _("Audit"), "web/icons/desk.svg", is_narrow=False, power=Power.AUDIT),
    Place("record", _("Record"), "web/icons/record.svg", is_narrow=False, power=Power.AUDIT),
    Place("verify", _("Verify"), "web/icons/verify.svg"),
    Place("mine", _("Mine"), "web/icons/mine.svg"),
)
# Pages below a place of the menu, by the name of their URL.
_BELOW: Final = {
    "register-use": "register-of-uses",
    "statistics": "register-of-uses",
    "idle-seals": "register-of-uses",
    "by-hand-list": "home",
    "by-hand": "home",
    "photographs-owed": "home",
    "lost": "home",
    "alarms": "incidents",
    "take-outs": "home",
    "take-out": "home",
    "is-ours": "home",
    "places": "seals",
    "machines": "seals",
    "machine": "seals",
    "machine-record": "seals",
    "place-of-seal": "seals",
    "stock-takes": "seals",
    "stock-take": "seals",
    "stock-take-print": "seals",
    "filings": "register-of-uses",
    "filing": "register-of-uses",
    "filing-waivers": "register-of-uses",
    "filing-rules": "register-of-uses",
    "filing-transfers": "register-of-uses",
    "filing-transfer": "register-of-uses",
    "register-of-seals": "register-of-uses",
    "approval-sheet": "applications",
    "take-out-sheet": "applications",
    "act-sheet": "seals",
    "seal-sheet": "seals",
    "imprint-sheet": "seals",
    "register-print": "register-of-uses",
    "apply-use": "apply",
    "apply-use-terms": "apply",
    "apply-use-alike": "apply",
    "apply-seal": "apply",
    "application": "applications",
    "seal": "seals",
    "apply-for-act": "seals",
    "apply-rubber": "seals",
    "enter-seal": "seals",
    "report": "seals",
    "incident": "incidents",
    "freeze": "incidents",
    "rules": "rules-list",
    "write-rules": "rules-list",
    "categories": "rules-list",
    "category": "rules-list",
    "calendar": "rules-list",
    "calendar-write": "rules-list",
    "hours-write": "rules-list",
    "policies": "rules-list",
    "policy": "rules-list",
    "policy-row": "rules-list",
    "policy-row-new": "rules-list",
    "security": "mine",
    "phrases": "mine",
    "company-phrases": "mine",
    "message-wishes": "messages",
    "deliveries": "messages",
    "campaigns": "seals",
    "campaign": "seals",
    "campaign-see": "seals",
    "group-campaign": "seals",
    "group-campaign-open": "seals",
    "group-campaign-close": "seals",
    "company": "organisation",
    "company-register": "organisation",
    "unit": "organisation",
    "post": "organisation",
    "keeping": "people",
    "rosters": "people",
    "roster": "people",
    "charter-of-all": "people",
    "person": "people",
    "enrol": "people",
    "enrol-totp": "mine",
    "link-provider": "mine",
    "enrol-passkey": "mine",
    "renew-codes": "mine",
    "fact": "record",
    "scan": "desk",
    "map-power": "powers",
    "mappings": "powers",
    "power-grant": "powers",
}


def frame(request: HttpRequest) -> dict[str, Frame]:
    found = installation()
    is_demo = found is not None and found.is_demo
    person = getattr(request, "user", None)
    if not isinstance(person, Person):
        return {"frame": Frame(is_demo, None, (), (), settings.PUBLIC_URL)}
    at = now()
    powers = getattr(request, "powers", None) or powers_of(person, at)
    held = tuple(POWER[power] for power in Power if powers.anywhere(power))
    current, counts = _current(request), _counts(request, person, at)
    menu = tuple(
        MenuItem(place, _address(place.name), place.name == current, counts.get(place.name, 0))
        for place in PLACES
        if place.power is None or powers.anywhere(place.power)
    )
    return {"frame": Frame(is_demo, person, held, menu, settings.PUBLIC_URL)}


@cache
def _address(name: str) -> str:
    return reverse(name)


def _counts(request: HttpRequest, person: Person, at: datetime) -> Mapping[str, int]:
    """Count what waits behind each place; not beside a refusal, which whoever attacks asks for most and pays least."""
    if getattr(request, "is_refused", False):
        return {}
    waiting = getattr(request, "waiting", None)
    if waiting is None:
        waiting = count_waiting_for(person, at, most=MOST_COUNTED + 1)
    return {"home": waiting, "messages": unread(person, at, most=MOST_COUNTED + 1)}


def _current(request: HttpRequest) -> str:
    match = request.resolver_match
    name = (match.url_name or "") if match else ""
    return _BELOW.get(name, name)
