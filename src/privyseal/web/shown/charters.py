"""A charter as its page shows it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from privyseal.approvals.models import CharterVersion
from privyseal.approvals.queries.charters import Holds
from privyseal.approvals.rules.charters import takes
from privyseal.identity.models import Person
from privyseal.language.labels import ASSURANCE
from privyseal.signer.charters import APPROVERS, Charter
from privyseal.signer.passkeys import PASSKEY
from privyseal.signer.statement import SESSION


@dataclass(frozen=True, slots=True)
class CharterShown:
    """What a charter asks for, in words; ``whose`` says for what it holds."""

    approvals: int
    assurance: str | Promise
    is_bound: bool
    is_own_roster: bool
    asks_passkey: bool
    whose: str


@dataclass(frozen=True, slots=True)
class CharterRow:
    """A version that is proposed, in force or past, with who agreed to it."""

    version: CharterVersion
    shown: CharterShown
    agreed: list[str]


def holds(found: Holds) -> CharterShown:
    return _shown(found.charter, _whose(found.said), asks_passkey=found.asks_passkey)


def row(version: CharterVersion) -> CharterRow:
    people = Person.objects.filter(pseudonym__in=version.agreed).order_by("name", "pk").values_list("name", flat=True)
    charter = version.charter
    return CharterRow(version, _shown(charter, _whose(version), asks_passkey=Holds(charter).asks_passkey), list(people))


def acts(charter: Charter) -> list[tuple[str, str]]:
    """Return what each kind of act takes at the key under a charter, in words."""
    people = ngettext("%(number)d person", "%(number)d people", charter.approvals) % {"number": charter.approvals}
    by = f"{people} · {ASSURANCE[charter.assurance]}"
    passkey = ASSURANCE[PASSKEY if charter.assurance == PASSKEY else SESSION]
    two = ngettext("%(number)d person", "%(number)d people", takes(charter)) % {"number": takes(charter)}
    security = ngettext("%(number)d security administrator", "%(number)d security administrators", 2) % {"number": 2}
    return [
        (_("Use a seal, also more, for longer, or under a standing permit"), by),
        (_("Make, change or renew a seal; resume, unfreeze or destroy one"), by),
        (_("The consent of the person a seal names"), str(passkey)),
        (_("Suspend a seal, or take back what was approved"), _("nobody’s approval: at once")),
        (_("Put a passkey on a roster"), f"{security} · {passkey}"),
        (_("Take a leaver’s passkey out of force"), _("nobody’s approval: at once")),
        (_("Settle another charter"), f"{two} · {ASSURANCE[charter.assurance]}"),
    ]


def _shown(charter: Charter, whose: str, *, asks_passkey: bool) -> CharterShown:
    is_own = charter.roster != APPROVERS
    return CharterShown(charter.approvals, ASSURANCE[charter.assurance], charter.is_bound, is_own, asks_passkey, whose)


def _whose(said: CharterVersion | None) -> str:
    if said is None:
        return _("As settled at the founding")
    if said.company_id is None:
        return _("Settled for every company without one of its own")
    return _("Settled for this seal") if said.seal_id else _("Settled for every seal of the company")
