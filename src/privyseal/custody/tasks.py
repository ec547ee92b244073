"""Jobs about stamped pages: each reads the clock, makes one call, and may run twice."""

from typing import Final

from django.utils.timezone import now
from procrastinate.contrib.django import app

from privyseal.custody import actions, printing

_EVERY_HOUR: Final = "23 * * * *"


@app.task(name=actions.COMPARE, retry=3)
def compare_photograph(photograph_uid: str) -> None:
    actions.compare_photograph(now(), photograph_uid=photograph_uid)


@app.periodic(cron=_EVERY_HOUR)
@app.task(name="custody.keep-new-pages", queueing_lock="custody.keep-new-pages")
def keep_new_pages(timestamp: int) -> None:  # noqa: ARG001  every periodic job is told its time
    """Have the pages kept of what was approved lately; each document is a job, so that none holds up the rest."""
    for document_sha256 in printing.documents_to_keep(now()):
        keep_pages.configure(lock=document_sha256).defer(document_sha256=document_sha256)


@app.task(name="custody.keep-pages")
def keep_pages(document_sha256: str) -> None:
    printing.keep_pages(document_sha256)
