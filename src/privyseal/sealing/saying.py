"""What the facts of a use say."""

from collections.abc import Mapping

from privyseal.identity.models import Person
from privyseal.kernel.canonical import Json
from privyseal.sealing.models import Intent
from privyseal.seals.models import Permit
from privyseal.signer.statement import Purpose


def about(intent: Intent) -> dict[str, str]:
    """Return what every fact about an intent says."""
    return {"intent": intent.uid, **_of(intent.permit), "operator": intent.operator.pseudonym}


def intended_fact(intent: Intent) -> dict[str, Json]:
    """Return what the fact of an intent says."""
    return of_intended(intended_under(intent.permit), intent.uid, intent.line.document_sha256, intent.line.impressions)


def sealed_fact(intent: Intent, result_sha256: str, said: Mapping[str, Json]) -> dict[str, Json]:
    """Return what the fact of a use says, with what is said of its approval and its place in the register."""
    under = sealed_under(intent.permit, intent.operator)
    fact = of_sealed(under, intent.uid, intent.line.document_sha256, result_sha256, intent.line.impressions)
    return {**fact, **said}


def intended_under(permit: Permit) -> Mapping[str, Json]:
    """Return what the facts of all intents under one permit say alike."""
    return _of(permit)


def sealed_under(permit: Permit, operator: Person) -> Mapping[str, Json]:
    """Return what the facts of all uses under one permit say alike."""
    alike: dict[str, Json] = {"binding": "file", "seal_version": permit.seal_version}
    return {**_of(permit), "operator": operator.pseudonym, **alike, **_under(permit)}


def of_intended(under: Mapping[str, Json], intent: str, document_sha256: str, impressions: int) -> dict[str, Json]:
    return {**under, "intent": intent, "document": document_sha256, "impressions": impressions}


def of_sealed(
    under: Mapping[str, Json], intent: str, approved_sha256: str, result_sha256: str, impressions: int
) -> dict[str, Json]:
    return {
        **under,
        "intent": intent,
        "document": result_sha256,
        "approved_sha256": approved_sha256,
        "result_sha256": result_sha256,
        "impressions": impressions,
    }


def _of(permit: Permit) -> dict[str, str]:
    return {"permit": permit.uid, "seal": permit.seal.uid, "application": permit.application_uid}


def _under(permit: Permit) -> dict[str, str]:
    """Return what a receipt says of a use under a standing permit: that no approver saw it, and its class."""
    if permit.purpose != Purpose.STANDING.value:
        return {}
    return {"under": "standing-permit", "document_class": permit.terms["document_class"]}
