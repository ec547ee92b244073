"""Jobs about what is over: each reads the clock, makes one call, and may run twice."""

from django.utils.timezone import now
from procrastinate.contrib.django import app

from privyseal.keeping import actions


@app.task(name=actions.CLEAR, retry=3)
def clear(clearance_uid: str) -> None:
    actions.clear(now(), clearance_uid=clearance_uid)
