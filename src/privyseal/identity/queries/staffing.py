"""What stands in the way of a table of people in posts, as things are now."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils.timezone import make_aware

from privyseal.identity.models import Company, Person, Post
from privyseal.identity.queries.grants import held_by_mapping, mappings_in_force
from privyseal.identity.queries.imports import companies_by_code, people_by_login, posts_by_path
from privyseal.identity.queries.organisation import HolderFor, holders_of
from privyseal.identity.queries.powers import HeldFor, terms_of
from privyseal.identity.rules import CellError, Column, HoldingLine, Wrong, kept_apart

_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Staff:
    """The companies, posts and people that the lines of a table speak of."""

    companies: Mapping[str, Company]
    posts: Mapping[tuple[str, ...], Post]
    people: Mapping[str, Person]

    def post(self, line: HoldingLine) -> Post | None:
        return self.posts.get((line.uscc, *line.unit, line.post))

    def person(self, line: HoldingLine) -> Person | None:
        return self.people.get(line.login)


def staff_of(actor: Person, at: datetime, lines: Sequence[HoldingLine]) -> Staff:
    """Return whom and what the lines speak of, as far as the actor has to do with them."""
    logins = {login for line in lines for login in (line.login, line.deputy_for) if login}
    return Staff(
        companies_by_code(actor, at, (line.uscc for line in lines)),
        posts_by_path(actor, at, lines),
        people_by_login(actor, at, logins),
    )


def term_of(line: HoldingLine) -> tuple[datetime, datetime | None]:
    """Return the term of a line: from the morning of its first day to the end of its last."""
    return _morning_of(line.starts_on), _morning_of(line.ends_on + _ONE_DAY) if line.ends_on else None


def wrong_holdings(actor: Person, at: datetime, lines: Sequence[HoldingLine]) -> list[CellError]:
    staff = staff_of(actor, at, lines)
    held = holders_of({post.pk for post in staff.posts.values()})
    principals = _principals(lines, staff, held)
    errors: list[CellError] = []
    for line in lines:
        post, person = staff.post(line), staff.person(line)
        errors += _wrong_names(actor, line, staff)
        if post and person and any(one.person == person.pk and one.meets(*term_of(line)) for one in held[post.pk]):
            errors.append(CellError(line.row, Column.POST, Wrong.TAKEN))
        if post and line.deputy_for and not _stands_in(staff.people.get(line.deputy_for), line, principals[post.pk]):
            errors.append(CellError(line.row, Column.DEPUTY_FOR, Wrong.NOBODY_TO_DEPUTISE))
    return errors + list(_wrong_powers(at, lines, staff))


def _wrong_powers(at: datetime, lines: Sequence[HoldingLine], staff: Staff) -> Iterator[CellError]:
    """Yield where a post would bring a power that its holder-to-be may not have beside what they hold, or get here."""
    brought = mappings_in_force("post_id", {post.pk for post in staff.posts.values()})
    held = terms_of({person.pk for person in staff.people.values()})
    for line in sorted(lines, key=lambda each: bool(each.deputy_for)):
        post, person = staff.post(line), staff.person(line)
        if post is None or person is None:
            continue
        first, last = term_of(line)
        for mapping in brought[post.pk]:
            wanted = HeldFor(held_by_mapping(mapping), max(at, first), last)
            beside = [other.held for other in held[person.pk] if other.meets(wanted.starts_at, last)]
            if any(kept_apart(wanted.held, other) for other in beside):
                yield CellError(line.row, Column.POST, Wrong.POWERS_CONFLICT)
            elif person.pk in {mapping.made_by_id, mapping.confirmed_by_id}:
                yield CellError(line.row, Column.POST, Wrong.OWN_WORD)
            held[person.pk].append(wanted)


def _wrong_names(actor: Person, line: HoldingLine, staff: Staff) -> Iterator[CellError]:
    if line.login and staff.person(line) is None:
        yield CellError(line.row, Column.LOGIN, Wrong.NO_SUCH_PERSON)
    if line.login == actor.login:
        yield CellError(line.row, Column.LOGIN, Wrong.NOT_ONESELF)
    if line.uscc and line.uscc not in staff.companies:
        yield CellError(line.row, Column.COMPANY, Wrong.NO_SUCH_COMPANY)
    elif line.post and staff.post(line) is None:
        yield CellError(line.row, Column.POST, Wrong.NO_SUCH_POST)


def _principals(
    lines: Sequence[HoldingLine], staff: Staff, held: Mapping[int, Sequence[HolderFor]]
) -> Mapping[int, Sequence[HolderFor]]:
    """Return who holds each post in their own right once the table is entered."""
    principals = defaultdict(list, {post: [one for one in holders if one.is_own] for post, holders in held.items()})
    for line in lines:
        post, person = staff.post(line), staff.person(line)
        if post and person and not line.deputy_for:
            principals[post.pk].append(HolderFor(person.pk, *term_of(line), is_own=True))
    return principals


def _stands_in(deputised: Person | None, line: HoldingLine, principals: Sequence[HolderFor]) -> bool:
    if deputised is None or deputised.login == line.login:
        return False
    starts_at, _ = term_of(line)
    return any(one.person == deputised.pk and one.is_in_force(starts_at) for one in principals)


def _morning_of(day: date) -> datetime:
    return make_aware(datetime.combine(day, time.min))
