"""The goal chart as a Plotly figure: plain dicts in the words of Plotly's schema, so that no server loads Plotly.

Every series has a dash and a marker of its own besides its color; axes are fixed, so that a finger scrolls the page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from therapytrack.domain.accuracy import Purpose
from therapytrack.domain.chart_choice import Layer
from therapytrack.domain.chart_layers import FONT, ROOM_FOR_N, SIZE, support, uncertainty
from therapytrack.domain.chart_rows import has_interval
from therapytrack.domain.figure_heads import NARROWEST, PHASE_DASH, Plot, headed, stages_numbered, text_of
from therapytrack.domain.goal_chart import MANY, GoalChart, Mark, PhaseBand, Segment, Stroke
from therapytrack.domain.outside_events import Event
from therapytrack.domain.palette import Palette
from therapytrack.domain.stroke_names import HIGH, aim_place, earlier_place, hides_lines, stands_first
from therapytrack.domain.units import is_percent, tick_text

MONTHS_FROM = 150
WEEK = 7 * 24 * 3600 * 1000
DASHES = {"criterion": "solid", "aim": "7px,5px", "trend": "2px,3px"}
WIDTHS = {"criterion": 2, "aim": 1.6, "trend": 2.2}
EVENT_DASH, PRACTICE_DASH = "2px,4px", "5px,3px"
HOVER = "<b>%{y:.0f}%</b> · %{x|%b %-d, %Y}<br>%{customdata}<extra></extra>"
HOVER_WORDS = "<b>%{customdata[0]}</b> · %{x|%b %-d, %Y}<br>%{customdata[1]}<extra></extra>"


@dataclass(frozen=True, slots=True)
class _Frame:
    chart: GoalChart
    start: date
    end: date
    colors: Palette
    layer: Layer

    @property
    def days(self) -> int:
        return max(1, (self.end - self.start).days)


def plotly_figure(
    chart: GoalChart, window: tuple[date, date], palette: Palette, layer: Layer = Layer.POINTS
) -> dict[str, Any]:
    """The figure of `chart` between the two days of `window`, as {"data": [...], "layout": {...}} of JSON values, with
    "wide" and "widest" as `headed` has them."""
    frame = _Frame(chart, *window, palette, layer)
    shapes = [*_band_shapes(frame), *_event_lines(frame)]
    plot = Plot(frame.start, frame.days, 46, shapes, list(_stroke_names(frame)))
    above, wide = headed(plot, _phases(frame), _inside(frame), palette)
    lines, points = list(_strokes(frame)), [*_support(frame), *_series(frame)]
    return {
        "data": points + lines if hides_lines(chart, window) else lines + points,
        "layout": {
            "autosize": True,
            "showlegend": False,
            "dragmode": False,
            "hovermode": "closest",
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": FONT, "size": SIZE, "color": palette.muted},
            "hoverlabel": _hover_label(palette),
            "xaxis": _days_axis(frame),
            "yaxis": _value_axis(frame),
            **above,
        },
        **wide,
    }


def numbered_stages(chart: GoalChart, window: tuple[date, date], palette: Palette) -> tuple[list[str], str]:
    """The legend of the stages where that figure has numbers for them, as `stages_numbered` has it."""
    frame = _Frame(chart, *window, palette, Layer.POINTS)
    return stages_numbered(frame.start, frame.days, _phases(frame), _inside(frame))


def _bands(frame: _Frame) -> list[PhaseBand]:
    return [band for band in frame.chart.bands if band.end > frame.start and band.start < frame.end]


def _phases(frame: _Frame) -> list[tuple[date, str]]:
    return [(max(band.start, frame.start), band.name) for band in _bands(frame)]


def _hover_label(colors: Palette) -> dict[str, Any]:
    font = {"family": FONT, "size": SIZE, "color": colors.text}
    return {"bgcolor": colors.surface, "bordercolor": colors.muted, "font": font, "align": "left"}


def _days_axis(frame: _Frame) -> dict[str, Any]:
    months = frame.days >= MONTHS_FROM
    return {
        "type": "date",
        "range": [frame.start.isoformat(), frame.end.isoformat()],
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "ticks": "outside",
        "ticklen": 5,
        "tickcolor": frame.colors.grid,
        "nticks": 12 if months else 7,
        "tickformat": "%b\n%Y" if months else "%b %-d\n%Y",
        "ticklabelmode": "period" if months else "instant",
        "tickangle": 0,
        "minor": {"dtick": "M1" if months else WEEK, "ticks": "outside", "ticklen": 3, "tickcolor": frame.colors.grid},
    }


def _value_axis(frame: _Frame) -> dict[str, Any]:
    chart = frame.chart
    return {
        "range": [0, chart.top],
        "fixedrange": True,
        "tickvals": list(chart.ticks),
        "ticktext": [tick_text(chart.metric, value) for value in chart.ticks],
        "gridcolor": frame.colors.grid,
        "zeroline": True,
        "zerolinecolor": frame.colors.grid,
        "zerolinewidth": 1,
    }


def _series(frame: _Frame) -> Iterator[dict[str, Any]]:
    """One trace a series, practice beneath probes; the path breaks where the segments do."""
    names = dict.fromkeys(segment.name for segment in frame.chart.segments)
    for name in names:
        yield _trace(frame, [segment for segment in frame.chart.segments if segment.name == name])


def _trace(frame: _Frame, segments: Sequence[Segment]) -> dict[str, Any]:
    marks: list[Mark | None] = []
    for segment in segments:
        marks += [None, *segment.marks] if marks else segment.marks
    probe = segments[0].purpose is Purpose.PROBE
    percent = is_percent(frame.chart.metric)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        **_uncertainty(frame, marks),
        "name": segments[0].name,
        "x": [mark.on.isoformat() if mark else None for mark in marks],
        "y": [round(mark.value, 1 if percent else 3) if mark else None for mark in marks],
        "customdata": [_hover(mark, percent) if mark else None for mark in marks],
        "hovertemplate": HOVER if percent else HOVER_WORDS,
        "connectgaps": False,
        "cliponaxis": False,
        "line": {"color": _color(frame.colors, probe), "width": 2, "dash": "solid" if probe else PRACTICE_DASH},
        "marker": _marker(frame, probe, segments[0].baseline),
    }


def _support(frame: _Frame) -> Iterator[dict[str, Any]]:
    if frame.layer is Layer.SUPPORT and frame.chart.beside:
        yield support(frame.chart, frame.colors)


def _uncertainty(frame: _Frame, marks: Sequence[Mark | None]) -> dict[str, Any]:
    if frame.layer is not Layer.INTERVALS or not has_interval(frame.chart.metric):
        return {}
    return uncertainty(marks, frame.colors, counted=_has_room_for_n(frame))


def _has_room_for_n(frame: _Frame) -> bool:
    """Whether the number of trials fits between all points, also between those of one day."""
    drawn = (mark for segment in frame.chart.segments for mark in segment.marks)
    places = sorted((mark.on, mark.value) for mark in drawn if frame.start <= mark.on <= frame.end)
    per_day, high = NARROWEST / frame.days, HIGH * frame.chart.top
    apart = (((later[0] - one[0]).days * per_day, later[1] - one[1]) for one, later in pairwise(places))
    return bool(places) and all(across >= ROOM_FOR_N or (not across and up >= high) for across, up in apart)


def _hover(mark: Mark, percent: bool) -> str | list[str]:
    return mark.ground if percent else [mark.words, mark.ground]


def _color(colors: Palette, probe: bool) -> str:
    return colors.probe if probe else colors.practice


def _marker(frame: _Frame, probe: bool, baseline: bool) -> dict[str, Any]:
    """A circle for a probe, a square for practice; hollow in baseline, else with a rim of the ground's color; smaller
    where they are many."""
    colors, color = frame.colors, _color(frame.colors, probe)
    many = sum(frame.start <= mark.on <= frame.end for part in frame.chart.segments for mark in part.marks) > MANY
    return {
        "symbol": "circle" if probe else "square",
        "size": (6 if many else 9) - (not probe),
        "color": colors.surface if baseline else color,
        "line": {"color": color if baseline else colors.surface, "width": 2 if baseline else 1},
        "opacity": 1,
    }


def _strokes(frame: _Frame) -> Iterator[dict[str, Any]]:
    for stroke in frame.chart.strokes:
        yield {
            "type": "scatter",
            "mode": "lines",
            "name": stroke.label,
            "x": [stroke.start.isoformat(), stroke.end.isoformat()],
            "y": [round(stroke.start_value, 2), round(stroke.end_value, 2)],
            "hoverinfo": "skip",
            "line": {
                "color": _stroke_color(frame.colors, stroke),
                "width": WIDTHS[stroke.role],
                "dash": DASHES[stroke.role],
            },
        }


def _stroke_color(colors: Palette, stroke: Stroke) -> str:
    return {"criterion": colors.criterion, "aim": colors.aim, "trend": colors.trend}[stroke.role]


def _band_shapes(frame: _Frame) -> Iterator[dict[str, Any]]:
    for band in _bands(frame):
        box = {"yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
        if band.baseline:
            days = {"x0": max(band.start, frame.start).isoformat(), "x1": min(band.end, frame.end).isoformat()}
            yield {"type": "rect", **days, **box, "fillcolor": frame.colors.baseline, "line": {"width": 0}}
        if band is not frame.chart.bands[0] and band.start >= frame.start:
            yield _upright(band.start, {"color": frame.colors.muted, "width": 1.4, "dash": PHASE_DASH})


def _upright(day: date, line: dict[str, Any]) -> dict[str, Any]:
    place = {"x0": day.isoformat(), "x1": day.isoformat(), "yref": "paper", "y0": 0, "y1": 1}
    return {"type": "line", **place, "layer": "below", "line": line}


def _inside(frame: _Frame) -> list[Event]:
    return [event for event in frame.chart.events if frame.start <= event.on <= frame.end]


def _event_lines(frame: _Frame) -> Iterator[dict[str, Any]]:
    for event in _inside(frame):
        yield _upright(event.on, {"color": frame.colors.muted, "width": 1.4, "dash": EVENT_DASH})


def _stroke_names(frame: _Frame) -> Iterator[dict[str, Any]]:
    """The criterion's name above its right end and the aim line's below its own; the other way round when it falls."""
    criterion, aim = frame.chart.criterion, frame.chart.aim
    yield from _earlier_names(frame)
    falls = aim is not None and aim.end_value < aim.start_value
    height = criterion.end_value / frame.chart.top
    above = height < 0.08 or (height < 0.92 and not falls)
    share = 0.55 * SIZE * len(criterion.label) / NARROWEST
    whiskers = frame.layer is Layer.INTERVALS
    if stands_first(frame.chart, (frame.start, frame.end), share, above=above, whiskers=whiskers):
        first = max(frame.start, criterion.start).isoformat()
        anchor = {"x": first, "xref": "x", "xanchor": "left", "xshift": 4}
    else:
        anchor = {"x": 1, "xref": "paper", "xanchor": "right"}
    anchor |= {"y": criterion.end_value, "yref": "y"}
    side = {"yanchor": "bottom", "yshift": 2} if above else {"yanchor": "top", "yshift": -2}
    yield text_of(criterion.label, frame.colors.criterion) | anchor | side
    if aim is None or (seen := aim.within(frame.start, frame.end)) is None:
        return
    share = 0.55 * SIZE * len(aim.label) / NARROWEST
    day, value = aim_place(frame.chart, seen, (frame.start, frame.end), share, whiskers=whiskers)
    side_of_day = "left" if (frame.end - day).days >= share * frame.days else "right"
    place = {"x": day.isoformat(), "xref": "x", "xanchor": side_of_day, "y": round(value, 2), "yref": "y"}
    beside = {"yanchor": "bottom", "yshift": 6} if falls else {"yanchor": "top", "yshift": -6}
    yield text_of(aim.label, frame.colors.aim) | place | beside


def _earlier_names(frame: _Frame) -> Iterator[dict[str, Any]]:
    """The criterion of an earlier version, named at an end of its line where there is room for its name."""
    for stroke in frame.chart.earlier:
        start, end = max(stroke.start, frame.start), min(stroke.end, frame.end)
        share = 0.55 * SIZE * len(stroke.label) / NARROWEST
        if not stroke.label or (end - start).days / frame.days <= share:
            continue
        first, above = earlier_place(frame.chart, stroke, (frame.start, frame.end), share)
        day, anchor, shift = (start, "left", 4) if first else (end, "right", -4)
        place = {"x": day.isoformat(), "xref": "x", "xanchor": anchor, "y": stroke.end_value, "yref": "y"}
        side = {"yanchor": "bottom", "yshift": 2} if above else {"yanchor": "top", "yshift": -2}
        yield text_of(stroke.label, frame.colors.criterion) | place | side | {"xshift": shift}
