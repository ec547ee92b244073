"""Whose yes it is: told by the web application's key, or by a passkey on a roster. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from privyseal.signer import passkeys
from privyseal.signer.passkeys import Credential, Page, PasskeyAssertion, PasskeyInSoftware, PasskeyUnknown
from privyseal.signer.statement import AnyAssertion, challenge, verify


@dataclass(frozen=True, slots=True)
class Voices:
    """What the signer tells a yes by: a key that vouches, and, by their ids, the passkeys that count on one page.

    Passkeys in software count where ``takes_software`` says so, which is in demonstrations.
    """

    web_key: bytes
    page: Page | None = None
    roster: Mapping[bytes, Credential] = field(default_factory=dict)
    takes_software: bool = False

    def check(self, assertion: AnyAssertion, statement: bytes, *, at: datetime) -> None:
        """Return if this approver said yes to these bytes, or refuse."""
        if not isinstance(assertion, PasskeyAssertion):
            verify(assertion, statement, web_key=self.web_key)
        elif self.page is None:
            raise PasskeyUnknown(person=assertion.approver)
        else:
            credential = self.roster.get(assertion.credential)
            passkeys.check(assertion, challenge(statement), page=self.page, credential=credential, at=at)
            if assertion.is_software and not self.takes_software:
                raise PasskeyInSoftware(person=assertion.approver)

    def is_bound(self, assertion: AnyAssertion) -> bool:
        """Return whether the passkey that said this cannot leave its device; whoever is vouched for said it by none."""
        if not isinstance(assertion, PasskeyAssertion):
            return True
        credential = self.roster.get(assertion.credential)
        return credential is not None and credential.is_bound and not assertion.is_software
