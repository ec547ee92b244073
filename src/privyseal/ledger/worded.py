"""A question in words, with what the database's compiler has to know of it to make rows of the answer."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Worded:
    words: str
    values: tuple[Any, ...]
    select: Any
    klass_info: Any
    annotation_col_map: Any
    col_count: int
    has_extra_select: bool
