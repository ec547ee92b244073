"""The written seal rules as far as an actor may see them, and who has not acknowledged them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from privyseal.identity import queries as identity
from privyseal.identity.models import Membership, Person
from privyseal.identity.rules import Power
from privyseal.kernel.errors import NotFound
from privyseal.seals.models import Acknowledgement, Custody, Seal, SealRules


@dataclass(frozen=True, slots=True)
class Missing:
    """Whoever has not acknowledged the rules, and keepers who have not taken on their seal."""

    people: list[Person]
    custodies: list[Custody]


def rules_visible_to(actor: Person, at: datetime) -> QuerySet[SealRules]:
    """Return the published rules of an actor's companies, and drafts to those who write or publish them."""
    powers = identity.powers_of(actor, at)
    rules = SealRules.objects.select_related("company", "written_by", "published_by").order_by(
        "company__name", "-version", "pk"
    )
    if powers.reads_everything:
        return rules
    companies = identity.companies_visible_to(actor, at).order_by()
    drafts = Q(company_id__in=powers.companies(Power.MANAGE, Power.APPROVE))
    return rules.filter(company__in=companies).filter(Q(published_at__isnull=False) | drafts)


def seal_rules_visible_to(actor: Person, at: datetime, uid: str) -> SealRules:
    found = rules_visible_to(actor, at).filter(uid=uid).first()
    if found is None:
        raise NotFound(rules=uid)
    return found


def rules_to_acknowledge(actor: Person, at: datetime) -> list[SealRules]:
    """Return the version in force of each company's rules that an actor has not acknowledged yet."""
    done = Acknowledgement.objects.filter(person=actor, seal=None, rules=OuterRef("pk"))
    waiting = _in_force(rules_visible_to(actor, at)).filter(~Exists(done))
    return [rules for rules in waiting if is_asked(actor, at, rules)]


def is_asked(actor: Person, at: datetime, rules: SealRules) -> bool:
    """Return whether the actor belongs to the company whose rules these are, or holds a power in it."""
    belongs = Membership.objects.filter(person=actor, company_id=rules.company_id, left_on=None)
    return rules.company_id in identity.powers_of(actor, at).companies() or belongs.exists()


def has_acknowledged(actor: Person, at: datetime, rules: SealRules) -> bool:
    visible = rules_visible_to(actor, at).filter(pk=rules.pk)
    return Acknowledgement.objects.filter(rules__in=visible.order_by(), person=actor, seal=None).exists()


def seals_to_answer_for(actor: Person, at: datetime, rules: SealRules) -> list[Seal]:
    """Return the seals that an actor keeps without having taken on the responsibility under these rules."""
    visible = rules_visible_to(actor, at).filter(pk=rules.pk).order_by()
    taken = Acknowledgement.objects.filter(rules__in=visible, person=actor, seal=OuterRef("seal"))
    kept = Custody.objects.filter(~Exists(taken), keeper=actor, until=None, seal__company_id=rules.company_id)
    return [custody.seal for custody in kept.select_related("seal").order_by("seal__number", "pk")]


def missing_acknowledgements(actor: Person, at: datetime, rules: SealRules) -> Missing:
    """Return who has not acknowledged these rules: everybody who belongs to the company, and every keeper."""
    visible = rules_visible_to(actor, at).filter(pk=rules.pk).order_by()
    given = Acknowledgement.objects.filter(rules__in=visible, person=OuterRef("pk"), seal=None)
    belongs = Membership.objects.filter(company_id=rules.company_id, left_on=None).values("person")
    powerful = identity.grants_in_force(at).filter(company_id=rules.company_id).order_by().values("person")
    people = Person.objects.filter(Q(pk__in=belongs) | Q(pk__in=powerful), ~Exists(given), is_active=True)
    taken = Acknowledgement.objects.filter(rules__in=visible, person=OuterRef("keeper"), seal=OuterRef("seal"))
    kept = Custody.objects.filter(~Exists(taken), until=None, seal__company_id=rules.company_id)
    custodies = kept.select_related("seal", "keeper").order_by("seal__number", "pk")
    return Missing(people=list(people.order_by("name", "pk")), custodies=list(custodies))


def _in_force(rules: QuerySet[SealRules]) -> QuerySet[SealRules]:
    """Return the last published version of each company."""
    later = SealRules.objects.filter(
        company=OuterRef("company"), version__gt=OuterRef("version"), published_at__isnull=False
    )
    return rules.filter(~Exists(later), published_at__isnull=False)
