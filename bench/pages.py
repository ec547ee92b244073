"""Every list page as its readers open it, in the server's own code: ``pages TIMES ROLE=LOGIN ...``.

Then one page of every other kind that links lead to from there: of an application, of a seal, of a form.
"""

import json
import logging
import math
import re
import sys
import time
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils.timezone import now

from privyseal.approvals.queries import applications_visible_to
from privyseal.identity.models import Person
from privyseal.identity.queries import powers_of

# Words of every third document, and of one.
COMMON: Final = "合同"
RARE: Final = "0000123.pdf"
_REGISTERS: Final = (
    "/registers/uses/",
    "/registers/seals/",
    "/registers/statistics/",
    "/registers/idle/",
    "/filing/",
)
_RUBBER: Final = (
    "/by-hand/?all=1",
    "/photographs/owed/?all=1",
    "/take-outs/?all=1",
    "/alarms/",
    "/places/",
    "/stock-takes/",
)
LISTS: Final = {
    "applicant": (
        "/",
        "/overview/",
        "/applications/",
        "/applications/?state=pending",
        "/seals/",
        "/photographs/owed/",
        "/take-outs/",
    ),
    "approver": ("/", "/applications/", "/applications/?state=pending", f"/applications/?q={COMMON}", "/seals/"),
    "group approver": (
        "/",
        "/applications/",
        "/applications/?state=rejected",
        f"/applications/?q={COMMON}",
        f"/applications/?q={RARE}",
        "/seals/",
        *_RUBBER,
    ),
    "manager": (
        "/",
        "/overview/",
        "/applications/",
        "/seals/",
        "/incidents/",
        "/campaigns/",
        "/policies/",
        "/people/",
        "/messages/",
        *_REGISTERS,
        "/filing/?all=1",
        "/filing/?which=late&all=1",
        *_RUBBER,
    ),
    "auditor": (
        "/overview/",
        "/applications/",
        "/seals/",
        "/record/",
        "/incidents/",
        "/campaigns/",
        "/policies/",
        "/people/",
        "/organisation/",
        "/powers/",
        "/powers/mappings/",
        *_REGISTERS,
    ),
}
_LINK: Final = re.compile('href="(/[^"?#]*)"')
_FAR: Final = 2_000
_NINETY_FIVE: Final = 0.95
_ANSWERED: Final = 200


def main(words: Sequence[str]) -> None:
    times, logins = int(words[0]), dict(word.split("=") for word in words[1:])
    logging.disable(logging.WARNING)
    settings.ALLOWED_HOSTS.append("testserver")
    found: dict[str, Any] = {"pages": {}, "may": {}, "further": {}}
    for role, paths in LISTS.items():
        person = Person.objects.get(login=logins[role])
        browser = Client()
        browser.force_login(person)
        for path in (*paths, *_far_page(person)):
            found["pages"][f"{role} {path.split('after=')[0]}"] = _measured(browser, path, times)
        for route, path in _further(browser, paths).items():
            found["further"][f"{role}: {route}"] = _measured(browser, path, times)
        found["may"][role] = _ninety_fifth([_seconds(partial(powers_of, person, now())) for _ in range(times)])
    json.dump(found, sys.stdout)


def _far_page(person: Person) -> list[str]:
    """Return a page deep in the list, if the list is that long."""
    uids = applications_visible_to(person, now()).order_by("-pk").values_list("uid", flat=True)[_FAR : _FAR + 1]
    return [f"/applications/?after={uid}" for uid in uids]


def _further(browser: Client, paths: Sequence[str]) -> dict[str, str]:
    """Follow links from the lists, once to each route, as long as they lead to pages; return where these are."""
    known = {_route(path) for path in paths} | {None}
    found: dict[str, str] = {}
    left = [path.split("?")[0] for path in paths]
    while left:
        answer = browser.get(left.pop(0))
        if answer.status_code != _ANSWERED or not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        route = _route(answer.wsgi_request.path)
        if route not in known:
            known.add(route)
            found[str(route)] = answer.wsgi_request.path
        fresh = {_route(link): link for link in _LINK.findall(answer.content.decode())}
        left += [link for route, link in fresh.items() if route not in known | {_route(one) for one in left}]
    return found


def _route(path: str) -> str | None:
    try:
        return resolve(path.split("?", maxsplit=1)[0]).view_name
    except Resolver404:
        return None


def _measured(browser: Client, path: str, times: int) -> dict[str, float]:
    queries: list[str] = []

    def counted(execute: Any, sql: str, *arguments: Any) -> Any:  # noqa: ANN401 - Django's own interface
        queries.append(sql)
        return execute(sql, *arguments)

    def get() -> None:
        answer = browser.get(path)
        if answer.status_code != _ANSWERED:
            raise RuntimeError(f"{path} was answered with {answer.status_code}.")

    get()
    with connection.execute_wrapper(counted):
        get()
    return {"queries": len(queries), "seconds": _ninety_fifth([_seconds(get) for _ in range(times)])}


def _seconds(act: Any) -> float:  # noqa: ANN401 - anything that can be called
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _ninety_fifth(values: Sequence[float]) -> float:
    return sorted(values)[math.ceil(_NINETY_FIVE * len(values)) - 1]
