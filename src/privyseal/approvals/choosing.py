"""The category under which a use is applied for: which there are in a company, and whether a use is of one."""

from collections.abc import Mapping, Sequence
from typing import Final

from privyseal.approvals.models import Application, CategoryVersion, Line
from privyseal.approvals.papers import Papers
from privyseal.approvals.rules.attachments import Kind, check_attached
from privyseal.approvals.rules.categories import CategoryMissing, check_seals, entries
from privyseal.approvals.stages import types_of
from privyseal.identity.models import Company
from privyseal.kernel.canonical import Json
from privyseal.ledger.transactions import transaction_required

# A company's own categories, and of each other code that of the nearest company above it which is for the group.
_IN_FORCE: Final = """
    WITH RECURSIVE line AS (
        SELECT id, parent_id, 0 AS above FROM company WHERE id = %s
        UNION SELECT company.id, company.parent_id, line.above + 1 FROM company JOIN line ON company.id = line.parent_id
    )
    SELECT DISTINCT ON (code) category.* FROM category JOIN line ON line.id = category.company_id
    WHERE confirmed_at IS NOT NULL AND ended_at IS NULL AND (above = 0 OR is_for_group) ORDER BY code, above
"""


def in_force(company_id: int) -> list[CategoryVersion]:
    """Return the categories that stand in a company, by code."""
    return list(CategoryVersion.objects.raw(_IN_FORCE, [company_id]))


def alike_in(company: Company, category_uid: str) -> str:
    """Return the category that stands in a company under the same code as this one; none where there is none."""
    codes = CategoryVersion.objects.filter(uid=category_uid).values_list("code", flat=True)
    code = next(iter(codes), "")
    return next((each.uid for each in in_force(company.pk) if code and each.code == code), "")


def said_of(application: Application) -> Mapping[str, Json]:
    """Return what approvers are shown of the category, in the form that their yes is bound to."""
    chosen = application.category
    if chosen is None:
        return {}
    return {"category": chosen.code, "category_sha256": chosen.says_sha256, "entered": application.entered}


@transaction_required
def choose(application: Application, company: Company, lines: Sequence[Line], papers: Papers) -> None:
    """Put the use under the category that its papers name, as they fill it in, or refuse.

    Where a company has categories, each use is of one.
    """
    known = {each.uid: each for each in in_force(company.pk)}
    chosen = known.get(papers.category_uid)
    if chosen is None:
        if known or papers.category_uid:
            raise CategoryMissing
        return
    category = chosen.category
    check_seals(category, [types_of(line.seal) for line in lines])
    check_attached(category.needs, [Kind(kind) for kind in application.attached_kinds])
    application.category, application.entered = chosen, entries(category, papers.entered)
    application.required_kinds = sorted(kind.value for kind in category.needs)
    application.save(update_fields=["category", "entered", "required_kinds"])
