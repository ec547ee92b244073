"""Take out of an unsigned document everything that acts, hides or can be filled in."""

from collections.abc import Iterator
from typing import Final

from pikepdf import Array, Dictionary, Name, Object, Pdf

from privyseal.pdf import fields
from privyseal.pdf.accepted import NotSealable

_KEPT_ACTIONS: Final = frozenset({Name.GoTo, Name.URI})
"""A jump inside the document, and a link that a reader follows knowingly."""

_REMOVED_ANNOTATIONS: Final = {
    Name.Widget: "forms-flattened",
    Name.Popup: "annotations-flattened",
    Name.FileAttachment: "attachments-removed",
    Name.Screen: "multimedia-removed",
    Name.Movie: "multimedia-removed",
    Name.Sound: "multimedia-removed",
    Name.RichMedia: "multimedia-removed",
    Name("/3D"): "multimedia-removed",
}

_REMOVED_FROM_CATALOG: Final = (
    (Name.AA, "actions-removed"),
    (Name.AF, "attachments-removed"),
    (Name.Collection, "attachments-removed"),
    (Name.Requirements, "scripts-removed"),
    (Name.Perms, "permissions-removed"),
)
_REMOVED_NAME_TREES: Final = (
    (Name.JavaScript, "scripts-removed"),
    (Name.EmbeddedFiles, "attachments-removed"),
    (Name.Renditions, "multimedia-removed"),
    (Name.AlternatePresentations, "multimedia-removed"),
)


def clean(pdf: Pdf) -> tuple[str, ...]:
    """Flatten forms and annotations, remove what acts, and return in stable words what was altered."""
    changes = set(_clean_catalog(pdf.Root))
    changes.update(_clean_form(pdf))
    for page in pdf.pages:
        changes.update(_clean_page(page.obj))
    changes.update(_clean_outline(pdf.Root))
    _level_page_tree(pdf)
    return tuple(sorted(changes))


def _clean_catalog(root: Object) -> Iterator[str]:
    if bool(root.get(Name.NeedsRendering, False)):
        raise NotSealable(reason="dynamic-form")
    for name, change in _REMOVED_FROM_CATALOG:
        if name in root:
            del root[name]
            yield change
    opening = root.get(Name.OpenAction)
    if isinstance(opening, Dictionary) and not _is_kept(opening):
        del root[Name.OpenAction]
        yield _change_of(opening)
    names = root.get(Name.Names)
    if isinstance(names, Dictionary):
        for name, change in _REMOVED_NAME_TREES:
            if name in names:
                del names[name]
                yield change


def _clean_form(pdf: Pdf) -> Iterator[str]:
    """Draw what forms and annotations show into the pages; the form itself goes."""
    form = pdf.Root.get(Name.AcroForm)
    if isinstance(form, Dictionary):
        if Name.XFA in form:
            del form[Name.XFA]
            yield "xfa-removed"
        widgets = (one for one in _annotations(pdf) if one.get(Name.Subtype) == Name.Widget)
        fields.draw_values(pdf, widgets, leaves_to_viewers=bool(form.get(Name.NeedAppearances, False)))
        form[Name.NeedAppearances] = False
    yield from {
        "forms-flattened" if annotation.get(Name.Subtype) == Name.Widget else "annotations-flattened"
        for annotation in _annotations(pdf)
        if Name.AP in annotation
    }
    pdf.flatten_annotations("all")
    if Name.AcroForm in pdf.Root:
        del pdf.Root[Name.AcroForm]


def _annotations(pdf: Pdf) -> Iterator[Dictionary]:
    for page in pdf.pages:
        yield from _annotations_of(page.obj)


def _annotations_of(page: Dictionary) -> Iterator[Dictionary]:
    annotations = page.get(Name.Annots)
    if isinstance(annotations, Array):
        for annotation in annotations:
            if isinstance(annotation, Dictionary):
                yield annotation


def _clean_page(page: Dictionary) -> Iterator[str]:
    for name, change in ((Name.AA, "actions-removed"), (Name.AF, "attachments-removed")):
        if name in page:
            del page[name]
            yield change
    kept = []
    for annotation in _annotations_of(page):
        kind = annotation.get(Name.Subtype)
        removed = _REMOVED_ANNOTATIONS.get(kind) if isinstance(kind, Name) else None
        if removed:
            yield removed
            continue
        kept.append(annotation)
        yield from _clean_actions(annotation)
    if Name.Annots in page:
        del page[Name.Annots]
    if kept:
        page[Name.Annots] = Array(kept)


def _clean_outline(root: Object) -> Iterator[str]:
    outline = root.get(Name.Outlines)
    waiting = [outline.get(Name.First)] if isinstance(outline, Dictionary) else []
    seen: set[tuple[int, int]] = set()
    while waiting:
        item = waiting.pop()
        if isinstance(item, Dictionary) and item.objgen not in seen:
            seen.add(item.objgen)
            yield from _clean_actions(item)
            waiting += [item.get(Name.First), item.get(Name.Next)]


def _clean_actions(holder: Dictionary) -> Iterator[str]:
    for name in (Name.AA, Name.PA, Name.AF):
        if name in holder:
            del holder[name]
            yield "actions-removed"
    action = holder.get(Name.A)
    if action is None:
        return
    if not _is_kept(action):
        del holder[Name.A]
        yield _change_of(action)
    elif Name.Next in action:
        del action[Name.Next]
        yield "actions-removed"


def _is_kept(action: Object) -> bool:
    return isinstance(action, Dictionary) and action.get(Name.S) in _KEPT_ACTIONS


def _change_of(action: Object) -> str:
    is_script = isinstance(action, Dictionary) and action.get(Name.S) == Name.JavaScript
    return "scripts-removed" if is_script else "actions-removed"


def _level_page_tree(pdf: Pdf) -> None:
    """Bring all pages under one node: taking a page out and putting it back makes qpdf write the tree anew."""
    pdf.Root.Pages.Count = len(pdf.pages)  # qpdf gives up where the file itself counted wrong
    last = pdf.pages[-1]
    del pdf.pages[-1]
    pdf.pages.append(last)
