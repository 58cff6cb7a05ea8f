"""Reading a calendar file in the worker process, for some seconds at most: a rule in it may mean endless work.

The clock counts the processor's time, not the wall's, and begins when the libraries are there: a file is not refused
because the machine is slow or busy with something else.
"""

import signal
from types import FrameType

from therapytrack.domain.calendar_file import FileAsked, FileRead, fetch_libraries, read_calendar_file

LONGEST_SECONDS = 10  # of the processor
AGAIN_SECONDS = 1
"""A signal that comes while Python tidies something away is swallowed there: it comes again until all has ended."""
TOO_LONG = "This calendar takes too long to read. Export a part of it, for example one school year."


class _TooLong(BaseException):
    """The time is up; no handler of the libraries that read the file is to catch it."""


def read_file(asked: FileAsked) -> FileRead:
    """As `read_calendar_file`, ended by a signal when the time is up. For the main thread of a process of its own."""
    fetch_libraries()
    before = signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, LONGEST_SECONDS, AGAIN_SECONDS)
    try:
        return read_calendar_file(asked)
    except _TooLong:
        return FileRead(problem=TOO_LONG)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise _TooLong
