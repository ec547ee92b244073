"""A charter as its page shows it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from privyseal.approvals.models import CharterVersion
from privyseal.approvals.queries.charters import Holds
from privyseal.identity.models import Person
from privyseal.language.labels import ASSURANCE
from privyseal.signer.charters import Charter


@dataclass(frozen=True, slots=True)
class CharterShown:
    """What a charter asks for, in words; ``whose`` says for what it holds."""

    approvals: int
    assurance: str | Promise
    is_bound: bool
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


def _shown(charter: Charter, whose: str, *, asks_passkey: bool) -> CharterShown:
    return CharterShown(charter.approvals, ASSURANCE[charter.assurance], charter.is_bound, asks_passkey, whose)


def _whose(said: CharterVersion | None) -> str:
    if said is None:
        return _("As the installation was founded")
    return _("Settled for this seal") if said.seal_id else _("Settled for every seal of the company")
