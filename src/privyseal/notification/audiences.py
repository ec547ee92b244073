"""Whom a fact concerns: people, found from what it is about, as things stand when it is told."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from django.db.models import F, QuerySet, prefetch_related_objects

from privyseal.approvals.casting import with_all
from privyseal.approvals.models import Application, CopyCheck, OwnYes, Reader
from privyseal.approvals.rules import Part, State
from privyseal.approvals.stages import late_for
from privyseal.approvals.turns import voters_of
from privyseal.identity.models import Company, Person, Unit
from privyseal.identity.queries import members_of, people_in_charge, people_with
from privyseal.identity.rules import Place, Power
from privyseal.notification.rules import Audience
from privyseal.seals.models import Custody, Incident, Permit, PermitPart, Seal, Sighting
from privyseal.seals.rules.standing import FOR_UNIT


class Around:
    """What many facts and days are about, read together: a busy minute brings hundreds of one kind."""

    def __init__(self, abouts: Iterable[Mapping[str, Any]], at: datetime) -> None:
        self.at = at
        self._holding: dict[tuple[Power, Place], frozenset[int]] = {}
        named: dict[str, set[str]] = defaultdict(set)
        for about in abouts:
            for name, value in about.items():
                named[name].add(str(value))
        self.permits = (
            {row.uid: row for row in Permit.objects.filter(uid__in=named["permit"])} if named["permit"] else {}
        )
        uids = named["application"] | {permit.application_uid for permit in self.permits.values()}
        self.applications = {row.uid: row for row in Application.objects.filter(uid__in=uids)} if uids else {}
        prefetch_related_objects(list(self.applications.values()), "castings")
        self.seals = {row.uid: row for row in Seal.objects.filter(uid__in=named["seal"])} if named["seal"] else {}
        self.people = dict(Person.objects.filter(pseudonym__in=named["person"]).values_list("pseudonym", "pk"))

    @cached_property
    def undecided(self) -> dict[str, Application]:
        """The applications that still wait for somebody, with all that says for whom."""
        waiting = [one for one in self.applications.values() if one.state == State.PENDING.value]
        return {one.uid: one for one in with_all(waiting)}

    @cached_property
    def named(self) -> dict[int, set[int]]:
        """Whose own yes an application still waits for, and who has not compared its copies yet, by its key."""
        named: dict[int, set[int]] = defaultdict(set)
        about = [one.pk for one in self.applications.values()]
        yeses = OwnYes.objects.filter(application__in=about, mandate=None, given_at=None)
        checks = CopyCheck.objects.filter(application__in=about, compared_at=None)
        for waited in (yeses, checks) if about else ():
            for application, person in waited.order_by().values_list("application_id", "person_id"):
                named[application].add(person)
        return named

    def holding(self, power: Power, place: Place) -> frozenset[int]:
        """Return who holds the power over the place: asked once."""
        if (power, place) not in self._holding:
            self._holding[power, place] = people_with(power, place, self.at)
        return self._holding[power, place]


@dataclass(frozen=True)  # no slots: what is read once is kept beside the fields
class Subject:
    """What one fact or day is about, by id as the ledger names it."""

    about: Mapping[str, Any]
    around: Around

    def uid(self, name: str) -> str:
        return str(self.about.get(name) or "")

    @property
    def application(self) -> Application | None:
        permit = self.around.permits.get(self.uid("permit"))
        return self.around.applications.get(self.uid("application") or (permit.application_uid if permit else ""))

    @cached_property
    def incident(self) -> Incident | None:
        return Incident.objects.filter(uid=self.uid("incident")).first() if self.uid("incident") else None

    @cached_property
    def seals(self) -> list[Seal]:
        """The seal itself, those that a take-over has not seen yet, or those of the incident or application."""
        if self.uid("seal"):
            return [seal] if (seal := self.around.seals.get(self.uid("seal"))) else []
        if self.uid("campaign"):
            unseen = Sighting.objects.filter(campaign__uid=self.uid("campaign"), seen_at=None).order_by()
            return list(Seal.objects.filter(pk__in=unseen.values("seal")).order_by("pk"))
        if self.incident is not None:
            frozen = Seal.objects.filter(pk__in=self.incident.seals.order_by().values("seal"))
            return list(frozen) or ([self.incident.seal] if self.incident.seal else [])
        if self.application is not None:
            return list(Seal.objects.filter(pk__in=self.application.lines.order_by().values("seal")))
        return []

    @cached_property
    def companies(self) -> frozenset[int]:
        own = (
            Company.objects.filter(uid=self.uid("company")).values_list("pk", flat=True) if self.uid("company") else ()
        )
        return frozenset(own) | {seal.company_id for seal in self.seals}


def everybody_in(audiences: Iterable[Audience], subject: Subject) -> frozenset[int]:
    """Return the keys of those who are in any of the audiences now, whoever has left included."""
    return frozenset[int]().union(*(_FOUND[audience](subject) for audience in audiences))


def _person(subject: Subject) -> frozenset[int]:
    known = subject.around.people.get(subject.uid("person"))
    return frozenset({known} if known is not None else ())


def _applicant(subject: Subject) -> frozenset[int]:
    return frozenset({subject.application.applicant_id} if subject.application else ())


def _voters(subject: Subject) -> frozenset[int]:
    """Return whose turn it is to decide."""
    application = subject.around.undecided.get(subject.application.uid) if subject.application else None
    return frozenset() if application is None else voters_of(application, subject.around.at)


def _taking_part(subject: Subject) -> frozenset[int]:
    """Return who plays a part in the application, and whose turn it is."""
    if subject.application is None:
        return frozenset()
    cast = frozenset(casting.person_id for casting in subject.application.castings.all())
    return cast | _voters(subject)


def _readers(subject: Subject) -> frozenset[int]:
    readers = Reader.objects.filter(application=subject.application) if subject.application else Reader.objects.none()
    return frozenset(readers.values_list("person_id", flat=True))


def _late(subject: Subject) -> frozenset[int]:
    """Return who hears of the present stage because it is late."""
    application = subject.application
    if application is None or application.due_at is None:
        return frozenset()
    due = next((one for one in application.dues.all() if one.stage == application.stage), None)
    return frozenset() if due is None else late_for(application, subject.around.at, due)


def _holders(subject: Subject) -> frozenset[int]:
    """Return who carries the application out; where it is about a seal, who could still have used it."""
    if subject.application is not None:
        castings = subject.application.castings.all()
        named = frozenset(casting.person_id for casting in castings if Part.OPERATOR in casting.parts)
        unit = subject.application.terms.get(FOR_UNIT)
        return named | (_users_of(subject, Unit.objects.filter(uid=unit)) if unit else frozenset())
    holders = PermitPart.objects.filter(part=PermitPart.Part.HOLDER, permit__seal__in=subject.seals)
    could = holders.filter(permit__expires_at__gt=subject.around.at, permit__used__lt=F("permit__impressions"))
    of_units = Permit.objects.filter(
        seal__in=subject.seals, unit__isnull=False, expires_at__gt=subject.around.at, used__lt=F("impressions")
    )
    units = Unit.objects.filter(pk__in=of_units.order_by().values("unit"))
    return frozenset(could.values_list("person_id", flat=True)) | _users_of(subject, units)


def _users_of(subject: Subject, units: QuerySet[Unit]) -> frozenset[int]:
    """Return who belongs to one of the units and may use a seal that the fact is about."""
    members = members_of(list(units.order_by("pk").values_list("pk", flat=True)))
    return members & _over(Power.USE)(subject) if members else frozenset()


def _keepers(subject: Subject) -> frozenset[int]:
    custodies = Custody.objects.filter(seal__in=subject.seals, until=None)
    return frozenset(key for row in custodies.values_list("keeper_id", "covers_for_id") for key in row if key)


def _supervisors(subject: Subject) -> frozenset[int]:
    """Return who watches while it is stamped."""
    if subject.application is None:
        return frozenset()
    castings = subject.application.castings.all()
    return frozenset(casting.person_id for casting in castings if Part.WITNESS in casting.parts)


def _owner(subject: Subject) -> frozenset[int]:
    return frozenset({subject.incident.owner_id} if subject.incident else ())


def _named(subject: Subject) -> frozenset[int]:
    return frozenset(subject.around.named[subject.application.pk] if subject.application else ())


def _over(power: Power) -> Callable[[Subject], frozenset[int]]:
    def found(subject: Subject) -> frozenset[int]:
        places = [Place(seal.company_id, seal.uid) for seal in subject.seals]
        places += [Place(company) for company in subject.companies - {place.company for place in places}]
        return frozenset[int]().union(*(subject.around.holding(power, place) for place in places))

    return found


def _office(power: Power) -> Callable[[Subject], frozenset[int]]:
    return lambda subject: subject.around.holding(power, Place(None))


def _everywhere(subject: Subject) -> frozenset[int]:
    """Return whoever is in charge of anything: holds an office, manages or approves, or keeps a seal."""
    return people_in_charge(subject.around.at) | frozenset(
        Custody.objects.filter(until=None).order_by().values_list("keeper_id", flat=True)
    )


_FOUND: Final[Mapping[Audience, Callable[[Subject], frozenset[int]]]] = {
    Audience.PERSON: _person,
    Audience.APPLICANT: _applicant,
    Audience.VOTERS: _voters,
    Audience.HOLDERS: _holders,
    Audience.KEEPERS: _keepers,
    Audience.SUPERVISORS: _supervisors,
    Audience.MANAGERS: _over(Power.MANAGE),
    Audience.APPROVERS: _over(Power.APPROVE),
    Audience.TAKING_PART: _taking_part,
    Audience.READERS: _readers,
    Audience.LATE: _late,
    Audience.OWNER: _owner,
    Audience.NAMED: _named,
    Audience.SECURITY: _office(Power.SECURITY),
    Audience.SYSTEM: _office(Power.SYSTEM),
    Audience.AUDIT: _office(Power.AUDIT),
    Audience.EVERYWHERE: _everywhere,
}
