"""JSON lines on standard error: what happened to which request, and nothing about whom."""

import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, TypeAlias

from pythonjsonlogger.core import LogData
from pythonjsonlogger.json import JsonFormatter

request_id: Final[ContextVar[str]] = ContextVar("request_id", default="")

# Whatever else a caller adds to a line stays out of the log: it may name a person.
_SHOWN: Final = ("code", "intent", "method", "milliseconds", "op", "route", "size", "status", "work")
# Whose sentences quote what they were given.
_OTHERS: Final = ("django", "procrastinate")
_ExceptionInfo: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)  # as the standard library has it


def configuration(level: str) -> dict[str, Any]:
    """Return the logging configuration of every process but the signer, which has its own."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "privyseal.config.logs.Line"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            # Our own line for every request says what these would, without the path.
            "django.request": {"level": "ERROR"},
            "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
            "_granian": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},
            "fpdf": {"level": "WARNING"},
            "granian.access": {"level": "CRITICAL"},
            "procrastinate": {"level": "WARNING"},
        },
    }


class Line(JsonFormatter):
    """One record as one line. An exception shows where it was raised, not what it said: messages quote data."""

    def __init__(self) -> None:
        super().__init__("{message}", style="{", json_ensure_ascii=False)

    def add_fields(self, log_data: LogData, record: logging.LogRecord, message_dict: LogData) -> None:
        del message_dict
        log_data["at"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        log_data["level"] = record.levelname.lower()
        log_data["logger"] = record.name
        log_data["message"] = _message(record)
        if identifier := request_id.get():
            log_data["request_id"] = identifier
        log_data.update({name: record.__dict__[name] for name in _SHOWN if name in record.__dict__})
        if record.exc_info:
            log_data["exception"] = self.formatException(record.exc_info)

    def formatException(self, ei: _ExceptionInfo) -> str:  # noqa: N802  the library's name
        told = []
        error = ei[1]
        while error is not None:
            frames = [
                f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
            ]
            told.append(" < ".join([_kind(error), *reversed(frames)]))
            error = error.__cause__ or error.__context__
        return "; during: ".join(told)


def _message(record: logging.LogRecord) -> str:
    """Return the sentence; where others wrote it, only so much as quotes neither a path nor an error."""
    if not record.name.startswith(_OTHERS):
        return record.getMessage().partition("\n")[0]
    return (
        str(record.args[0])
        if record.msg == "%s: %s" and isinstance(record.args, tuple)
        else str(record.msg).partition(":")[0]
    )


def _kind(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    number = getattr(error, "sqlstate", None) or getattr(error, "errno", None) or getattr(error, "code", None)
    return f"{name} ({number})" if isinstance(number, int | str) else name
