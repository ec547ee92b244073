"""Where what a use is about is brought besides one file: paper, an envelope, many documents; and looked through."""

from django.urls import URLPattern, path

from privyseal.web.views import alike, applications, bindings


def paths() -> list[URLPattern]:
    return [
        path("apply/use/paper/", bindings.paper, name="apply-use-paper"),
        path("apply/use/envelope/", bindings.secret, name="apply-use-secret"),
        path("apply/use/<uid:company_uid>/<sha256:sha256>/alike/", alike.page, name="apply-use-alike"),
        path("apply/use/<uid:company_uid>/<sha256:sha256>/alike/leave/", alike.leave, name="apply-use-alike-leave"),
        path("applications/<uid:uid>/documents/", applications.documents_of, name="application-documents"),
    ]
