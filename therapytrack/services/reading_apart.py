"""Reading a file that somebody sent, in a process of its own: a small file can unfold into more than a machine has.

The process ends with the file. It may use so much memory and so much of a processor, and the system itself holds it to
that: the libraries work in C, where no handler of ours would be asked. Called in the worker (`services.pdf_workers`).
"""

import os
import pickle
import resource
import warnings
from pathlib import Path
from typing import Final

from therapytrack.services.file_reading import ReadFile, fetch_libraries, read_file

MOST_SECONDS: Final = 40
"""Of the processor, not of the clock; the largest picture that is taken needs about ten."""
MOST_BYTES: Final = 1024**3
"""On top of what the worker holds; the largest picture needs two thirds of it."""
TOO_MUCH = "This file takes too long to check, or too much memory. Make it smaller or divide it, then add it."
MEASURED = Path("/proc/self/statm")


def read_apart(data: bytes) -> ReadFile:
    """As `read_file`; a file that takes too much is refused, whatever it does to the process that reads it."""
    fetch_libraries()
    coming, going = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the worker's other thread only sleeps
        child = os.fork()
    if not child:
        _read_and_end(data, coming, going)
    os.close(going)
    with os.fdopen(coming, "rb") as answer:
        told = answer.read()
    _, status = os.waitpid(child, 0)
    if status:
        return ReadFile(problem=TOO_MUCH)
    found: ReadFile = pickle.loads(told)  # noqa: S301 - written by ourselves a moment ago
    return found


def _read_and_end(data: bytes, coming: int, going: int) -> None:
    """The life of the process: nothing of it goes on after this."""
    try:
        os.close(coming)
        limit(MOST_SECONDS, MOST_BYTES)
        with os.fdopen(going, "wb") as answer:
            pickle.dump(read_file(data), answer)
        os._exit(0)
    finally:
        os._exit(1)


def limit(seconds: int, memory: int) -> None:
    """Let this process end after so many more seconds of a processor, and have so many more bytes, for good."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (until, until))
    if MEASURED.exists():  # elsewhere than on Linux the processor's time alone is limited
        held = int(MEASURED.read_text("ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (held + memory, held + memory))
