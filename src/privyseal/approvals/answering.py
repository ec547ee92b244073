"""What outside systems answer: believed when they signed it, as the vote of the person they name."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from privyseal.approvals.actions.outside import Said, vote_outside
from privyseal.approvals.models import OutsideSystem
from privyseal.identity.models import Person
from privyseal.kernel.errors import NotEntitled, NotFound
from privyseal.webhooks import checked, public_key

MOST_BYTES: Final = 65_536
_ANSWERS: Final = UUID("5f0c6a0e-8a54-4d0e-9d3c-6f2b7d1f4e21")


def take_answer(system_uid: str, headers: Mapping[str, str], body: bytes, at: datetime) -> str:
    """Return the state of the application after the decision that a system tells, or refuse.

    Sent again under the same name it changes nothing. Whoever the system names is one of our people by their login.
    """
    system = OutsideSystem.objects.filter(uid=system_uid, confirmed_at__isnull=False, ended_at=None).first()
    if system is None:
        raise NotFound(outside=system_uid)
    name = checked(public_key(system.key), headers, body, at)
    said = Said.parse(name, int(headers["webhook-timestamp"]), headers["webhook-signature"], body)
    person = Person.objects.filter(login=said.approver, is_active=True).first()
    if person is None:
        raise NotEntitled(part="approver")
    return vote_outside.once(uuid5(_ANSWERS, f"{system.uid}:{name}"), person, at, system_uid=system.uid, said=said)
