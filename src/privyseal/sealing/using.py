"""Who has used what standing permits allow, whoever asks: a duty that is kept apart from approving more."""

from privyseal.sealing.models import StandingUse


def used_under(application_uid: str) -> frozenset[int]:
    """Return who has sealed under the standing permit that an application was approved for."""
    uses = StandingUse.objects.filter(permit__application_uid=application_uid)
    return frozenset(uses.order_by("by_id").values_list("by_id", flat=True).distinct())
