"""TherapyTrack as it is, with three things to measure by: a floor handler, the statements that ran, the loop's lag."""

import asyncio
import gc
import time
from typing import Any

import reflex as rx
from sqlalchemy import Engine, event
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from therapytrack.access.actions import Action
from therapytrack.state.guard import requires
from therapytrack.therapytrack import app as app

TICK_SECONDS = 0.005


class FloorState(rx.State):
    """The floor of every event: guarded, changes one int."""

    count: int = 0

    @rx.event
    @requires(Action.VIEW)
    async def step(self) -> None:
        """Count on."""
        self.count += 1

    @rx.event
    @requires(Action.VIEW)
    async def forget(self) -> None:
        """Forget everything that this tab was shown, as when it loads its first page."""
        self._get_root_state().reset()  # type: ignore[no-untyped-call]


# A page whose opening does nothing but that: what the framework's own steps of opening any page take.
app.add_page(rx.fragment, route="bench/nothing", on_load=FloorState.step)


class Recorder:
    """What the engine was asked, while somebody wants to know: (SQL, parameters, whether for many rows)."""

    def __init__(self) -> None:
        self.on = False
        self.seen: list[tuple[str, Any, bool]] = []

    def note(self, sql: str, parameters: Any, many: bool) -> None:
        """Keep one statement, or the end of a transaction."""
        if self.on:
            self.seen.append((sql, parameters, many))


class Lag:
    """By how much the event loop was late for a tick of 5 ms, in milliseconds."""

    def __init__(self) -> None:
        self.seen: list[float] = []
        self.task: asyncio.Task[None] | None = None

    async def watch(self) -> None:
        """Tick until cancelled."""
        while True:
            started = time.perf_counter()
            await asyncio.sleep(TICK_SECONDS)
            self.seen.append((time.perf_counter() - started - TICK_SECONDS) * 1000)


recorder, lag = Recorder(), Lag()


@event.listens_for(Engine, "before_cursor_execute")
def _statement(_connection: Any, _cursor: Any, sql: str, parameters: Any, _context: Any, many: bool) -> None:
    recorder.note(sql, parameters, many)


@event.listens_for(Engine, "commit")
def _commit(_connection: Any) -> None:
    recorder.note("COMMIT", (), False)


@event.listens_for(Engine, "rollback")
def _rollback(_connection: Any) -> None:
    recorder.note("ROLLBACK", (), False)


async def statements(request: Request) -> JSONResponse:
    """What ran since the last request; `?on=1` starts recording, `?on=0` ends it."""
    seen, recorder.seen = recorder.seen, []
    recorder.on = request.query_params.get("on") == "1"
    return JSONResponse(seen)


async def loop_lag(request: Request) -> JSONResponse:
    """The delays since the last request; `?on=1` starts sampling, `?on=0` ends it."""
    seen, lag.seen = lag.seen, []
    if lag.task:
        lag.task.cancel()
    lag.task = asyncio.create_task(lag.watch()) if request.query_params.get("on") == "1" else None
    return JSONResponse(seen)


async def permission_check(request: Request) -> JSONResponse:
    """Seconds that one check takes here, without a socket: the guard's actor, and the gate's decision on a student."""
    from tests.bench.checks import time_checks

    params = request.query_params
    return JSONResponse(
        await asyncio.to_thread(time_checks, params["sign_in"], params["student"], int(params["times"]))
    )


async def collect(_: Request) -> JSONResponse:
    """Free what waits for the garbage collector; how many objects that were."""
    return JSONResponse(gc.collect())


app.api_transformer[0].routes.extend(  # type: ignore[index,union-attr]
    [
        Route("/bench/statements", statements),
        Route("/bench/lag", loop_lag),
        Route("/bench/collect", collect),
        Route("/bench/permission", permission_check),
    ]
)
