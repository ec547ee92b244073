"""The texts that a loss takes, made from what is on record: for the police, and for the newspaper."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from privyseal.language.types import type_of
from privyseal.seals.models import Incident, Seal
from privyseal.seals.rules.incidents import IncidentKind

_HAPPENED: Final = {
    IncidentKind.LOSS: _("lost"),
    IncidentKind.THEFT: _("stolen"),
    IncidentKind.ROBBERY: _("taken by force"),
    IncidentKind.DISPUTE: _("withheld from the company"),
}
LANGUAGES: Final = ("zh-hans", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One text, ready to be copied."""

    title: str
    language: str
    body: str


def texts_of(incident: Incident, public_url: str) -> list[Text]:
    """Return the texts for an incident about one seal that is out of hand, each in both languages."""
    seal, kind = incident.seal, IncidentKind(incident.kind)
    if seal is None or kind not in _HAPPENED:
        return []
    return [text for language in LANGUAGES for text in _in(language, incident, seal, _HAPPENED[kind], public_url)]


def entry_notice(seal: Seal, public_url: str) -> list[Text]:
    """Return the notice that a seal has entered into use, in both languages."""
    texts = []
    for language in LANGUAGES:
        with override(language):
            first_day = date_format(seal.starts_on, "DATE_FORMAT") if seal.starts_on else ""
            said = {**_about(seal), "url": f"{public_url}/status/", "day": first_day}
            later = gettext(
                "From %(day)s on %(company)s uses its %(type)s “%(name)s” (number %(number)s). "
                "Whether it is in force can be asked at %(url)s."
            )
            body = gettext(
                "From today %(company)s uses its %(type)s “%(name)s” (number %(number)s). "
                "Whether it is in force can be asked at %(url)s."
            )
            notice = (later if first_day else body) % said
            texts.append(Text(gettext("Notice of entry into use"), language, notice))
    return texts


def _in(language: str, incident: Incident, seal: Seal, happened: Promise, public_url: str) -> Iterator[Text]:
    with override(language):
        said = {
            **_about(seal),
            "happened": str(happened),
            "day": date_format(localtime(incident.opened_at), "DATE_FORMAT"),
            "time": date_format(localtime(incident.opened_at), "DATETIME_FORMAT"),
            "place": incident.place,
            "account": incident.account,
            "incident": incident.uid[:12],
            "url": f"{public_url}/status/",
        }
        for title, body in _BODIES:
            yield Text(title(), language, body() % said)


def _about(seal: Seal) -> dict[str, str]:
    version = seal.versions.order_by("-version", "pk").first()
    filing = version.filing_number if version else ""
    return {
        "company": seal.company.name,
        "uscc": seal.company.uscc,
        "representative": seal.company.legal_representative,
        "name": seal.name,
        "number": seal.number,
        "type": str(type_of(seal)),
        "filing": filing or gettext("not filed"),
    }


def _police() -> str:
    return gettext(
        "To the public security authority that filed the seal.\n\n"
        "%(company)s (unified social credit code %(uscc)s, legal representative %(representative)s) reports that its "
        "%(type)s “%(name)s”, number %(number)s, police filing number %(filing)s, was %(happened)s.\n"
        "Reported in the company on: %(time)s\nPlace: %(place)s\nWhat happened: %(account)s\n\n"
        "The seal was taken out of use at once; incident number %(incident)s. We ask for a record of this report, so "
        "that the seal can be declared void and a new one filed."
    )


def _newspaper() -> str:
    return gettext(
        "Declaration of invalidity. The %(type)s “%(name)s” of %(company)s (unified social credit code %(uscc)s, "
        "police filing number %(filing)s) was %(happened)s, as reported on %(day)s, and is hereby declared void. "
        "Documents that bear it from that day on do not bind the company. Its status can be asked at %(url)s."
    )


_BODIES: Final[tuple[tuple[Callable[[], str], Callable[[], str]], ...]] = (
    (lambda: gettext("For the police"), _police),
    (lambda: gettext("For the newspaper"), _newspaper),
)
