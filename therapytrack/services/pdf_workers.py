"""One process beside the server for documents: drawing or reading one on a thread would hold up everybody's events."""

import asyncio
import multiprocessing
import os
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager
from functools import cache
from typing import TypeVar

import structlog

from therapytrack.errors import TherapyTrackError, Unavailable

log = structlog.get_logger(__name__)
T = TypeVar("T")
R = TypeVar("R")
LOOK_AFTER_SECONDS = 5
GIVE_WAY = 5  # niceness: on a machine with few processors people's events come first
BROKEN = "The document could not be made just now. Nothing was changed. Try again."


async def in_worker(render: Callable[[T], R], data: T) -> R:
    """`render(data)` in the worker process; both must be picklable. Raises its own expected errors,
    and Unavailable when it fails or the process dies twice: of an unexpected error the kind alone is logged."""
    for _ in range(2):
        try:
            return await asyncio.get_running_loop().run_in_executor(_pool(), render, data)
        except BrokenProcessPool:
            _pool.cache_clear()
        except TherapyTrackError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a text makes of the library, people get a sentence
            log.error("document failed", render=render.__name__, kind=type(error).__name__)
            raise Unavailable(BROKEN) from None
    raise Unavailable(BROKEN)


@asynccontextmanager
async def end_with_server() -> AsyncIterator[None]:
    """Let the worker go when the server stops: who is told to stop waits for its children, and would be killed in the
    end."""
    yield
    if _pool.cache_info().currsize:
        _pool().shutdown(wait=False, cancel_futures=True)
        _pool.cache_clear()


@cache
def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        max_workers=1,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(os.getpid(),),
    )


def _begin(parent: int) -> None:
    os.nice(GIVE_WAY)
    _end_with_parent(parent)


def _end_with_parent(parent: int) -> None:
    """A worker whose server was killed would wait for work for ever: it looks for its parent now and then."""

    def watch() -> None:
        never = threading.Event()
        while os.getppid() == parent:
            never.wait(LOOK_AFTER_SECONDS)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
