"""Interleaved rounds: floor, replay, subject, again and again, so that a busy machine slows all of them alike."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

import orjson

from tests.bench.client import Person
from tests.bench.replay import Statement, of_service, parse

ROUNDS, LEAST, WARM_UP = 5, 3, 3
ROUND_SECONDS = 2.0
Run = Callable[[], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is measured: `run` answers the bytes that came back.

    Its floor is `floors` times F (or another `floor`), plus `beside()` (S or a bare write), which gets the statements
    of one recorded run; `before` each run comes another that is not timed; `limit` is how many such floors it may take,
    `most_statements` and `most_bytes` what it may ask and send.
    """

    name: str
    run: Run
    limit: float | None
    budget: str
    floor: Run | None = None
    floors: float = 1.0
    beside: Callable[[list[Statement]], object] | None = None
    before: Run | None = None
    most_statements: int | None = None
    most_bytes: int | None = None
    times: int = 20


@dataclass(frozen=True, slots=True)
class Result:
    """Medians over the rounds, in milliseconds; `ratio` is the median of each round's own ratio."""

    subject: Subject
    took: float
    floor: float
    ratio: float
    statements: int
    asking_who: int
    size: int

    @property
    def misses(self) -> list[str]:
        """The budgets that were not kept, in words."""
        subject, found = self.subject, []
        if subject.limit is not None and self.ratio > subject.limit:
            found.append(f"ratio {self.ratio:.2f}, budget {subject.limit:g}")
        if subject.most_statements is not None and self.statements > subject.most_statements:
            found.append(f"{self.statements} statements, budget {subject.most_statements}")
        if subject.most_bytes is not None and self.size > subject.most_bytes:
            found.append(f"{self.size:,} bytes, budget {subject.most_bytes:,}")
        return found


async def recorded(person: Person, run: Run) -> tuple[list[Statement], int]:
    """The statements and the bytes of one run."""
    await person.get("/bench/statements?on=1")
    size = await run()
    return parse(orjson.loads(await person.get("/bench/statements?on=0"))), size


async def measure(person: Person, floor: Run, subject: Subject) -> Result:
    """Measure one subject beside its floor."""
    for _ in range(WARM_UP):
        await subject.run()
    await _prepare(subject)
    statements, size = await recorded(person, subject.run)
    replayed = of_service(statements)
    rounds = [await _round(subject.floor or floor, subject, replayed) for _ in range(ROUNDS)]
    asked = [one for one in statements if one.counts]
    return Result(
        subject,
        took=median(one[0] for one in rounds),
        floor=median(one[1] for one in rounds),
        ratio=median(took / under for took, under in rounds),
        statements=len(asked),
        asking_who=sum(one.is_guard for one in asked),
        size=size,
    )


async def _round(floor: Run, subject: Subject, statements: list[Statement]) -> tuple[float, float]:
    """p50 of the subject and of its floor in one round, in milliseconds."""
    floors: list[float] = []
    besides: list[float] = []
    took: list[float] = []
    deadline = time.perf_counter() + ROUND_SECONDS
    while len(took) < LEAST or (len(took) < subject.times and time.perf_counter() < deadline):
        floors.append(await timed(floor))
        if subject.beside:
            started = time.perf_counter()
            subject.beside(statements)
            besides.append((time.perf_counter() - started) * 1000)
        await _prepare(subject)
        took.append(await timed(subject.run))
    return median(took), subject.floors * median(floors) + (median(besides) if besides else 0.0)


async def _prepare(subject: Subject) -> None:
    if subject.before:
        await subject.before()


async def timed(run: Callable[[], Awaitable[Any]]) -> float:
    """Milliseconds of one run."""
    started = time.perf_counter()
    await run()
    return (time.perf_counter() - started) * 1000
