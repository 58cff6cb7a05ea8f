"""Unexpected failures: a reference in the log and no data; the framework's own lines quote events and are emptied."""

import logging
from uuid import uuid4

import structlog
from reflex.event import EventSpec

from therapytrack.errors import TherapyTrackError

log = structlog.get_logger(__name__)
TALKATIVE = ("reflex", "reflex_base", "socketio", "engineio")


def log_failure(exception: Exception) -> EventSpec | None:
    """Log an exception that reached the framework: its kind, place and a reference, never its message.

    A refusal of ours that no page shows (an event sent by hand) is logged where it was refused.
    """
    if isinstance(exception, TherapyTrackError):
        return None
    trace, place = exception.__traceback__, ""
    while trace is not None:
        name = trace.tb_frame.f_globals.get("__name__", "")
        if name.startswith("therapytrack."):
            place = f"{name}:{trace.tb_lineno}"
        trace = trace.tb_next
    log.error("event failed", kind=type(exception).__name__, place=place, reference=uuid4().hex[:8])
    return None


class _WithoutData(logging.Filter):
    """Keeps a log line's level and origin and drops its words: the framework quotes whole events in them."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno >= logging.WARNING:
            record.msg, record.args = "framework message withheld: it may quote an event", ()
            record.exc_info = record.exc_text = None
        return True


def quiet_framework_logs() -> None:
    """Put the filter on the framework's loggers and their handlers."""
    for name in TALKATIVE:
        logger = logging.getLogger(name)
        if not any(isinstance(one, _WithoutData) for one in logger.filters):
            logger.addFilter(_WithoutData())
