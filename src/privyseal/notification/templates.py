"""Text messages in China have approved texts: which of a provider's templates says which kind of message."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from privyseal.kernel.errors import Refused
from privyseal.notification.channels import Gap, NeverTaken, Text

# What a template can be given. The names are those of its variables.
VALUES: Final = ("happened", "what", "who", "time", "code", "url")
_OTHERS: Final = "*"
MOST_OF_A_VALUE: Final = 35  # at every provider


class TemplateMissing(NeverTaken):
    """No template says this kind of message in this language: the table of templates has a gap."""

    code = "template-missing"


class TemplatesUnreadable(Refused):
    """``line`` says what is wrong with the table of templates."""

    code = "templates-unreadable"

    def __str__(self) -> str:
        return f"{self.facts['path']} is not a table of templates: {self.facts['why']}."


@dataclass(frozen=True, slots=True)
class Template:
    code: str
    values: Sequence[str]


@dataclass(frozen=True, slots=True)
class Templates:
    """Templates by language and kind of message; ``*`` says whatever has none of its own."""

    of: Mapping[tuple[str, str], Template]

    def filled(self, text: Text, *, language: str) -> tuple[str, dict[str, str]]:
        """Return the template's code and its values in their order, or refuse."""
        template = self.of.get((language, text.kind)) or self.of.get((language, _OTHERS))
        if template is None:
            raise TemplateMissing(kind=text.kind, language=language)
        return template.code, {name: _short(text.values.get(name, "")) for name in template.values}

    def gaps(self, kinds: Iterable[str], languages: Iterable[str]) -> list[Gap]:
        """Return each kind that no template says in a language."""
        wanted = [(language, kind) for language in languages for kind in kinds if (language, _OTHERS) not in self.of]
        return [Gap(kind, language) for language, kind in wanted if (language, kind) not in self.of]


def read(path: Path) -> Templates:
    """Read a TOML table such as ``[zh-hans."seal.lost"]`` with ``code`` and ``values``, or refuse it."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        found = {(language, kind): _template(row) for language, kinds in said.items() for kind, row in kinds.items()}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TemplatesUnreadable(path=str(path), why=str(error)) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise TemplatesUnreadable(path=str(path), why=f"each entry has a code and values ({error})") from error
    return Templates(found)


def _template(row: Mapping[str, Any]) -> Template:
    code, values = row["code"], row.get("values", [])
    unknown = set(values) - set(VALUES)
    if not isinstance(code, str) or not code or unknown:
        raise ValueError(f"values are {', '.join(VALUES)}")
    return Template(code, tuple(values))


def _short(value: str) -> str:
    value = " ".join(value.split())
    return value if len(value) <= MOST_OF_A_VALUE else value[: MOST_OF_A_VALUE - 1] + "…"
