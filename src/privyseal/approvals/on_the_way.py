"""What was said about an application on its way, by its key."""

from django.db.models import QuerySet

from privyseal.approvals.models import Comment, Reader, Urging


def comments_on(application: int) -> QuerySet[Comment]:
    return Comment.objects.filter(application=application).select_related("person").order_by("at", "pk")


def urgings_of(application: int) -> QuerySet[Urging]:
    return Urging.objects.filter(application=application).order_by("at", "pk")


def readers_of(application: int) -> QuerySet[Reader]:
    return Reader.objects.filter(application=application).select_related("person", "named_by").order_by("at", "pk")
