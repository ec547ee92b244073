"""Django's compiler, which spares an order by names what an order by expressions needs, and words that are known."""

from typing import Any

from django.db.backends.postgresql import compiler
from django.db.backends.postgresql.compiler import (
    SQLAggregateCompiler,
    SQLDeleteCompiler,
    SQLInsertCompiler,
    SQLUpdateCompiler,
)
from django.db.models.expressions import Expression

from privyseal.ledger.worded import Worded

__all__ = ["SQLAggregateCompiler", "SQLCompiler", "SQLDeleteCompiler", "SQLInsertCompiler", "SQLUpdateCompiler"]


class SQLCompiler(compiler.SQLCompiler):
    def as_sql(self, with_limits: bool = True, with_col_aliases: bool = False) -> tuple[str, tuple[Any, ...]]:  # noqa: FBT001, FBT002  Django's own signature
        """Put a question into words, unless it comes with them: see ``ledger.rewording``."""
        known: Worded | None = getattr(self.query, "worded", None)
        if known is None:
            return super().as_sql(with_limits, with_col_aliases)
        self.select, self.klass_info, self.annotation_col_map = known.select, known.klass_info, known.annotation_col_map
        self.col_count, self.has_extra_select = known.col_count, known.has_extra_select
        return known.words, known.values

    def get_order_by(self) -> list[tuple[Expression, tuple[str, Any, bool]]]:
        """Put what is ordered by into words.

        Django looks for it among everything that is selected, and makes a key of each column for that: up to a quarter
        of what a question costs. A name can only be that of an alias, so where there is none nothing need be looked at.
        """
        if not self._is_by_names_alone():
            return super().get_order_by()
        selected, self.select = self.select, []
        try:
            return super().get_order_by()
        finally:
            self.select = selected

    def _is_by_names_alone(self) -> bool:
        query = self.query
        if not self.select or not query.order_by or query.combinator or query.extra_order_by:
            return False
        return all(isinstance(one, str) for one in query.order_by) and not any(alias for *_, alias in self.select)
