"""Uses under standing permits, whoever asks: who made them, and which of them the log makes samples."""

from collections.abc import Collection

from privyseal.kernel.drawing import is_drawn
from privyseal.ledger.proofs import Head, first_heads_over
from privyseal.sealing.models import Intent, StandingUse


def used_under(application_uid: str) -> frozenset[int]:
    """Return who has sealed under the standing permit that an application was approved for."""
    uses = StandingUse.objects.filter(permit__application_uid=application_uid)
    return frozenset(uses.order_by("by_id").values_list("by_id", flat=True).distinct())


def heads_over(uses: Collection[StandingUse]) -> dict[int, Head]:
    """Return the head of the log that first covers each of these uses, by its key, as far as there is one."""
    if not uses:
        return {}
    lines = {use.line_id: use.pk for use in uses}
    intents = dict(Intent.objects.filter(line__in=lines).order_by("-pk").values_list("line_id", "uid"))
    heads = first_heads_over("document.seal.intended", "intent", intents.values())
    return {lines[line]: heads[uid] for line, uid in intents.items() if uid in heads}


def drawn_by(head: Head, use: StandingUse) -> bool:
    """Return whether the head makes the use a sample."""
    permit = use.permit
    return is_drawn(
        head.root,
        permit=permit.uid,
        number=use.number,
        document_sha256=use.line.document_sha256,
        every=permit.terms["sample_every"],
    )
