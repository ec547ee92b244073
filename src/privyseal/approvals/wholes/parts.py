"""The parts of one application to several companies: what is said of the whole, and what ends with one of them."""

from collections.abc import Sequence
from datetime import datetime

from privyseal.approvals.casting import with_all
from privyseal.approvals.models import Application, Joint, Line
from privyseal.approvals.rules import State
from privyseal.approvals.rules.joint import Mode, end_of_yes, ends_with
from privyseal.identity.models import Company
from privyseal.kernel.canonical import Json, canonical, sha256
from privyseal.ledger.transactions import transaction_required


@transaction_required
def joined(at: datetime, *, mode: Mode, lines: Sequence[tuple[Company, Line]]) -> Joint:
    """Write down the whole of an application to several companies, before its parts."""
    companies = dict.fromkeys(company for company, _ in lines)
    says: list[Json] = [
        {
            "company": company.uid,
            "name": company.name,
            "lines": [
                {"seal": line.seal.name, "document": line.document_name} for owner, line in lines if owner == company
            ],
        }
        for company in companies
    ]
    return Joint.objects.create(mode=mode.value, made_at=at, says=says, says_sha256=sha256(canonical({"parts": says})))


def others_of(application: Application) -> list[Application]:
    """Return the parts of the other companies, each whole; none where one company alone is asked."""
    if application.joint_id is None:
        return []
    parts = Application.objects.filter(joint=application.joint_id).exclude(pk=application.pk)
    return with_all(parts.select_related("company", "applicant", "joint").order_by("pk"))


def reached_by_yes(application: Application, others: Sequence[Application], end: State) -> State:
    """Return where the yes of its company's last stage leaves a part."""
    if application.joint is None:
        return end
    return end_of_yes(Mode(application.joint.mode), [State(other.state) for other in others])


def released_with(application: Application, others: Sequence[Application]) -> list[Application]:
    """Return the parts that were waiting for this one to be approved."""
    is_released = application.state == State.APPROVED.value
    return [other for other in others if is_released and other.state == State.AGREED.value]


def ended_with(application: Application) -> list[Application]:
    """Return the undecided parts that end with one that was refused or taken back."""
    if application.joint is None:
        return []
    others = {other.pk: other for other in others_of(application)}
    standing = Line.objects.filter(application__joint=application.joint_id, after__isnull=False)
    stands_on = standing.order_by("pk").values_list("application_id", "after__application_id")
    states = {key: State(other.state) for key, other in others.items()}
    ended = ends_with(Mode(application.joint.mode), application.pk, states, stands_on)
    return [others[key] for key in sorted(ended)]
