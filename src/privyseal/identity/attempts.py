"""Counting what one address or one login tries, alike for every process of the installation."""

import hmac
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import Sum

from privyseal.identity.models import Attempt

WINDOW: Final = timedelta(minutes=1)
LONG_WINDOW: Final = 15 * WINDOW


def count(what: str, who: str, at: datetime) -> int:
    """Count one more try in this minute and return how many there were, this one included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO attempt (digest, minute, count) VALUES (%s, %s, 1)"
            " ON CONFLICT (digest) DO UPDATE SET count = attempt.count + 1 RETURNING count",
            [_digest(what, who, at), _minute(at)],
        )
        (counted,) = cursor.fetchone() or (0,)
    return int(counted)


def seen(what: str, who: str, at: datetime) -> int:
    """Return how many tries there were in this minute."""
    found = Attempt.objects.filter(pk=_digest(what, who, at)).values_list("count", flat=True).first()
    return found or 0


def seen_lately(what: str, who: str, at: datetime) -> int:
    """Return how many tries there were in the long window that ends now."""
    minutes = [at - number * WINDOW for number in range(LONG_WINDOW // WINDOW)]
    found = Attempt.objects.filter(pk__in=[_digest(what, who, minute) for minute in minutes])
    return found.aggregate(sum=Sum("count"))["sum"] or 0


def forget_before(at: datetime) -> int:
    forgotten, _ = Attempt.objects.filter(minute__lt=at - LONG_WINDOW - WINDOW).delete()
    return forgotten


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _digest(what: str, who: str, at: datetime) -> str:
    said = f"{what}\0{who}\0{_minute(at).isoformat()}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), said, sha256).hexdigest()
