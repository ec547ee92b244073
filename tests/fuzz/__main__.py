"""``python -m tests.fuzz TARGET SECONDS FOLDER``: 0 where nothing crashed and nothing hung; FOLDER holds the seeds."""

import resource
import sys

import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]  # no types, Linux alone

with atheris.instrument_imports(include=["privyseal.pdf"]):
    from tests.fuzz.targets import TARGETS

_MOST_BYTES = 65_536
_SLOWEST_SECONDS = 10
_MOST_BYTES_OF_MEMORY = 1 << 30

if __name__ == "__main__":
    name, seconds, folder = sys.argv[1:]
    # libFuzzer's own limit reads a peak that a process inherits from the one that started it.
    resource.setrlimit(resource.RLIMIT_DATA, (_MOST_BYTES_OF_MEMORY, _MOST_BYTES_OF_MEMORY))
    limits = [f"-max_total_time={seconds}", f"-timeout={_SLOWEST_SECONDS}", "-rss_limit_mb=0"]
    atheris.Setup(
        [sys.argv[0], f"-max_len={_MOST_BYTES}", f"-artifact_prefix={folder}/", *limits, folder], TARGETS[name]
    )
    atheris.Fuzz()
