"""Long lists to choose from: Django draws a template for every choice, which takes a list of 500 companies 50 ms."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any, Final

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.choices import BaseChoiceIterator
from django.utils.html import format_html
from django.utils.safestring import SafeString

from privyseal.identity.models import Company
from privyseal.identity.queries import NamedCompany

_MANY: Final = 30
_BETWEEN: Final = "\0"  # no database keeps it in a text


class LongSelect(forms.Select):
    """A select whose choices stand in no groups, drawn in one go."""

    def render(
        self,
        name: str,
        value: Any,  # noqa: ANN401  Django's own signature
        attrs: Mapping[str, Any] | None = None,
        renderer: BaseRenderer | None = None,  # noqa: ARG002
    ) -> SafeString:
        chosen = {str(one) for one in self.format_value(value)}
        multiple = {"multiple": True} if self.allow_multiple_selected else {}
        said = self.build_attrs({**self.attrs, **multiple}, {**(attrs or {}), "name": name})
        choices = list(self.choices)
        keys, words = ([str(key) for key, _ in choices], _escaped([words for _, words in choices]))
        options = "".join(
            f'<option value="{safe}"{" selected" * (key in chosen)}>{says}</option>'
            for key, safe, says in zip(keys, _escaped(keys), words, strict=True)
        )
        return format_html("<select{}>{}</select>", flatatt(said), SafeString(options))


class LongSelectMultiple(LongSelect, forms.SelectMultiple):
    """The same where several can be chosen."""


def choice_of_company(
    companies: Iterable[NamedCompany], chosen: Company | None, *others: tuple[str, str]
) -> SafeString:
    """Draw the companies to choose from where a page has no form for it, after ``others``."""
    choices = [*others, *((company.uid, company.name) for company in companies)]
    return LongSelect(choices=choices).render("company", chosen.uid if chosen else "", {"id": "id_company"})


def _escaped(said: Sequence[object]) -> list[str]:
    """Return what Django's own escaping says of each, of all at once: that takes a tenth of the time."""
    words = [str(one) for one in said]
    if not said or any(isinstance(one, SafeString) for one in said) or any(_BETWEEN in one for one in words):
        return [one.__html__() if isinstance(one, SafeString) else escape(str(one)) for one in said]
    return escape(_BETWEEN.join(words)).split(_BETWEEN)


class _AsGiven(BaseChoiceIterator):
    """Pairs that Django need not look at one by one to see whether they stand in groups."""

    def __init__(self, choices: Sequence[tuple[str, Any]]) -> None:
        self._choices = list(choices)

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter(self._choices)

    def __len__(self) -> int:
        return len(self._choices)


_LONG: Final[dict[type[forms.Widget], type[LongSelect]]] = {
    forms.Select: LongSelect,
    forms.SelectMultiple: LongSelectMultiple,
}


def give_choices(field: forms.ChoiceField, choices: Sequence[tuple[str, Any]]) -> None:
    """Give a field its choices, and where there are many a widget that draws them quickly."""
    quick = _LONG.get(type(field.widget))
    if quick is not None and len(choices) > _MANY:
        is_required, field.widget = field.widget.is_required, quick(field.widget.attrs)
        field.widget.is_required = is_required
    field.choices = _AsGiven(choices)
