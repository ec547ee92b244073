"""A process that may open no more files, for the tests of who goes on once it may."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_file_left(open_one: int) -> Iterator[None]:
    """Have this process, which holds ``open_one``, open no other file meanwhile."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    first_free = os.dup(open_one)
    os.close(first_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (first_free, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
