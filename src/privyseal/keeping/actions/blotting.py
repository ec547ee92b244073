"""Blotting what others wrote of somebody who is erased: a job, some of the tables at a time, going on after a kill."""

from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef
from procrastinate.contrib.django.models import ProcrastinateJob

from privyseal.keeping.actions.tables import discard_table
from privyseal.keeping.barring import is_stopped
from privyseal.keeping.forgetting import leave_job
from privyseal.keeping.locks import before_holds
from privyseal.keeping.models import Blotting
from privyseal.keeping.tables import tables_naming
from privyseal.keeping.traces import BLOCKS, Place, Step, blot_some
from privyseal.ledger import book
from privyseal.ledger.actors import Actor, Service
from privyseal.ledger.commands import command

_KEEPER: Final = Service("keeper")
_ROUNDS: Final = 2
_KEPT: Final = ["words", "round", "table", "block", "tables", "of", "rows", "left", "finished_at"]
_PAUSE_SECONDS: Final = 60  # one that fails again and again is not tried without end
_ALIVE: Final = ["todo", "doing"]


def blot(at: datetime, *, erasure_uid: str, blocks: int = BLOCKS) -> bool:
    """Blot until nothing is left to do, or a hold stops it; return whether it is finished. It may run twice."""
    blotting = Blotting.objects.select_related("erasure__person").get(erasure__uid=erasure_uid)
    if blotting.words is None or is_stopped(blotting.erasure.person):
        return blotting.words is None
    for import_id in tables_naming(blotting.words):
        discard_table(at, import_id=import_id, erasure_uid=erasure_uid)
    while go_on(_KEEPER, at, erasure_uid=erasure_uid, blocks=blocks):
        pass
    return Blotting.objects.filter(pk=blotting.pk, words=None).exists()


@command("erasure.blot")
def go_on(actor: Actor, at: datetime, *, erasure_uid: str, blocks: int) -> bool:
    """Do one step and keep how far it came; return whether there is another one to do."""
    before_holds()
    found = Blotting.objects.select_for_update(of=("self",)).select_related("erasure__person", "erasure__asked_by")
    blotting = found.get(erasure__uid=erasure_uid)
    if blotting.words is None or is_stopped(blotting.erasure.person):
        return False
    step = blot_some(blotting.words, Place(blotting.table, blotting.block), blocks=blocks)
    _keep(blotting, step)
    is_over = step.after is None and blotting.round > _ROUNDS
    if is_over:
        blotting.words, blotting.finished_at, blotting.round = None, at, _ROUNDS
    blotting.save(update_fields=_KEPT)
    if is_over:
        erasure = blotting.erasure
        about = {"erasure": erasure.uid, "person": erasure.person.pseudonym, "asked_by": erasure.asked_by.pseudonym}
        counts = {"rows_blotted": blotting.rows, "rows_left": blotting.left, "files_deleted": blotting.files}
        book.record("erasure.finished", by=actor, at=at, **about, **counts)
    return not is_over


def blot_what_waits() -> int:
    """Leave a job for each blotting that none works on: its worker died, or a hold has ended; return how many."""
    alive = ProcrastinateJob.objects.filter(lock=OuterRef("erasure__uid"), status__in=_ALIVE)
    waiting = Blotting.objects.filter(~Exists(alive), finished_at=None).select_related("erasure__person")
    found = [each.erasure.uid for each in waiting.order_by("pk") if not is_stopped(each.erasure.person)]
    for uid in found:
        leave_job(uid, seconds=_PAUSE_SECONDS)
    return len(found)


def blot_everything(at: datetime) -> None:
    """Finish here and now what is under way: before a restored installation opens there is no worker."""
    for uid in Blotting.objects.filter(finished_at=None).order_by("pk").values_list("erasure__uid", flat=True):
        blot(at, erasure_uid=uid)


def _keep(blotting: Blotting, step: Step) -> None:
    """Put down how far a step came, and begin the next round after the last table."""
    place = step.after or Place()
    blotting.table, blotting.block = place.table, place.block
    blotting.tables += step.tables
    blotting.of = step.of * _ROUNDS
    blotting.rows += step.rows
    blotting.left += step.left if blotting.round == _ROUNDS else 0
    blotting.round += step.after is None
