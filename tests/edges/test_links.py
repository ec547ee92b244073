"""Addresses of many rows are those that Django resolves."""

from django.urls import reverse

from privyseal.web.links import link, numbered


def test_addresses_that_are_put_together_are_those_of_the_routes() -> None:
    uid = "0123456789abcdef" * 2

    for route in ("application", "company", "machine", "seal", "seal-sheet", "unit"):
        assert link(route, uid) == reverse(route, args=[uid])
    assert [numbered("fact-receipt", key) for key in (7, 123)] == [reverse("fact-receipt", args=[k]) for k in (7, 123)]
