"""A goal's chart as its page shows it: the figure as JSON text, and the names that stand below it.

It follows from the chart alone, and a page is opened again and again on the same points: what was drawn last is kept.
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from therapytrack.domain.celeration import Celeration, celeration_legend
from therapytrack.domain.celeration_figure import celeration_figure
from therapytrack.domain.chart_choice import Layer, legend_of
from therapytrack.domain.chart_figure import plotly_figure
from therapytrack.domain.goal_chart import GoalChart
from therapytrack.domain.palette import NAMES


@dataclass(frozen=True, slots=True)
class Picture:
    """A `figure` with names in the place of colors, `legend` as in `legend_of`, and of it the series that are `joined`
    by a line."""

    figure: str = ""
    legend: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()


@lru_cache(maxsize=128)
def picture_of(chart: GoalChart, window: tuple[date, date], layer: Layer) -> Picture:
    """The chart between the two days of `window`."""
    figure = plotly_figure(chart, window, NAMES, layer)
    counted = any("text" in trace for trace in figure["data"])
    return Picture(_text(figure), tuple(legend_of(chart, layer, counted=counted)), chart.joined)


def celeration_picture(shown: Celeration) -> Picture:
    """The standard celeration chart of a rate in the place of the even scale."""
    return Picture(_text(celeration_figure(shown, NAMES)), tuple(celeration_legend(shown)))


def _text(figure: dict[str, Any]) -> str:
    return json.dumps(figure, ensure_ascii=False, separators=(",", ":"))
