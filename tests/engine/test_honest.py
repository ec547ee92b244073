"""Honest papers of many tools, signed in many ways by us and by others: none is ever refused."""

import logging
import warnings
from collections.abc import Iterator

import pytest

from privyseal.pdf.judge import judge
from privyseal.pdf.judgement import Verdict
from tests.engine.honest import PRODUCERS, SPECIAL, STORIES, Cast, Story
from tests.engine.parties import NOON

EACH = [
    *(
        pytest.param(story, produce(), id=f"{producer}: {name}")
        for producer, produce in PRODUCERS.items()
        for name, story in STORIES.items()
    ),
    *(pytest.param(story, PRODUCERS["by hand"](), id=name) for name, story in SPECIAL.items()),
]


@pytest.fixture(scope="session")
def cast() -> Cast:
    return Cast()


@pytest.fixture(autouse=True)
def _quiet_pyhanko() -> Iterator[None]:
    """What pyHanko warns of while it signs is not ours to judge."""
    logging.disable(logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize(("story", "document"), EACH)
def test_no_honest_paper_is_refused(story: Story, document: bytes, cast: Cast) -> None:
    judged = judge(story(document, cast), trust=[cast.root.der], at=NOON)

    assert (judged.verdict, judged.reasons) == (Verdict.VALID, ())
    assert all(change.kind.is_permitted for revision in judged.revisions for change in revision.changes)


def test_there_are_as_many_honest_papers_as_we_say() -> None:
    assert len(EACH) >= 200
