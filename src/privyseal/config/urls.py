"""Every address of the product."""

from typing import Final

from django.urls import URLPattern, URLResolver, include, path

from privyseal.config import health

urlpatterns: Final[list[URLPattern | URLResolver]] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("", include("privyseal.web.urls")),
]
handler403 = "privyseal.web.views.errors.forbidden"
handler404 = "privyseal.web.views.errors.not_found"
handler500 = "privyseal.web.views.errors.broken"
