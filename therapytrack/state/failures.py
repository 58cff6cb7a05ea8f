"""Unexpected failures: a reference in the log and no data; the framework's own lines quote events and are emptied."""

import logging
from typing import TextIO
from uuid import uuid4

import structlog
from reflex.event import EventSpec

from therapytrack.errors import TherapyTrackError

log = structlog.get_logger(__name__)
TALKATIVE = ("reflex", "reflex_base", "socketio", "engineio")
# To a logger without a level the socket's library gives a handler of its own, which writes what it is told.
OWN_HANDLERS = ("socketio.server", "engineio.server")


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


class _WithoutData(logging.StreamHandler[TextIO]):
    """Writes a log line's level and origin and drops its words: the framework quotes whole events in them."""

    def format(self, record: logging.LogRecord) -> str:
        return f"{record.levelname} {record.name}:{record.lineno} message withheld: it may quote an event"


def quiet_framework_logs() -> None:
    """Let the framework's loggers, and all beneath them, write through this handler only.

    A filter on the loggers themselves would miss those beneath: Python asks only the handlers on the way up.
    """
    for name in TALKATIVE:
        logger = logging.getLogger(name)
        if not any(isinstance(one, _WithoutData) for one in logger.handlers):
            handler = _WithoutData()
            handler.setLevel(logging.WARNING)
            logger.addHandler(handler)
            logger.propagate = False
    for name in OWN_HANDLERS:
        logging.getLogger(name).setLevel(logging.ERROR)
