"""The process for documents beside the server."""

import asyncio
import multiprocessing
import os

import psutil

from therapytrack.services.pdf_workers import end_with_server, in_worker

PATIENCE_SECONDS = 60


def own_process(_: object) -> int:
    return os.getpid()


def test_it_ends_when_the_server_stops() -> None:
    async def serve() -> psutil.Process:
        async with end_with_server():
            return psutil.Process(await in_worker(own_process, None))

    # Its code, unless another thread of this process has asked for it first.
    assert asyncio.run(serve()).wait(PATIENCE_SECONDS) in (0, None)


def test_a_server_that_made_no_document_stops_without_one() -> None:
    async def serve() -> None:
        async with end_with_server():
            pass

    before = set(multiprocessing.active_children())
    asyncio.run(serve())
    assert set(multiprocessing.active_children()) <= before
