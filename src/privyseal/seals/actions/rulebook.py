"""The written seal rules: written by one, published by another, acknowledged by everybody."""

from datetime import datetime

from privyseal.identity import queries as identity
from privyseal.identity.models import Company, Person
from privyseal.identity.rules import Power
from privyseal.kernel.canonical import Json, sha256
from privyseal.kernel.errors import NotEntitled, NotFound, OutOfTurn, Refused
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.seals.models import Acknowledgement, Custody, SealRules
from privyseal.seals.queries.rulebook import is_asked, rules_visible_to
from privyseal.seals.rules.rulebook import check_publication, check_text


class NotTheKeeper(Refused):
    """Only whoever keeps a seal takes on the responsibility for keeping it."""

    code = "not-the-keeper"


@command("rules.write")
def write_rules(actor: Person, at: datetime, *, company_uid: str, title: str, text: str) -> str:
    """Write the next version of a company's seal rules; return its uid."""
    company = identity.company_visible_to(actor, at, company_uid)
    identity.require(actor, at, Power.MANAGE, company.pk)
    check_text(title, text)
    # The company's row is the lock: two versions written at once get two numbers.
    Company.objects.select_for_update().get(pk=company.pk)
    rules = SealRules.objects.create(
        company=company,
        version=SealRules.objects.filter(company=company).count() + 1,
        title=title.strip(),
        text=text.strip(),
        sha256=sha256(text.strip().encode()),
        written_by=actor,
        written_at=at,
    )
    book.record("rules.written", by=actor, at=at, **_about(rules))
    return rules.uid


@command("rules.publish")
def publish_rules(actor: Person, at: datetime, *, rules_uid: str, sha256_shown: str) -> str:
    """Put the version that was shown into force: by somebody who approves there, and did not write it."""
    rules = _locked(actor, at, rules_uid)
    identity.require(actor, at, Power.APPROVE, rules.company_id)
    check_publication(
        actor=actor.pk,
        author=rules.written_by_id,
        is_published=rules.published_at is not None,
        is_shown=sha256_shown == rules.sha256,
    )
    rules.published_by, rules.published_at = actor, at
    rules.save(update_fields=["published_by", "published_at"])
    book.record("rules.published", by=actor, at=at, **_about(rules))
    return rules.uid


@command("rules.acknowledge")
def acknowledge_rules(actor: Person, at: datetime, *, rules_uid: str) -> str:
    """Say that one has read the published rules; said again, it stands as it was."""
    rules = _published(actor, at, rules_uid)
    if not is_asked(actor, at, rules):
        raise NotEntitled(rules=rules_uid)
    _, is_new = Acknowledgement.objects.get_or_create(rules=rules, person=actor, seal=None, defaults={"at": at})
    if is_new:
        book.record("rules.acknowledged", by=actor, at=at, **_about(rules), person=actor.pseudonym)
    return rules.uid


@command("rules.take-responsibility")
def take_responsibility(actor: Person, at: datetime, *, rules_uid: str, seal_uid: str) -> str:
    """Take on the responsibility for a seal that one keeps, under the published rules."""
    rules = _published(actor, at, rules_uid)
    custody = Custody.objects.select_related("seal").filter(seal__uid=seal_uid, keeper=actor, until=None).first()
    if custody is None or custody.seal.company_id != rules.company_id:
        raise NotTheKeeper(seal=seal_uid)
    _, is_new = Acknowledgement.objects.get_or_create(rules=rules, person=actor, seal=custody.seal, defaults={"at": at})
    if is_new:
        book.record(
            "rules.responsibility-taken",
            by=actor,
            at=at,
            **_about(rules),
            person=actor.pseudonym,
            seal=custody.seal.uid,
        )
    return rules.uid


def _published(actor: Person, at: datetime, uid: str) -> SealRules:
    rules = _locked(actor, at, uid)
    if rules.published_at is None:
        raise OutOfTurn(rules=uid)
    return rules


def _locked(actor: Person, at: datetime, uid: str) -> SealRules:
    found = rules_visible_to(actor, at).filter(uid=uid).first()
    if found is None:
        raise NotFound(rules=uid)
    return SealRules.objects.select_for_update(of=("self",)).select_related("company").get(pk=found.pk)


def _about(rules: SealRules) -> dict[str, Json]:
    company, version = rules.company.uid, rules.version
    return {"company": company, "rules": rules.uid, "version": version, "text_sha256": rules.sha256}
