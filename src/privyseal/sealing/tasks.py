"""Jobs about documents: each reads the clock, makes one call, and may run twice."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.utils.timezone import now
from procrastinate.contrib.django import app

from privyseal.sealing import actions

_EVERY_NIGHT: Final = "41 3 * * *"
_WAITS: Final = timedelta(days=7)


@app.task(name=actions.TAKE_IN, retry=3)
def take_in(intake_uid: str) -> None:
    actions.take_in(now(), intake_uid=intake_uid)


@app.periodic(cron=_EVERY_NIGHT)
@app.task(name="sealing.forget-arrivals", queueing_lock="sealing.forget-arrivals")
def forget_arrivals(timestamp: int) -> None:  # noqa: ARG001  every periodic job is told its time
    """Let go of files that a crash left behind, or that no job has come for in a week."""
    settings.BLOBS.forget_arrivals((now() - _WAITS).timestamp())
