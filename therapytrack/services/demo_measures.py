"""The demo's goals of every measure but trials, and the raw events of one session of each."""

import random
from collections.abc import Iterator
from typing import Any, Final

from therapytrack.domain.accuracy import Outcome
from therapytrack.domain.measures import Counted, Measure, Raw, Sign, counted, metric_of
from therapytrack.services.demo_data import GoalKind

STEPS: Final = (
    "Turns on the water", "Wets both hands", "Takes soap", "Rubs palms and backs", "Rinses", "Turns off the water",
    "Dries both hands", "Throws the towel away",
)  # fmt: skip
LEVELS: Final = (
    ("Not yet", "Does not join in, or only with hand-over-hand help"),
    ("Emerging", "Joins in with a full model of each turn"),
    ("Developing", "Takes turns with one reminder"),
    ("Independent", "Takes and gives turns without a reminder"),
)
TOLD: Final = (
    "Raised a hand twice in the science lesson and waited to be called.",
    "Joined the morning circle from the start and passed the ball on when asked.",
    "Needed the visual schedule to change from reading to math; no words were used.",
    "Asked a peer for a turn in the construction corner, first time without an adult near.",
)

# Measured in their own unit: times a minute, times, seconds, seconds, percent of intervals, level, percent of steps.
RATE = GoalKind(
    "Calling out in class", "a lesson of the whole class", "call out without a turn", 0.5, 2.4, -0.09, "rate"
)
FREQUENCY = GoalKind("Comments to peers", "free play", "make comments to peers", 12, 3, 0.35, "frequency")
DURATION = GoalKind("Stays with an activity", "a table activity", "stay with it", 300, 60, 9, "duration")
LATENCY = GoalKind("Begins after a direction", "a direction to the class", "begin", 5, 24, -0.8, "latency")
INTERVAL = GoalKind("On task, partial intervals", "independent work", "be on task", 80, 35, 1.7, "interval")
RUBRIC = GoalKind("Takes turns in a game", "a board game with peers", "take turns", 3.5, 1.2, 0.09, "rubric")
TASK = GoalKind("Washes hands, 8 steps", "the sink in the classroom", "wash hands", 90, 30, 2.2, "task")
NARRATIVE = GoalKind("Takes part in class", "whole-class lessons", "take part", 0, 0, 0, "narrative")
MEASURED: Final = {4: (RATE, DURATION, INTERVAL, RUBRIC), 5: (FREQUENCY, LATENCY, TASK, NARRATIVE)}
SETUPS: Final[dict[str, dict[str, Any]]] = {
    Measure.INTERVAL: {"kind": "partial", "seconds": 10, "intervals": 30},
    Measure.TASK: {"steps": list(STEPS)},
    Measure.RUBRIC: {"levels": [list(level) for level in LEVELS]},
}
PLACES: Final[dict[str, int]] = {Measure.TASK: len(STEPS), Measure.RUBRIC: len(LEVELS)}


def falls(kind: GoalKind) -> bool:
    """Whether less is better."""
    return kind.weekly < 0


def is_measured(kind: GoalKind) -> bool:
    """Whether the goal is none of trials."""
    return kind.measure not in (Measure.TRIALS, Measure.TALLY)


def level_in(kind: GoalKind, weeks: float, chance: random.Random) -> float:
    """Where the student stands so many weeks after the baseline, with the day's luck."""
    spread = max(abs(kind.start), 1) * 0.08
    return max(0.0, kind.start + max(0.0, weeks) * kind.weekly + chance.gauss(0, spread))


def events_of(kind: GoalKind, level: float, chance: random.Random) -> list[tuple[Raw, int | None]]:
    """The events of one session at `level`, each with the rank of its prompt if it had one."""
    made = {
        Measure.RATE: _rate,
        Measure.FREQUENCY: lambda level, _: iter([Raw(Sign.COUNT)] * round(level)),
        Measure.DURATION: _times,
        Measure.LATENCY: _times,
        Measure.INTERVAL: _intervals,
        Measure.RUBRIC: _ratings,
    }
    if kind.measure == Measure.TASK:
        return [_step(place, level, chance) for place in range(1, len(STEPS) + 1)]
    return [(event, None) for event in made[Measure(kind.measure)](level, chance)]


def count_of(kind: GoalKind, events: list[tuple[Raw, int | None]]) -> Counted:
    """What the events come to; steps are counted as trials are."""
    if kind.measure == Measure.TASK or not is_measured(kind):
        return Counted(len(events), sum(event.outcome == Outcome.CORRECT for event, _ in events))
    return counted(metric_of(kind.measure, {}), [event for event, _ in events])


def _rate(level: float, chance: random.Random) -> Iterator[Raw]:
    minutes = chance.choice((5, 8, 10))
    yield Raw(Sign.START)
    yield from [Raw(Sign.COUNT)] * round(level * minutes)
    yield Raw(Sign.STOP, None, minutes * 60_000 + chance.randrange(20_000))


def _times(level: float, chance: random.Random) -> Iterator[Raw]:
    for _ in range(chance.randint(2, 4)):
        yield Raw(Sign.START)
        yield Raw(Sign.STOP, None, max(500, round(1000 * level * chance.uniform(0.7, 1.3))))


def _intervals(level: float, chance: random.Random) -> Iterator[Raw]:
    for place in range(1, 31):
        yield Raw(Sign.HIT if chance.random() < level / 100 else Sign.MISS, place)


def _ratings(level: float, chance: random.Random) -> Iterator[Raw]:
    for _ in range(chance.randint(1, 2)):
        yield Raw(Sign.RATED, min(len(LEVELS), max(1, round(level + chance.uniform(-0.4, 0.4)))))


def _step(place: int, level: float, chance: random.Random) -> tuple[Raw, int | None]:
    if chance.random() < level / 100:
        return Raw(Outcome.CORRECT, place), None
    if chance.random() < 0.6:
        return Raw(Outcome.CUED, place), chance.choice((1, 1, 2, 3))
    return Raw(Outcome.INCORRECT, place), None
