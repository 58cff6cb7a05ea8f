"""A goal's chart as its page shows it: the figure as JSON text, and the names that stand below it.

It follows from the chart alone, and a page is opened again and again on the same points: what was drawn last is kept.
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from therapytrack.domain.celeration import Celeration, celeration_legend
from therapytrack.domain.celeration_figure import celeration_figure, celeration_stages
from therapytrack.domain.chart_choice import Layer, legend_of
from therapytrack.domain.chart_figure import numbered_stages, plotly_figure
from therapytrack.domain.goal_chart import GoalChart
from therapytrack.domain.palette import NAMES


@dataclass(frozen=True, slots=True)
class Picture:
    """A `figure` with names in the place of colors, `legend` as in `legend_of`, and of it the series that are `joined`
    by a line; `stages`: those that have numbers in the place of their names on a phone, and `stages_upto`: up to how
    much room they do, as `stages_numbered` has it."""

    figure: str = ""
    legend: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    stages_upto: str = ""


@lru_cache(maxsize=128)
def picture_of(chart: GoalChart, window: tuple[date, date], layer: Layer) -> Picture:
    """The chart between the two days of `window`."""
    figure = plotly_figure(chart, window, NAMES, layer)
    counted = any("text" in trace for trace in figure["data"])
    stages, wide = numbered_stages(chart, window, NAMES)
    legend = tuple(legend_of(chart, layer, counted=counted))
    return Picture(_text(figure), legend, chart.joined, tuple(stages), wide)


def celeration_picture(shown: Celeration) -> Picture:
    """The standard celeration chart of a rate in the place of the even scale."""
    stages, wide = celeration_stages(shown)
    figure = _text(celeration_figure(shown, NAMES))
    return Picture(figure, tuple(celeration_legend(shown)), (), tuple(stages), wide)


def _text(figure: dict[str, Any]) -> str:
    return json.dumps(figure, ensure_ascii=False, separators=(",", ":"))
