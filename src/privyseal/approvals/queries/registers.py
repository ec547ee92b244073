"""The register of uses, as far as an actor may see it: a book a company and year, each row with what was approved."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from django.db.models import Exists, Func, IntegerField, OuterRef, Q, QuerySet
from django.utils.timezone import localdate

from privyseal.approvals.models import Application, Line
from privyseal.approvals.numbers import numbers_by_uid
from privyseal.approvals.papers import Particulars
from privyseal.approvals.rules.categories import Retention
from privyseal.approvals.rules.numbers import Number
from privyseal.custody.entering import lines_through_clouds
from privyseal.custody.models import LateAct
from privyseal.custody.spoiling import Blanks, blanks_by_line, spoiled_by_line
from privyseal.identity import queries as identity
from privyseal.identity.again import asked_for
from privyseal.identity.keys import among
from privyseal.identity.models import Person, PostHolding
from privyseal.identity.rules import Office, Power
from privyseal.kernel.errors import NotFound
from privyseal.ledger.queries import facts_about, last_fact_about
from privyseal.ledger.rewording import Most, asked_with, padded
from privyseal.sealing.models import Document, Intent
from privyseal.seals.models import Permit, PermitAddition, PermitPart, Seal, UseBook, UseEntry, UseRemark
from privyseal.seals.places import reached_by
from privyseal.seals.queries import visible_to as seals_visible_to
from privyseal.seals.queries.outside import after_revocation


@dataclass(frozen=True, slots=True)
class _Paper:
    """A document as whoever brought it called it, and how long it is."""

    name: str
    pages: int


# Of an application, whose papers and policy are long.
_OF_AN_APPLICATION: Final = (
    *("uid", "counterparty", "amount", "off_site", "reason", "particulars"),
    *("applicant__name", "unit__name", "company__uid", "joint__says", "category__says"),
)
_UNKNOWN: Final = _Paper("", 0)
_NO_BLANKS: Final = Blanks()


@dataclass(frozen=True, slots=True)
class UseRow:
    """One use with everything that its row says.

    ``additions`` are the applications that raised its permit before, by uid with their numbers.
    ``late`` is what was done for its permit without a network and came later.
    ``spoiled`` is how many of its impressions by hand are on pages that were marked void, ``blanks`` how many are
    numbered blanks.
    """

    entry: UseEntry
    application: Application
    line: Line
    particulars: Particulars
    pages: int
    approvers: Sequence[Person]
    supervisors: Sequence[Person]
    remarks: Sequence[UseRemark]
    additions: Mapping[str, Number]
    late: Sequence[LateAct]
    spoiled: int = 0
    is_through_cloud: bool = False
    blanks: Blanks = _NO_BLANKS

    @property
    def retention(self) -> Retention | None:
        """How long the papers are kept: as is owed to the file, else as the category says."""
        if hasattr(self.entry, "filing"):
            return Retention(self.entry.filing.retention)
        category = self.application.category
        return category.category.retention if category else None

    @property
    def is_across_pages(self) -> bool:
        return any("edge" in place for place in self.line.placements)


def uses_visible_to(actor: Person, at: datetime) -> QuerySet[UseEntry]:
    """Return the uses of the seals an actor manages, of the unit they head, and their own; all for the auditor."""
    powers = identity.powers_of(actor, at)
    return powers.built_once("uses", lambda: seen_by(actor, at, below_headed(actor, at)))


def use_visible_to(actor: Person, at: datetime, entry_id: int) -> UseEntry:
    entry = uses_visible_to(actor, at).filter(pk=entry_id).first()
    if entry is None:
        raise NotFound(entry=entry_id)
    return entry


def uses_after_revocation(actor: Person, at: datetime, seal: Seal, *, since: datetime) -> QuerySet[UseEntry]:
    """Return the uses of a seal whose certificate its authority outside had already revoked, the first one first."""
    # The keys of the books first, as above; ``since`` is when the first of its certificates was revoked.
    books = UseBook.objects.filter(company=seal.company_id, year__gte=localdate(since).year).order_by()
    found = uses_visible_to(actor, at).filter(book__in=list(books.values_list("pk", flat=True)), seal=seal)
    return found.filter(after_revocation()).order_by("at", "pk")


def rows_of_uses(actor: Person, at: datetime, entries: Iterable[UseEntry]) -> list[UseRow]:
    """Return these uses, which the actor may see, with what their rows say: as many questions for one as for many."""
    asked = {entry.pk: entry for entry in entries}
    if not asked:
        return []
    seen = set(asked_for(_seen_among, actor, at, frozenset(asked), below_headed(actor, at) or None))
    found = [entry for key, entry in asked.items() if key in seen]
    uids = {entry.line.permit.application_uid for entry in found}
    applications = {application.uid: application for application in asked_with(_applications_of, *padded(uids))}
    keys = frozenset(application.pk for application in applications.values())
    lines = {(line.application_id, line.seal_id, line.document_sha256): line for line in asked_with(_lines_of, keys)}
    papers = _papers({entry.line.document_sha256 for entry in found})
    permits = frozenset(entry.line.permit_id for entry in found)
    parts = _parts(permits)
    remarks, additions, late = _remarks(found), _additions(permits), _late(permits)
    numbers = numbers_by_uid([one.application_uid for some in additions.values() for one in some])
    stamped = frozenset(entry.line_id for entry in found)
    spoiled, blanks, told = spoiled_by_line(stamped), blanks_by_line(stamped), lines_through_clouds(stamped)
    return [
        UseRow(
            entry=entry,
            application=application,
            line=lines.get((application.pk, entry.seal_id, entry.line.document_sha256)) or _as_used(entry, paper),
            particulars=Particulars.of(application.particulars, entry.line.document_sha256),
            pages=paper.pages,
            approvers=parts[entry.line.permit_id, PermitPart.Part.APPROVER],
            supervisors=parts[entry.line.permit_id, PermitPart.Part.WITNESS],
            remarks=remarks[entry.pk],
            additions={
                one.application_uid: numbers[one.application_uid]
                for one in additions[entry.line.permit_id]
                if one.at <= entry.at
            },
            late=late[entry.line.permit_id],
            spoiled=spoiled.get(entry.line_id, 0),
            is_through_cloud=entry.line_id in told,
            blanks=blanks.get(entry.line_id, _NO_BLANKS),
        )
        for entry in found
        for application in [applications[entry.line.permit.application_uid]]
        for paper in [papers.get(entry.line.document_sha256, _UNKNOWN)]
    ]


def _seen_among(
    actor: Person, at: datetime, entries: frozenset[int], headed: frozenset[int] | None
) -> QuerySet[UseEntry, int]:
    seen = seen_by(actor, at, headed or frozenset()).order_by()
    return seen.filter(among("pk", entries)).values_list("pk", flat=True)


def _applications_of(*uids: str) -> QuerySet[Application]:
    asked = Application.objects.filter(uid__in=uids).select_related("applicant", "unit", "company", "joint", "category")
    return asked.only(*_OF_AN_APPLICATION).order_by("pk")


def entered_for(actor: Person, at: datetime, application_uid: str) -> list[tuple[int, int]]:
    """Return the year and number of each use for an application that an actor may see, book by book."""
    headed = below_headed(actor, at)
    return asked_for(_entered_for, actor, at, application_uid, headed or None)


def _entered_for(
    actor: Person, at: datetime, application_uid: str, headed: frozenset[int] | None
) -> QuerySet[UseEntry, tuple[int, int]]:
    seen = seen_by(actor, at, headed or frozenset())
    found = seen.filter(line__permit__application_uid=application_uid).order_by("book", "number")
    return found.values_list("book__year", "number")


def last_uses_by(actor: Person, at: datetime, permits: Collection[int], *, most: int) -> list[tuple[UseEntry, str]]:
    """Return the last uses by these permits that an actor may see, each with what its document is called."""
    if not permits:
        return []
    headed = below_headed(actor, at)
    found = asked_for(_last_by, actor, at, frozenset(permits), headed or None, Most(most))
    names = _names_of_used(found)
    return [(entry, names[entry.pk]) for entry in found]


def _last_by(
    actor: Person, at: datetime, permits: frozenset[int], headed: frozenset[int] | None, most: Most
) -> QuerySet[UseEntry]:
    seen = seen_by(actor, at, headed or frozenset())
    # Whole rows of ten tables take longer to plan than to find.
    said = seen.select_related(None).select_related("operator", "line__permit")
    said = said.only(
        "at", "impressions", "seal", "operator__name", "line__document_sha256", "line__permit__application_uid"
    )
    return said.filter(among("line__permit_id", permits)).order_by("-at", "-pk")[:most]


def ledger_index_of(actor: Person, at: datetime, entry: UseEntry) -> int | None:
    """Return where the fact of a use stands in the tree; None until it does."""
    use_visible_to(actor, at, entry.pk)
    intent = Intent.objects.filter(line=entry.line_id, state=Intent.State.SEALED).order_by("pk").first()
    if intent is None:
        made = facts_about("permit", entry.line.permit.uid, kind="hand.entered")
        fact = next((one for one in made if one.subjects["document"] == entry.line.document_sha256), None)
    else:
        fact = last_fact_about("document.sealed", "intent", intent.uid)
    return fact.index if fact else None


def _names_of_used(entries: Sequence[UseEntry]) -> dict[int, str]:
    """Return what the document of each of these uses is called, by the use's key: as applied for, else as brought."""
    called = asked_with(_lines_for, frozenset(entry.line.permit_id for entry in entries))
    names = {(uid, seal, digest): name for uid, seal, digest, name in called}
    found = {
        entry.pk: names.get((entry.line.permit.application_uid, entry.seal_id, entry.line.document_sha256))
        for entry in entries
    }
    standing = {entry.line.document_sha256 for entry in entries if found[entry.pk] is None}
    papers = _papers(standing) if standing else {}
    return {
        entry.pk: papers.get(entry.line.document_sha256, _UNKNOWN).name if name is None else name
        for entry in entries
        for name in [found[entry.pk]]
    }


def _lines_for(permits: frozenset[int]) -> QuerySet[Line, tuple[str, int, str, str]]:
    approved = Permit.objects.filter(among("id", permits)).values("application_uid")
    lines = Line.objects.filter(application__uid__in=approved).order_by("pk")
    return lines.values_list("application__uid", "seal_id", "document_sha256", "document_name")


def below_headed(actor: Person, at: datetime) -> frozenset[int]:
    """Return the units that somebody heads, with every one below them."""
    powers = identity.powers_of(actor, at)
    return powers.found_once("headed", lambda: identity.units_below(asked_with(_headed_by, actor.pk, at)))


def seen_by(actor: Person, at: datetime, headed: frozenset[int]) -> QuerySet[UseEntry]:
    """Return the uses that somebody sees who heads these units."""
    powers = identity.powers_of(actor, at)
    entries = UseEntry.objects.select_related("book__company", "seal__own_type", "operator", "line__permit", "filing")
    # What the signer checked is long, and no row says it.
    entries = entries.defer("line__permit__evidence").order_by("-book", "-number")
    if powers.reads_everything:
        return entries
    applied = Application.objects.filter(uid=OuterRef("line__permit__application_uid"))
    mine = Q(applicant=actor)
    if headed:
        mine |= among("unit_id", headed)
    return entries.filter(
        reached_by(powers, Power.MANAGE, seal="seal__") | Q(operator=actor) | Q(Exists(applied.filter(mine)))
    )


def _headed_by(actor: int, at: datetime) -> QuerySet[PostHolding, int]:
    held = identity.holdings_in_force(at).filter(person=actor, post__office=Office.UNIT_HEAD.value)
    return held.exclude(post__unit=None).order_by().values_list("post__unit_id", flat=True)


def names_of_documents(actor: Person, at: datetime, permit: Permit) -> dict[str, str]:
    """Return what the documents of a permit are called in its application, by digest, for whoever may see its seal."""
    seals = seals_visible_to(actor, at).filter(pk=permit.seal_id).order_by().values("pk")
    lines = Line.objects.filter(application__uid=permit.application_uid, seal__in=seals).order_by("pk")
    return dict(lines.values_list("document_sha256", "document_name"))


class _Length(Func):
    function = "jsonb_array_length"
    output_field: ClassVar[Any] = IntegerField()


def _papers(digests: Collection[str]) -> dict[str, _Paper]:
    return {sha256: _Paper(name, count) for sha256, name, count in asked_with(_documents, *padded(digests))}


def _documents(*digests: str) -> QuerySet[Document, tuple[str, str, int]]:
    documents = Document.objects.filter(sha256__in=digests).order_by("pk").annotate(count=_Length("pages"))
    return documents.values_list("sha256", "name", "count")


def _as_used(entry: UseEntry, paper: _Paper) -> Line:
    """Return what was used under a standing permit, whose application names no document, as a line would say it."""
    return Line(
        seal=entry.seal,
        document_sha256=entry.line.document_sha256,
        document_name=paper.name,
        impressions=entry.impressions,
        placements=entry.line.placements,
    )


def _lines_of(applications: frozenset[int]) -> QuerySet[Line]:
    return Line.objects.filter(among("application_id", applications)).order_by("pk")


def _parts(permits: frozenset[int]) -> dict[tuple[int, str], list[Person]]:
    found: dict[tuple[int, str], list[Person]] = defaultdict(list)
    for part in asked_with(_parts_of, permits):
        found[part.permit_id, part.part].append(part.person)
    return found


def _parts_of(permits: frozenset[int]) -> QuerySet[PermitPart]:
    parts = PermitPart.objects.filter(among("permit_id", permits)).select_related("person").order_by("person_id")
    return parts.only("permit", "part", "person__name")


def _additions(permits: frozenset[int]) -> dict[int, list[PermitAddition]]:
    found: dict[int, list[PermitAddition]] = defaultdict(list)
    for addition in asked_with(_additions_of, permits):
        found[addition.permit_id].append(addition)
    return found


def _additions_of(permits: frozenset[int]) -> QuerySet[PermitAddition]:
    return PermitAddition.objects.filter(among("permit_id", permits)).order_by("pk")


def _late(permits: frozenset[int]) -> dict[int, list[LateAct]]:
    found: dict[int, list[LateAct]] = defaultdict(list)
    for act in asked_with(_late_of, permits):
        if act.permit_id is not None:
            found[act.permit_id].append(act)
    return found


def _late_of(permits: frozenset[int]) -> QuerySet[LateAct]:
    return LateAct.objects.filter(among("permit_id", permits)).select_related("by").order_by("at", "pk")


def _remarks(entries: Sequence[UseEntry]) -> dict[int, list[UseRemark]]:
    found: dict[int, list[UseRemark]] = defaultdict(list)
    for remark in asked_with(_remarks_on, frozenset(entry.pk for entry in entries)):
        found[remark.entry_id].append(remark)
    return found


def _remarks_on(entries: frozenset[int]) -> QuerySet[UseRemark]:
    return UseRemark.objects.filter(among("entry_id", entries)).select_related("author").order_by("pk")
