"""The table under a goal's chart: each point as a row of words, in the right unit."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from therapytrack.domain.accuracy import wilson_interval
from therapytrack.domain.dates import long_date
from therapytrack.domain.points import Metric, Point, is_baseline
from therapytrack.domain.score_words import counts_text, hits_of, score_text


@dataclass(frozen=True, slots=True)
class ChartRow:
    """A point in the table under the chart, as text, with its date and session for links and sorting."""

    on: date
    date_text: str
    condition: str
    trials: str
    score: str
    interval: str
    recorded_by: str
    note_status: str
    session_id: str


def has_interval(metric: Metric) -> bool:
    """Whether a point is a share of independent trials; intervals of one observation are not independent."""
    return metric in (Metric.INDEPENDENT, Metric.SUPPORTED)


@lru_cache(maxsize=4096)
def row_of(point: Point, metric: Metric) -> ChartRow:
    """A point as its row; a table is turned and opened again and again."""
    return ChartRow(
        on=point.on,
        date_text=long_date(point.on),
        condition=_condition(point, metric),
        trials=counts_text(metric, point.score) if not point.words else "",
        score=_score(point, metric),
        interval=_interval(point, metric),
        recorded_by=point.recorded_by,
        note_status=point.note_status,
        session_id=point.session_id,
    )


def _score(point: Point, metric: Metric) -> str:
    if point.words:
        return point.words
    return score_text(metric, point.score) if point.score.n else "no trials"


def _interval(point: Point, metric: Metric) -> str:
    if not point.score.n or not has_interval(metric):
        return ""
    low, high = wilson_interval(hits_of(metric, point.score), point.score.n)
    return f"{100 * low:.0f} to {100 * high:.0f}%"


def _condition(point: Point, metric: Metric) -> str:
    noun = f"Baseline {point.purpose.value}" if is_baseline(point.phase) else point.purpose.value.capitalize()
    if not has_interval(metric):
        return noun
    return f"{noun}, with cues" if point.score.cued else f"{noun}, no cues"
