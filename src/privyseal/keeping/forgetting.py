"""Taking from the product what it knows of somebody: their account's words, ways to reach them, proofs, drafts."""

from collections.abc import Sequence
from secrets import token_hex
from typing import Final

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from procrastinate.contrib.django import app

from privyseal.approvals.models import ApprovalPasskey, Draft, OwnPhrases
from privyseal.identity.models import EntryCode, KeptList, Person, ProviderLink, Session
from privyseal.identity.names import ERASED
from privyseal.keeping.models import Blotting, Erasure
from privyseal.ledger.transactions import transaction_required
from privyseal.notification.models import Address, Browser, Message, Muted, Unwanted, Wishes
from privyseal.notification.rules import Channel

BLOT: Final = "keeping.blot"
_HOME: Final = "+86"  # in writing a number at home has no country before it
_OWN: Final = (
    (Session, "person"),
    (Authenticator, "user"),
    (EmailAddress, "user"),
    (ProviderLink, "person"),
    (EntryCode, "person"),
    (Address, "person"),
    (Browser, "person"),
    (Message, "person"),
    (Wishes, "person"),
    (Unwanted, "person"),
    (Muted, "person"),
    (Draft, "person"),
    (KeptList, "person"),
    (OwnPhrases, "person"),
)


def words_of(person: Person) -> list[str]:
    """Return by which words somebody is known: name and login, addresses, and how outside systems call them.

    A name that others bear is theirs as well, and stays where it stands in texts.
    """
    named = Address.objects.filter(person=person).exclude(channel=Channel.PUSH.value)
    addresses = list(named.values_list("value", flat=True))
    subjects = list(ProviderLink.objects.filter(person=person).values_list("subject", flat=True))
    at_home = [value.removeprefix(_HOME) for value in addresses if value.startswith(_HOME)]
    own = [person.login, *addresses, *at_home, *subjects]
    if not Person.objects.filter(name=person.name).exclude(pk=person.pk).exists():
        own.append(person.name)
    return [word for word in own if word and ERASED not in word]


@transaction_required
def forget(person: Person) -> None:
    """Take what is theirs, at once: from here on nobody finds them by a name. What others wrote is blotted by a job."""
    for model, owner in _OWN:
        model._default_manager.filter(**{owner: person}).delete()  # noqa: SLF001  a documented name of Django
    ApprovalPasskey.objects.filter(person=person).update(name=ERASED)
    person.name, person.login, person.language = ERASED, f"{ERASED}{token_hex(8)}", ""
    person.set_unusable_password()
    person.is_active = False
    person.save(update_fields=["name", "login", "language", "password", "is_active"])


@transaction_required
def leave_rest(erasure: Erasure, words: Sequence[str]) -> None:
    """Leave what is to be blotted, and the job that does it, in the transaction of the erasure itself."""
    Blotting.objects.create(erasure=erasure, words=list(words))
    leave_job(erasure.uid)


def leave_job(erasure_uid: str, *, seconds: int = 0) -> None:
    """Leave the job that blots, to begin in so many seconds."""
    app.configure_task(BLOT, lock=erasure_uid, schedule_in={"seconds": seconds}).defer(erasure_uid=erasure_uid)
