"""Browsers without a screen: one a person."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from privyseal.approvals.models import Application
from privyseal.identity.models import Installation, Person
from privyseal.identity.rules import Means
from privyseal.language.catalogue import compile_stale
from privyseal.language.numbers import number_in_words
from tests.actions.filing import owed  # noqa: F401  what wang owes to the file
from tests.notification.conftest import mail, office  # noqa: F401  a real mail server, for the pages too

compile_stale()

Enter: TypeAlias = Callable[[Person], Browser]


@pytest.fixture
def enter() -> Enter:
    """Return a browser in which the person is signed in."""

    def browser_of(person: Person) -> Browser:
        browser = Browser()
        sign_in(browser, person)
        return browser

    return browser_of


def sign_in(browser: Browser, person: Person, *, means: Means = Means.PASSKEY, ago: timedelta = timedelta(0)) -> None:
    """Sign the person in as if they had proved themselves by these means so long ago."""
    browser.force_login(person)
    session = browser.session
    session["proof"] = [means.value, int((now() - ago).timestamp())]
    session.save()


@pytest.fixture
def outside(installation: Installation) -> Browser:
    """A browser in which nobody is signed in."""
    return Browser()


def command(**said: Any) -> dict[str, Any]:  # noqa: ANN401  a form's fields are of every kind
    """Return what a form sends, with a command id of its own."""
    return {"command_id": str(uuid4()), **said}


def called(application_uid: str) -> str:
    """Return the number of an application as its pages say it in Chinese."""
    return number_in_words(Application.objects.get(uid=application_uid))


def alert(answer: HttpResponseBase) -> str:
    """Return what the page says in its alert."""
    assert isinstance(answer, HttpResponse)
    return answer.content.decode().split('role="alert"')[-1].split("</div>")[0]


def queries_of(browser: Browser, address: str) -> int:
    """Count the queries of a page that is asked for a second time."""
    browser.get(address)
    with CaptureQueriesContext(connection) as caught:
        assert browser.get(address).status_code == 200
    return len(caught)
