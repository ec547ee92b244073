"""The numbers by which people call applications: said of the key that each has, so that none is written or counted."""

from collections.abc import Collection

from django.db.models import Q
from django.utils.timezone import localdate

from privyseal.approvals.models import Application
from privyseal.approvals.rules.numbers import Number, typed


def number_of(application: Application) -> Number:
    return Number(localdate(application.submitted_at).year, application.pk)


def numbers_by_uid(uids: Collection[str]) -> dict[str, Number]:
    """Return the numbers of applications that somebody was shown by their uid."""
    if not uids:
        return {}
    found = Application.objects.filter(uid__in=uids).order_by().values_list("uid", "submitted_at", "pk")
    return {uid: Number(localdate(at).year, key) for uid, at, key in found}


def numbered(words: str) -> Q | None:
    """Return the condition that an application has the number that was typed; None where none was."""
    said = typed(words)
    if said is None:
        return None
    year, running = said
    return Q(pk=running) if year is None else Q(pk=running, submitted_at__year=year)
