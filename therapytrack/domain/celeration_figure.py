"""The standard celeration chart as a Plotly figure: plain dicts, as `chart_figure` makes them."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from math import log10
from typing import Any

from therapytrack.domain.accuracy import Purpose
from therapytrack.domain.celeration import DAYS, HIGHEST, LOWEST, Celeration, Drawn, factor_text
from therapytrack.domain.chart_figure import EVENT_DASH
from therapytrack.domain.chart_layers import FONT, SIZE
from therapytrack.domain.figure_heads import PHASE_DASH, Plot, headed, stages_numbered
from therapytrack.domain.palette import Palette

TICKS = (0.001, 0.01, 0.1, 1, 10, 100, 1000)
FOUR_WEEKS = 28 * 24 * 3600 * 1000
SIX_CYCLES = [-3, 3]


def celeration_figure(found: Celeration, colors: Palette) -> dict[str, Any]:
    """The figure of `found`, as {"data": [...], "layout": {...}} of JSON values, with "wide" and
    "widest" as `headed` has them."""
    plot = Plot(found.start, DAYS, 54, list(_uprights(found, colors)), _line_name(found, colors))
    above, wide = headed(plot, found.phases, found.events, colors)
    return {
        "data": [*_series(found, colors), *_line(found, colors)],
        "layout": {
            "autosize": True,
            "showlegend": False,
            "dragmode": False,
            "hovermode": "closest",
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": FONT, "size": SIZE, "color": colors.muted},
            **above,
            "xaxis": _days_axis(found, colors),
            "yaxis": {
                "type": "log",
                "range": SIX_CYCLES,
                "fixedrange": True,
                "tickvals": list(TICKS),
                "ticktext": [f"{tick:g}" for tick in TICKS],
                "gridcolor": colors.grid,
                "minor": {"dtick": "D1", "ticks": "outside", "ticklen": 3, "tickcolor": colors.grid},
            },
        },
        **wide,
    }


def celeration_stages(found: Celeration) -> tuple[list[str], str]:
    """The legend of the stages where that figure has numbers for them, as `stages_numbered` has it."""
    return stages_numbered(found.start, DAYS, found.phases, found.events)


def _days_axis(found: Celeration, colors: Palette) -> dict[str, Any]:
    return {
        "type": "date",
        "range": [found.start.isoformat(), (found.end + timedelta(days=1)).isoformat()],
        "fixedrange": True,
        "tick0": found.start.isoformat(),
        "dtick": FOUR_WEEKS,
        "tickformat": "%b %-d\n%Y",
        "gridcolor": colors.grid,
        "zeroline": False,
        "ticks": "outside",
        "ticklen": 8,
        "tickcolor": colors.grid,
    }


def _uprights(found: Celeration, colors: Palette) -> Iterator[dict[str, Any]]:
    for day, _ in found.phases:
        yield _upright(day, colors, PHASE_DASH)
    for one in found.events:
        yield _upright(one.on, colors, EVENT_DASH)


def _upright(day: date, colors: Palette, dash: str) -> dict[str, Any]:
    place = {"x0": day.isoformat(), "x1": day.isoformat(), "yref": "paper", "y0": 0, "y1": 1}
    return {"type": "line", **place, "layer": "below", "line": {"color": colors.muted, "width": 1.4, "dash": dash}}


def _series(found: Celeration, colors: Palette) -> Iterator[dict[str, Any]]:
    """A dot for what was counted, a cross for zero; hollow in baseline, square for practice."""
    kinds = sorted(found.drawn, key=_kind)
    for (practice, baseline, zero), group in groupby(kinds, _kind):
        marks = list(group)
        color = colors.practice if practice else colors.probe
        shape = "square" if practice else "circle"
        yield {
            "type": "scatter",
            "mode": "markers",
            "name": f"{'Baseline ' if baseline else ''}{'practice' if practice else 'probe'}{', zero' if zero else ''}",
            "x": [one.on.isoformat() for one in marks],
            "y": [round(one.value, 5) for one in marks],
            "customdata": [one.words for one in marks],
            "hovertemplate": "%{customdata}<extra></extra>",
            "marker": {
                "symbol": "x-thin" if zero else shape,
                "size": 9,
                "color": colors.surface if baseline else color,
                "line": {"color": color, "width": 2},
                "opacity": 1,
            },
        }


def _kind(one: Drawn) -> tuple[bool, bool, bool]:
    return one.purpose is Purpose.PRACTICE, one.baseline, one.zero


def _line_name(found: Celeration, colors: Palette) -> list[dict[str, Any]]:
    """Above the line's last point, clear of the dots; a log axis takes the logarithm as the place."""
    if found.line is None or found.factor is None:
        return []
    day, value = found.line[1]
    place = {"x": day.isoformat(), "xref": "x", "xanchor": "right", "yref": "y", "yanchor": "bottom", "yshift": 12}
    words = {"text": f"Celeration {factor_text(found.factor)} a week", "showarrow": False}
    height = log10(min(HIGHEST, max(LOWEST, value)))
    return [place | words | {"y": height, "font": {"color": colors.text, "size": SIZE}}]


def _line(found: Celeration, colors: Palette) -> Iterator[dict[str, Any]]:
    if found.line is None or found.factor is None:
        return
    values = [min(HIGHEST, max(LOWEST, value)) for _, value in found.line]
    yield {
        "type": "scatter",
        "mode": "lines",
        "name": "Celeration",
        "x": [day.isoformat() for day, _ in found.line],
        "y": values,
        "hoverinfo": "skip",
        "line": {"color": colors.trend, "width": 2.2, "dash": "2px,3px"},
    }
