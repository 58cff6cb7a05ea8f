"""`python -m tests.bench`: fill a database, start the server, measure, print. Nothing fails on a slow machine.

With words (`python -m tests.bench goal marks`) only the server's subjects whose names hold one of them.
"""

import asyncio
import sys
import time

from tests.bench import crowd, files, pages, report
from tests.bench.measure import measure
from tests.bench.replay import Replay
from tests.bench.stage import Stage, running_stage
from tests.bench.subjects import page_subjects, sit_down, wire_subjects
from therapytrack.launcher import fonts, frontend
from therapytrack.launcher.progress import LaunchProblem, say


async def measure_server(stage: Stage, words: list[str]) -> None:
    """Everything that needs no browser; with `words`, only what they choose."""
    server = stage.server.process
    if server is None:
        raise RuntimeError("the bench's server is not running")
    say(crowd.idle_memory(server.pid))
    desks = {name: await sit_down(stage, name) for name in stage.people}
    year = desks["year"]
    replay, floor = Replay(stage.server.database), year.calling("floor_state", "step")
    say("\n" + report.HEADER)
    for subject in [*page_subjects(desks, replay), *wire_subjects(desks, replay)]:
        if words and not any(word in subject.name for word in words):
            continue
        say(report.line(await measure(year.person, floor, subject)))
    say(report.LEGEND)
    if not words:
        say(await crowd.permission_line(year, floor))
        say(await crowd.documents_line(desks["points"], floor))
        say(await crowd.memory_line(year, server.pid))
        say(await crowd.fifty_line(desks, floor))
    for desk in desks.values():
        await desk.leave()


def measure_pages(stage: Stage) -> None:
    """What the browser fetches."""
    say("\nFirst visit of each page, on the wire")
    with pages.chromium() as browser:
        for line in pages.weight_lines(browser, stage):
            say(line)
        say(pages.paint_line(browser, stage))


def main() -> int:
    """Measure all, or what words choose; the exit code says whether that was possible, not how fast it was."""
    if not (fonts.are_current() and frontend.is_current()):
        sys.stderr.write("The pages are not built from these sources: run `make bench`, which builds them.\n")
        return 1
    started = time.monotonic()
    try:
        with running_stage() as stage:
            say(f"81,000 and 810,000 trials written, server started ({time.monotonic() - started:.0f} s)")
            asyncio.run(measure_server(stage, sys.argv[1:]))
            if not sys.argv[1:]:
                measure_pages(stage)
        if not sys.argv[1:]:
            for row in files.file_lines():
                say(row)
    except LaunchProblem as problem:
        sys.stderr.write(f"\n{problem}\n")
        return 1
    say(f"{report.NOT_MEASURED}\nMeasured in {time.monotonic() - started:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
