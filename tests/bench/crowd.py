"""What one person's work costs the others: permission checks, the loop's lag while documents are made, memory."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from statistics import median, quantiles

import orjson
import psutil

from tests.bench.client import Person, Tab
from tests.bench.measure import ROUNDS, Run, timed
from tests.bench.subjects import Desk, posting
from therapytrack.services.identity import hash_token

CHECKS, STEPS, DOCUMENTS, TABS, CYCLES = 40, 60, 4, 40, 5
CROWD, CROWD_SECONDS, EVERY, MARKS = 50, 12, 2.0, 5
RECORDING = ("year", "decade", "group", "points")
MEGABYTE = 1_000_000


async def permission_line(desk: Desk, floor: Run) -> str:
    """The guard's question and the gate's, over the record itself, in F."""
    sign_in = hash_token(desk.person.cookie("tt_session"))
    where = f"/bench/permission?sign_in={sign_in}&student={desk.clinician.caseload.students[0]}&times={CHECKS}"
    ratios, parts = [], []
    for _ in range(ROUNDS):
        under = median([await timed(floor) for _ in range(STEPS // 2)])
        one = {name: 1000 * value for name, value in orjson.loads(await desk.person.get(where)).items()}
        ratios.append((one["guard"] + one["gate"] - one["record"]) / under)
        parts.append(one)
    guard, gate, record = (median(one[name] for one in parts) for name in ("guard", "gate", "record"))
    ratio = median(ratios)
    return (
        f"permission check of one event: {ratio:.2f} F (budget 0.5 F: {'ok' if ratio <= 0.5 else 'MISSED'}); "
        f"guard {guard:.2f} ms, gate with its record {gate:.2f} ms, the record alone {record:.2f} ms"
    )


async def documents_line(desk: Desk, floor: Run) -> str:
    """Everybody else's event while PDFs are made, against the same event when nothing else happens."""
    student = desk.clinician.caseload.students[0]
    path = f"/students/{student}/summary.pdf"
    await desk.person.get(path)
    idle, busy, late = [], [], []
    for _ in range(3):
        idle += [await timed(floor) for _ in range(STEPS)]
        await desk.person.get("/bench/lag?on=1")
        making = asyncio.create_task(_make(desk.person, path))
        while not making.done():
            busy.append(await timed(floor))
        await making
        late += orjson.loads(await desk.person.get("/bench/lag?on=0"))
    ratio = _p95(busy) / _p95(idle)
    return (
        f"events while PDFs are made: p95 {_p95(busy):.1f} ms, idle {_p95(idle):.1f} ms, {ratio:.2f} times "
        f"(budget 2: {'ok' if ratio <= 2 else 'MISSED'}); "
        f"the loop was late by p95 {_p95(late):.1f} ms, at most {max(late):.1f} ms"
    )


async def _make(person: Person, path: str) -> None:
    for _ in range(DOCUMENTS):
        await person.get(path)


async def memory_line(desk: Desk, server: int) -> str:
    """What a connected clinician with a caseload open adds to the server, and whether it stays when she reconnects.

    What the first tabs bring about, once for all, is there before. A connection that ends leaves 70 objects of the
    socket's library and the framework in a circle, 20 kB, which the garbage collector frees when it next looks at all
    objects, about every second cycle here: what stays is measured after it did.
    """
    first = await _open_tabs(desk, TABS // 2)
    before = _held(server)
    tabs = await _open_tabs(desk, TABS)
    each = (_held(server) - before) / TABS / 1000
    sizes, waiting = [], 0.0
    for _ in range(CYCLES):
        for tab in tabs:
            await tab.close()
            await (await tab.connect()).open("/caseload")
        uncollected = _held(server)
        await desk.person.get("/bench/collect")
        sizes.append(_held(server))
        waiting = max(waiting, (uncollected - sizes[-1]) / TABS / 1000)
    grown = (sizes[-1] - sizes[CYCLES // 2]) / TABS / 1000
    for tab in [*first, *tabs]:
        await tab.close()
    return (
        f"memory of a connected clinician with a caseload open: {each:.0f} kB (budget 350 kB: "
        f"{'ok' if each <= 350 else 'MISSED'}); of {CYCLES} reconnections the last two let it grow by "
        f"{grown:.0f} kB (budget: 5%: {'ok' if grown <= each / 20 else 'MISSED'}), beside at most {waiting:.0f} kB "
        "that waited for the garbage collector"
    )


async def _open_tabs(desk: Desk, count: int) -> list[Tab]:
    tabs = [await desk.person.tab() for _ in range(count)]
    for tab in tabs:
        await tab.open("/caseload")
    return tabs


async def fifty_line(desks: Mapping[str, Desk], floor: Run) -> str:
    """Fifty tabs of those who may record alone: each sends marks every 2 s, and opens a page every 20 s instead."""
    under = median([await timed(floor) for _ in range(STEPS)])
    people = [desks[name] for name in RECORDING]
    seats = [people[number % len(people)] for number in range(CROWD)]
    busy = [replace(desk, tab=await desk.person.tab()) for desk in seats]
    took: list[float] = []
    failed: list[str] = []
    await asyncio.gather(*(_work(desk, number, took, failed) for number, desk in enumerate(busy)))
    for desk in busy:
        await desk.tab.close()
    ratio, most = _p95(took) / under, 10
    return (
        f"{len(busy)} tabs at once, {len(took)} batches and pages in {CROWD_SECONDS} s: p95 {_p95(took):.1f} ms, "
        f"{ratio:.1f} F, {len(failed)} failed{': ' + ', '.join(sorted(set(failed))) if failed else ''} "
        f"(budget {most} F, none: {'ok' if ratio <= most and not failed else 'MISSED'})"
    )


async def _work(desk: Desk, number: int, took: list[float], failed: list[str]) -> None:
    """One tab's turns, in step with nobody else's; each tenth is a page."""
    began = asyncio.get_running_loop().time() + EVERY * number / CROWD
    marks, page = posting(desk, MARKS), desk.opening(("/caseload", "/today")[number % 2])
    for turn in range(int(CROWD_SECONDS / EVERY)):
        await asyncio.sleep(max(0.0, began + EVERY * turn - asyncio.get_running_loop().time()))
        try:
            took.append(await timed(page if (turn + number) % 10 == 0 else marks))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is one of the failures that are counted
            failed.append(type(error).__name__)


def idle_memory(server: int) -> str:
    """The server before anybody came."""
    size = _resident(server) / MEGABYTE
    return f"memory of the idle server: {size:.0f} MB (budget 160 MB: {'ok' if size <= 160 else 'MISSED'})"


def _resident(server: int) -> int:
    """Bytes that the server's processes hold in memory, shared pages counted once."""
    leader = psutil.Process(server)
    return sum(_own_share(one) for one in [leader, *leader.children()])


def _held(server: int) -> int:
    """Bytes that the server's processes have in memory, whoever else holds the same: for what is added to them."""
    leader = psutil.Process(server)
    return sum(int(one.memory_info().rss) for one in [leader, *leader.children()])


def _own_share(process: psutil.Process) -> int:
    """Its memory, with its share of what is shared; where the system does not know that share, without it."""
    info = process.memory_full_info()
    return int(getattr(info, "pss", info.uss))


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]
