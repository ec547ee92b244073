"""Where somebody is signed in: seen, ended, and at an end by itself."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now
from pytest_django import Settings

from privyseal.identity.actions import forget_ended_sessions, forget_sessions_of
from privyseal.identity.actions.sessions import MOST_SESSIONS
from privyseal.identity.models import Person, Session
from privyseal.ledger.transactions import writing
from privyseal.notification.models import Message
from tests.conftest import recorded
from tests.edges.conftest import Enter, alert, command, queries_of
from tests.notification.conftest import begin_to_follow, catch_up

SIGN_IN = "/sign-in/?next=/mine/"


def key_of(browser: Browser) -> str:
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


def is_signed_in(browser: Browser) -> bool:
    answer = browser.get("/mine/")
    return answer.status_code == 200


def age(person: Person, *, began: timedelta, seen: timedelta, ends: timedelta) -> None:
    """Move the person's sessions into the past."""
    at = now()
    Session.objects.filter(person=person).update(began_at=at - began, seen_at=at - seen, expire_date=at + ends)


def test_a_session_of_a_clock_that_was_set_back_is_over(wang: Person, li: Person, enter: Enter) -> None:
    browser, other = enter(wang), enter(li)
    hour = timedelta(hours=1)
    age(wang, began=-hour, seen=-hour, ends=9 * hour)
    age(li, began=-timedelta(minutes=1), seen=-timedelta(minutes=1), ends=hour)

    assert (is_signed_in(browser), is_signed_in(other)) == (False, True)


def test_of_very_many_browsers_the_one_that_was_seen_longest_ago_makes_room(wang: Person, enter: Enter) -> None:
    browser = enter(wang)
    age(wang, began=timedelta(hours=1), seen=timedelta(minutes=9), ends=timedelta(hours=1))
    first = Session.objects.get(person=wang)
    for number in range(MOST_SESSIONS + 2):
        first.pk, first.seen_at = f"{number:064x}", now() - timedelta(minutes=8)
        first.save(force_insert=True)

    Browser().post("/sign-in/demo/", {"login": "wang"})

    assert Session.objects.filter(person=wang).count() == MOST_SESSIONS
    assert not is_signed_in(browser)


def test_the_page_shows_every_browser_and_which_one_this_is(wang: Person, li: Person, enter: Enter) -> None:
    browser = enter(wang)
    Browser(headers={"User-Agent": "a phone"}).post("/sign-in/demo/", {"login": "wang"})
    enter(li)

    page = browser.get("/mine/security/").content.decode()

    assert page.count('<li class="row">') == 2
    assert page.count("当前浏览器") == 1
    assert "a phone" in page
    assert "127.0.0.1" in page


def test_more_sessions_cost_no_more_queries(wang: Person, enter: Enter) -> None:
    browser = enter(wang)
    one = queries_of(browser, "/mine/security/")
    enter(wang)
    enter(wang)

    assert queries_of(browser, "/mine/security/") == one


def test_an_ended_session_is_over_with_its_next_request(wang: Person, enter: Enter) -> None:
    here, there = enter(wang), enter(wang)
    assert is_signed_in(there)
    row = Session.objects.exclude(pk=digest_in(here)).get()

    answer = here.post(f"/mine/security/sessions/{row.pk}/end/", command())

    assert answer.headers["Location"] == "/mine/security/"
    assert there.get("/mine/").headers["Location"] == SIGN_IN
    assert is_signed_in(here)
    assert recorded() == ["session.ended"]


def digest_in(browser: Browser) -> str:
    from privyseal.web.sessions import digest_of  # noqa: PLC0415  Django is set up only now

    return digest_of(key_of(browser))


def test_ending_a_session_twice_with_one_command_ends_it_once(wang: Person, enter: Enter) -> None:
    here, there = enter(wang), enter(wang)
    said = command()

    answers = [here.post(f"/mine/security/sessions/{digest_in(there)}/end/", said) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert recorded() == ["session.ended"]


def test_nobody_ends_another_persons_session(wang: Person, li: Person, enter: Enter) -> None:
    here, theirs = enter(wang), enter(li)

    answer = here.post(f"/mine/security/sessions/{digest_in(theirs)}/end/", command())

    assert answer.status_code == 404
    assert "没有" in alert(answer)
    assert is_signed_in(theirs)
    assert recorded() == ["session.end.refused"]


def test_all_others_end_at_once_and_this_one_stays(wang: Person, li: Person, enter: Enter) -> None:
    here, there, elsewhere, theirs = enter(wang), enter(wang), enter(wang), enter(li)

    here.post("/mine/security/sessions/end-others/", command())

    assert [is_signed_in(browser) for browser in (here, there, elsewhere, theirs)] == [True, False, False, True]
    assert recorded() == ["session.ended"]


def test_security_ends_every_session_of_somebody_else_who_is_told(
    wang: Person, chen: Person, zhao: Person, noon: datetime, enter: Enter, settings: Settings
) -> None:
    begin_to_follow(noon)
    here, there, security, manager = enter(wang), enter(wang), enter(chen), enter(zhao)
    address = f"/people/{wang.pseudonym}/sessions/end/"
    assert address in security.get(f"/people/{wang.pseudonym}/").content.decode()
    assert manager.post(address, command()).status_code == 403
    assert is_signed_in(there)

    said = command()
    answers = [security.post(address, said).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert [is_signed_in(browser) for browser in (here, there, security)] == [False, False, True]
    assert recorded() == ["session.put-out.refused", "session.put-out"]
    catch_up(noon)
    assert Message.objects.get(kind="session.put-out").person == wang
    own = security.post(f"/people/{chen.pseudonym}/sessions/end/", command())
    assert (own.status_code, is_signed_in(security)) == (403, True)
    assert "/sessions/end/" not in security.get(f"/people/{chen.pseudonym}/").content.decode()
    settings.SECRET_KEY = "of another day"
    assert not is_signed_in(security)  # nor is anybody else, of whom there may be many


@pytest.mark.parametrize("address", ["end-others/", f"{'0' * 64}/end/"])
def test_a_form_without_its_command_id_does_nothing(address: str, wang: Person, enter: Enter) -> None:
    here, there = enter(wang), enter(wang)

    assert here.post(f"/mine/security/sessions/{address}").status_code == 400
    assert is_signed_in(there)
    assert recorded() == []


def test_whoever_is_deactivated_is_out_with_the_next_request(wang: Person, enter: Enter) -> None:
    browser = enter(wang)
    Person.objects.filter(pk=wang.pk).update(is_active=False)

    assert browser.get("/mine/").headers["Location"] == SIGN_IN


def test_whoever_left_and_came_back_signs_in_anew(wang: Person, enter: Enter) -> None:
    browser = enter(wang)
    with writing():
        forget_sessions_of(wang)

    assert not is_signed_in(browser)


def test_a_changed_password_ends_what_was_opened_with_the_old_one(wang: Person, enter: Enter) -> None:
    browser = enter(wang)
    wang.set_password("quite another password")
    wang.save(update_fields=["password"])

    assert not is_signed_in(browser)


def test_an_idle_session_ends(wang: Person, enter: Enter) -> None:
    browser = enter(wang)
    age(wang, began=timedelta(hours=1), seen=timedelta(minutes=31), ends=timedelta(minutes=-1))

    assert not is_signed_in(browser)


def test_activity_puts_the_end_off_but_never_past_the_last_hour(wang: Person, enter: Enter) -> None:
    browser = enter(wang)
    age(wang, began=timedelta(hours=1), seen=timedelta(minutes=20), ends=timedelta(minutes=10))
    assert is_signed_in(browser)
    early = Session.objects.get().expire_date - now()

    age(wang, began=timedelta(hours=7, minutes=50), seen=timedelta(minutes=20), ends=timedelta(minutes=10))
    assert is_signed_in(browser)
    late = Session.objects.get().expire_date - now()

    assert timedelta(minutes=29) < early <= timedelta(minutes=30)
    assert timedelta(minutes=9) < late <= timedelta(minutes=10)


def test_whoever_holds_an_office_is_put_out_sooner(chen: Person, wang: Person, enter: Enter) -> None:
    """Security, system and audit reach everything, so an empty chair of theirs is the more dangerous one."""
    for person in (chen, wang):
        enter(person)

    ends = {each.person: each.expire_date - each.seen_at for each in Session.objects.select_related("person")}

    assert ends == {chen: timedelta(minutes=10), wang: timedelta(minutes=30)}


def test_changing_what_a_session_holds_does_not_begin_it_anew(wang: Person, outside: Browser) -> None:
    outside.post("/sign-in/demo/", {"login": "wang"})
    session = outside.session
    session["began"] -= 7 * 60 * 60
    session.save()

    assert Session.objects.get().expire_date - Session.objects.get().began_at <= timedelta(hours=8)
    assert now() - Session.objects.get().began_at >= timedelta(hours=7)


def test_being_seen_is_written_down_once_a_minute(wang: Person, enter: Enter) -> None:
    browser = enter(wang)
    with CaptureQueriesContext(connection) as fresh:
        browser.get("/mine/")
    age(wang, began=timedelta(hours=1), seen=timedelta(minutes=2), ends=timedelta(minutes=5))
    with CaptureQueriesContext(connection) as later:
        browser.get("/mine/")

    assert len([query for query in fresh if '"session"' in query["sql"]]) == 1
    assert len([query for query in later if '"session"' in query["sql"]]) == 2


def test_the_database_cannot_be_read_into_a_session(wang: Person, enter: Enter) -> None:
    browser = enter(wang)

    kept = Session.objects.get()

    assert key_of(browser) not in (kept.pk, kept.session_data)
    thief = Browser()
    thief.cookies[settings.SESSION_COOKIE_NAME] = kept.pk
    assert not is_signed_in(thief)


def test_signing_in_gives_the_browser_a_new_key(wang: Person, outside: Browser) -> None:
    session = outside.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    outside.cookies[settings.SESSION_COOKIE_NAME] = planted or ""

    outside.post("/sign-in/demo/", {"login": "wang"})

    assert key_of(outside) != planted
    attacker = Browser()
    attacker.cookies[settings.SESSION_COOKIE_NAME] = planted or ""
    assert not is_signed_in(attacker)


def test_signing_out_leaves_nothing_to_come_back_to(wang: Person, enter: Enter) -> None:
    browser = enter(wang)
    key = key_of(browser)
    kept = {page: browser.get(page).headers.get("Cache-Control") for page in ("/mine/", "/verify/")}

    browser.post("/sign-out/")

    assert kept == dict.fromkeys(kept, "private, no-store")
    assert "Cache-Control" not in browser.get("/verify/").headers

    browser.cookies[settings.SESSION_COOKIE_NAME] = key
    assert not is_signed_in(browser)
    assert not Session.objects.filter(person=wang).exists()


def test_rows_of_ended_sessions_go(wang: Person, li: Person, enter: Enter) -> None:
    enter(wang)
    enter(li)
    age(wang, began=timedelta(hours=9), seen=timedelta(hours=1), ends=timedelta(seconds=-1))

    assert forget_ended_sessions(now()) == 1
    assert Session.objects.get().person == li
