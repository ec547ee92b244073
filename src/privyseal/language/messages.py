"""What a message says, in its reader's language: what happened to what, what to do, and where it goes on."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

from django.conf import settings
from django.db import DatabaseError
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from privyseal.approvals.models import Application
from privyseal.identity.models import Company, Person
from privyseal.identity.queries import names_of
from privyseal.language.facts import words_for
from privyseal.language.labels import POWER, PURPOSE
from privyseal.language.numbers import number_in_words
from privyseal.language.refusals import WORDS, words_of
from privyseal.notification.channels import Text
from privyseal.notification.models import Message
from privyseal.notification.rules import Channel, DeliveryState
from privyseal.notification.seen import Way
from privyseal.notification.templates import MOST_OF_A_VALUE
from privyseal.seals.models import Incident, Seal
from privyseal.signer.statement import Purpose

_log: Final = logging.getLogger(__name__)
# A text message holds 70 letters of Chinese: 【the sender's sign】, what happened, a colon and what it is about.
_BRIEF: Final = 57
_LEAST_NAME: Final = 6
CHANNEL: Final[Mapping[Channel, Promise]] = {
    Channel.EMAIL: _("Email"),
    Channel.SMS: _("Text message"),
    Channel.WECOM: _("WeCom"),
    Channel.DINGTALK: _("DingTalk"),
    Channel.FEISHU: _("Feishu"),
    Channel.PUSH: _("This browser, also while it is closed"),
}
WAY: Final[Mapping[Way, Promise]] = {
    Way.PAGE: _("Here, on the page of messages"),
    Way.SMS: _("Text message"),
    Way.EMAIL: _("Email"),
    Way.CHAT: _("WeCom, DingTalk and Feishu"),
    Way.PUSH: _("A browser, also while it is closed"),
}
DELIVERY_STATE: Final[Mapping[DeliveryState, Promise]] = {
    DeliveryState.WAITING: _("Waiting"),
    DeliveryState.SENDING: _("Sending"),
    DeliveryState.SENT: _("Sent"),
    DeliveryState.DELIVERED: _("Delivered"),
    DeliveryState.FAILED: _("Not sent"),
    DeliveryState.UNCLEAR: _("Perhaps sent"),
}
# What a day that is told of is called.
DUE: Final[Mapping[str, Promise]] = {
    "permit.ending": _("Approved, not used up, and soon over"),
    "application.waiting": _("Waiting for a day"),
    "application.ending": _("Soon too late to decide"),
    "incident.due": _("Incident due soon"),
    "incident.overdue": _("Incident overdue"),
    "seal.cover-due": _("Leave cover ends soon"),
    "seal.hand-in-due": _("Retired seal to be handed in soon"),
    "campaign.due": _("Seals to be photographed soon"),
    "campaign.overdue": _("Seals not photographed in time"),
    "hand.still-out": _("Rubber seal not put back in time"),
    "hand.debt-stands": _("Photographs still owed"),
    "filing.due": _("Papers to be filed soon"),
    "filing.overdue": _("Papers not filed in time"),
    "filing.long-overdue": _("Papers long overdue"),
    "calendar.missing": _("Working days of a year unknown"),
    "certificate.ends-in-90": _("Certificate of a seal ends in 90 days"),
    "certificate.ends-in-30": _("Certificate of a seal ends in 30 days"),
    "certificate.ends-in-7": _("Certificate of a seal ends in 7 days"),
    "record.held-back": _("Record is not numbered: a transaction of the database stays open"),
    "record.unarchived": _("The database’s own log is not archived"),
    "seal.ending": _("Last day of a seal comes"),
}
_LINGERS: Final = _(
    "Nothing is lost: it is finished automatically once the signer can. System administrators: /readyz says what does "
    "not answer. See whether the signer runs and is open, its clock is right, and its cosigners are there."
)
# What a message wants of its reader; a kind that is not here says what happened, and nothing is to be done.
TO_DO: Final[Mapping[str, Promise]] = {
    "application.submitted": _("It waits for you: decide, or compare the copy if you are named for that."),
    "delegation.given": _("You decide for them in that time. What waits for them waits for you too."),
    "application.returned": _("Approval starts again from that stage. Read why."),
    "application.asked-further": _("It waits for your decision."),
    "application.forwarded": _("It waits for your decision."),
    "application.commented": _("Read what was said."),
    "application.urged": _("The applicant asks you to decide."),
    "application.reminded": _("Decide it before its time is over."),
    "application.overdue": _("See who can decide it now: its page says so."),
    "application.copied": _("It was shared with you to read."),
    "permit.sample-taken": _("Check whether the paper is of the class. Your page says where."),
    "permit.stopped": _("Find out why. Until there is another one, apply for each paper separately."),
    "permit.expired": _("Nothing more can be sealed under it. If it is still needed, apply again."),
    "permit.voided": _("Entries were lost, perhaps of what was done under it. Apply again if it is still needed."),
    "installation.began-anew": _(
        "Entries from before a failure are lost for good. Check what of yours is missing, and tell the auditor of each "
        "use that you know of and do not find. What was approved and not used is void."
    ),
    "permit.topped-up": _("This many more can be sealed now, until its window closes."),
    "permit.prolonged": _("It can be carried out until the new end."),
    "permit.taken-back": _("Apply again, and let others approve it."),
    "record.held-back": _("No receipt is made until it ends. Find it in pg_stat_activity, and end what nobody needs."),
    "record.unarchived": _("Make room in the archive, or bring its disk back; postgres.log says what is wrong."),
    "signer.sealed": _("Call the custodians of its keys. What was begun continues automatically once it is open."),
    "signer.clock-set": _("See what was sealed since. If nobody asked, lock the signer and call its custodians."),
    "signer.quorum-set": _("Compare it with what was agreed. If nobody asked, lock the signer; call its custodians."),
    "cosigner.late": _("See whether it runs and is reached. Where it is asked for, no seal is used until it is back."),
    "cosigner.differs": _("Stop using the seals. Have the auditor compare the record with what the cosigner has kept."),
    "application.consent-taken-back": _("It has ended. Talk to them, and apply again."),
    "mandate.revoked": _("What rested on it and was not used is refused from now on. Apply again where it is needed."),
    "seal.person-named": _("Check whether it is so, and agree on the page of the seal."),
    "take-out.booked": _("The seal is booked for it. Give it out, or receive it, on the page of the take-out."),
    "take-out.due-soon": _("Bring the seal back in time, or have the use extended."),
    "take-out.overdue": _("Bring it back now, or ask where it is."),
    "take-out.lost-risk": _("Find out where it is. Report it lost if nobody knows."),
    "stock.opened": _("Count the seals on the page of the stock-take, each with a photograph."),
    "stock.handed-on": _("Continue the count on the page of the stock-take."),
    "stock.overdue": _("Have the seals of the place counted by somebody who does not keep them."),
    "stock.left": _("Whoever counted or watched has left. Name somebody else on its page."),
    "stock.late": _("End the count, or have somebody else go on with it."),
    "stock.ended": _("Read what was found. What differs is an incident already."),
    "alarm.raised": _("Look into it, and write down what came of it."),
    "hand.asked": _("It waits for your confirmation, as keeper or supervisor. Your page says where."),
    "hand.photographs-due": _("Photograph the pages before the use ends. Otherwise you cannot apply again."),
    "hand.photographs-owed": _("Photograph them, or say why not. Until then you cannot apply for anything more."),
    "hand.waiver-asked": _("Check whether the reason holds, and agree or not."),
    "hand.sample-drawn": _("Photograph the impressions that were drawn before the volume leaves the house."),
    "hand.blanks-numbered": _(
        "Report each blank with a photograph when it is used, and hand the others in by their day."
    ),
    "hand.spoiled": _("The page is marked void. Take it in; only then is it made again."),
    "hand.count-differs": _("Find out how many impressions there are."),
    "application.approved": _("It can be carried out now, until its window closes."),
    "application.rejected": _("Read why, and apply again if it is still needed."),
    "document.seal.lingers": _LINGERS,
    "seal.act.lingers": _LINGERS,
    "document.seal.failed": _("Nothing was sealed. Open the application to see why."),
    "seal.made": _("Two people who did not order it accept it before it is in force."),
    "seal.suspended": _("Nothing can be sealed with it from now on."),
    "seal.certificate-revoked": _(
        "Nothing can be sealed with it. Find out why, and ask for another certificate. The page of the seal lists what "
        "was sealed before this was known here: tell those who have these files."
    ),
    "seal.past-certificate-revoked": _(
        "The seal goes on with its present certificate. Its page lists what was sealed in that time: tell those who "
        "have these files, and have sealed again what has to be checked."
    ),
    "seal.revocation-moved": _("The page of the seal lists what no longer counts: tell those who have these files."),
    "seal.certificate-unwatched": _(
        "Find out why its authority does not answer. Until it does, nobody here notices if it revokes the certificate."
    ),
    "seal.lost": _("It is stopped everywhere. Open its incident: it says what is to be done next."),
    "seal.stolen": _("It is stopped everywhere. Open its incident: it says what is to be done next."),
    "seal.robbed": _("It is stopped everywhere. Open its incident: it says what is to be done next."),
    "seal.disputed": _("It is stopped everywhere. Open its incident: it says what is to be done next."),
    "seal.campaign-opened": _("Photograph each seal that you keep, and its imprint, by the day."),
    "campaign.due": _("Photograph each seal that you keep, and its imprint, by the day."),
    "calendar.missing": _("Enter the days off and the days worked instead, as announced by the State Council."),
    "hand.still-out": _("Bring the seal back to its place, and say so on the page of the use."),
    "hand.debt-stands": _("Photograph what you stamped, or have it waived; until then you cannot apply again."),
    "filing.due": _("File them with their number and scan."),
    "filing.overdue": _("File them with their number and scan."),
    "filing.long-overdue": _("File them, or ask for a waiver and say why."),
    "register.waiver-asked": _("Check whether the reason holds, and agree or not: the papers need not be filed then."),
    "register.waiver-declined": _("File them as before."),
    "register.filed": _("Somebody who neither filed nor owed them looks at scan and number, and confirms them."),
    "register.filing-returned": _("The page says what is wrong. Correct it and file them again."),
    "register.chased": _("File them with their number and scan."),
    "campaign.overdue": _("The seals that nobody has seen are to be looked for."),
    "incident.opened": _("Its owner says what is done about it, and by when."),
    "incident.factor-forged": _("Nobody signs in with it. Find out who writes to the database, and have it removed."),
    "incident.end-proposed": _("A second person has to agree that it is over."),
    "incident.reassigned": _("It is yours now."),
    "power.granted": _("It counts once a second person has confirmed it."),
    "factor.enrolled": _(
        "If this was not you, end all sessions, change your password and tell your security administrator."
    ),
    "factor.removed": _(
        "If this was not you, end all sessions, change your password and tell your security administrator."
    ),
    "factor.recovery-code-used": _(
        "If this was not you, end all sessions, change your password and tell your security administrator."
    ),
    "passkey.offered": _(
        "Not you? Have security remove it before it counts. For security: confirm it only where you know the person "
        "and saw them make it."
    ),
    "factor.reset-asked": _("Its owner can still stop it. If you did not ask for this, stop it on the first page."),
    "person.password-changed": _("If this was not you, tell your security administrator at once."),
    "session.put-out": _(
        "Whoever it is about signs in again. If you do not know why, ask your security administrator."
    ),
    "address.named": _("If this was not you, change your password and tell your security administrator."),
}
# What the code that confirms an address is called where each kind of message has a text of its own.
CODE_KIND: Final = "address.code"
# The page on which it goes on, by what a fact is about; the first that is there. A test holds each against the pages.
PAGES: Final = (
    ("papers", "/filing/{}/"),
    ("incident", "/incidents/{}/"),
    ("campaign", "/campaigns/{}/"),
    ("application", "/applications/{}/"),
    ("seal", "/seals/{}/"),
)
_OWN: Final = {
    "delegation": "/mine/delegations/",
    "factor": "/mine/security/",
    "session": "/mine/security/",
    "calendar": "/calendar/",
    "power": "/powers/",
    "address": "/mine/messages/",
    "webhook": "/webhooks/",
    "cosigner": "/ledger/",
    "signer": "/ledger/",
}


@dataclass(frozen=True, slots=True)
class Known:
    """What the messages of one page are about, by id, read together."""

    seals: Mapping[str, Seal]
    applications: Mapping[str, Application]
    incidents: Mapping[str, Incident]
    companies: Mapping[str, Company]
    people: Mapping[str, str]


def known_to(messages: Iterable[Message]) -> Known:
    about: dict[str, set[str]] = {}
    for message in messages:
        about.setdefault("person", set()).add(message.actor)
        for name, value in message.about.items():
            about.setdefault(name, set()).add(str(value))
    uids = {name: about.get(name, set()) for name in ("seal", "application", "incident", "company", "person")}
    return Known(
        seals={seal.uid: seal for seal in Seal.objects.filter(uid__in=uids["seal"]).select_related("company")},
        applications={
            found.uid: found
            for found in Application.objects.filter(uid__in=uids["application"]).select_related("company", "joint")
        },
        incidents={
            found.uid: found
            for found in Incident.objects.filter(uid__in=uids["incident"]).select_related("company", "seal__company")
        },
        companies={company.uid: company for company in Company.objects.filter(uid__in=uids["company"])},
        people=names_of(uids["person"]),
    )


def text_of(message: Message, known: Known) -> Text:
    """Return a message in the language that is active."""
    line, what = kind_in_words(message.kind), _what(message, known)
    who = known.people.get(message.actor)
    time = date_format(localtime(message.happened_at), "DATETIME_FORMAT")
    by = gettext("By %(name)s, %(time)s.") % {"name": who, "time": time} if who else time
    url = settings.PUBLIC_URL + path_of(message)
    brief = _what(message, known, room=min(MOST_OF_A_VALUE, _BRIEF - len(line)))
    said = {"happened": line, "what": brief}
    body = (_refused(message), str(TO_DO.get(message.kind, "")), _jointly(message, known), by)
    return Text(
        line=gettext("%(happened)s: %(what)s") % {"happened": line, "what": what} if what else line,
        body=reduce(lambda a, b: gettext("%(said)s %(further)s") % {"said": a, "further": b}, filter(None, body)),
        url=url,
        brief=gettext("%(happened)s: %(what)s") % said if brief else line,
        kind=message.kind,
        # Without the reason: whoever applies does not write into a text that a provider approved.
        values={
            **said,
            "who": who or "",
            "time": time,
            "url": url,
        },
    )


def kind_in_words(kind: str) -> str:
    return str(DUE[kind]) if kind in DUE else words_for(kind)


def texts_for(messages: Sequence[Message], *, language: str = "") -> list[Text | None]:
    """Return messages in this language, or each in its reader's; None for one that cannot be put into words.

    One message keeps no other back: the log says which of them and why.
    """
    try:
        known = known_to(messages)
        return [_for(message, known, language) for message in messages]
    except DatabaseError:
        raise
    except Exception:  # noqa: BLE001  one message keeps nothing from the others
        if len(messages) > 1:
            return [text for message in messages for text in texts_for([message], language=language)]
        _log.exception("message without words", extra={"uid": messages[0].uid, "kind": messages[0].kind})
        return [None]


def _for(message: Message, known: Known, language: str) -> Text:
    with override(language or message.person.language or settings.LANGUAGE_CODE):
        return text_of(message, known)


def code_for(person: Person, code: str) -> Text:
    """Return what goes to a new address, so that its owner can show that they read it."""
    with override(person.language or settings.LANGUAGE_CODE):
        line = gettext("%(code)s is your code for Privyseal") % {"code": code}
        return Text(
            line=line,
            body=gettext(
                "Enter it on the page of your messages within 30 minutes. If you did not ask for it, somebody else "
                "entered this address: there is nothing you need to do."
            ),
            url=settings.PUBLIC_URL + "/mine/messages/",
            brief=line,
            kind=CODE_KIND,
            values={"code": code},
        )


def path_of(message: Message) -> str:
    for name, page in PAGES:
        if message.about.get(name):
            return page.format(message.about[name])
    return _OWN.get(message.kind.partition(".")[0], "/messages/")


def _what(message: Message, known: Known, *, room: int = 0) -> str:
    """Return what a message is about; with ``room``, in so few letters where that can be."""
    about = message.about
    if seal := known.seals.get(about.get("seal", "")):
        return _seal(seal)
    if application := known.applications.get(about.get("application", "")):
        asked = {"purpose": str(PURPOSE[Purpose(application.purpose)]), "company": application.company.name}
        if room:
            beside = len(gettext("%(purpose)s, %(company)s") % {**asked, "company": ""})
            asked["company"] = companies_in(_names_of_companies(application), room - beside)
            return gettext("%(purpose)s, %(company)s") % asked
        asked |= {"number": number_in_words(application), "reason": application.reason}
        return gettext("%(purpose)s (%(number)s), %(company)s: %(reason)s") % asked
    if incident := known.incidents.get(about.get("incident", "")):
        if incident.seal:
            return _seal(incident.seal)
        return incident.company.name if incident.company else known.people.get(about.get("person", ""), "")
    company = known.companies.get(about.get("company", ""))
    power = POWER.get(about.get("power", ""))
    person = known.people.get(about.get("person", ""))
    return " · ".join(str(word) for word in (power, person, company.name if company else None) if word)


def companies_in(names: Sequence[str], room: int) -> str:
    """Return companies in so few letters where that can be: as many names as there is room for, and how many they are.

    The first is always named, and cut short before the count is.
    """
    for named in range(len(names), 0, -1):
        said = _counted(names[:named], len(names))
        if len(said) <= room or len(names) == 1:
            return said
    most = max(room - len(_counted([""], len(names))), _LEAST_NAME)
    return _counted([f"{names[0][: most - 1]}…"], len(names))


def _names_of_companies(application: Application) -> list[str]:
    others = application.joint.others(application.company.uid) if application.joint else []
    return [application.company.name, *(str(said["name"]) for said in others)]


def _counted(names: Sequence[str], count: int) -> str:
    named = gettext(", ").join(names)
    if len(names) == count:
        return named
    return gettext("%(companies)s and others, %(count)s companies") % {"companies": named, "count": count}


def _jointly(message: Message, known: Known) -> str:
    """Return which other companies the same application asks; empty where it asks one alone."""
    application = known.applications.get(message.about.get("application", ""))
    if application is None or application.joint is None:
        return ""
    _own, *names = _names_of_companies(application)
    return gettext("The same application also asks: %(companies)s.") % {"companies": gettext(", ").join(names)}


def _seal(seal: Seal) -> str:
    said = {"name": seal.name, "number": seal.number, "company": seal.company.name}
    return gettext("%(name)s (%(number)s), %(company)s") % said


def _refused(message: Message) -> str:
    code = str(message.about.get("code", ""))
    return words_of(code, message.about) if message.kind.endswith(".refused") and code in WORDS else ""
