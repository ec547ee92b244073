"""The browsers in which people are told."""

from privyseal.notification.models import Browser


def browsers_of(pseudonym: str) -> list[Browser]:
    return list(Browser.objects.filter(person__pseudonym=pseudonym).order_by("pk"))
