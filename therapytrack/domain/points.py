"""The data point of a goal and the phases that it falls in: what charts, trends and mastery are computed from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from therapytrack.domain.accuracy import Purpose, Score


class Metric(StrEnum):
    """What a point of a goal is: a percentage of its score, or a value in a unit of its own (`domain.units`)."""

    INDEPENDENT = "independent"
    SUPPORTED = "supported"
    INTERVALS = "intervals"
    COUNT = "count"
    RATE = "rate"
    MEAN_TIME = "mean_time"
    MEDIAN_TIME = "median_time"
    TOTAL_TIME = "total_time"
    LEVEL = "level"
    NOTHING = "nothing"


PERCENTAGES: Final = frozenset({Metric.INDEPENDENT, Metric.SUPPORTED, Metric.INTERVALS})


class Direction(StrEnum):
    """Whether the goal asks for more (accuracy) or for less (errors, disfluencies)."""

    UP = "up"
    DOWN = "down"


class Point(NamedTuple):
    """One student's data of one goal in one session, of one purpose; `words` is its narrative.

    `prompt_level` is the highest rank of prompt used (None: not recorded) on the scale `prompt_scale`; an empty `phase`
    is found by date. `recorders`: who took the data, by their keys; where they were not read, `recorded_by` did.
    A chart has hundreds: a tuple is made in a fourth of a frozen dataclass's time.
    """

    on: date
    score: Score
    purpose: Purpose
    phase: str = ""
    recorded_by: str = ""
    note_status: str = ""
    session_id: str = ""
    prompt_level: int | None = None
    setting: str = ""
    prompt_scale: int | None = None
    words: str = ""
    recorders: tuple[str, ...] = ()

    def value(self, metric: Metric) -> float | None:
        """The point in the unit of `metric`; None when it cannot be said, for example without trials."""
        if metric is Metric.INDEPENDENT or metric is Metric.INTERVALS:
            return self.score.independent
        return self.score.supported if metric is Metric.SUPPORTED else self.score.value


@dataclass(frozen=True, slots=True)
class Phase:
    """An intended change of condition: the chart's data path breaks at `starts_on`. `stage`: `domain.life_cycle`."""

    name: str
    starts_on: date
    stage: str = ""

    @property
    def is_baseline(self) -> bool:
        """True for a phase named "Baseline", "baseline 2" and the like."""
        return is_baseline(self.name)


_BASELINE: Final = "baseline"


@lru_cache(maxsize=256)
def is_baseline(phase_name: str) -> bool:
    """Whether a phase of this name holds data from before treatment."""
    return phase_name.strip().lower().startswith(_BASELINE)


def phase_on(phases: Sequence[Phase], day: date) -> str:
    """The name of the last of `phases` that had started on `day`; "" before the first."""
    started = [phase for phase in phases if phase.starts_on <= day]
    return max(started, key=lambda phase: phase.starts_on).name if started else ""
