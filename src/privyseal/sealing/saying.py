"""What the facts of a use say."""

from collections.abc import Mapping

from privyseal.kernel.canonical import Json
from privyseal.sealing.models import Intent
from privyseal.seals.models import Permit
from privyseal.signer.statement import Purpose


def about(intent: Intent) -> dict[str, str]:
    """Return what every fact about an intent says."""
    return {
        "intent": intent.uid,
        "permit": intent.permit.uid,
        "seal": intent.permit.seal.uid,
        "application": intent.permit.application_uid,
        "operator": intent.operator.pseudonym,
    }


def intended_fact(intent: Intent) -> dict[str, Json]:
    """Return what the fact of an intent says."""
    return {
        "intent": intent.uid,
        "permit": intent.permit.uid,
        "seal": intent.permit.seal.uid,
        "application": intent.permit.application_uid,
        "document": intent.line.document_sha256,
        "impressions": intent.line.impressions,
    }


def sealed_fact(intent: Intent, result_sha256: str, said: Mapping[str, Json]) -> dict[str, Json]:
    """Return what the fact of a use says, with what is said of its approval and its place in the register."""
    return {
        **about(intent),
        "document": result_sha256,
        "approved_sha256": intent.line.document_sha256,
        "result_sha256": result_sha256,
        "impressions": intent.line.impressions,
        "binding": "file",
        "seal_version": intent.permit.seal_version,
        **_under(intent.permit),
        **said,
    }


def _under(permit: Permit) -> dict[str, str]:
    """Return what a receipt says of a use under a standing permit: that no approver saw it, and its class."""
    if permit.purpose != Purpose.STANDING.value:
        return {}
    return {"under": "standing-permit", "document_class": permit.terms["document_class"]}
