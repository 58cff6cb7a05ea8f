"""Reading a calendar file in the worker process, for some seconds at most: a rule in it may mean endless work."""

import signal
from types import FrameType

from therapytrack.domain.calendar_file import FileAsked, FileRead, read_calendar_file

LONGEST_SECONDS = 10
TOO_LONG = "This calendar takes too long to read. Export a part of it, for example one school year."


class _TooLong(BaseException):
    """The time is up; no handler of the libraries that read the file is to catch it."""


def read_file(asked: FileAsked) -> FileRead:
    """As `read_calendar_file`, ended by a signal when the time is up. For the main thread of a process of its own."""
    before = signal.signal(signal.SIGALRM, _stop)
    signal.setitimer(signal.ITIMER_REAL, LONGEST_SECONDS)
    try:
        return read_calendar_file(asked)
    except _TooLong:
        return FileRead(problem=TOO_LONG)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise _TooLong
