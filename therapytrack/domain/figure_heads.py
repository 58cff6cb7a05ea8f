"""What stands above the plot of an interactive chart, in Plotly's words, placed by `chart_heads`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from html import escape
from typing import Any

from therapytrack.domain.chart_heads import BESIDE, Head, Heads, arranged
from therapytrack.domain.chart_layers import SIZE
from therapytrack.domain.outside_events import Event
from therapytrack.domain.palette import Palette

NARROWEST, WIDE, WIDEST = 290, 420, 590  # how wide a plot is at least: on a phone, beside a phone's width, and on most
"""The widths of window that leave so much are in charts.jsx, and for the legend of stages in charts.css."""
ROW = SIZE + 3
LEAST_ROOM = 30
LETTER = 0.55 * SIZE
PHASE_DASH = "9px,5px"
Scale = tuple[date, float]
"""The first day drawn, and how many days a pixel is."""
Phase = tuple[date, str]
"""The day of its line, and its name."""


@dataclass(frozen=True, slots=True)
class Plot:
    """What of a chart stands as it is, however wide: its days, the margin at its left, its shapes and its words."""

    start: date
    days: float
    left: int
    shapes: list[dict[str, Any]]
    notes: list[dict[str, Any]]


def headed(
    plot: Plot, phases: Sequence[Phase], events: Sequence[Event], colors: Palette
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Margin, shapes and annotations of a layout with the names of `phases` and the marks of `events` above the plot,
    as they have room on a phone, and {"wide", "widest": the same for more room and for most} where that is different.
    """
    narrow, wide, widest = (_with_room(plot, heads, colors, room) for room, heads in _arranged(plot, phases, events))
    more = {} if narrow == wide else {"wide": wide}
    return narrow, more if widest == wide else more | {"widest": widest}


def stages_numbered(
    start: date, days: float, phases: Sequence[Phase], events: Sequence[Event]
) -> tuple[list[str], str]:
    """The `phases` with their numbers, for the legend, where numbers stand in the place of their names on a phone; and
    up to how much room they do: "narrow" on a phone alone, "wide", or "widest" everywhere."""
    narrow, wide, widest = (heads.numbered for _, heads in _arranged(Plot(start, days, 0, [], []), phases, events))
    return [f"{one.mark} {one.name}" for one in narrow], "widest" if widest else "wide" if wide else "narrow"


def _arranged(plot: Plot, phases: Sequence[Phase], events: Sequence[Event]) -> Iterator[tuple[float, Heads]]:
    """What stands above the plot on a phone, where there is more room and where there is most, with how wide it is."""
    for room in (NARROWEST, WIDE, WIDEST):
        lines = [((day - plot.start).days * room / plot.days, words) for day, words in phases]
        marks = [((one.on - plot.start).days * room / plot.days, one.mark) for one in events]
        yield room, arranged(lines, marks, room, LETTER)


def _with_room(plot: Plot, heads: Heads, colors: Palette, room: float) -> dict[str, Any]:
    scale = plot.start, plot.days / room
    top = max(LEAST_ROOM, ROW * heads.rows + 10)
    return {
        "margin": {"l": plot.left, "r": 14, "t": top, "b": 44, "pad": 0},
        "shapes": [*plot.shapes, *_leaders(heads, scale, colors)],
        "annotations": [*_names(heads, scale, colors), *plot.notes],
    }


def _leaders(heads: Heads, scale: Scale, colors: Palette) -> Iterator[dict[str, Any]]:
    """What leads from a phase line up to its name, where that stands in a higher row."""
    line = {"color": colors.muted, "width": 1.4, "dash": PHASE_DASH}
    for head in heads.names:
        if head.reach and head.line > 0:
            day = _day(scale, head.line)
            height = {"yref": "paper", "ysizemode": "pixel", "yanchor": 1, "y0": 0, "y1": ROW * head.reach}
            yield {"type": "line", "x0": day, "x1": day, **height, "layer": "below", "line": line}


def _names(heads: Heads, scale: Scale, colors: Palette) -> Iterator[dict[str, Any]]:
    """The names of phases beside their lines and the marks of events over theirs."""
    for head in heads.names:
        yield text_of(head.words, colors.muted) | _placed(head, scale)
    for mark in heads.marks:
        yield text_of(mark.words, colors.text) | _placed(mark, scale)


def text_of(words: str, color: str) -> dict[str, Any]:
    """An annotation that is only text: Plotly reads a little markup in it, so signs of markup are escaped."""
    return {"text": escape(words, quote=False), "showarrow": False, "font": {"color": color, "size": SIZE}}


def _placed(head: Head, scale: Scale) -> dict[str, Any]:
    above = {"y": 1, "yref": "paper", "yanchor": "bottom", "yshift": 2 + ROW * head.row, "textangle": 0}
    anchor = {"start": "left", "middle": "center", "end": "right"}[head.anchor]
    if head.anchor == "start":
        return above | {"x": _day(scale, head.x - BESIDE), "xref": "x", "xanchor": anchor, "xshift": BESIDE}
    return above | {"x": _day(scale, head.x), "xref": "x", "xanchor": anchor}


def _day(scale: Scale, x: float) -> str:
    """The moment at `x`, a day without its time where it is one."""
    start, per_pixel = scale
    at = datetime.combine(start, time()) + timedelta(minutes=round(x * per_pixel * 1440))
    return (at.date() if at.time() == time() else at).isoformat()
