"""What is offered below a comment, and who keeps it."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from privyseal.approvals.models import CompanyPhrases, OwnPhrases
from privyseal.approvals.rules.phrases import offered
from privyseal.identity.models import Company, Person
from privyseal.identity.queries import companies_visible_to
from privyseal.ledger.rewording import asked_with


def own_phrases(actor: Person, at: datetime) -> list[str]:
    """Return the phrases that somebody keeps."""
    del at  # one's own, whenever
    return next((list(texts) for texts in asked_with(_own, actor.pk)), [])


def _own(actor: int) -> QuerySet[OwnPhrases, list[str]]:
    return OwnPhrases.objects.filter(person=actor).order_by("pk").values_list("texts", flat=True)[:1]


def phrases_of(actor: Person, at: datetime, company: Company) -> list[str]:
    """Return what a company offers, for whoever sees it."""
    seen = companies_visible_to(actor, at).filter(pk=company.pk).order_by().values("pk")
    return list(CompanyPhrases.objects.filter(company__in=seen).values_list("texts", flat=True).first() or ())


def phrases_offered(actor: Person, at: datetime, companies: Collection[int]) -> list[str]:
    """Return what is offered to somebody who sees applications of these companies; nothing where nobody keeps any."""
    of_companies = CompanyPhrases.objects.filter(company__in=companies).order_by("company")
    return offered(own_phrases(actor, at), list(of_companies.values_list("texts", flat=True)))
