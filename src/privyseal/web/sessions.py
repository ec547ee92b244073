"""Where sessions are kept: one row each, found by the digest of a key that only the browser has."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import now

from privyseal.identity.models import Session
from privyseal.identity.queries import holds_an_office
from privyseal.identity.rules import Means, Proved
from privyseal.kernel.canonical import sha256
from privyseal.ledger.rewording import asked_with
from privyseal.web.address import address_of

BEGAN: Final = "began"
PROOF: Final = "proof"
ADDRESS: Final = "address"
AGENT: Final = "agent"
_LONGEST_AGENT: Final = 300
# Being seen costs a write, so it is written down at most this often.
_SEEN_EVERY: Final = timedelta(minutes=1)
# By how much the clocks of two servers may differ. What was seen later than now was seen by a clock that has been set
# back since: how long it has been idle nobody knows, and its end may be far away.
_CLOCKS_DIFFER: Final = timedelta(minutes=5)


def digest_of(session_key: str) -> str:
    return sha256(session_key.encode())


def begin(request: HttpRequest, means: Means) -> None:
    """Start the clock of a session in which somebody has just signed in, and note how and from where."""
    at = int(now().timestamp())
    request.session[BEGAN] = at
    request.session[PROOF] = [means.value, at]
    request.session[ADDRESS] = address_of(request)
    request.session[AGENT] = request.headers.get("User-Agent", "")[:_LONGEST_AGENT]


def prove(request: HttpRequest, means: Means) -> None:
    """Note that the person has proved again who they are: under a new key, and with the same end."""
    request.session.cycle_key()
    request.session[PROOF] = [means.value, int(now().timestamp())]


def proof_of(request: HttpRequest) -> Proved | None:
    """Return by what the session's person has proved themselves last."""
    means, at = request.session.get(PROOF, (None, 0))
    return Proved(Means(means), datetime.fromtimestamp(at, UTC)) if means else None


def current(request: HttpRequest) -> str:
    """Return the digest of this request's session."""
    return digest_of(request.session.session_key or "")


class SessionStore(DatabaseStore):
    """Django's store with the key hashed, an end for idleness, and an end that no activity puts off."""

    @classmethod
    def get_model_class(cls) -> type[Session]:  # type: ignore[override]  # the stubs know Django's own table alone
        return Session

    def load(self) -> dict[str, Any]:
        at, digest = now(), digest_of(self.session_key or "")
        kept = asked_with(_kept, digest, at)
        if not kept:
            self._session_key = None
            return {}
        data, began_at, seen_at, person_id = kept[0]
        if at - seen_at >= _SEEN_EVERY:
            Session.objects.filter(pk=digest).update(seen_at=at, expire_date=_end(began_at, at, person_id))
        return self.decode(data)

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(pk=digest_of(session_key)).exists()

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            Session.objects.filter(pk=digest_of(key)).delete()

    def create_model_instance(self, data: dict[str, Any]) -> Session:  # type: ignore[override]  # as above
        at = now()
        began = datetime.fromtimestamp(data[BEGAN], UTC) if BEGAN in data else at
        return Session(
            session_key=digest_of(self._get_or_create_session_key()),  # type: ignore[attr-defined]  # not in the stubs
            session_data=self.encode(data),
            expire_date=_end(began, at, data.get(SESSION_KEY)),
            person_id=data.get(SESSION_KEY),
            began_at=began,
            seen_at=at,
            address=data.get(ADDRESS, ""),
            agent=data.get(AGENT, ""),
        )


def _kept(digest: str, at: datetime) -> QuerySet[Session, tuple[str, datetime, datetime, int | None]]:
    """Return what every request reads: the columns alone, without making an object of them."""
    found = Session.objects.filter(pk=digest, expire_date__gt=at, seen_at__lte=at + _CLOCKS_DIFFER)
    return found.values_list("session_data", "began_at", "seen_at", "person_id")


def _end(began: datetime, seen: datetime, person_id: int | str | None) -> datetime:
    """Return when the session ends unless it is used: sooner for whoever holds an office of the installation."""
    is_office = person_id is not None and holds_an_office(int(person_id), seen)
    seconds = settings.SESSION_OFFICE_IDLE_SECONDS if is_office else settings.SESSION_IDLE_SECONDS
    idle = seen + timedelta(seconds=seconds)
    return min(idle, began + timedelta(seconds=settings.SESSION_COOKIE_AGE))
