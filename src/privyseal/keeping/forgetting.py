"""Taking from the product what it knows of somebody: their account's words, ways to reach them, proofs, drafts."""

from collections.abc import Sequence
from secrets import token_hex
from typing import Final

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from privyseal.approvals.models import ApprovalPasskey, Draft
from privyseal.identity.models import EntryCode, Person, ProviderLink, Session
from privyseal.identity.names import ERASED
from privyseal.keeping.traces import blot
from privyseal.ledger.transactions import transaction_required
from privyseal.notification.models import Address, Message, Muted, Unwanted, Wishes

_OWN: Final = (
    (Session, "person"),
    (Authenticator, "user"),
    (EmailAddress, "user"),
    (ProviderLink, "person"),
    (EntryCode, "person"),
    (Address, "person"),
    (Message, "person"),
    (Wishes, "person"),
    (Unwanted, "person"),
    (Muted, "person"),
    (Draft, "person"),
)


def words_of(person: Person) -> list[str]:
    """Return by which words somebody is known: name and login, addresses, and how outside systems call them.

    A name that others bear is theirs as well, and stays where it stands in texts.
    """
    addresses = list(Address.objects.filter(person=person).values_list("value", flat=True))
    subjects = list(ProviderLink.objects.filter(person=person).values_list("subject", flat=True))
    own = [person.login, *addresses, *subjects]
    if not Person.objects.filter(name=person.name).exclude(pk=person.pk).exists():
        own.append(person.name)
    return [word for word in own if word and ERASED not in word]


@transaction_required
def forget(person: Person, *, words: Sequence[str]) -> int:
    """Take everything, and return in how many rows one of the words stays, because the database keeps them."""
    for model, owner in _OWN:
        model._default_manager.filter(**{owner: person}).delete()  # noqa: SLF001  a documented name of Django
    ApprovalPasskey.objects.filter(person=person).update(name=ERASED)
    person.name, person.login, person.language = ERASED, f"{ERASED}{token_hex(8)}", ""
    person.set_unusable_password()
    person.is_active = False
    person.save(update_fields=["name", "login", "language", "password", "is_active"])
    return blot(words)
