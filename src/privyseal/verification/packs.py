"""By what authority a seal was used, as files that somebody else checks without us: an evidence pack."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import count
from typing import Final

from django.conf import settings
from django.db.models import QuerySet

from privyseal.approvals.models import Policy
from privyseal.approvals.queries import ApplicationView, application_visible_to, attachment_visible_to
from privyseal.approvals.rules import POLICY
from privyseal.custody.models import HandUse, Photograph
from privyseal.custody.queries import uses_of
from privyseal.custody.queries.photographs import photographs_visible_to
from privyseal.devices.logs import MachineLog, logs_of
from privyseal.identity.models import Person
from privyseal.identity.queries import installation
from privyseal.kernel.canonical import canonical, sha256, utc_text
from privyseal.kernel.errors import NotFound
from privyseal.ledger import book
from privyseal.ledger.commands import command
from privyseal.ledger.proofs import NotYetProvable, receipt_for
from privyseal.ledger.queries import Fact, fact_with_id, facts_about, facts_beside
from privyseal.sealing.models import Intent
from privyseal.sealing.queries import document_visible_to
from privyseal.seals.models import Acknowledgement, SealRules, SealVersion
from privyseal.seals.queries.rulebook import rules_visible_to
from privyseal.storage import Folder
from privyseal.vault import Vault
from privyseal.verification.proving import receipt_with_approvals

_NO_PART: Final = ("evidence.taken", "audit.page-read")  # who looked at it, or took it away
_USES: Final = ("document.kept", "document.sealed")
_TOLD: Final = "device.told"
_MOST_FACTS: Final = 20_000


class Kind(StrEnum):
    """What a file of a pack is."""

    APPROVED = "approved"
    SEALED = "sealed"
    ATTACHED = "attached"
    PHOTOGRAPH = "photograph"
    MACHINE = "machine"
    USE = "use"
    RECORD = "record"
    POLICY = "policy"
    RULES = "rules"
    CERTIFICATE = "certificate"
    KEY = "key"


class Missing(StrEnum):
    """Why something is not in a pack."""

    NOT_YOURS = "not-yours"
    DELETED = "deleted"
    NOT_YET = "not-yet"
    OTHERS = "others"
    UNSIGNED = "unsigned"
    ALTERED = "altered"
    TOO_MUCH = "too-much"


@dataclass(frozen=True, slots=True)
class Enclosed:
    """One file of a pack: its bytes, or where they lie. ``name`` is what people call it."""

    kind: Kind
    path: str
    name: str
    sha256: str
    data: bytes = b""
    store: Folder | Vault | None = None

    def parts(self) -> Iterator[bytes]:
        return iter((self.data,)) if self.store is None else self.store.parts(self.sha256)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that belongs to a pack and is not in it: its digest stands in the record all the same."""

    kind: Kind
    name: str
    why: Missing


@dataclass(frozen=True, slots=True)
class Rules:
    """The written rules of the company on the day of the application, and who of its people had acknowledged them."""

    rules: SealRules
    acknowledged: Sequence[Acknowledgement]


@dataclass(frozen=True, slots=True)
class Pack:
    view: ApplicationView
    at: datetime
    hands: Sequence[HandUse]
    photographs: Sequence[Photograph]
    logs: Sequence[MachineLog]
    facts: Sequence[Fact]
    policy: Policy | None
    rules: Rules | None
    enclosed: Sequence[Enclosed]
    left_out: Sequence[LeftOut]


@command("evidence.take")
def take(actor: Person, at: datetime, *, uid: str) -> str:
    """Put on record that somebody takes the evidence of an application away, with which photographs; return its uid."""
    view = application_visible_to(actor, at, uid)
    book.record(
        "evidence.taken",
        by=actor,
        at=at,
        company=view.application.company.uid,
        application=uid,
        photographs=[one.sha256 for one in _photographs(actor, at, view)],
    )
    return uid


def gather(actor: Person, at: datetime, uid: str) -> Pack:
    """Return everything that shows by what authority an application's seals were used, as far as the actor may see it.

    Refuses: not-found. What the reader may not see, what was deleted when its time was over, and what no signed head
    covers yet is named in ``left_out``.
    """
    view = application_visible_to(actor, at, uid)
    photographs = list(_photographs(actor, at, view))
    logs = logs_of(actor, at, view.permits)
    facts, beyond = _facts(view)
    policy, rules = _policy(view), _rules(actor, at, view)
    found = [
        *_documents(actor, at, view),
        *_attached(actor, at, view),
        *_pictures(view, photographs),
        *_logged(logs, facts),
        *_proofs(facts),
        *beyond,
        *_certificates(view),
        *_written(policy, rules),
        *_keys(),
    ]
    return Pack(
        view=view,
        at=at,
        hands=[use for permit in view.permits for use in uses_of(actor, at, permit)],
        photographs=photographs,
        logs=logs,
        facts=facts,
        policy=policy,
        rules=rules,
        enclosed=[one for one in found if isinstance(one, Enclosed)],
        left_out=[one for one in found if isinstance(one, LeftOut)],
    )


def facts_of(log: MachineLog, facts: Iterable[Fact]) -> list[Fact]:
    """Return what is on record of a machine's certificates, and of up to where it had told when something was counted.

    ``facts`` are those about the use: what a machine told is recorded right behind what came of it.
    """
    given = [fact for one in log.certificates if (fact := fact_with_id(one.fact)) is not None]
    heard, numbers = {event.received_at for event in log.events}, {event.number for event in log.events}
    beside = [told for fact in facts if fact.at in heard for told in facts_beside(fact, _TOLD)]
    told = {fact.id: fact for fact in beside if fact.named("device") == log.device.uid and _tells(fact, numbers)}
    return [*given, *(told[key] for key in sorted(told))]


def _tells(fact: Fact, numbers: Collection[int]) -> bool:
    return any(number in numbers for number in range(fact.data["first"], fact.data["last"] + 1))


def _photographs(actor: Person, at: datetime, view: ApplicationView) -> QuerySet[Photograph]:
    return photographs_visible_to(actor, at).filter(turn__use__permit__in=[permit.pk for permit in view.permits])


def _facts(view: ApplicationView) -> tuple[list[Fact], list[LeftOut]]:
    """Return what is on record about the application and its permits, and which of them have more than a pack holds."""
    about = [("application", view.application.uid), *(("permit", permit.uid) for permit in view.permits)]
    found: dict[int, Fact] = {}
    left_out = []
    for name, uid in about:
        facts = facts_about(name, uid, without=_NO_PART, limit=_MOST_FACTS + 1)
        found |= {fact.id: fact for fact in facts[:_MOST_FACTS]}
        if len(facts) > _MOST_FACTS:
            left_out.append(LeftOut(Kind.RECORD, uid, Missing.TOO_MUCH))
    return [found[key] for key in sorted(found)], left_out


def _documents(actor: Person, at: datetime, view: ApplicationView) -> Iterator[Enclosed | LeftOut]:
    for number, (sha, name) in enumerate(_named(view), 1):
        sealed = [one for one in view.intents if one.line.document_sha256 == sha and one.state == Intent.State.SEALED]
        try:
            document_visible_to(actor, at, sha)
        except NotFound:
            yield LeftOut(Kind.APPROVED, name, Missing.NOT_YOURS)
            continue
        yield _stored(Kind.APPROVED, f"documents/{number}-approved.pdf", name, sha, settings.BLOBS)
        for order, intent in enumerate(reversed(sealed), 1):
            path = f"documents/{number}-sealed-{order}.pdf"
            yield _stored(Kind.SEALED, path, name, intent.file_sha256, settings.BLOBS)


def _named(view: ApplicationView) -> list[tuple[str, str]]:
    """Return each file that was approved, once, by digest and name."""
    return list({one.document_sha256: one.document_name for one in view.lines if one.document_sha256}.items())


def _attached(actor: Person, at: datetime, view: ApplicationView) -> Iterator[Enclosed | LeftOut]:
    for number, paper in enumerate(view.application.attached or (), 1):
        found = attachment_visible_to(actor, at, view.application.uid, paper["sha256"])
        yield _stored(Kind.ATTACHED, f"attached/{number}.pdf", found.name, found.sha256, settings.BLOBS)


def _pictures(view: ApplicationView, photographs: Iterable[Photograph]) -> Iterator[Enclosed | LeftOut]:
    names = dict(_named(view))
    for number, one in enumerate(photographs, 1):
        path = f"photographs/{number}.{one.kind.rpartition('/')[2]}"
        name = names.get(one.turn.line.document_sha256, "")
        yield _stored(Kind.PHOTOGRAPH, path, name, one.sha256, settings.VAULT)


def _logged(logs: Iterable[MachineLog], facts: Sequence[Fact]) -> Iterator[Enclosed | LeftOut]:
    """Yield what each machine signed, who vouches for its key, and what the record says of both."""
    for number, log in enumerate(logs, 1):
        folder = f"machines/{number}"
        yield from (LeftOut(Kind.MACHINE, log.device.name, Missing(lack.value)) for lack in sorted(log.lacks))
        if not log.frames:
            continue
        yield _text(Kind.MACHINE, f"{folder}/log.txt", f"{log.device.name} {log.device.serial}", log.text)
        yield _bytes(
            Kind.CERTIFICATE, f"{folder}/authority.cer", log.device.serial, bytes(log.certificates[-1].authority)
        )
        for place, fact in enumerate(facts_of(log, facts), 1):
            try:
                yield _text(Kind.RECORD, f"{folder}/record-{place:04}.txt", fact.kind, receipt_for(fact.id))
            except NotYetProvable:
                yield LeftOut(Kind.RECORD, fact.kind, Missing.NOT_YET)


def _proofs(facts: Iterable[Fact]) -> Iterator[Enclosed | LeftOut]:
    """Yield the receipt of each fact; that of a use comes with each yes that it names."""
    uses = count(1)
    for number, fact in enumerate(facts, 1):
        try:
            yield _text(Kind.RECORD, f"record/{number:04}.txt", fact.kind, receipt_for(fact.id))
            if fact.kind in _USES:
                yield _text(Kind.USE, f"uses/{next(uses)}.txt", fact.kind, receipt_with_approvals(fact))
        except NotYetProvable:
            yield LeftOut(Kind.RECORD, fact.kind, Missing.NOT_YET)
        except NotFound:
            yield LeftOut(Kind.USE, fact.kind, Missing.DELETED)


def _certificates(view: ApplicationView) -> Iterator[Enclosed]:
    """Yield the certificate of each seal that was used, and of who issued it."""
    used = {(permit.seal_id, permit.seal_version): permit.seal for permit in view.permits}
    for (seal_id, version), seal in used.items():
        row = SealVersion.objects.filter(seal=seal_id, version=version).first()
        if row is not None and row.certificate:
            path, name = f"certificates/{seal.number}-{version}.cer", f"{seal.name} {seal.number}"
            yield _bytes(Kind.CERTIFICATE, path, name, bytes(row.certificate))
    founded = installation()
    if founded is not None:
        yield _bytes(Kind.CERTIFICATE, "certificates/authority.cer", founded.origin, bytes(founded.authority))


def _policy(view: ApplicationView) -> Policy | None:
    number = view.application.policy
    return None if number == POLICY else Policy.objects.filter(number=int(number)).first()


def _rules(actor: Person, at: datetime, view: ApplicationView) -> Rules | None:
    asked = view.application
    published = rules_visible_to(actor, at).filter(company=asked.company, published_at__lte=asked.submitted_at)
    found = published.order_by("-version").first()
    if found is None:
        return None
    took_part = {casting.person_id for casting in view.castings} | {vote.person_id for vote in view.votes}
    given = Acknowledgement.objects.filter(rules=found, person__in=took_part, seal=None).select_related("person")
    return Rules(found, list(given.order_by("at", "pk")))


def _written(policy: Policy | None, rules: Rules | None) -> Iterator[Enclosed]:
    if policy is not None:
        yield _bytes(Kind.POLICY, "policy.json", policy.name, canonical({"rows": policy.rows}))
    if rules is not None:
        yield _text(Kind.RULES, "rules.txt", rules.rules.title, rules.rules.text)
        given = [{"at": utc_text(one.at), "person": one.person.pseudonym} for one in rules.acknowledged]
        yield _bytes(Kind.RULES, "rules-acknowledged.json", rules.rules.title, canonical({"acknowledged": given}))


def _keys() -> Iterator[Enclosed]:
    """Yield the key of the log and of its cosigners: whoever holds them from elsewhere compares them."""
    founded = installation()
    if founded is not None:
        keys = [founded.log_key, *(key.text for key in settings.QUORUM.keys)]
        yield _text(Kind.KEY, "keys.txt", founded.origin, "".join(f"{key}\n" for key in keys))


def _stored(kind: Kind, path: str, name: str, sha: str, store: Folder | Vault) -> Enclosed | LeftOut:
    """Return a stored file as part of a pack, or that its time was over."""
    try:
        store.size(sha)
    except NotFound:
        return LeftOut(kind, name, Missing.DELETED)
    return Enclosed(kind, path, name, sha, store=store)


def _text(kind: Kind, path: str, name: str, text: str) -> Enclosed:
    return _bytes(kind, path, name, text.encode())


def _bytes(kind: Kind, path: str, name: str, data: bytes) -> Enclosed:
    return Enclosed(kind, path, name, sha256(data), data)
