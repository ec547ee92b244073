"""An evidence pack in words: the report that is read first, by somebody who has never heard of us."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from privyseal.custody.models import HandUse
from privyseal.custody.rules import Ending
from privyseal.custody.rules import How as Hand
from privyseal.identity.models import Person
from privyseal.identity.queries import installation
from privyseal.language import facts
from privyseal.language.hands import ENDING as ENDED
from privyseal.language.hands import HOW, THROUGH_CLOUD
from privyseal.language.packs import KIND, MISSING
from privyseal.pdf.report import Block, Heading, Picture, Table, Words, report
from privyseal.sealing.models import Intent
from privyseal.verification.packs import Enclosed, Kind, LeftOut, Pack
from privyseal.web.shown import applications, logs
from privyseal.web.shown.applications import ApplicationShown, Window
from privyseal.web.shown.words import moment

_FACTS: Final = (1, 3)


def report_on(found: Pack) -> bytes:
    """Return the report on a pack as PDF, in the language of now."""
    shown = applications.show(found.view)
    title = _("Evidence of the use of seals: application %(number)s") % {"number": shown.number}
    return report(title, _blocks(found, shown), language=get_language() or "", made_at=found.at)


def _blocks(found: Pack, shown: ApplicationShown) -> Iterator[Block]:
    yield from _plain(found)
    yield Heading(_("What was asked for"), on_new_page=True)
    yield _pairs(_asked(shown))
    yield _lines(shown)
    yield Heading(_("What was decided"))
    yield _decided(shown)
    yield Heading(_("The rules that held"))
    yield from _rules(found)
    yield Heading(_("What was sealed"))
    yield from _uses(found)
    yield from _pictures(found)
    yield from logs.blocks(found.logs, found.enclosed)
    yield Heading(_("What is in this pack"), on_new_page=True)
    yield Table(
        (_("File"), _("What it contains"), "SHA-256"),
        [(one.path, _what(one), one.sha256) for one in found.enclosed],
        (3, 3, 4),
    )
    if found.left_out:
        yield Heading(_("What is not in it"))
        missing = [(_what(one), str(MISSING[one.why])) for one in found.left_out]
        yield Table((_("What it is"), _("Why")), missing, (1, 1))
    yield Heading(_("How to check it without us"))
    yield from (Words(f"{number}. {words}") for number, words in enumerate(_steps(found), 1))


def _plain(found: Pack) -> Iterator[Block]:
    """Yield the page for a judge: what it shows, and what it does not."""
    asked = found.view.application
    said = {
        "company": asked.company.name,
        "uscc": asked.company.uscc,
        "applicant": asked.applicant.name,
        "date": moment(asked.submitted_at),
    }
    yield Heading(_("In plain words"))
    yield Words(
        _(
            "%(company)s (unified social credit code %(uscc)s) keeps its seals in a system in which nothing is sealed "
            "without an approval of exactly this document, this often and in this time. On %(date)s %(applicant)s "
            "applied for what is listed on the next page."
        )
        % said
    )
    yield Words(_outcome(found))
    yield Words(
        _(
            "A file is named here by a number of 64 digits and letters, its SHA-256. It changes with every letter of "
            "the file. Whoever computes it from the file in their hands and finds the number that was approved holds "
            "the file that was approved; whoever finds another one does not."
        )
    )
    yield Words(
        _(
            "Each step was written into a record when it happened. No entry can be changed, taken out or put in "
            "between afterwards, not even by whoever runs the system, without the receipts in this pack ceasing to "
            "fit. Anybody can check that, without this system, its maker or its owner."
        )
    )
    yield Words(_("This report was made on %(date)s. It says what the record held then.") % {"date": moment(found.at)})
    yield Words(_seen_by_others())
    yield Words(
        _(
            "It does not show who sat at the screen of somebody who was signed in, that what a document says is true, "
            "or what happened to a paper after it was stamped. Time and place of a photograph are what the phone said."
        )
    )
    founded = installation()
    if founded is not None and founded.is_demo:
        yield Words(_("This comes from a demonstration: nobody real asked or agreed."))


def _outcome(found: Pack) -> str:
    agreed = [vote.person.name for vote in found.view.votes if vote.decision == "approve"]
    parts = [_("%(people)s agreed.") % {"people": _listed(agreed)} if agreed else _("Nobody has agreed.")]
    sealed = [intent for intent in found.view.intents if intent.state == Intent.State.SEALED]
    stamped = sum(turn.committed for use in found.hands for turn in use.turns.all())
    if sealed:
        many = ngettext(
            "An electronic seal was put on a file once.",
            "Electronic seals were put on files %(count)d times.",
            len(sealed),
        )
        parts.append(many % {"count": len(sealed)})
    if stamped:
        many = ngettext("A seal was stamped once.", "A seal was stamped %(count)d times.", stamped)
        parts.append(many % {"count": stamped})
    if not sealed and not stamped:
        parts.append(_("Nothing has been sealed yet."))
    return " ".join(parts)


def _seen_by_others() -> str:
    names = [key.name for key in settings.QUORUM.keys]
    if not names:
        return _(
            "No second party signs this installation’s record: that nobody was shown another one rests on the word "
            "of whoever runs it, and on receipts that others hold."
        )
    return _("Others have signed the same record, which they see for themselves: %(names)s.") % {
        "names": _listed(names)
    }


def _asked(shown: ApplicationShown) -> Iterator[tuple[object, object]]:
    asked = shown.view.application
    yield _("Application"), asked.uid
    yield _("What for"), shown.purpose
    yield _("Applicant"), f"{asked.applicant.name} · {asked.unit.name}" if asked.unit else asked.applicant.name
    yield _("Reason"), asked.reason
    yield _("Counterparty"), asked.counterparty
    yield _("Amount"), shown.amount
    yield _("From"), moment(shown.window.starts_at)
    yield _("Until"), _until(shown.window)
    yield _("Place"), asked.off_site or _("In the company")
    yield from shown.terms
    yield _("Operator"), shown.operators
    yield from shown.named
    yield _("State"), shown.badge.words


def _until(window: Window) -> str:
    """Return the end of the time: of whole days the last one counts, which its midnight would deny."""
    if window.is_in_days:
        return _("%(day)s, to the end of that day") % {"day": date_format(window.ends_at, "DATE_FORMAT")}
    return moment(window.ends_at)


def _lines(shown: ApplicationShown) -> Table:
    header = (_("Document"), _("Seal"), _("Manner"), _("Copies"), _("Impressions"), "SHA-256")
    rows = [
        (
            one.line.document_name,
            f"{one.line.seal.name}\n{one.line.seal.number}",
            "\n".join((str(one.manner), *map(str, one.places))),
            str(one.line.copies),
            str(one.line.impressions),
            one.line.document_sha256,
        )
        for one in shown.lines
    ]
    return Table(header, rows, (4, 4, 3, 2, 3, 5))


def _decided(shown: ApplicationShown) -> Table:
    rows = [
        (moment(one.at), str(one.words), one.who, "\n".join(said for said in (one.comment, one.about) if said))
        for one in shown.timeline
        if one.at
    ]
    return Table((_("Time"), _("What"), _("Who"), _("Comment")), rows, (3, 3, 2, 5))


def _rules(found: Pack) -> Iterator[Block]:
    policy, rules = found.policy, found.rules
    if policy is None or policy.confirmed_by is None:
        yield Words(_("Policy: one approver of the company, as this system asks where no policy was written."))
    else:
        said = {
            "name": policy.name,
            "version": policy.version,
            "by": policy.confirmed_by.name,
            "at": moment(policy.confirmed_at),
        }
        yield Words(_("Policy: “%(name)s”, version %(version)d, put into force by %(by)s on %(at)s.") % said)
    if rules is None:
        yield Words(_("The company had published no written seal rules."))
        return
    about = {"title": rules.rules.title, "version": rules.rules.version, "sha256": rules.rules.sha256}
    yield Words(_("Written rules: “%(title)s”, version %(version)d, SHA-256 %(sha256)s.") % about)
    given = [f"{one.person.name} ({moment(one.at)})" for one in rules.acknowledged]
    words = _("Acknowledged by: %(people)s.") % {"people": _listed(given)}
    yield Words(words if given else _("Nobody who took part had acknowledged them."))


def _uses(found: Pack) -> Iterator[Block]:
    sealed = [intent for intent in found.view.intents if intent.state == Intent.State.SEALED]
    if sealed:
        names = {line.document_sha256: line.document_name for line in found.view.lines}
        seals = {permit.pk: f"{permit.seal.name} {permit.seal.number}" for permit in found.view.permits}
        rows = [
            (
                moment(intent.ended_at),
                f"{seals.get(intent.permit_id, '')}\n{names.get(intent.line.document_sha256, '')}",
                intent.operator.name,
                intent.file_sha256,
            )
            for intent in reversed(sealed)
        ]
        yield Table(
            (_("Time"), _("Seal and document"), _("Operator"), _("SHA-256 of the sealed file")), rows, (3, 5, 2, 5)
        )
    for use in reversed(found.hands):
        yield _pairs(_by_hand(use))
    if not sealed and not found.hands:
        yield Words(_("Nothing has been sealed yet."))


def _by_hand(use: HandUse) -> Iterator[tuple[object, object]]:
    turns = list(use.turns.all())
    yield _("How"), f"{HOW[Hand(use.how)]} · {THROUGH_CLOUD}" if use.is_through_cloud else HOW[Hand(use.how)]
    yield _("Seal"), f"{use.seal.name} {use.seal.number}"
    yield _("Asked for"), f"{moment(use.asked_at)} · {use.operator.name}"
    yield _("Confirmed by the keeper"), _who_when(use.keeper, use.keeper_at)
    yield _("Confirmed by the supervisor"), _who_when(use.supervisor, use.supervisor_at)
    yield _("Impressions"), sum(turn.committed for turn in turns)
    yield _("Given back"), sum(turn.released for turn in turns)
    yield _("Ended"), f"{moment(use.ended_at)} {ENDED[Ending(use.ending)] if use.ending else ''} {use.reason}".strip()
    yield _("Put back"), f"{moment(use.returned_at)} {use.put_back}".strip()


def _pictures(found: Pack) -> Iterator[Block]:
    enclosed: dict[str, Enclosed] = {one.sha256: one for one in found.enclosed if one.kind is Kind.PHOTOGRAPH}
    shown = [one for one in found.photographs if one.sha256 in enclosed]
    if shown:
        yield Heading(_("Photographs"))
    for one in shown:
        said = (enclosed[one.sha256].path, moment(one.taken_at or one.at), one.place, one.by.name, one.sha256)
        yield Picture(b"".join(settings.VAULT.parts(one.small_sha256)), " · ".join(part for part in said if part))


def _steps(found: Pack) -> Iterable[str]:
    said = {"address": settings.PUBLIC_URL}
    return (
        _("Compute the SHA-256 of each file: “sha256sum -c SHA256SUMS” in the folder of the pack does it at once."),
        _(
            "Get the keys of keys.txt from somebody else as well, and compare them: from an earlier receipt, from a "
            "cosigner, and from %(address)s/ledger/key."
        )
        % said,
        _(
            "Have each receipt of the folders “record” and “uses” judged at %(address)s/ledger/, where your browser "
            "does it and sends nothing, or by “privyseal prove receipt” on any computer."
        )
        % said,
        _(
            "Open a sealed file in any PDF reader with authority.cer as a trusted root, or at %(address)s/verify/: it "
            "says whether the file was changed, and whether the seal was in force."
        )
        % said,
        _(
            "A receipt of a use names the approvals that it rests on by their digests. Its file in “uses” carries "
            "them, with the keys that signed them."
        ),
        *(_steps_of_machines() if found.logs else ()),
    )


def _steps_of_machines() -> Iterable[str]:
    yield _(
        "Have the log of a machine, “log.txt” in the folder “machines”, judged by “privyseal prove device” on any "
        "computer: it says whether the machine’s own key signed each entry, and whether one was changed or is missing. "
        "The receipts beside it show how much the machine had reported by when: they name the same digests."
    )
    yield _(
        "The authority that vouches for the key of a machine lies beside its log, but came with it. Get it from "
        "%(address)s/pki/devices.json as well, which also names the machines that have ended, and hand that file to "
        "the command with “--authority”."
    ) % {"address": settings.PUBLIC_URL}


def _what(one: Enclosed | LeftOut) -> str:
    called = facts.words_for(one.name) if one.kind in (Kind.RECORD, Kind.USE) else one.name
    return f"{KIND[one.kind]}\n{called}"


def _pairs(pairs: Iterable[tuple[object, object]]) -> Table:
    rows: Sequence[Sequence[str]] = [(str(name), str(value)) for name, value in pairs if value not in ("", None)]
    return Table((_("What"), _("As it is on record")), rows, _FACTS)


def _who_when(person: Person | None, at: datetime | None) -> str:
    return f"{person.name} · {moment(at)}" if person else ""


def _listed(names: Iterable[str | Promise]) -> str:
    return _(", ").join(str(name) for name in names)
