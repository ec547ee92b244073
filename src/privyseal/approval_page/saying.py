"""A statement in the words of its reader: everything that it says, and nothing that it does not. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from privyseal.approval_page import words
from privyseal.approval_page.asking import Ask
from privyseal.kernel import canonical
from privyseal.kernel.money import grouped, in_capitals
from privyseal.pdf.placement import Placement
from privyseal.pdf.spots import Range, Seam, Spot, Spread
from privyseal.signer import charters
from privyseal.signer.agreements import Agreement, Confirm, Mount, Unlock
from privyseal.signer.bound import Bound, Paper, Secret
from privyseal.signer.changes import Amend, Begin, Change, Enter, Remove, Seat
from privyseal.signer.charters import Charter
from privyseal.signer.documents import Document
from privyseal.signer.passkeys import Credential, web_text
from privyseal.signer.statement import Statement
from privyseal.signer.terms import AddsTo, AtMachine, Fence, Making, Standing

_MICROMETRES: Final = 1_000
_MICRODEGREES: Final = 1_000_000
Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Reader:
    """In whose language and zone things are said, and by which names."""

    language: str
    zone: ZoneInfo
    names: Mapping[str, str]

    @classmethod
    def of(cls, ask: Ask) -> "Reader":
        return cls(ask.language, ZoneInfo(ask.zone), ask.names)

    def say(self, key: str, **places: object) -> str:
        return words.say(self.language, key, **places)

    def name(self, uid: str) -> str:
        """Return what something is called, with the id that is signed behind it."""
        return f"{self.names.get(uid) or self.say('unnamed')} ({uid})"

    def code(self, kind: str, code: str) -> str:
        """Return the words of a code, with the code that is signed behind them; alone where it has none."""
        return f"{self.say(f'{kind}.{code}')} ({code})" if f"{kind}.{code}" in words.EVERY else code

    def roster(self, name: str) -> str:
        """Return what a roster is called, with the name that is signed behind it."""
        kind, _, code = name.partition("-")
        if kind == charters.COMPANY:
            return f"{self.say('roster.company', code=code.upper())} ({name})"
        return self.code("roster", name)

    def time(self, moment: datetime) -> str:
        local = moment.astimezone(self.zone)
        seconds = "%H:%M" if not (local.second or local.microsecond) else "%H:%M:%S.%f"
        return f"{local:%Y-%m-%d {seconds}} ({self.zone.key})"

    def money(self, amount: str) -> str:
        """Return an amount in groups of three, and in Chinese in capitals, as on the application's own page."""
        stated = Decimal(amount)
        return f"{grouped(stated)}（{in_capitals(stated)}）" if self.language == words.CHINESE else grouped(stated)

    def several(self, values: Iterable[str]) -> str:
        return self.say("list").join(values)


def rows(stated: Statement, reader: Reader) -> Iterator[Row]:
    """Yield what a statement says, a label and a value each; its documents are said one by one."""
    yield reader.say("purpose"), reader.say(f"purpose.{stated.purpose.value}")
    yield reader.say("decision"), reader.say(f"decision.{stated.decision.value}")
    version = reader.say("seal-version", version=stated.seal_version)
    yield reader.say("seal"), f"{reader.name(stated.seal)} {version}"
    if stated.face_sha256:
        yield reader.say("make-face"), stated.face_sha256
    if stated.documents:
        yield reader.say("documents"), str(len(stated.documents))
    yield reader.say("impressions"), str(stated.impressions)
    yield reader.say("starts_at"), reader.time(stated.starts_at)
    yield reader.say("expires_at"), reader.time(stated.expires_at)
    yield reader.say("applicant"), reader.name(stated.applicant)
    if stated.amount:
        yield reader.say("amount"), reader.money(stated.amount)
    if stated.counterparty:
        yield reader.say("counterparty"), stated.counterparty
    if stated.fence is not None:
        yield reader.say("fence"), _around(stated.fence, reader)
    if stated.machine is not None:
        yield from _of_machine(stated.machine, reader)
    yield from _of_terms(stated, reader)
    yield reader.say("application"), stated.application
    yield reader.say("policy"), stated.policy
    yield reader.say("stage"), str(stated.stage)


def of_document(document: Document, reader: Reader) -> Iterator[Row]:
    """Yield what a statement says of one of its documents beside the bytes."""
    if document.bound is not None:
        yield from _of_binding(document.bound, reader)
    yield reader.say("following"), reader.say(f"following.{document.following}")
    for spot in document.placements:
        yield reader.say("placements"), place(spot, reader)
    for code in document.codes:
        yield (
            reader.say("signed-codes" if code.is_signed else "codes"),
            f"{code.text} · {place(code.at, reader)} · {_millimetres(code.side)} mm",
        )
    for writing in document.writings:
        yield reader.say("writings"), f"{writing.text} · {place(writing.at, reader)}"
    for one in document.awaited:
        size = reader.say("size", width=_millimetres(one.size.width), height=_millimetres(one.size.height))
        for spot in one.spots:
            yield reader.say("awaited"), f"{one.field} · {place(spot, reader)} · {size}"
    if document.field:
        yield reader.say("field"), document.field
    if document.after:
        yield reader.say("after"), reader.name(document.after)
    if document.under:
        yield reader.say("under"), document.under


def _of_binding(bound: Bound, reader: Reader) -> Iterator[Row]:
    yield reader.say("bound"), reader.say(f"bound.{bound.binding.value}")
    yield reader.say("bound-pages"), str(bound.pages)
    if isinstance(bound, Paper):
        for sha256 in bound.photographs:
            yield reader.say("bound-photograph"), sha256
    if isinstance(bound, Secret):
        yield reader.say("bound-title"), bound.title
        yield reader.say("bound-envelope"), bound.envelope
        yield reader.say("bound-impressions"), str(bound.impressions)


def of_change(change: Change, reader: Reader) -> Iterator[Row]:
    """Yield what a change of a roster or a charter says."""
    match change:
        case Enter(roster=roster, credential=passkey):
            yield reader.say("purpose"), reader.say("change.enter")
            yield reader.say("change-person"), reader.name(passkey.person)
            yield reader.say("change-roster"), reader.roster(roster)
            yield reader.say("change-bound"), reader.say(f"bound.{passkey.is_bound}")
            yield reader.say("starts_at"), reader.time(passkey.starts_at)
            if passkey.ends_at is not None:
                yield reader.say("expires_at"), reader.time(passkey.ends_at)
            yield reader.say("change-credential"), web_text(passkey.id)
            yield reader.say("change-key"), canonical.sha256(passkey.key)
        case Seat(since=since, seats=seats):
            yield reader.say("purpose"), reader.say("change.seat")
            yield reader.say("starts_at"), reader.time(since)
            for one in seats:
                yield reader.roster(one.roster), f"{reader.name(one.person)} · {web_text(one.credential)}"
        case Remove(roster=roster, credential=credential):
            yield reader.say("purpose"), reader.say("change.remove")
            yield reader.say("change-roster"), reader.roster(roster)
            yield reader.say("change-credential"), web_text(credential)
        case Amend(of=of, version=version, charter=charter):
            yield reader.say("purpose"), reader.say("change.amend")
            yield reader.say("change-of"), _whose(of, reader)
            yield reader.say("change-version"), str(version)
            yield from _of_charter(charter, reader)
        case Begin():
            yield from _of_begin(change, reader)


def _of_begin(first: Begin, reader: Reader) -> Iterator[Row]:
    yield reader.say("purpose"), reader.say("change.begin")
    yield reader.say("begin-log"), first.log
    yield reader.say("begin-page"), first.page
    yield reader.say("begin-web-key"), canonical.sha256(first.web_key)
    yield from _of_charter(first.charter, reader)
    for entry in first.entries:
        yield reader.roster(entry.roster), _of_passkey(entry.credential, reader)
    yield reader.say("begin-witness"), _of_passkey(first.witness, reader)


def _of_passkey(passkey: Credential, reader: Reader) -> str:
    until = [] if passkey.ends_at is None else [reader.time(passkey.ends_at)]
    bound, key = reader.say(f"bound.{passkey.is_bound}"), canonical.sha256(passkey.key)
    said = [reader.name(passkey.person), bound, reader.time(passkey.starts_at), *until, web_text(passkey.id), key]
    return " · ".join(said)


def _of_charter(charter: Charter, reader: Reader) -> Iterator[Row]:
    yield reader.say("change-approvals"), str(charter.approvals)
    yield reader.say("change-assurance"), reader.code("assurance", charter.assurance)
    yield reader.say("change-roster"), reader.roster(charter.roster)
    yield reader.say("change-bound"), reader.say(f"charter-bound.{charter.is_bound}")


def of_agreement(agreed: Agreement, reader: Reader) -> Iterator[Row]:
    """Yield what is agreed to at a machine."""
    yield reader.say("purpose"), reader.say(_what_for(agreed))
    yield reader.say("machine"), reader.name(agreed.device)
    match agreed:
        case Confirm():
            yield reader.say("seal"), reader.name(agreed.seal)
            yield reader.say("impression"), reader.say("impression-number", number=agreed.impression)
            yield reader.say("picture"), agreed.picture_sha256
            yield reader.say("ticket"), agreed.ticket
        case Unlock():
            yield reader.say("because"), reader.code("because", agreed.because)
            yield reader.say("until"), reader.say("until-event", number=agreed.until)
        case Mount():
            yield reader.say("machine-kind"), reader.say(f"machine-kind.{agreed.kind.value}")
            yield reader.say("seal"), reader.name(agreed.seal)
            yield reader.say("slot"), reader.say("slot-number", number=agreed.slot)
            yield reader.say("order"), agreed.order


def _what_for(agreed: Agreement) -> str:
    match agreed:
        case Confirm():
            return "agrees.confirm"
        case Unlock():
            return "agrees.unlock"
    return "agrees.mount" if agreed.is_in else "agrees.unmount"


def _whose(of: str, reader: Reader) -> str:
    kind, _, uid = of.partition(":")
    return f"{reader.say(f'of.{kind}')} {reader.name(uid) if kind == charters.SEAL else uid}".strip()


def place(spot: Spot, reader: Reader) -> str:
    match spot:
        case Placement():
            return reader.say("place", page=spot.page, x=_millimetres(spot.x), y=_millimetres(spot.y))
        case Spread():
            pages = _pages(spot.pages, reader)
            return reader.say("spread", pages=pages, x=_millimetres(spot.x), y=_millimetres(spot.y))
        case Seam():
            edge, pages = reader.say(spot.edge.value), _pages(spot.pages, reader)
            return reader.say("seam", pages=pages, edge=edge, y=_millimetres(spot.y), each=spot.each)


def _of_machine(machine: AtMachine, reader: Reader) -> Iterator[Row]:
    yield reader.say("machine-waits"), reader.say("machine-waits-for", people=machine.confirmations)
    bounds = {"impressions": machine.emergency_impressions, "minutes": machine.emergency_minutes}
    without = "machine-without" if machine.emergency_impressions else "machine-never"
    yield reader.say("machine-emergency"), reader.say(without, **(bounds if machine.emergency_impressions else {}))


def _around(fence: Fence, reader: Reader) -> str:
    north, east = (_degrees(each) for each in (fence.latitude, fence.longitude))
    return reader.say("fence-around", latitude=north, longitude=east, metres=fence.metres)


def _degrees(microdegrees: int) -> str:
    whole, rest = divmod(abs(microdegrees), _MICRODEGREES)
    return f"{'-' if microdegrees < 0 else ''}{whole}.{rest:06}"


def _of_terms(stated: Statement, reader: Reader) -> Iterator[Row]:
    if stated.own_yes is not None:
        yield reader.say("own_yes"), reader.name(stated.own_yes.person)
        if stated.own_yes.mandate:
            yield reader.say("mandate"), stated.own_yes.mandate
    if stated.paper_sha256:
        yield reader.say("paper_sha256"), stated.paper_sha256
    if stated.standing is not None:
        yield from _of_standing(stated.standing, reader)
    if stated.adds_to is not None:
        yield from _of_addition(stated.adds_to, reader)
    if stated.make is not None:
        yield from _of_making(stated.make, reader)


def _of_standing(standing: Standing, reader: Reader) -> Iterator[Row]:
    yield reader.say("standing-class"), reader.code("class", standing.document_class)
    yield reader.say("standing-words"), reader.several(standing.title_words)
    yield reader.say("standing-pages"), str(standing.most_pages)
    yield reader.say("standing-a-day"), str(standing.a_day)
    yield reader.say("standing-sample"), reader.say("standing-sample-every", every=standing.sample_every)
    yield reader.say("standing-reviewer"), reader.name(standing.reviewer)
    if standing.unit:
        yield reader.say("standing-unit"), reader.name(standing.unit)
    else:
        yield reader.say("standing-holders"), reader.several(map(reader.name, standing.holders))
    yield reader.say("standing-place"), place(Placement(standing.page, standing.x, standing.y), reader)


def _of_addition(adds: AddsTo, reader: Reader) -> Iterator[Row]:
    yield reader.say("adds-to"), adds.application
    yield reader.say("adds-statement"), adds.statement_sha256
    for sha256 in adds.documents:
        yield reader.say("adds-documents"), reader.name(sha256)


def _of_making(make: Making, reader: Reader) -> Iterator[Row]:
    yield reader.say("make-organization"), make.organization
    yield reader.say("make-uscc"), make.uscc
    yield reader.say("make-name"), make.name
    yield reader.say("make-type"), reader.code("type", make.type)
    yield reader.say("make-company"), make.company
    yield reader.say("make-face"), make.face_sha256


def _pages(parts: tuple[Range, ...], reader: Reader) -> str:
    return reader.say("list").join(_range(part, reader) for part in parts)


def _range(part: Range, reader: Reader) -> str:
    if part.step != 1:
        return reader.say("step", first=part.first, last=part.last, step=part.step)
    return str(part.first) if part.first == part.last else f"{part.first}–{part.last}"


def _millimetres(micrometres: int) -> str:
    whole, rest = divmod(micrometres, _MICROMETRES)
    return f"{whole}.{rest:03}".rstrip("0").rstrip(".")
