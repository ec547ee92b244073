"""Keep the phrases that one says often, and set those that a company offers."""

from datetime import datetime

from privyseal.approvals.models import CompanyPhrases, OwnPhrases
from privyseal.approvals.rules.phrases import MOST_OF_COMPANY, MOST_OWN, in_lines
from privyseal.identity import queries as identity
from privyseal.identity.models import Person
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import canonical, sha256
from privyseal.ledger import book
from privyseal.ledger.commands import command


@command("person.keep-phrases")
def keep_phrases(actor: Person, at: datetime, *, lines: str) -> int:
    """Keep one's own phrases, as they stand in lines, in place of those before; return how many."""
    texts = in_lines(lines, most=MOST_OWN)
    if texts:
        OwnPhrases.objects.update_or_create(person=actor, defaults={"texts": texts})
    else:
        OwnPhrases.objects.filter(person=actor).delete()
    book.record("person.phrases-kept", by=actor, at=at, person=actor.pseudonym, count=len(texts))
    return len(texts)


@command("company.set-phrases")
def set_phrases(actor: Person, at: datetime, *, company_uid: str, lines: str) -> int:
    """Set the phrases of a company that one manages as a whole, in place of those before; return how many."""
    company = identity.company_visible_to(actor, at, company_uid)
    identity.require(actor, at, Power.MANAGE, company.pk)
    texts = in_lines(lines, most=MOST_OF_COMPANY)
    if texts:
        said = {"texts": texts, "set_by": actor, "set_at": at}
        CompanyPhrases.objects.update_or_create(company=company, defaults=said)
    else:
        CompanyPhrases.objects.filter(company=company).delete()
    digest = sha256(canonical({"texts": [*texts]}))
    book.record("company.phrases-set", by=actor, at=at, company=company.uid, count=len(texts), text_sha256=digest)
    return len(texts)
