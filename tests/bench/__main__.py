"""`python -m tests.bench`: fill a database, start the server, measure, print one table."""

import asyncio
import sys
import time

from tests.bench import report
from tests.bench.measure import measure
from tests.bench.replay import Replay
from tests.bench.stage import Stage, running_stage
from tests.bench.subjects import page_subjects, sit_down, wire_subjects
from therapytrack.launcher.progress import say


async def measure_server(stage: Stage) -> None:
    desks = {name: await sit_down(stage, name) for name in stage.people}
    replay = Replay(stage.server.database)
    floor = desks["year"].calling("floor_state", "step")
    for subject in [*page_subjects(desks, replay), *wire_subjects(desks, replay)]:
        result = await measure(desks["year"].person, floor, subject)
        say(report.line(result))


def main() -> int:
    started = time.monotonic()
    with running_stage(9001) as stage:
        say(f"filled and started after {time.monotonic() - started:.0f} s")
        asyncio.run(measure_server(stage))
    return 0


if __name__ == "__main__":
    sys.exit(main())
