"""What stands above every list: those that the reader keeps of it, and a name for what they look for now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import now

from privyseal.identity.asked import read
from privyseal.identity.models import Person
from privyseal.identity.queries.lists import lists_kept_of
from privyseal.web.forms import CommandForm
from privyseal.web.forms_of_lists import KeepListForm


@dataclass(frozen=True, slots=True)
class Kept:
    """One kept list: where it leads, and whether it is what the reader sees now."""

    uid: str
    name: str
    url: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class KeptLists:
    """The kept lists; ``form`` is there where something is looked for that is not kept yet."""

    rows: Sequence[Kept]
    form: KeepListForm | None
    drop: CommandForm


def kept_lists(request: HttpRequest, reader: Person, place: str) -> KeptLists:
    now_asked = _looked_for(parse_qsl(request.GET.urlencode()))
    url = reverse(place)
    kept = ((one, read(one.asked)) for one in lists_kept_of(reader, now(), place))
    rows = [
        Kept(one.uid, one.name, f"{url}?{urlencode(asked)}", _looked_for(asked) == now_asked) for one, asked in kept
    ]
    is_new = bool(now_asked) and not any(row.is_shown for row in rows)
    usual: dict[str, object] = {"place": place, "asked": request.GET.urlencode()}
    form = KeepListForm(places=[place], usual=usual) if is_new else None
    return KeptLists(rows, form, CommandForm())


def _looked_for(asked: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """Return what is asked for, whatever the order, without the place in the list and what is left empty."""
    return frozenset((name, value) for name, value in asked if value and name not in {"after", "before"})
