"""Evidence packs: by what authority a seal was used, for whoever has to be shown."""

from typing import Final

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from privyseal.verification import packs
from privyseal.verification.packs import Pack
from privyseal.web.capabilities import SignedIn, capability
from privyseal.web.downloads import PDF, attachment, written
from privyseal.web.packing import packed
from privyseal.web.shown.packs import report_on
from privyseal.web.shown.words import short

_ZIP: Final = "application/zip"


@capability("signed-in")
@require_safe
def pack(request: SignedIn, uid: str) -> HttpResponseBase:
    """Hand out all the evidence in one ZIP, with a report in each language."""
    found = _taken(request, uid)
    reports = {}
    for language, _name_of in settings.LANGUAGES:
        with override(language):
            called = _("Evidence pack")
            reports[f"{called}-{language}.pdf"] = report_on(found)
    return written(packed(found, reports), name=_name(uid, "zip"), kind=_ZIP)


@capability("signed-in")
@require_safe
def report(request: SignedIn, uid: str) -> HttpResponse:
    """Hand out the report alone, in the reader's language."""
    return attachment(report_on(_taken(request, uid)), name=_name(uid, "pdf"), kind=PDF)


def _taken(request: SignedIn, uid: str) -> Pack:
    """Return what is handed out; that it is goes on record. What an auditor reads goes on record by itself."""
    at = now()
    if not request.powers.reads_everything:
        packs.take(request.user, at, uid=uid)
    return packs.gather(request.user, at, uid)


def _name(uid: str, ending: str) -> str:
    called = _("Evidence pack")
    return f"{called}-{short(uid)}.{ending}"
