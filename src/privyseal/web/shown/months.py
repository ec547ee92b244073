"""A month of a company in words: the report that is read first."""

from collections.abc import Iterator, Sequence

from django.conf import settings
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from privyseal.approvals.numbers import numbers_by_uid
from privyseal.approvals.rules import State
from privyseal.language.labels import INCIDENT_KIND, SEAL_STATE, STATE
from privyseal.language.machines import DEVICE_KIND
from privyseal.language.numbers import number_said
from privyseal.language.packs import MISSING
from privyseal.pdf.report import Block, Heading, Table, Words, report
from privyseal.seals.models import Incident
from privyseal.seals.rules import SealState
from privyseal.seals.rules.incidents import IncidentKind
from privyseal.verification.month_logs import Packed
from privyseal.verification.months import MOST, Month, Sealed
from privyseal.verification.packs import Missing
from privyseal.web.shown.words import moment


def report_on(month: Month, logs: Sequence[Packed]) -> bytes:
    """Return the report on a month as PDF, in the language of now."""
    title = _("Self-check of seals: %(company)s, %(month)s") % {
        "company": month.company.name,
        "month": date_format(month.first, "YEAR_MONTH_FORMAT"),
    }
    return report(title, _blocks(month, logs), language=get_language() or "", made_at=month.at)


def _blocks(month: Month, logs: Sequence[Packed]) -> Iterator[Block]:
    yield Words(_("As of %(time)s.") % {"time": moment(month.at)}, is_small=True)
    yield Heading(_("What was sealed"))
    yield _listed((_("Seal"), _("Uses"), _("Impressions")), _sealed(month.sealed), _("No seal was used in this month."))
    yield Words(_("Each use is in uses.xlsx, as in the register of uses."), is_small=True)
    yield Heading(_("What was applied for"))
    applied = [(str(STATE[State(state)]), str(count)) for state, count in month.applied.items()]
    yield _listed((_("State today"), _("Applications")), applied, _("Nothing was applied for."))
    yield Heading(_("Approved and not used"))
    numbers = numbers_by_uid([one.application_uid for one in month.expired])
    expired = [
        (moment(one.expired_at), f"{one.seal.name} {one.seal.number}", number_said(numbers[one.application_uid]))
        for one in month.expired
    ]
    yield _listed((_("Expired"), _("Seal"), _("Application")), expired, _("No permit expired unused."))
    yield Heading(_("Incidents of the month"))
    header = (_("Opened"), _("What"), _("Seal"), _("Owner"), pgettext("a case", "Ended"))
    yield _listed(header, [_incident(one) for one in month.incidents], _("No incident was opened."))
    yield Words(_("Open at the end of the month: %(count)d.") % {"count": month.still_open})
    yield Heading(_("Photographs owed today"))
    owed = [(one.use.permit.seal.name, one.use.operator.name, str(one.missing)) for one in month.debts[:MOST]]
    yield _listed((_("Seal"), _("Operator"), _("Impressions")), owed, _("None is owed."))
    yield Heading(_("The seals today"))
    seals = [(str(SEAL_STATE[SealState(state)]), str(count)) for state, count in month.seals.items()]
    yield _listed((_("State"), _("Seals")), seals, _("The company has no seal."))
    yield from _machines(logs)
    yield Heading(_("The record"))
    yield from _record(month)


def _listed(header: Sequence[str], rows: Sequence[Sequence[str]], none: str) -> Block:
    return Table(header, rows, [1] * len(header)) if rows else Words(none)


def _sealed(sealed: Sequence[Sealed]) -> list[tuple[str, str, str]]:
    rows = [(f"{one.name} {one.number}", str(one.uses), str(one.impressions)) for one in sealed]
    uses, impressions = sum(one.uses for one in sealed), sum(one.impressions for one in sealed)
    return [*rows, (_("Together"), str(uses), str(impressions))] if rows else []


def _incident(one: Incident) -> tuple[str, ...]:
    kind = str(INCIDENT_KIND[IncidentKind(one.kind)])
    return (
        moment(one.opened_at),
        _("%(kind)s (drill)") % {"kind": kind} if one.is_drill else kind,
        f"{one.seal.name} {one.seal.number}" if one.seal else "",
        one.owner.name,
        moment(one.ended_at) or _("open"),
    )


def _machines(logs: Sequence[Packed]) -> Iterator[Block]:
    """Yield which logs of machines are in the pack, how they are checked, what is not there; nothing without any."""
    if not logs:
        return
    yield Heading(_("What machines say themselves"))
    yield Words(
        _(
            "A machine signs what it does with a key of its own, and names in each entry the one before. The folder "
            "“machines” holds what each reported from the first use of this month to the last, with all that lies "
            "between. “privyseal prove device” checks each file on any computer, without this system. Give it "
            "%(address)s/pki/devices.json with “--authority”: what vouches for the machines must not come from whoever "
            "hands over their logs."
        )
        % {"address": settings.PUBLIC_URL}
    )
    yield Table((_("Machine"), _("Entries"), _("File")), [_log(one) for one in logs], (4, 3, 4))
    if missing := [(_called(one), str(_why(why))) for one in logs for why in sorted(one.missing)]:
        yield Heading(_("What is not in it"))
        yield Table((_("What it is"), _("Why")), missing, (1, 1))


def _log(one: Packed) -> tuple[str, str, str]:
    entries = _("%(first)d to %(last)d, in this pack: %(count)d") % {
        "first": one.chain.first,
        "last": one.chain.last,
        "count": one.events,
    }
    return _called(one), entries, "\n".join(one.files)


def _called(one: Packed) -> str:
    kind = next(words for kind, words in DEVICE_KIND.items() if kind.value == one.chain.device.kind)
    return f"{one.chain.device.name} · {kind}\n{one.chain.device.serial}"


def _why(why: Missing) -> Promise | str:
    if why is Missing.TOO_MUCH:
        return _("A pack holds 64 MB of logs. The rest is in the packs of the applications.")
    return MISSING[why]


def _record(month: Month) -> Iterator[Block]:
    if month.after is None:
        yield Words(_("No head of the record was signed by the end of this month."))
        return
    yield Words(
        _("head-after.txt is the last signed head of this month: %(size)d entries, signed on %(time)s.")
        % {"size": month.after.size, "time": moment(month.after.signed_at)}
    )
    if month.before is not None:
        yield Words(
            _(
                "head-before.txt is the last one before it: %(size)d entries, signed on %(time)s. growth.txt proves "
                "(RFC 6962) that the record only grew between the two."
            )
            % {"size": month.before.size, "time": moment(month.before.signed_at)}
        )
    yield Words(_("Whoever keeps these heads from month to month sees whether anything was changed behind them."))
