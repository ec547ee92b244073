"""What an auditor opens: read under the database's audit role, and on record."""

import pytest
from django.db import connection
from django.db.utils import InternalError, ProgrammingError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from privyseal.identity.models import Grant, Person
from privyseal.language.pages import PAGE
from privyseal.ledger.queries import latest_facts
from privyseal.ledger.transactions import reading_as_auditor
from privyseal.seals.models import Seal
from privyseal.web.auditing import NOT_RECORDED
from privyseal.web.capabilities import DeclaredCapability, capability
from privyseal.web.shown import facts
from privyseal.web.urls import urlpatterns as pages
from tests.conftest import Use, recorded
from tests.edges.access import NOBODY, table
from tests.edges.conftest import Enter


@capability("signed-in")
def careless(request: HttpRequest) -> HttpResponse:
    """Write where only a reading was asked for."""
    Grant.objects.update(ends_at=None)
    return HttpResponse("written")


def opened(person: Person, method: str = "GET") -> HttpResponse:
    request = RequestFactory().generic(method, "/careless/")
    request.user = person
    guard = DeclaredCapability(careless)
    assert guard.process_view(request, careless, [], {}) is None
    answer = careless(request)
    assert isinstance(answer, HttpResponse)
    return answer


@pytest.mark.invariant("T2", column="database")
def test_a_page_that_writes_while_an_auditor_reads_fails_in_the_database(sun: Person) -> None:
    with pytest.raises(InternalError, match="cannot execute UPDATE in a read-only transaction"):
        opened(sun)


def test_the_same_page_writes_for_somebody_else(zhao: Person) -> None:
    assert opened(zhao).content == b"written"


def test_looks_are_counted_beside_what_was_done_and_told_one_by_one_in_the_record(
    approved: Use, sun: Person, wang: Person, enter: Enter
) -> None:
    auditor, page = enter(sun), f"/applications/{approved.uid}/"
    shown = [auditor.get(page), auditor.get(f"/sheets{page}"), enter(wang).get(page)]

    for answer in shown:
        assert [fact.kind for fact in answer.context["facts"] if fact.kind.startswith("audit.")] == []
        assert answer.context["facts"][0].kind == "application.submitted"
    assert [answer.context["course"].times_read for answer in shown] == [1, 2, 2]
    whole = f"/record/?about={approved.uid}"
    assert [whole in answer.content.decode() for answer in shown] == [True, True, False]
    assert [row.kind for row in auditor.get(whole).context["rows"]].count("audit.page-read") == 2


def test_of_a_long_course_a_page_shows_the_end_and_a_sheet_the_beginning(approved: Use) -> None:
    whole = facts.course("application", approved.uid, most=100)
    begun, ended = (find("application", approved.uid, most=2) for find in (facts.course, facts.latest_course))

    assert (begun.facts, ended.facts) == (whole.facts[:2], whole.facts[-2:])
    assert (whole.is_part, begun.is_part, ended.is_part) == (False, True, True)


def test_after_an_auditors_page_the_connection_is_the_webs_own_again(sun: Person) -> None:
    def role() -> object:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_user, current_setting('search_path'), current_setting('transaction_read_only')"
            )
            return cursor.fetchone()

    before = role()
    with reading_as_auditor():
        during = role()

    assert during == ("privyseal_audit", "audit, public", "on")
    assert role() == before


def test_what_was_asked_often_by_others_is_asked_by_an_auditor_too(sun: Person, wang: Person) -> None:
    Person.objects.filter(pk=wang.pk).update(password="scrypt$secret")
    prepared = [Person.objects.get(pk=wang.pk).password for _ in range(5)]

    with reading_as_auditor():
        hidden = [Person.objects.get(pk=wang.pk).password for _ in range(2)]

    assert (set(prepared), set(hidden)) == ({"scrypt$secret"}, {""})
    assert Person.objects.get(pk=wang.pk).password == "scrypt$secret"


def test_an_auditor_reads_everything_about_people_but_their_secrets(sun: Person, wang: Person) -> None:
    Person.objects.filter(pk=wang.pk).update(password="scrypt$secret")

    with reading_as_auditor():
        seen = Person.objects.get(pk=wang.pk)
        with pytest.raises(ProgrammingError, match="permission denied"), reading_as_auditor():
            connection.cursor().execute("SELECT password FROM public.person")

    assert (seen.name, seen.password) == ("王用", "")


def test_each_page_that_an_auditor_opens_is_on_record(approved: Use, sun: Person, enter: Enter) -> None:
    browser, seal = enter(sun), Seal.objects.get()

    browser.get(f"/applications/{approved.uid}/")
    browser.get(f"/seals/{seal.uid}/")

    of_seal, of_application = latest_facts(limit=2)
    assert (of_application.kind, of_application.actor) == ("audit.page-read", sun.pseudonym)
    assert (of_application.data, of_application.subjects) == ({"page": "application"}, {"application": approved.uid})
    assert (of_seal.data, of_seal.subjects) == ({"page": "seal"}, {"seal": seal.uid})


def test_what_others_read_is_their_own_affair(approved: Use, wang: Person, enter: Enter) -> None:
    before = recorded()

    enter(wang).get(f"/applications/{approved.uid}/")

    assert recorded() == before


def test_an_auditors_own_desk_is_not_on_record(sun: Person, enter: Enter) -> None:
    browser = enter(sun)

    assert [browser.get(address).status_code for address in ("/", "/mine/")] == [200, 200]
    assert recorded() == []


def test_every_page_that_is_not_recorded_is_one_that_exists() -> None:
    assert set(NOT_RECORDED) <= {page.name for page in pages}


def test_every_page_that_an_auditor_reads_is_called_in_words_on_the_record(sun: Person, enter: Enter) -> None:
    roles, rows = table()
    nobody, auditor = roles.index(NOBODY), roles.index("sun")
    read = {
        row.route for row in rows if row.method == "GET" and row.cells[nobody] == "in" and row.cells[auditor] == "yes"
    }
    browser = enter(sun)

    browser.get("/seals/")
    page = browser.get("/record/").content.decode()

    assert sorted(read - NOT_RECORDED.keys() - PAGE.keys()) == []
    assert "审计员查看页面：印章</strong>" in page
