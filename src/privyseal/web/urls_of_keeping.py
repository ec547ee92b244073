"""Where the pages are of what is kept, held and erased."""

from django.urls import URLPattern, path

from privyseal.web.views import keeping


def paths() -> list[URLPattern]:
    return [
        path("keeping/", keeping.keeping, name="keeping"),
        path("keeping/holds/", keeping.hold, name="hold-place"),
        path("keeping/holds/<uid:uid>/ask/", keeping.ask_lifting, name="hold-ask-lifting"),
        path("keeping/holds/<uid:uid>/lift/", keeping.lift, name="hold-lift"),
        path("keeping/lists/", keeping.ask_clearance, name="clearance-ask"),
        path("keeping/lists/<uid:uid>/", keeping.decide_clearance, name="clearance-decide"),
        path("keeping/erasures/", keeping.ask_erasure, name="erasure-ask"),
        path("keeping/erasures/<uid:uid>/", keeping.decide_erasure, name="erasure-decide"),
    ]
