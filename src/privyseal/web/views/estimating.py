"""By when a use that is about to be sent in would be decided."""

from collections.abc import Sequence

from django.utils.timezone import now

from privyseal.approvals.models import Application, CategoryVersion
from privyseal.approvals.queries.estimates import Estimate, estimate
from privyseal.approvals.wishes import LineWish
from privyseal.identity.models import Company
from privyseal.seals.models import Seal
from privyseal.signer.statement import Purpose
from privyseal.web.capabilities import SignedIn
from privyseal.web.forms_of_uses import UseForm


def estimate_for(
    request: SignedIn,
    form: UseForm,
    company: Company,
    category: CategoryVersion | None,
    lines: Sequence[LineWish],
    seals: Sequence[Seal],
) -> Estimate:
    """Return it for the company's own part of what the form asks for."""
    said = form.cleaned_data
    asked = Application(
        company=company,
        purpose=Purpose.USE.value,
        applicant=request.user,
        amount=said["amount"],
        counterparty=said["counterparty"],
        off_site=said["off_site"],
        category=category,
    )
    wanted = {line.seal_uid for line in lines}
    return estimate(request.user, now(), asked, [seal for seal in seals if seal.uid in wanted])
