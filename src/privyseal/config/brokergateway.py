"""The gateway at a broker: one process of three threads; several may run, beside those that machines reach by HTTPS.

A program of its own, ``python -m privyseal.config.brokergateway``. It has the key of the gateway, from its folder.
"""

import logging.config
import os
import signal
import threading
from datetime import UTC, datetime
from typing import Final

from privyseal.config import env, logs
from privyseal.config.broker import Broker

_DAY_SECONDS: Final = 86_400.0


def serve(broker: Broker) -> None:
    """Attend to machines at a broker until told to stop."""
    import django  # noqa: PLC0415  Django is set up only now

    django.setup()
    from django.db import close_old_connections  # noqa: PLC0415  likewise

    from privyseal.gateway import house  # noqa: PLC0415  likewise
    from privyseal.gateway.post import Post  # noqa: PLC0415  likewise
    from privyseal.sealing.signing import client  # noqa: PLC0415  likewise

    level = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
    logging.config.dictConfig(logs.configuration(level))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    own = house.House(house.key_in(env.folder("DATA", ".data") / "gateway"), broker.address)
    post = Post(own, client(), lambda: datetime.now(UTC), between=close_old_connections)
    post.start(broker.inside)
    while not stop.wait(_DAY_SECONDS):
        post.renew()
    post.end()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "privyseal.config.settings")
    serve(Broker.from_environment())
