"""Messages about what there is not, of each kind: to see how they read before anybody is told."""

from datetime import datetime
from typing import Final

from django.utils.translation import gettext

from privyseal.approvals.models import Application
from privyseal.identity.models import Company
from privyseal.identity.rules import Power
from privyseal.language.messages import Known, text_of
from privyseal.notification.channels import Text
from privyseal.notification.models import Message
from privyseal.seals.models import Incident, Seal
from privyseal.signer.statement import Purpose

_UID: Final = 32 * "0"
_NUMBER: Final = 128
_OF_APPLICATIONS: Final = frozenset({"application", "mandate", "permit"})
_OF_PEOPLE: Final = frozenset({"address", "delegation", "erasure", "factor", "passkey", "person", "power", "session"})
_OF_COMPANIES: Final = frozenset({"category", "company", "hold", "keeper-set", "mapping", "outside", "policy"})
_OF_THE_HOUSE: Final = frozenset({"calendar", "charter", "cosigner", "installation", "signer", "webhook"})


def sample(kind: str, at: datetime) -> Text:
    """Return a message of a kind in the language that is active, of a made-up company, seal and person."""
    company = Company(name=gettext("Example Trading Co., Ltd."))
    seal = Seal(uid=_UID, name=gettext("Contract seal"), number="3101150012345", company=company)
    application = Application(
        pk=_NUMBER,
        uid=_UID,
        purpose=Purpose.USE.value,
        company=company,
        reason=gettext("Supply agreement for the year"),
        submitted_at=at,
    )
    known = Known(
        seals={_UID: seal},
        applications={_UID: application},
        incidents={_UID: Incident(uid=_UID, company=company, seal=seal)},
        companies={_UID: company},
        people={_UID: gettext("Zhang San")},
    )
    return text_of(Message(kind=kind, actor=_UID, about=_about(kind), happened_at=at), known)


def _about(kind: str) -> dict[str, str]:
    of = kind.partition(".")[0]
    if of in _OF_APPLICATIONS:
        return {"application": _UID}
    if of in _OF_PEOPLE:
        return {"person": _UID, **({"power": Power.USE.value, "company": _UID} if of == "power" else {})}
    if of in _OF_COMPANIES:
        return {"company": _UID}
    if of in _OF_THE_HOUSE:
        return {}
    return {"incident": _UID, "seal": _UID} if of == "incident" else {"seal": _UID}
