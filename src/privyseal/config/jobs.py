"""The worker of jobs: any number of them share one queue; a job that its worker died over is done again."""

from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from privyseal.seals.actions import watch_factors

_EVERY_HALF_MINUTE: Final = "*/30 * * * * *"
_EVERY_HOUR: Final = "7 * * * *"
_EVERY_NIGHT: Final = "17 3 * * *"
_KEPT_HOURS: Final = 7 * 24
_MOST_ATTEMPTS: Final = 3


def run(*, wait: bool = True) -> None:
    """Do jobs until a signal tells to stop, or without waiting until there are none."""
    with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]  # Django's connector has it, the common one does not
        worker.run_worker(wait=wait, install_signal_handlers=wait)


@app.periodic(cron=_EVERY_HALF_MINUTE)
@app.task(name="jobs.retry-stalled", queueing_lock="jobs.retry-stalled")
async def retry_stalled_jobs(timestamp: int) -> None:  # noqa: ARG001  every periodic job is told its time
    """Put a job back whose worker no longer gives a sign of life; every task may run twice.

    One over which worker after worker dies is given up, and what waits for it is told by the sweep.
    """
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=settings.JOB_STALLED_SECONDS):
        if job.attempts < _MOST_ATTEMPTS:
            await app.job_manager.retry_job(job)
        else:
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)


@app.periodic(cron=_EVERY_HOUR)
@app.task(name="jobs.watch-factors", queueing_lock="jobs.watch-factors")
def look_for_forged_factors(timestamp: int) -> None:  # noqa: ARG001  every periodic job is told its time
    watch_factors(datetime.now(UTC))


@app.periodic(cron=_EVERY_NIGHT)
@app.task(name="jobs.forget-finished", queueing_lock="jobs.forget-finished")
async def forget_finished_jobs(timestamp: int) -> None:  # noqa: ARG001  every periodic job is told its time
    await app.job_manager.delete_old_jobs(nb_hours=_KEPT_HOURS, include_failed=True)
