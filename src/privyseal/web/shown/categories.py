"""Categories of business as people read them, and what a use under one says."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from privyseal.approvals.models import Application, CategoryVersion, Policy
from privyseal.approvals.rules.attachments import Kind
from privyseal.approvals.rules.categories import Category
from privyseal.approvals.rules.remarks import About
from privyseal.approvals.stages import policy_in_force, table_of
from privyseal.language.categories import FIELD_KIND, RETENTION, name_of
from privyseal.language.hands import ASKED
from privyseal.language.labels import MANNER, SEAL_TYPE
from privyseal.language.papers import ABOUT, KIND
from privyseal.language.standing import DOCUMENT_CLASS
from privyseal.language.types import name_of_type
from privyseal.seals.models import OwnType
from privyseal.signer.statement import Purpose
from privyseal.web.shown import policies
from privyseal.web.shown.words import Badge


@dataclass(frozen=True, slots=True)
class CategoryShown:
    version: CategoryVersion
    name: str
    badge: Badge
    needs: str


@dataclass(frozen=True, slots=True)
class Fact:
    what: str | Promise
    said: str | Promise


def row(version: CategoryVersion) -> CategoryShown:
    category = version.category
    badge = policies.badge_of(version.confirmed_at, version.ended_at)
    return CategoryShown(version, name_of(category), badge, _kinds(category.needs))


def facts(version: CategoryVersion) -> Iterator[Fact]:
    """Yield what a category asks for, in words."""
    category = version.category
    for field in category.fields:
        about = _(", ").join([str(FIELD_KIND[field.kind]), *([_("required")] if field.is_required else [])])
        yield Fact(name_of(field), _(": ").join([about, *([_(", ").join(field.choices)] if field.choices else [])]))
    names = {kind.value: str(words) for kind, words in SEAL_TYPE.items()}
    names |= {own.uid: name_of_type(own) for own in OwnType.objects.filter(uid__in=category.types)}
    if category.types:
        yield Fact(_("Types of seal"), _(", ").join(names.get(kind, kind) for kind in sorted(category.types)))
    if category.needs:
        yield Fact(_("Attachments required"), _kinds(category.needs))
    if category.refuses:
        refused = _(", ").join(str(ABOUT[about]) for about in About if about in category.refuses)
        yield Fact(_("Documents that are refused instead of warned about"), refused)
    yield Fact(_("Usual manner"), MANNER[category.manner])
    yield Fact(_("Kept for"), RETENTION[category.retention])
    yield from _by_hand(category)
    if category.archive_days:
        yield Fact(_("Working days to file it after sealing"), str(category.archive_days))
    if category.archive_blocks:
        yield Fact(_("Whoever is late cannot apply for anything more"), _("yes"))
    if category.archive_copy_back:
        yield Fact(_("The counterparty’s copy has to come back"), _("yes"))
    counts = (
        (_("Copies on paper"), category.copies),
        (_("Number of originals"), category.originals),
        (_("Number of duplicates"), category.duplicates),
    )
    for name, count in counts:
        if count is not None:
            yield Fact(name, str(count))


@dataclass(frozen=True, slots=True)
class Decided:
    """Which rows of the policy in force decide on a use under a category, and that policy, where there is one."""

    policy: Policy | None
    rows: Sequence[policies.RowShown]


def decided(version: CategoryVersion) -> Decided:
    policy = policy_in_force(version.company_id)
    if policy is None:
        return Decided(None, ())
    table = table_of(policy.pk)
    shown = policies.rows(table, (), policies.names_in((), table))
    reached = [
        one
        for row, one in zip(table, shown, strict=True)
        if (not row.purposes or Purpose.USE in row.purposes) and (not row.categories or version.code in row.categories)
    ]
    return Decided(policy, reached)


def _by_hand(category: Category) -> Iterator[Fact]:
    """Yield what a category asks for where a rubber seal is used by hand."""
    yield Fact(_("Photographs of what is stamped by hand"), ASKED[category.photographs])
    yield Fact(_("Spoiled impressions that are made again"), str(category.made_anew))
    if category.volume:
        yield Fact(_("Impressions taken at a time"), str(category.volume))
    if category.blanks and category.blank_class and category.blank_days:
        yield Fact(_("Blanks that one use may stamp"), str(category.blanks))
        yield Fact(_("Papers that are stamped as blanks"), DOCUMENT_CLASS[category.blank_class])
        yield Fact(_("Days until each blank is accounted for"), str(category.blank_days))


def _as_blanks(category: Category) -> Iterator[Fact]:
    """Yield what an approver is to look at before sheets are stamped empty."""
    if category.blanks and category.blank_class and category.blank_days:
        words = _(
            "Stamped before they are filled in, and only: %(papers)s. Each is numbered and accounted for within "
            "%(days)s days. Open the document: where it is another kind of paper, say no."
        )
        said = words % {"papers": DOCUMENT_CLASS[category.blank_class], "days": category.blank_days}
        yield Fact(_("Numbered blanks, an exception"), said)


def _kinds(kinds: Collection[Kind]) -> str:
    return _(", ").join(str(KIND[kind]) for kind in Kind if kind in kinds)


def entered(application: Application) -> Sequence[Fact]:
    """Return the category of a use, and what was said of its fields under the version it was submitted under."""
    if application.category is None:
        return []
    category = application.category.category
    said = application.entered
    return [
        Fact(_("Business category"), name_of(category)),
        *_as_blanks(category),
        *(
            Fact(name_of(field), said[str(number)])
            for number, field in enumerate(category.fields, start=1)
            if str(number) in said
        ),
    ]
