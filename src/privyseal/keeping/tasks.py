"""Jobs about what is over: each reads the clock, makes one call, and may run twice."""

from django.utils.timezone import now
from procrastinate.contrib.django import app

from privyseal.keeping import actions
from privyseal.keeping.forgetting import BLOT


@app.task(name=actions.CLEAR, retry=3)
def clear(clearance_uid: str) -> None:
    actions.clear(now(), clearance_uid=clearance_uid)


@app.task(name=BLOT, retry=3)
def blot(erasure_uid: str) -> None:
    actions.blot(now(), erasure_uid=erasure_uid)
