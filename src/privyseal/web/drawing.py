"""What Django’s templates of form fields say, said without them: they took half of the time of a page of many boxes."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.html import conditional_escape

_FOLDER: Final = "django/forms/widgets/"


class Drawing(DjangoTemplates):
    """Draws fields; what is not known here is drawn by its template."""

    def render(self, template_name: str, context: Mapping[str, Any], request: HttpRequest | None = None) -> str:
        draw = _DRAWN.get(template_name)
        return super().render(template_name, dict(context), request) if draw is None else draw(context["widget"])


def _said(value: object) -> str:
    return conditional_escape(value if isinstance(value, str) else str(localize(value)))


def _as_text(value: object) -> str:
    return conditional_escape(value if isinstance(value, str) else str(value))


def _attributes(attributes: Mapping[str, object]) -> str:
    said = ((_said(name), value) for name, value in attributes.items() if value is not False)
    return "".join(f" {name}" if value is True else f' {name}="{_as_text(value)}"' for name, value in said)


def _input(widget: Mapping[str, Any]) -> str:
    value = "" if widget["value"] is None else f' value="{_as_text(widget["value"])}"'
    return f'<input type="{_said(widget["type"])}" name="{_said(widget["name"])}"{value}{_attributes(widget["attrs"])}>'


def _box(widget: Mapping[str, Any]) -> str:
    if not widget.get("wrap_label"):
        return _input(widget)
    of = widget["attrs"].get("id")
    return f"<label{_for(of)}>{_input(widget)}\n {_said(widget['label'])}</label>"


def _for(name: object) -> str:
    return f' for="{_said(name)}"' if name else ""


def _boxes(widget: Mapping[str, Any]) -> str:
    attributes = widget["attrs"]
    said = "".join(f' {name}="{_said(attributes[name])}"' for name in ("id", "class") if attributes.get(name))
    return f"<div{said}>{''.join(map(_group_of_boxes, widget['optgroups']))}\n</div>"


def _group_of_boxes(group: tuple[object, list[Mapping[str, Any]], int]) -> str:
    name, options, _ = group
    boxes = "".join(f"<div>\n    {_box(option)}\n</div>" for option in options)
    return f"\n  <div><label>{_said(name)}</label>{boxes}\n  </div>" if name else boxes


def _select(widget: Mapping[str, Any]) -> str:
    groups = "".join(map(_group_of_options, widget["optgroups"]))
    return f'<select name="{_said(widget["name"])}"{_attributes(widget["attrs"])}>{groups}\n</select>'


def _group_of_options(group: tuple[object, list[Mapping[str, Any]], int]) -> str:
    name, options, _ = group
    said = "".join(f"\n  {_option(option)}\n" for option in options)
    return f'\n  <optgroup label="{_said(name)}">{said}\n  </optgroup>' if name else said


def _option(widget: Mapping[str, Any]) -> str:
    said = _as_text(widget["value"])
    return f'<option value="{said}"{_attributes(widget["attrs"])}>{_said(widget["label"])}</option>'


_INPUTS: Final = (
    "text",
    "number",
    "email",
    "url",
    "password",
    "hidden",
    "date",
    "datetime",
    "time",
    "checkbox",
    "file",
)
_DRAWN: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    **{f"{_FOLDER}{name}.html": _input for name in _INPUTS},
    **{f"{_FOLDER}{name}_option.html": _box for name in ("checkbox", "radio")},
    **{f"{_FOLDER}{name}.html": _boxes for name in ("checkbox_select", "radio")},
    f"{_FOLDER}select.html": _select,
}
