"""Approval policies as people read them: rows in words, what is wrong with them, what would have changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from privyseal.approvals.choosing import in_force
from privyseal.approvals.models import CategoryVersion, OutsideSystem, Policy
from privyseal.approvals.queries.policies import Changed, Plan
from privyseal.approvals.rules.attachments import Kind
from privyseal.approvals.rules.deadlines import Deadline, Lapse
from privyseal.approvals.rules.policies import Counterparty, Finding, Row
from privyseal.approvals.rules.seats import ALL_OF_THEM, Seat, Stage, Who
from privyseal.identity.models import Person, Post, Unit
from privyseal.identity.rules import Office
from privyseal.kernel.money import grouped
from privyseal.language.categories import name_of
from privyseal.language.labels import OFFICE, PURPOSE, SEAL_TYPE
from privyseal.language.papers import KIND
from privyseal.language.policies import COUNTED, COUNTERPARTY, FLAW, LEVEL_OF_SEAL, OFF_SITE, WHO
from privyseal.language.types import name_of_type
from privyseal.seals.models import OwnType
from privyseal.seals.rules import Level, SealType
from privyseal.signer.statement import Purpose
from privyseal.web.shown.words import Badge

_HUNDREDTHS: Final = 100
_DRAFT: Final = Badge(gettext_lazy("Draft"), "pending")
_IN_FORCE: Final = Badge(gettext_lazy("In force"), "approved")
_ENDED: Final = Badge(gettext_lazy("Ended"), "neutral")


@dataclass(frozen=True, slots=True)
class Names:
    """What the rows of a policy name, by uid or pseudonym, read together."""

    units: Mapping[str, str]
    posts: Mapping[str, str]
    people: Mapping[str, str]
    systems: Mapping[str, str]
    types: Mapping[str, str | Promise]
    categories: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FindingShown:
    words: Promise
    about: str
    forbids: bool


@dataclass(frozen=True, slots=True)
class RowShown:
    """One row: when it decides, who does, and what is wrong with it."""

    number: int
    when: tuple[str, ...]
    stages: tuple[str, ...]
    requires: str
    is_together: bool
    findings: tuple[FindingShown, ...]
    is_last: bool


@dataclass(frozen=True, slots=True)
class ChangedShown:
    url: str
    reason: str
    before: str
    after: str


def names_in(stages: Iterable[Stage], rows: Iterable[Row] = ()) -> Names:
    rows = list(rows)
    seats = [seat for stage in (*stages, *(one for row in rows for one in row.stages)) for seat in stage]
    seats += [one.to for row in rows for one in row.deadlines if one and one.to]
    posts = {seat.name for seat in seats if seat.who is Who.POST}
    people = {seat.name for seat in seats if seat.who is Who.PERSON}
    systems = {seat.name for seat in seats if seat.who is Who.OUTSIDE}
    types, units = {kind for row in rows for kind in row.types}, {uid for row in rows for uid in row.units}
    own = OwnType.objects.filter(uid__in=types) if types else ()
    return Names(
        units=dict(Unit.objects.filter(uid__in=units).values_list("uid", "name")) if units else {},
        posts=dict(Post.objects.filter(uid__in=posts).values_list("uid", "name")) if posts else {},
        people=dict(Person.objects.filter(pseudonym__in=people).values_list("pseudonym", "name")) if people else {},
        systems=dict(OutsideSystem.objects.filter(uid__in=systems).values_list("uid", "name")) if systems else {},
        categories=_called({code for row in rows for code in row.categories}),
        types={kind.value: words for kind, words in SEAL_TYPE.items()} | {one.uid: name_of_type(one) for one in own},
    )


def names_of_categories(company_id: int, rows: Iterable[Row]) -> dict[str, str]:
    """Return what a row can name: the categories of a company, and those that some row names already, by code."""
    named = {code: code for row in rows for code in row.categories}
    return named | {each.code: name_of(each.category) for each in in_force(company_id)}


def _called(codes: set[str]) -> dict[str, str]:
    """Return the names under which categories of these codes went last, by code."""
    versions = CategoryVersion.objects.filter(code__in=codes, confirmed_at__isnull=False).order_by("pk")
    return {each.code: name_of(each.category) for each in versions}


def badge(policy: Policy) -> Badge:
    return badge_of(policy.confirmed_at, policy.ended_at)


def badge_of(confirmed_at: datetime | None, ended_at: datetime | None) -> Badge:
    """Return where something stands that is drafted, then put into force, then ended."""
    if ended_at is not None:
        return _ENDED
    return _DRAFT if confirmed_at is None else _IN_FORCE


def rows(table: Sequence[Row], findings: Iterable[Finding], names: Names) -> list[RowShown]:
    by_row: dict[int, list[FindingShown]] = {}
    for finding in findings:
        by_row.setdefault(finding.row, []).append(_finding(finding, names))
    return [
        RowShown(
            number=number,
            when=tuple(_when(row, names)),
            stages=tuple(timed(*one, names) for one in zip(row.stages, row.each_deadline, strict=True)),
            requires=_(", ").join(str(KIND[kind]) for kind in Kind if kind in row.requires),
            is_together=row.is_together,
            findings=tuple(by_row.get(number, ())),
            is_last=number == len(table),
        )
        for number, row in enumerate(table, start=1)
    ]


def of_the_whole(findings: Iterable[Finding], names: Names) -> list[FindingShown]:
    """Return what is wrong with no row in particular."""
    return [_finding(finding, names) for finding in findings if not finding.row]


def stage(seats: Stage, names: Names) -> str:
    return _(" and ").join(_seat(seat, names) for seat in seats)


def timed(seats: Stage, deadline: Deadline | None, names: Names) -> str:
    """Return a stage with its deadline, in words."""
    return " · ".join([stage(seats, names), *(_deadline(deadline, names) if deadline else ())])


def _deadline(deadline: Deadline, names: Names) -> Iterable[str]:
    span = {"number": deadline.span.number, "counted": COUNTED[deadline.span.counted]}
    yield _("within %(number)s %(counted)s") % span
    if deadline.reminders:
        yield _("reminded %(numbers)s %(counted)s before") % {
            **span,
            "numbers": _(", ").join(map(str, deadline.reminders)),
        }
    if deadline.to is not None:
        who = {"who": _who(deadline.to.who, deadline.to.name, names)}
        late = _("then %(who)s may decide too") if deadline.lapse is Lapse.ADD else _("then %(who)s is told")
        yield late % who


def changed(found: Iterable[Changed]) -> list[ChangedShown]:
    listed = list(found)
    plans = [one for each in listed for one in (*each.before, *(each.after or ()))]
    late = [(deadline.to,) for _stage, deadline in plans if deadline and deadline.to]
    names = names_in([*(stage for stage, _deadline in plans), *late])
    return [
        ChangedShown(
            url=reverse("application", args=[each.application.uid]),
            reason=each.application.reason,
            before=_course(each.before, names),
            after=_("nobody") if each.after is None else _course(each.after, names),
        )
        for each in listed
    ]


def _course(plan: Plan, names: Names) -> str:
    return " → ".join(timed(seats, deadline, names) for seats, deadline in plan)


def _seat(seat: Seat, names: Names) -> str:
    who = _who(seat.who, seat.name, names)
    if seat.needed == ALL_OF_THEM:
        return _("all of: %(who)s") % {"who": who}
    return who if seat.needed == 1 else _("%(number)s people: %(who)s") % {"number": seat.needed, "who": who}


def _who(who: Who, name: str, names: Names) -> str:
    match who:
        case Who.OFFICE:
            return str(OFFICE[Office(name)])
        case Who.POST:
            return names.posts.get(name, name)
        case Who.PERSON:
            return names.people.get(name, name)
        case Who.OUTSIDE:
            return names.systems.get(name, name)
        case _:
            return str(WHO[who])


def _when(row: Row, names: Names) -> Iterable[str]:
    if row.purposes:
        yield _(", ").join(str(PURPOSE[purpose]) for purpose in Purpose if purpose in row.purposes)
    if row.types:
        yield _(", ").join(str(names.types.get(kind, kind)) for kind in sorted(row.types, key=_place_of_type))
    if row.units:
        yield _(", ").join(sorted(names.units.get(uid, uid) for uid in row.units))
    if row.categories:
        yield _(", ").join(names.categories.get(code, code) for code in sorted(row.categories))
    if row.levels:
        yield _(", ").join(str(LEVEL_OF_SEAL[level]) for level in sorted(row.levels))
    if row.parties:
        yield _(", ").join(_party(one) for one in sorted(row.parties))
    if row.is_off_site is not None:
        yield str(OFF_SITE["yes" if row.is_off_site else "no"])
    if row.least is not None:
        yield _("from %(amount)s on") % {"amount": _hundredths(row.least)}
    if row.below is not None:
        yield _("below %(amount)s") % {"amount": _hundredths(row.below)}


def _party(called: str) -> str:
    return str(COUNTERPARTY[Counterparty(called)]) if called in set(Counterparty) else called


def _place_of_type(kind: str) -> tuple[int, str]:
    built_in = [known.value for known in SealType]
    return (built_in.index(kind) if kind in built_in else len(built_in), kind)


def money(amount: Decimal) -> str:
    return grouped(amount)


def _hundredths(amount: int) -> str:
    return money(Decimal(amount) / _HUNDREDTHS)


def _finding(finding: Finding, names: Names) -> FindingShown:
    return FindingShown(FLAW[finding.flaw], " · ".join(_about(finding, names)), finding.forbids)


def _about(finding: Finding, names: Names) -> Iterable[str]:
    about = finding.about
    if finding.beside:
        yield _("row %(number)s") % {"number": finding.beside}
    if "company" in about:
        yield about["company"]
        yield _who(Who(about["who"]), about["name"], names)
    if "person" in about:
        yield _("only %(person)s") % {"person": about["person"]}
    if "purpose" in about:
        yield str(PURPOSE[Purpose(about["purpose"])])
    if "needed" in about:
        yield _("at least %(number)s people") % {"number": about["needed"]}
    if "type" in about:
        yield str(names.types.get(about["type"], about["type"]))
    if "unit" in about:
        yield names.units.get(about["unit"], about["unit"])
    yield from _about_finer(about, names)
    if "amount" in about:
        yield _hundredths(int(about["amount"]))


def _about_finer(about: Mapping[str, str], names: Names) -> Iterable[str]:
    if "category" in about:
        yield names.categories.get(about["category"], about["category"])
    if "level" in about:
        yield str(LEVEL_OF_SEAL[Level(about["level"])])
    if "party" in about:
        yield _(", ").join(_party(one) for one in about["party"].split())
    if about.get("off_site"):
        yield str(OFF_SITE["yes"])
