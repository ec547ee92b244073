"""Answers when there is no page, no permission, or something broke."""

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string

from privyseal.kernel.errors import NotEntitled
from privyseal.web.answers import refused
from privyseal.web.capabilities import capability


@capability("public")
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django passes it by name
    return render(request, "web/not_found.html", status=404)


@capability("public")
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django passes it by name
    return refused(request, NotEntitled())


@capability("public")
def broken(_request: HttpRequest) -> HttpResponse:
    """Answer in both languages and without the database: nothing is known about what still works."""
    return HttpResponseServerError(render_to_string("web/broken.html"))
