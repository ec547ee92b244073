import json
import logging
import sys

import pytest

from privyseal.config import logs


def line(message: str, *words: object, name: str = "privyseal.request", **extra: object) -> dict[str, object]:
    """Return the line that a record becomes; raise it inside a handler to have the exception on it."""
    error = sys.exc_info() if sys.exc_info()[0] else None
    record = logging.getLogger(name).makeRecord(name, logging.ERROR, __file__, 1, message, words, error, extra=extra)
    said = json.loads(logs.Line().format(record))
    assert isinstance(said, dict)
    return said


def test_a_line_says_when_where_what_and_for_which_request() -> None:
    mark = logs.request_id.set("order-20261123")

    said = line("request", route="home", status=200)

    logs.request_id.reset(mark)
    assert said.pop("at")
    assert said == {
        "level": "error",
        "logger": "privyseal.request",
        "message": "request",
        "request_id": "order-20261123",
        "route": "home",
        "status": 200,
    }


def test_what_nobody_allowed_into_the_log_stays_out() -> None:
    assert "王小明" not in json.dumps(line("request", request="/people?name=王小明", user="王小明"), ensure_ascii=False)


def look_up() -> None:
    raise LookupError("王小明") from OSError(28, "no room for 王小明")


def test_an_exception_shows_where_and_not_what() -> None:
    try:
        look_up()
    except LookupError:
        said = line("work failed", work="sweep")

    assert "王小明" not in json.dumps(said, ensure_ascii=False)
    assert str(said["exception"]).startswith("builtins.LookupError < ")
    assert "; during: builtins.OSError (28)" in str(said["exception"])
    assert said["work"] == "sweep"


@pytest.mark.parametrize(
    ("name", "message", "words", "said"),
    [
        ("django.request", "%s: %s", ("Not Found", "/people/王小明"), "Not Found"),
        ("django.security.DisallowedHost", "Invalid HTTP_HOST header: 王小明", (), "Invalid HTTP_HOST header"),
        (
            "_granian.utils",
            "Application callable raised an exception\nValueError: 王小明",
            (),
            "Application callable raised an exception",
        ),
    ],
)
def test_what_others_write_loses_its_quotations(name: str, message: str, words: tuple[object, ...], said: str) -> None:
    assert line(message, *words, name=name)["message"] == said
