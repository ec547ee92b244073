"""Applications as people read them: in a list, and whole."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Final

from django.db.models import Prefetch, QuerySet
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.models import Application, CopyCheck, Line, OwnYes
from privyseal.approvals.papers import Particulars
from privyseal.approvals.queries import ApplicationView
from privyseal.approvals.rules import POLICY, Manner, Part, State
from privyseal.approvals.stages import stages_asked
from privyseal.approvals.statements import lines_before
from privyseal.approvals.wholes.rows import parts_standing, with_parts
from privyseal.approvals.wishes import MOST_LINES
from privyseal.custody.rules.takeout import FENCE, Fence
from privyseal.language.amounts import money_said
from privyseal.language.labels import CONSEQUENCE, FOLLOWING, MANNER, PART, PURPOSE, TERM, bound_in_words
from privyseal.language.numbers import number_in_words
from privyseal.language.places import FOLLOWING_SAYS
from privyseal.language.standing import DOCUMENT_CLASS
from privyseal.pdf.spots import Spot
from privyseal.sealing.models import Intent
from privyseal.seals.models import Permit
from privyseal.seals.rules.standing import DocumentClass
from privyseal.signer.bound import bound_in
from privyseal.signer.statement import Purpose
from privyseal.signer.terms import AtMachine
from privyseal.web.links import link
from privyseal.web.shown import categories, course, documents, outside, papers, placing, policies
from privyseal.web.shown.joint import WholeShown, show_whole
from privyseal.web.shown.papers import exemplars
from privyseal.web.shown.takeout import around
from privyseal.web.shown.words import Badge, badge_of, progress_badge, state_badge


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """One row of a list; ``parts`` is how each company's part stands, where several are asked.

    ``tick`` is the application where it may be ticked, to be decided beside others.
    """

    url: str
    reason: str
    number: str
    purpose: Promise
    what: str
    company: str
    applicant: str
    submitted_at: datetime
    badge: Badge
    due_at: datetime | None
    is_late: bool
    parts: Sequence[tuple[str, Badge]]
    tick: str = ""


@dataclass(frozen=True, slots=True)
class InColumns:
    """One row of a list by the columns that were chosen."""

    url: str
    reason: str
    number: str
    cells: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line in words, and the impressions made for it.

    Lines on one document are sealed together: the first one's page part carries the act, and what came of it.
    ``is_further`` where another line is sealed first; ``is_incomplete`` where a later seal of the act was refused.
    """

    position: int
    line: Line
    particulars: Particulars
    exemplars: str
    manner: Promise
    binding: str
    following: Promise
    follows: Promise
    places: tuple[str, ...]
    pages: str
    code: str
    is_code_signed: bool
    parties: tuple[str, ...]
    ink: documents.Ink | None
    is_further: bool
    together: str
    sealed: Intent | None
    is_incomplete: bool
    under_way: Intent | None
    permit: Permit | None


@dataclass(frozen=True, slots=True)
class Window:
    """When something may be done: whole days where it was asked for in days, and then the last one counts."""

    starts_at: datetime
    ends_at: datetime
    is_in_days: bool


@dataclass(frozen=True, slots=True)
class StageShown:
    """Whose yes a stage asks for, by which row of the policy, and where it stands."""

    words: str
    badge: Badge
    due: "DueShown | None" = None
    row: int | None = None


@dataclass(frozen=True, slots=True)
class DueShown:
    """By when a stage that has begun decides, or decided."""

    at: datetime
    is_late: bool


@dataclass(frozen=True, slots=True)
class ApplicationShown:
    view: ApplicationView
    number: str
    purpose: Promise
    badge: Badge
    lines: tuple[LineShown, ...]
    alike: int
    operators: str
    named: tuple[tuple[Promise, str], ...]
    terms: tuple[tuple[Promise, object], ...]
    consequence: Promise
    window: Window
    timeline: tuple[course.Happening, ...]
    amount: str
    stages: tuple[StageShown, ...]
    entered: Sequence[categories.Fact]
    askings: tuple[outside.AskingShown, ...]
    remarks: tuple[papers.RemarkShown, ...]
    papers: tuple[papers.PaperShown, ...]
    own_yeses: tuple[OwnYes, ...]
    copy_check: CopyCheck | None
    whole: WholeShown | None

    @property
    def faces(self) -> list[LineShown]:
        """Return the lines whose seals' faces are what the application is about, and not where they go."""
        application = self.view.application
        is_of_a_use = application.purpose == Purpose.USE.value or application.adds_to_id is not None
        return [] if is_of_a_use else [one for one in self.lines if one.line.seal.face]

    @property
    def machines(self) -> list[tuple[str, AtMachine]]:
        """Return the seals whose machines wait for people, by name, and for how many, as is agreed to."""
        named = {one.line.seal.uid: one.line.seal.name for one in self.lines}
        return [(named.get(one.seal, ""), one.machine) for one in self.view.statements if one.machine]

    @property
    def copies(self) -> list[LineShown]:
        """Return the lines that are sealed as checked against their originals."""
        return [line for line in self.lines if line.line.manner == Manner.TRUE_COPY.value]


def with_lines(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Fetch what a row shows in a fixed number of queries."""
    lines = Line.objects.select_related("seal").only("application", "document_name", "seal__name").order_by("position")
    rows = with_parts(applications).select_related("company", "applicant")
    return rows.prefetch_related(Prefetch("lines", lines, to_attr="lines_in_row"))  # Django builds less


def rows(applications: Iterable[Application], at: datetime) -> list[ApplicationRow]:
    return [_row(application, state_badge(application), at) for application in applications]


def in_columns(applications: Iterable[Application], at: datetime, columns: Sequence[str]) -> list[InColumns]:
    return [_in_columns(each, _row(each, state_badge(each), at), columns) for each in applications]


def _in_columns(application: Application, row: ApplicationRow, columns: Sequence[str]) -> InColumns:
    said: dict[str, object] = {
        "counterparty": application.counterparty,
        "amount": "" if application.amount is None else policies.money(application.amount),
        "submitted": localdate(row.submitted_at).isoformat(),
        "due": localdate(row.due_at).isoformat() if row.due_at else "",
        "state": row.badge.words,
    }
    cells = tuple(said[column] if column in said else getattr(row, column) for column in columns)
    return InColumns(row.url, row.reason, row.number, cells)


def rows_to_do(
    applications: Iterable[Application], at: datetime, *, ticked: Collection[str] = ()
) -> list[ApplicationRow]:
    """Return rows that say what the reader has to do, not how things stand; those in ``ticked`` may be ticked."""
    rows = [(one.uid, _row(one, _TO_DO[State(one.state)], at)) for one in applications]
    return [replace(row, tick=uid if uid in ticked else "") for uid, row in rows]


def _row(application: Application, badge: Badge, at: datetime) -> ApplicationRow:
    lines: Sequence[Line] = vars(application)["lines_in_row"]
    names = [line.seal.name for line in lines] + [line.document_name for line in lines[:MOST_LINES]]
    return ApplicationRow(
        url=link("application", application.uid),
        reason=application.reason,
        number=number_in_words(application),
        purpose=PURPOSE[Purpose(application.purpose)],
        what=" · ".join(name for name in dict.fromkeys(names) if name),
        company=application.company.name,
        applicant=application.applicant.name,
        submitted_at=application.submitted_at,
        badge=badge,
        due_at=application.due_at,
        is_late=application.due_at is not None and at >= application.due_at,
        parts=[(part.company, badge_of(part.state)) for part in parts_standing(application)],
    )


def lines_said(view: ApplicationView) -> list[Line]:
    """Return the lines that are said one by one: of more than a statement names so, the first, as all are alike."""
    return list(view.lines) if len(view.lines) <= MOST_LINES else list(view.lines[:1])


def show(view: ApplicationView) -> ApplicationShown:
    operators = _names(view, Part.OPERATOR)
    return ApplicationShown(
        view=view,
        number=number_in_words(view.application),
        purpose=PURPOSE[Purpose(view.application.purpose)],
        badge=progress_badge(view.progress),
        lines=tuple(_line(line, view) for line in lines_said(view)),
        alike=len(view.lines) - len(lines_said(view)),
        operators=_(", ").join(operators),
        named=tuple(_named(view)),
        terms=tuple(_terms(view.application)),
        consequence=CONSEQUENCE[Purpose(view.application.purpose)],
        window=_window(view.application),
        timeline=tuple(course.timeline(view)),
        amount=money_said(view.application.amount),
        stages=tuple(_stages(view.application)),
        entered=categories.entered(view.application),
        askings=outside.askings(view.application),
        papers=papers.beside(view.application),
        remarks=papers.acknowledged(view.application),
        own_yeses=tuple(view.application.own_yeses.all()),
        copy_check=_copy_check(view),
        whole=show_whole(view.whole),
    )


def _copy_check(view: ApplicationView) -> CopyCheck | None:
    if all(line.manner != Manner.TRUE_COPY.value for line in view.lines):
        return None
    return CopyCheck.objects.select_related("person").filter(application=view.application).first()


def _stages(application: Application) -> Iterator[StageShown]:
    asked = stages_asked(application)
    dues = {due.stage: due for due in application.dues.all()} if application.policy != POLICY else {}
    late = [(due.deadline.to,) for due in dues.values() if due.deadline.to]
    by_row = {seat.stage: seat.row for seat in application.seats.all()} if application.policy != POLICY else {}
    names = policies.names_in([*asked, *late])
    for number, stage in enumerate(asked, start=1):
        is_past = number < application.stage or application.state == State.APPROVED.value
        is_present = number == application.stage and application.state == State.PENDING.value
        badge = _PASSED if is_past else _PRESENT if is_present else _AHEAD
        due = dues.get(number)
        words = policies.timed(stage, due.deadline if due else None, names)
        at = due.due_at if due and (is_past or is_present) else None
        shown = DueShown(at, is_late=due.lapsed_at is not None) if due and at else None
        yield StageShown(words, badge, due=shown, row=by_row.get(number))


def purpose_of(application: Application) -> Promise:
    return PURPOSE[Purpose(application.purpose)]


def stages_before(application: Application) -> list[tuple[int, str]]:
    """Return the stages that an application has passed, each with its number and in words."""
    asked = stages_asked(application)[: application.stage - 1]
    names = policies.names_in(asked)
    return [(number, f"{number}. {policies.stage(stage, names)}") for number, stage in enumerate(asked, start=1)]


def _names(view: ApplicationView, part: Part) -> list[str]:
    return [casting.person.name for casting in view.castings if part in casting.parts]


def _named(view: ApplicationView) -> Iterator[tuple[Promise, str]]:
    for part in (Part.CUSTODIAN, Part.WITNESS):
        if names := _names(view, part):
            is_reviewer = part is Part.WITNESS and view.application.purpose == Purpose.STANDING
            yield _("Who reviews samples") if is_reviewer else PART[part], _(", ").join(names)


def _terms(application: Application) -> Iterator[tuple[Promise, object]]:
    """Yield what was asked for besides, in words, in the order of these."""
    for name, value in [(each, application.terms[each]) for each in TERM if each in application.terms]:
        if name == "face":
            yield TERM[name], value["ring"] + (f" / {value['bottom']}" if value["bottom"] else "")
        elif name == FENCE:
            yield TERM[name], around(Fence.within(application.terms))
        elif name == "document_class":
            yield TERM[name], DOCUMENT_CLASS[DocumentClass(value)]
        elif name == "title_words":
            yield TERM[name], " ".join(value)
        elif name in {"due_at", "until"}:
            yield TERM[name], date_format(localtime(datetime.fromisoformat(value)), "DATETIME_FORMAT")
        else:
            yield TERM[name], value


def names_in(view: ApplicationView) -> dict[str, str]:
    """Return the names of those who take part, by pseudonym: nobody else is named to them."""
    people = [casting.person for casting in view.castings] + [intent.operator for intent in view.intents]
    people += [person for one in view.course.detours for person in (one.by, one.person) if person is not None]
    people += [comment.person for comment in view.course.comments]
    people += [reader.person for reader in view.course.readers]
    return {person.pseudonym: person.name for person in people}


def called(view: ApplicationView) -> dict[str, str]:
    """Return the names of whom and what the facts of an application are about, for whoever takes part in it."""
    return names_in(view) | things_in(view)


def things_in(view: ApplicationView) -> dict[str, str]:
    """Return what the facts of an application are about, by uid, as its page calls it."""
    application = view.application
    seals = {line.seal.uid: f"{line.seal.number} {line.seal.name}" for line in view.lines}
    return seals | {application.uid: number_in_words(application), application.company.uid: application.company.name}


def _line(line: Line, view: ApplicationView) -> LineShown:
    ink = documents.Ink.of_line(line) if line.placements else None
    particulars = Particulars.of(view.application.particulars, line.document_sha256)
    is_further = bool(line.document_sha256 and lines_before(line, view.lines))
    act = [] if is_further else [one for one in view.intents if one.line.document_sha256 == line.document_sha256]
    sealed = [intent for intent in act if intent.state == Intent.State.SEALED]
    under_way = next((intent for intent in act if intent.state == Intent.State.INTENDED), None)
    filled = {other.field for other in view.lines}
    alike = [other for other in view.lines if other.document_sha256 == line.document_sha256]
    return LineShown(
        position=line.position,
        line=line,
        particulars=particulars,
        exemplars=exemplars(particulars),
        manner=MANNER[Manner(line.manner)],
        binding=bound_in_words(bound_in(line.bound)),
        following=FOLLOWING[line.following],
        follows=FOLLOWING_SAYS[line.following],
        places=tuple(placing.place(spot) for spot in ink.spots) if ink else (),
        pages="" if is_further else placing.pages(_spots(alike)),
        code=line.codes[0]["text"] if line.codes else "",
        is_code_signed=any(code.get("signed") for code in line.codes),
        parties=tuple(placing.party(one) for one in ink.awaited if one.field not in filled) if ink else (),
        ink=ink,
        is_further=is_further,
        together=_(", ").join(f"“{other.seal.name}”" for other in alike),
        sealed=None if under_way else next((one for one in sealed if not _is_followed(one, sealed)), None),
        is_incomplete=len(sealed) < len(alike),
        under_way=under_way,
        permit=next((permit for permit in view.permits if permit.seal_id == line.seal_id), None),
    )


def _spots(lines: Iterable[Line]) -> Iterator[Spot]:
    for line in lines:
        if line.placements:
            yield from documents.Ink.of_line(line).spots


def _is_followed(intent: Intent, sealed: Sequence[Intent]) -> bool:
    return any(other.after_id == intent.pk for other in sealed)


def _window(application: Application) -> Window:
    starts_at, expires_at = localtime(application.starts_at), localtime(application.expires_at)
    if starts_at.time() == expires_at.time() == time.min:
        return Window(starts_at, expires_at - timedelta(days=1), is_in_days=True)
    return Window(starts_at, expires_at, is_in_days=False)


_PASSED: Final = Badge(_("Passed"), "approved")
_PRESENT: Final = Badge(_("Now"), "pending")
_AHEAD: Final = Badge(_("Not asked"), "neutral")
_TO_DO: Final = {
    State.PENDING: Badge(_("To decide"), "pending"),
    State.APPROVED: Badge(_("To carry out"), "pending"),
}
