"""What operators look at: the request's id, whether the product lives and is ready, and its figures."""

import hmac
import logging
import os
import re
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from privyseal.approval_page import client as approval_page
from privyseal.approvals.queries.charters import asks_passkey_anywhere
from privyseal.approvals.queries.denials import untold
from privyseal.config import logs
from privyseal.config.readiness import Cosigners, Readiness, judge
from privyseal.kernel.errors import Refused
from privyseal.kernel.quorum import CosignersStale
from privyseal.ledger.archived import unkept
from privyseal.ledger.cosigned import check_fresh, standings
from privyseal.ledger.horizon import held
from privyseal.ledger.queries import facts_behind
from privyseal.signer.client import Client
from privyseal.storage import StorageFull
from privyseal.web.capabilities import capability

_ANSWER_SECONDS: Final = 2.0
_USABLE_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
_QUIET: Final = frozenset({"healthz", "readyz", "metrics"})
_log = logging.getLogger("privyseal.request")

_OWN: Final = CollectorRegistry()
_REQUESTS: Final = Counter("privyseal_requests", "Requests answered.", ("method", "route", "status"), registry=_OWN)
_SECONDS: Final = Histogram("privyseal_request_seconds", "Time to answer, by route.", ("route",), registry=_OWN)


class RequestRecord:
    """Give the request an id, and when it is answered count it and write one line."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        identifier = _identifier(request)
        mark = logs.request_id.set(identifier)
        began = time.perf_counter()
        try:
            response = self._get_response(request)
            _record(request, response.status_code, time.perf_counter() - began)
        finally:
            logs.request_id.reset(mark)
        response.headers["X-Request-ID"] = identifier
        return response


@capability("public")
@require_safe
@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    """Answer, which is all it takes to be alive."""
    return JsonResponse({"alive": True})


@capability("public")
@require_safe
@never_cache
def readyz(_request: HttpRequest) -> HttpResponse:
    """Say whether to send people here; names for programs, sentences for people."""
    found = _readiness()
    said = {
        "ready": not found.missing,
        "missing": list(found.missing),
        "limited": list(found.limited),
        "said": {**found.missing, **found.limited},
    }
    return JsonResponse(said, status=503 if found.missing else 200)


@capability("public")
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Show the figures to this machine, and to others that know the token."""
    if not _may_see_metrics(request):
        return HttpResponse(status=403)
    figures = generate_latest(_of_every_process()) + generate_latest(_of_the_ledger())
    return HttpResponse(figures, content_type=CONTENT_TYPE_PLAIN_0_0_4)


class _Waiting(Collector):
    def collect(self) -> Iterator[Metric]:
        up = "Whether the page answers on which passkeys say yes."
        yield GaugeMetricFamily("privyseal_approval_page_up", up, value=int(_approval_page_answers()))
        if _database_answers():
            yield GaugeMetricFamily("privyseal_facts_behind", "Facts that wait for their index.", value=facts_behind())
            what = "Permits, mandates and applications taken back, of which the signer has not heard."
            yield from _held()
            yield from _cosigners()
            yield GaugeMetricFamily("privyseal_denials_untold", what, value=untold(datetime.now(UTC)))


def _held() -> Iterator[Metric]:
    """Show how long the first fact waits for another transaction to end, and how old that one is."""
    now, waits = datetime.now(UTC), held()
    waited, age = (
        "How long the first fact waits for its index.",
        "How long the transaction is open that keeps it waiting.",
    )
    yield GaugeMetricFamily("privyseal_fact_waits_seconds", waited, value=waits.seconds(now))
    yield GaugeMetricFamily("privyseal_transaction_seconds", age, value=waits.age(now))


def _cosigners() -> Iterator[Metric]:
    """Show how far each cosigner has seen the ledger, when by its own clock, and whether that is lately enough."""
    size = GaugeMetricFamily("privyseal_cosigner_size", "Facts that a cosigner has seen.", labels=("cosigner",))
    at = GaugeMetricFamily("privyseal_cosigner_seconds", "When it signed, in POSIX time.", labels=("cosigner",))
    fresh = GaugeMetricFamily("privyseal_cosigner_fresh", "Whether it signed lately.", labels=("cosigner",))
    for one in standings(datetime.now(UTC)):
        fresh.add_metric((one.name,), int(one.is_fresh))
        size.add_metric((one.name,), one.size)
        at.add_metric((one.name,), one.at.timestamp() if one.at else 0)
    yield size
    yield at
    yield fresh


def _of_every_process() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return _OWN
    every = CollectorRegistry()
    MultiProcessCollector(every)  # type: ignore[no-untyped-call]  # the library leaves its constructor untyped
    return every


def _of_the_ledger() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_Waiting())
    return registry


def _may_see_metrics(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if hmac.compare_digest(shown.encode(), settings.METRICS_TOKEN.encode()):
            return True
    # Through a proxy on this machine everybody comes from here.
    is_forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return request.META.get("REMOTE_ADDR") in _LOOPBACK and not is_forwarded


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _signer_answers() -> bool:
    try:
        Client(Path(settings.SIGNER_SOCKET), timeout_seconds=_ANSWER_SECONDS).status()
    except Refused:
        return False
    return True


def _approval_page_answers() -> bool:
    try:
        approval_page.Client(Path(settings.APPROVAL_SOCKET), timeout_seconds=_ANSWER_SECONDS).status()
    except Refused:
        return False
    return True


def _readiness() -> Readiness:
    database, page = _database_answers(), _approval_page_answers()
    return judge(
        database=database,
        signer=_signer_answers(),
        approval_page=page,
        is_passkey_asked=database and not page and asks_passkey_anywhere(),
        cosigners=_how_cosigners_stand() if database else Cosigners(),
        is_held=database and held().is_too_long(datetime.now(UTC)),
        is_disk_full=_is_disk_full(),
        is_log_unkept=database and unkept() is not None,
    )


def _is_disk_full() -> bool:
    """Tell whether files are turned away for want of room."""
    try:
        settings.BLOBS.check_room(0)
    except StorageFull:
        return True
    return False


def _how_cosigners_stand() -> Cosigners:
    at = datetime.now(UTC)
    try:
        check_fresh(at)
    except CosignersStale:
        are_enough = False
    else:
        are_enough = True
    return Cosigners(sum(not one.is_fresh for one in standings(at)), are_enough=are_enough)


def _identifier(request: HttpRequest) -> str:
    given = request.headers.get("X-Request-ID", "")
    return given if _USABLE_ID.fullmatch(given) else uuid.uuid4().hex


def _record(request: HttpRequest, status: int, seconds: float) -> None:
    match = request.resolver_match
    route = match.view_name if match and match.view_name else "none"
    method = request.method if request.method in {"GET", "HEAD", "POST"} else "other"
    _REQUESTS.labels(method, route, status).inc()
    _SECONDS.labels(route).observe(seconds)
    level = logging.DEBUG if route in _QUIET else logging.INFO
    facts = {"method": method, "route": route, "status": status, "milliseconds": round(seconds * 1000)}
    _log.log(level, "request", extra=facts)
