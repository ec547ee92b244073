"""The table of who gets what is whole: a route that is not in it cannot land."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from tests.edges.access import TABLE, Route, Row, routes, table, written
from tests.edges.scene import ABOUT, SENT

ROLES, ROWS = table()
WORDS = {"yes", "no", "in"}


def missing(known: Iterable[Route]) -> list[str]:
    """Return the lines that are to be added to the table, one a route and method, with cells to be thought about."""
    there = {(row.route, row.method) for row in ROWS}
    return [
        written(Row(route.name, method, ",".join(route.arguments) or "-", ()), ["?"] * len(ROLES))
        for route in known
        for method in route.methods
        if (route.name, method) not in there
    ]


def test_every_route_is_in_the_table_with_every_method() -> None:
    lines = missing(routes())

    assert lines == [], "\n".join(
        [
            "Add these lines to tests/edges/access.txt, with what each role gets by the rules in place of each ?:",
            *lines,
            "The third word names an object of tests/edges/scene.py (ABOUT); fields that are sent stand there in SENT.",
            "Then run: .venv/bin/pytest tests/edges/test_access.py -k NAME",
        ]
    )


@require_POST
def _new(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("not reached")


def test_a_route_that_is_not_in_the_table_would_be_found() -> None:
    assert [line.split()[:4] for line in missing(routes([path("new/", _new, name="new")]))] == [
        ["new", "POST", "-", "?"]
    ]


def test_the_table_names_no_route_that_is_gone() -> None:
    known = {(route.name, method) for route in routes() for method in route.methods}

    assert [str(row) for row in ROWS if (row.route, row.method) not in known] == []
    assert set(SENT) <= {row.route for row in ROWS}


def test_every_cell_is_filled_and_every_object_is_there() -> None:
    assert [str(row) for row in ROWS if len(row.cells) != len(ROLES)] == []
    assert [str(row) for row in ROWS if not all(cell in WORDS or cell.isdigit() for cell in row.cells)] == []
    assert {row.about for row in ROWS} == set(ABOUT)


def test_the_table_stands_in_its_columns() -> None:
    assert {written(row, row.cells) for row in ROWS} <= set(TABLE.read_text("utf-8").splitlines())
