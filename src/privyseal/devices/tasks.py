"""Jobs about what machines photographed: each reads the clock, makes one call, and may run twice."""

from django.utils.timezone import now
from procrastinate.contrib.django import app

from privyseal.devices import actions
from privyseal.devices.actions.enrolling import GATEWAY


@app.task(name=actions.SHOW, retry=3)
def show_picture(picture_id: int) -> None:
    actions.show_picture(GATEWAY, now(), picture_id=picture_id)
