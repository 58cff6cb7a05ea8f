"""Reading a file that somebody sent, in a process of its own: a small file can unfold into more than a machine has.

The process ends with the file. It may use so much memory and so much of a processor, and the system itself holds it to
that: the libraries work in C, where no handler of ours would be asked. macOS holds nobody to an amount of memory: there
the worker looks, and ends the process. Called in the worker (`services.pdf_workers`).
"""

import os
import pickle
import resource
import select
import signal
import subprocess
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
"""Where Linux tells what a process holds; a limit is set on top of that."""
LOOK_EVERY_SECONDS: Final = 0.1


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
    if not MEASURED.exists():
        _look_after(child, coming)
    with os.fdopen(coming, "rb") as answer:
        told = answer.read()
    _, status = os.waitpid(child, 0)
    if status:
        return ReadFile(problem=TOO_MUCH)
    found: ReadFile = pickle.loads(told)  # noqa: S301 - written by ourselves a moment ago
    return found


def _look_after(child: int, coming: int) -> None:
    """Wait for the first of its answer, or its end; end it when it takes too much memory."""
    most = resident(os.getpid()) + MOST_BYTES
    while not select.select([coming], [], [], LOOK_EVERY_SECONDS)[0]:
        if resident(child) > most:
            os.kill(child, signal.SIGKILL)


def resident(process: int) -> int:
    """The bytes of memory that a process holds; 0 when it has ended."""
    asked = subprocess.run(["ps", "-o", "rss=", "-p", str(process)], capture_output=True, text=True, check=False)
    return int(asked.stdout.strip() or 0) * 1024


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
    """Let this process end after so many more seconds of a processor; on Linux, have so many more bytes. For good."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (until, until))
    if MEASURED.exists():
        held = int(MEASURED.read_text("ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (held + memory, held + memory))
