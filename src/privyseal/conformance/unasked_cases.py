"""What a device does without being asked, as its clock says."""

from datetime import UTC, datetime
from typing import Final

from privyseal.conformance.trial import Trial, Wrong
from privyseal.device.orders import Order

_PAST_A_DAY: Final = 90_000
_PAST_RENEWAL: Final = 61 * 86_400


def by_itself(trial: Trial) -> None:
    """Set its clock on, by a day and past the time from which it renews, and back."""
    try:
        _tells_and_renews(trial)
    finally:
        trial.done("clock", "0")
        trial.order(Order.TIME, at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}")
        trial.sync()


def _tells_and_renews(trial: Trial) -> None:
    trial.came()
    before = trial.played.renewals
    trial.done("clock", str(_PAST_A_DAY))
    trial.one(trial.came(), "health")
    trial.none(trial.came(), "health")
    if trial.played.renewals != before:
        raise Wrong("it renewed its certificate long before 'renew_at'")
    trial.done("clock", str(_PAST_RENEWAL))
    trial.sync()
    if trial.played.renewals != before + 1:
        raise Wrong("past 'renew_at' it did not renew by itself, once")
