"""What is no file, taken in from a form: as the first document of a use, or as a further one."""

from collections.abc import Mapping
from typing import Any

from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from privyseal.sealing.actions import receive_paper, receive_secret
from privyseal.web.capabilities import SignedIn


def take_paper(request: SignedIn, company_uid: str, said: Mapping[str, Any]) -> str:
    return receive_paper(
        request.user,
        now(),
        company_uid=company_uid,
        title=said["title"],
        pages=said["pages"],
        photographs=[each.read() for each in said["photographs"]],
    )


def take_secret(request: SignedIn, company_uid: str, said: Mapping[str, Any]) -> str:
    pages = ngettext("%(count)s page", "%(count)s pages", said["pages"]) % {"count": said["pages"]}
    lines = [_("Closed envelope %(number)s") % {"number": said["envelope"]}, pages, _("Its content is not shown.")]
    return receive_secret(
        request.user,
        now(),
        company_uid=company_uid,
        title=said["title"],
        envelope=said["envelope"],
        pages=said["pages"],
        lines=lines,
    )
