"""The data point of a goal and the phases that it falls in: what charts, trends and mastery are computed from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from therapytrack.domain.accuracy import Purpose, Score


class Metric(StrEnum):
    """Which percentage of a score a goal is about."""

    INDEPENDENT = "independent"
    SUPPORTED = "supported"


class Direction(StrEnum):
    """Whether the goal asks for more (accuracy) or for less (errors, disfluencies)."""

    UP = "up"
    DOWN = "down"


class Point(NamedTuple):
    """One student's trials of one goal in one session, of one purpose.

    `prompt_level` is the highest rank of prompt used (None: not recorded); an empty `phase` is found by date.
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

    def value(self, metric: Metric) -> float | None:
        """Per cent by `metric`, 0 to 100; None when there were no trials."""
        return self.score.supported if metric is Metric.SUPPORTED else self.score.independent


@dataclass(frozen=True, slots=True)
class Phase:
    """An intended change of condition: the chart's data path breaks at `starts_on`."""

    name: str
    starts_on: date

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
