"""Every role at every route, at home and in another company: nobody gets more than ``access.txt`` says."""

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template import base
from django.template.backends.django import Template
from django.test import Client as Browser
from django.urls import reverse
from pytest_django.plugin import DjangoDbBlocker

from privyseal.identity.models import Person
from privyseal.pdf.accepted import Accepted
from privyseal.signer.answers import Public
from privyseal.signer.client import Client
from tests.edges.access import NOBODY, Row, routes, table, written
from tests.edges.conftest import sign_in
from tests.edges.crawl import TURNS, Visit, interactive, kinds
from tests.edges.scene import ABOUT, SENT, Scene, build
from tests.edges.visits import FAULTS, NO_PAGES, UNSEEN, Walked, of_all, unseen, walked
from tests.long import at_commit, written_down

ROLES, ROWS = table()
_FRESH_SECONDS: Final = 50.0  # a session seen longer ago than a minute is written again by every request
# What pg_stat_xact_user_tables says too, which adds up every index for it.
_WRITES: Final = """
    SELECT relname, pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
        + pg_stat_get_xact_tuples_deleted(oid)
    FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
# Written by every request or every refusal: sessions, command ids, the record itself.
MAY_ALWAYS_GROW = {"session", "attempt", "ledger_command", "ledger_fact", "ledger_refusal_tally"}


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Open one transaction for the module: the scene is built once, and each request goes back to its start."""
    with django_db_blocker.unblock():
        outermost = transaction.atomic()
        vars(outermost)["_from_testcase"] = True  # as Django's own test case says of its transaction
        with outermost:
            yield
            transaction.set_rollback(True)
        connection.close()


@pytest.fixture(scope="module")
def scene(db: None, public: Public, signer: Client, accepted_contract: Accepted) -> Scene:
    scene = build(datetime.now(UTC), public=public, signer=signer, accepted=accepted_contract)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # plans for what is there, and not for what other tests left behind
    return scene


class Sessions:
    """Everybody signed in, and anew before a session or a proof of theirs is too old: what they do is taken back."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._made_at = time.monotonic() - _FRESH_SECONDS
        self._keys: Mapping[str, str] = {}
        self._state: Mapping[str, str] = {}

    def keys(self) -> Mapping[str, str]:
        if time.monotonic() - self._made_at >= _FRESH_SECONDS:
            self._keys = {login: signed_in(person) for login, person in self._scene.people.items()}
            self._made_at, self._state = time.monotonic(), {}
        return self._keys

    def state(self) -> Mapping[str, str]:
        """Return what everything was when they had signed in, which says of each of them when."""
        self._state = self._state or state()
        return self._state


@pytest.fixture(scope="module")
def signed(scene: Scene) -> Sessions:
    return Sessions(scene)


@pytest.fixture(scope="module")
def rendered() -> set[tuple[str | None, object]]:
    return set()


@pytest.fixture
def each_page_once(rendered: set[tuple[str | None, object]]) -> Iterator[None]:
    """Render each page once for each person: another refusal in the same words says nothing new of who gets what."""
    render = Template.render

    def once(page: Template, context: dict[str, Any] | None = None, request: HttpRequest | None = None) -> str:
        shown = (page.template.name, getattr(getattr(request, "user", None), "pk", None))
        if request is not None and shown in rendered:
            return ""
        rendered.add(shown)
        return render(page, context, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "render", once)
        # as in use, without the copy of every context that Django's test client keeps
        patch.setattr(base.Template, "_render", lambda template, context: template.nodelist.render(context))
        yield


@pytest.fixture
def sessions(signed: Sessions) -> Mapping[str, str]:
    return signed.keys()


def signed_in(person: Person) -> str:
    browser = Browser()
    sign_in(browser, person)
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.mark.usefixtures("each_page_once")
@pytest.mark.invariant("S1", "S2", "S6", "S7", "S8", "T2", column="http")
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_everybody_gets_what_the_table_says_and_a_no_changes_nothing(row: Row, scene: Scene, signed: Sessions) -> None:
    sessions, before, written_before = signed.keys(), signed.state(), writes()
    found = []
    for role in ROLES:
        place = transaction.savepoint()
        answer = asked(as_seen_by(role, sessions), row, scene)
        found.append(meaning(answer))
        if answer.streaming:
            list(answer)  # to its end, where its file is closed
        is_done = found[-1] == "yes" and row.method != "GET"
        written_now = writes()
        changed = set() if is_done or written_now == written_before else differing(before, state())
        written_before = written_now  # what is rolled back stays counted
        transaction.savepoint_rollback(place)
        assert changed == set(), f"{role} at {row} got {found[-1]}, and yet {changed} changed"

    assert written(row, found) == written(row, row.cells), (
        "Somebody gets something else than tests/edges/access.txt says. Where docs/rules.md agrees, the line is: "
        + written(row, found)
    )


def asked(browser: Browser, row: Row, scene: Scene) -> HttpResponseBase:
    address = reverse(row.route, kwargs=ABOUT[row.about](scene))
    said = SENT[row.route](scene) if row.route in SENT else {}
    if row.method != "GET":
        return browser.post(address, said)
    return browser.get(address, {name: one for name, one in said.items() if isinstance(one, str | list)})


def as_seen_by(role: str, sessions: Mapping[str, str]) -> Browser:
    """Return a browser in which this role is signed in."""
    browser = Browser()
    if role != NOBODY:
        browser.cookies[settings.SESSION_COOKIE_NAME] = sessions[role]
    return browser


def meaning(answer: HttpResponseBase) -> str:
    """Return the word of the table for this answer."""
    if answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in/?next="):
        return "in"
    words = {200: "yes", 302: "yes", 304: "yes", 403: "no", 404: "no"}
    return words.get(answer.status_code, str(answer.status_code))


def writes() -> Mapping[str, int]:
    """Count what this transaction has written so far: where that stays the same, no content need be compared."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITES)
        return {table: count for table, count in cursor.fetchall() if table not in MAY_ALWAYS_GROW}


def state() -> Mapping[str, str]:
    """Return a digest of every table that only a permitted act may change."""
    tables = sorted(set(connection.introspection.table_names()) - MAY_ALWAYS_GROW)
    one = "SELECT '{0}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {0} t"
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(one.format(f'"{name}"') for name in tables))
        return dict(cursor.fetchall())


def differing(one: Mapping[str, str], other: Mapping[str, str]) -> set[str]:
    return {name for name in one if one[name] != other[name]}


@pytest.mark.invariant("T2", column="http")
def test_an_auditor_sends_nothing_but_a_suspension_and_a_second_yes() -> None:
    """The auditor looks after their own seat, denies, holds, confirms as a second person, and reads."""
    auditor = ROLES.index("sun")

    sent = {row.route for row in ROWS if row.method != "GET" and row.cells[auditor] == "yes"}
    public = {row.route for row in ROWS if row.cells[0] == "yes"}

    own_seat = {
        "sign-out",
        "end-other-sessions",
        "enrol-totp",
        "code-words",
        "enrol-passkey-options",
        "confirm-options",
        "message-wishes-set",
        "message-ways",
        "message-mute",
        "list-keep",
        "phrases",
    }
    second_yes = {
        "confirm-code",
        "company-examine",
        "company-examine-name",
        "power-confirm",
        "confirm-batch",
        "mapping-confirm",
        "reset-confirm",
        "outside-confirm",
        "clearance-decide",
        "erasure-decide",
    }
    denies = {"suspend", "report", "lost", "freeze", "hold-place", "hold-ask-lifting"}
    assert sent - public == {"comment", *denies, *second_yes, *own_seat}


def test_people_of_another_company_get_nothing_of_this_one() -> None:
    """A row about an object has a no for every foreigner, whatever their power."""
    foreign = [ROLES.index(login) for login in ("tian", "he", "lu", "bai")]

    # The code on a sheet, and the way back from the approval page, say nothing but the address that was asked for;
    # whose a certificate is and whether it is in force is for everybody who has its number from a file. The charter of
    # the installation belongs to no company.
    about_nobody = {
        "way-back",
        "charter-of-all",
        "ocsp-question",
        "serial",
        "-",
        "style",
        "table",
        "seal-table",
        "uses-table",
        "list-table",
        "code",
        "digest",
        "paper-text",
        "official+code",
    }
    owned = [row for row in ROWS if row.about not in about_nobody]
    got = [str(row) for row in owned if {row.cells[at] for at in foreign} != {"no"}]

    assert got == []


@pytest.fixture
def everywhere(scene: Scene) -> Iterator[Walked]:
    place = transaction.savepoint()
    with walked() as found:
        yield found
    transaction.savepoint_rollback(place)


def test_a_crawl_finds_every_page_open_to_all_fitting_light_and_whole(
    everywhere: Walked, scene: Scene, signed: Sessions
) -> None:
    """A third of them is shown, each in one of eight turns, by the commit; the long crawl shows all in all turns."""
    first = int(at_commit(), 16)
    visits = of_all(scene, signed.keys(), everywhere, lambda at: TURNS[(first + at) % len(TURNS)])

    crawl = everywhere.crawl(visits, is_shown=lambda at: (first + at) % 3 == 0)

    assert crawl.found == {}
    assert len(crawl.weighed) + len(crawl.read) > 140
    assert len(crawl.weighed) >= len(visits) // 3
    assert unseen(everywhere.rendered) == set(UNSEEN)


def test_a_crawl_sees_what_a_page_may_not_be(everywhere: Walked) -> None:
    crawl = everywhere.crawl([(Visit("faults", everywhere.faulty, "/"), TURNS[0])])

    assert kinds(crawl.found) >= FAULTS


def test_every_route_that_is_read_is_crawled_or_is_no_page() -> None:
    crawled = {row.route for row in ROWS if row.method == "GET" and "yes" in row.cells} - set(NO_PAGES)

    assert {route.name for route in routes() if "GET" in route.methods} - crawled == set(NO_PAGES)


@pytest.mark.long
def test_a_long_crawl_finds_every_page_open_to_all_in_all_turns(
    everywhere: Walked, scene: Scene, signed: Sessions
) -> None:
    found, pages, heaviest = dict[str, list[str]](), 0, 0
    for turn in TURNS:
        crawl = everywhere.crawl(of_all(scene, signed.keys(), everywhere, lambda _at: turn), is_whole=True)  # noqa: B023  called before the loop goes on
        found |= crawl.found
        pages += len(crawl.weighed)
        heaviest = max(heaviest, *crawl.weighed.values())

    assert found == {}
    written_down(
        "crawl",
        f"{pages:,} pages in two languages, schemes and widths, none with a barrier, at most {heaviest:,} bytes",
    )


@pytest.mark.long("pages-interactive")
def test_every_page_that_is_crawled_can_be_used_within_a_second_on_a_slow_telephone(
    everywhere: Walked, scene: Scene, signed: Sessions
) -> None:
    visits = [visit for visit, _ in of_all(scene, signed.keys(), everywhere, lambda _at: TURNS[0]) if not visit.browser]
    found = dict[str, int]()

    everywhere.here.until(lambda: found.update(interactive(visits, slower=4)))

    slowest = max(found, key=lambda name: found[name])
    assert found[slowest] <= 1_000, sorted(found.items(), key=lambda one: -one[1])[:10]
    written_down(
        "pages-interactive", f"{len(found)} pages on a processor four times slower, the slowest {found[slowest]} ms"
    )
