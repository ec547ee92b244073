"""Whatever puts a seal on paper says the same five things of each impression."""

from dataclasses import fields

import pytest

from privyseal.custody.executor import EXECUTORS, Executor
from privyseal.custody.rules import WORDS, WORDS_OF_MACHINES, How, Says


@pytest.mark.parametrize("how", How)
def test_each_way_of_stamping_says_everything_and_the_rules_say_who(how: How) -> None:
    assert {field.name for field in fields(Executor)} == {says.value for says in Says}
    assert {(how, says) for says in Says} <= {(row.how, row.says) for row in (*WORDS, *WORDS_OF_MACHINES)}
    assert len({getattr(EXECUTORS[how], says.value).name for says in Says}) == len(Says)
