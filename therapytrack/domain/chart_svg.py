"""The goal chart as an SVG picture for print, PDF and mail: plain shapes, dash and marker as well as color."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import Literal

from therapytrack.domain.accuracy import Purpose
from therapytrack.domain.chart_choice import Layer, beside_name
from therapytrack.domain.dates import MONTHS
from therapytrack.domain.goal_chart import GoalChart, Mark, PhaseBand, Segment, Stroke
from therapytrack.domain.palette import DARK, LIGHT, PRINT, Palette
from therapytrack.domain.sparkline import number
from therapytrack.domain.units import tick_text

__all__ = ["DARK", "LIGHT", "PRINT", "Palette", "render_svg"]

FONT = "'Source Sans 3', Helvetica, Arial, sans-serif"
SIZE = 12
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 38, 66
MARK_RADIUS = 4
DASHES = {"criterion": "", "aim": "6 5", "trend": "2 3"}
WIDTHS = {"criterion": 1.6, "aim": 1.6, "trend": 2.2}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class _Frame:
    """Turns dates and values into places on the picture."""

    chart: GoalChart
    width: float
    height: float
    colors: Palette
    described: bool
    layer: Layer

    @property
    def right(self) -> float:
        return self.width - RIGHT

    @property
    def bottom(self) -> float:
        return self.height - BOTTOM

    def x(self, day: date) -> float:
        share = (day - self.chart.x_start) / (self.chart.x_end - self.chart.x_start)
        return LEFT + min(1.0, max(0.0, share)) * (self.right - LEFT)

    def y(self, value: float) -> float:
        return self.bottom - value / self.chart.top * (self.bottom - TOP)


def render_svg(
    chart: GoalChart,
    width: float = 760,
    height: float = 380,
    palette: Palette = PRINT,
    *,
    font: str = FONT,
    described: bool = True,
    layer: Layer = Layer.POINTS,
) -> str:
    """Draw `chart` at `width` by `height` (at least 240 by 200) as one SVG element.

    `described` adds the title, the alt text and each point's words; a PDF carries alt text itself and leaves it out.
    """
    frame = _Frame(chart, max(240, width), max(200, height), palette, described, layer)
    body = "".join(
        [
            *_bands(frame),
            *_grid(frame),
            *_events(frame),
            *_months(frame),
            *(_stroke(frame, stroke) for stroke in chart.strokes),
            *_stroke_labels(frame),
            *(part for segment in chart.segments for part in _segment(frame, segment)),
            *_legend(frame),
        ]
    )
    size = f'width="{number(frame.width)}" height="{number(frame.height)}"'
    box = f'viewBox="0 0 {number(frame.width)} {number(frame.height)}"'
    words = f"<title>{_text(chart.title)}</title><desc>{_text(chart.alt)}</desc>" if described else ""
    ground = f'<rect {size} fill="{palette.surface}"/>'
    type_face = f'font-family="{escape(font)}" font-size="{SIZE}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size} {box} {type_face}>{words}{ground}{body}</svg>'


def _text(words: str) -> str:
    return escape(_NOT_XML.sub("", words))


def _label(x: float, y: float, words: str, color: str, anchor: Anchor = "start") -> str:
    place = f'x="{number(x)}" y="{number(y)}" text-anchor="{anchor}"'
    return f'<text {place} fill="{color}">{_text(words)}</text>'


def _path(path: str, color: str, width: float, dash: str = "") -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{path}" fill="none" stroke="{color}" stroke-width="{width}"{dashes}/>'


def _line(start: tuple[float, float], end: tuple[float, float], color: str, width: float, dash: str = "") -> str:
    path = f"M{number(start[0])} {number(start[1])}L{number(end[0])} {number(end[1])}"
    return _path(path, color, width, dash)


def _words_width(words: str) -> float:
    return 0.55 * SIZE * len(words)


def _bands(frame: _Frame) -> Iterator[str]:
    """Baseline shade, phase lines and phase names; a name that would touch the one before goes a line up."""
    free = 0.0
    for index, band in enumerate(frame.chart.bands):
        left = frame.x(band.start)
        yield from _shade(frame, band)
        if index:
            yield _line((left, TOP), (left, frame.bottom), frame.colors.muted, 1.2, "8 4")
        crowded = left + 4 < free
        yield _label(left + 4, TOP - (20 if crowded else 6), band.name, frame.colors.muted)
        free = free if crowded else left + 4 + _words_width(band.name)


def _shade(frame: _Frame, band: PhaseBand) -> Iterator[str]:
    left, right = frame.x(band.start), frame.x(band.end)
    if band.baseline and right > left:
        box = f'x="{number(left)}" y="{TOP}" width="{number(right - left)}" height="{number(frame.bottom - TOP)}"'
        yield f'<rect {box} fill="{frame.colors.baseline}"/>'


def _events(frame: _Frame) -> Iterator[str]:
    """Dotted lines that do not break the path, named upright at the foot."""
    for event in frame.chart.events:
        x = frame.x(event.on)
        yield _line((x, TOP), (x, frame.bottom), frame.colors.muted, 1.2, "2 4")
        turn = f'transform="rotate(-90 {number(x - 3)} {number(frame.bottom - 4)})"'
        place = f'x="{number(x - 3)}" y="{number(frame.bottom - 4)}"'
        yield f'<text {place} {turn} fill="{frame.colors.muted}">{_text(event.label)}</text>'


def _grid(frame: _Frame) -> Iterator[str]:
    for value in frame.chart.ticks:
        y = frame.y(value)
        yield _line((LEFT, y), (frame.right, y), frame.colors.grid, 1)
        yield _label(LEFT - 6, y + 4, tick_text(frame.chart.metric, value), frame.colors.muted, "end")


def _months(frame: _Frame) -> Iterator[str]:
    """A tick where each labeled month begins, its name in the middle, the year under the first and where it changes."""
    months = _months_between(frame.chart.x_start, frame.chart.x_end)
    room = (frame.right - LEFT) / len(months)
    every = next((step for step in (1, 2, 3, 6, 12) if step * room >= 30), 24)
    year = 0
    for month in months[::every]:
        left, right = frame.x(month), frame.x(month + timedelta(days=30))
        if month > frame.chart.x_start:
            yield _line((left, frame.bottom), (left, frame.bottom + 5), frame.colors.muted, 1)
        if right - left < 24:
            continue
        middle = (left + right) / 2
        yield _label(middle, frame.bottom + 17, MONTHS[month.month - 1], frame.colors.muted, "middle")
        if month.year != year:
            year = month.year
            yield _label(middle, frame.bottom + 31, str(year), frame.colors.muted, "middle")


def _months_between(start: date, end: date) -> list[date]:
    first, last = start.year * 12 + start.month - 1, end.year * 12 + end.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(first, last + 1)]


def _color(colors: Palette, stroke: Stroke) -> str:
    return {"criterion": colors.criterion, "aim": colors.aim, "trend": colors.trend}[stroke.role]


def _stroke(frame: _Frame, stroke: Stroke) -> str:
    start = (frame.x(stroke.start), frame.y(stroke.start_value))
    end = (frame.x(stroke.end), frame.y(stroke.end_value))
    return _line(start, end, _color(frame.colors, stroke), WIDTHS[stroke.role], DASHES[stroke.role])


def _stroke_labels(frame: _Frame) -> Iterator[str]:
    """The criterion's name above its right end and the aim line's below its own; the other way round when it falls."""
    line, aim = frame.chart.criterion, frame.chart.aim
    falls = aim is not None and aim.end_value < aim.start_value
    yield from _earlier_labels(frame)
    y = frame.y(line.end_value)
    below = y < TOP + 20 or (falls and y < frame.bottom - 20)
    yield _label(frame.right - 2, y + 14 if below else y - 5, line.label, frame.colors.criterion, "end")
    if aim:
        x = frame.x(aim.start) + 0.86 * (frame.x(aim.end) - frame.x(aim.start))
        y = frame.y(aim.start_value + 0.86 * (aim.end_value - aim.start_value))
        yield _label(x, y - 8 if falls else y + 18, aim.label, frame.colors.aim)


def _earlier_labels(frame: _Frame) -> Iterator[str]:
    for stroke in frame.chart.earlier:
        left, right = frame.x(stroke.start), frame.x(stroke.end)
        if stroke.label and right - left > _words_width(stroke.label):
            yield _label(right - 4, frame.y(stroke.end_value) - 5, stroke.label, frame.colors.criterion, "end")


def _series_color(frame: _Frame, segment: Segment) -> str:
    return frame.colors.probe if segment.purpose is Purpose.PROBE else frame.colors.practice


def _series_dash(segment: Segment) -> str:
    return "" if segment.purpose is Purpose.PROBE else "4 2"


def _segment(frame: _Frame, segment: Segment) -> Iterator[str]:
    color = _series_color(frame, segment)
    places = [(frame.x(mark.on), frame.y(mark.value)) for mark in segment.marks]
    if len(places) > 1:
        path = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in places)
        yield _path(path, color, 1.8, _series_dash(segment))
    for mark, (x, _) in zip(segment.marks, places, strict=True):
        yield from _beside(frame, mark, x)
    for mark, place in zip(segment.marks, places, strict=True):
        yield _marker(frame, segment, place, mark)


def _beside(frame: _Frame, mark: Mark, x: float) -> Iterator[str]:
    """A whisker for the 95% interval, or a stem to the same trials with their cues counted."""
    muted = frame.colors.muted
    if frame.layer is Layer.INTERVALS and mark.low < mark.high:
        low, high = frame.y(mark.low), frame.y(mark.high)
        yield _line((x, low), (x, high), muted, 0.8)
        yield _line((x - 3, low), (x + 3, low), muted, 0.8)
        yield _line((x - 3, high), (x + 3, high), muted, 0.8)
    elif frame.layer is Layer.SUPPORT and mark.beside is not None:
        y = frame.y(mark.beside)
        yield _line((x, frame.y(mark.value)), (x, y), muted, 0.8)
        yield _triangle(frame, x, y)


def _triangle(frame: _Frame, x: float, y: float) -> str:
    path = f"M{number(x)} {number(y - 5)}L{number(x + 5)} {number(y + 4)}L{number(x - 5)} {number(y + 4)}Z"
    return f'<path d="{path}" fill="{frame.colors.surface}" stroke="{frame.colors.muted}" stroke-width="1.4"/>'


def _marker(frame: _Frame, segment: Segment, place: tuple[float, float], mark: Mark | None = None) -> str:
    """A circle for a probe, a square for practice; hollow in baseline. `mark` gives the words shown on pointing."""
    color = _series_color(frame, segment)
    fill = frame.colors.surface if segment.baseline else color
    look = f'fill="{fill}" stroke="{color}" stroke-width="1.6"'
    words = f"<title>{_text(mark.label)}</title>" if mark and frame.described else ""
    x, y = place
    if segment.purpose is Purpose.PROBE:
        return f'<circle cx="{number(x)}" cy="{number(y)}" r="{MARK_RADIUS}" {look}>{words}</circle>'
    corner = f'x="{number(x - MARK_RADIUS)}" y="{number(y - MARK_RADIUS)}"'
    return f'<rect {corner} width="{2 * MARK_RADIUS}" height="{2 * MARK_RADIUS}" {look}>{words}</rect>'


def _legend(frame: _Frame) -> Iterator[str]:
    """A sample of each series and its name under the axis, on a second row where the first is full."""
    samples: dict[str, Segment | Stroke | str] = {segment.name: segment for segment in frame.chart.segments}
    if frame.chart.trend:
        samples[frame.chart.trend.label] = frame.chart.trend
    if name := beside_name(frame.chart, frame.layer):
        samples[name] = name
    x, y = float(LEFT), frame.height - 18
    for name, sample in samples.items():
        needed = 28 + _words_width(name)
        if x + needed > frame.right and x > LEFT:
            x, y = float(LEFT), y + 15
        yield from _sample(frame, sample, x, y - 4)
        yield _label(x + 28, y, name, frame.colors.text)
        x += needed + 12


def _sample(frame: _Frame, sample: Segment | Stroke | str, x: float, y: float) -> Iterator[str]:
    if isinstance(sample, str):
        muted, middle = frame.colors.muted, x + 11
        yield (
            _triangle(frame, middle, y)
            if frame.layer is Layer.SUPPORT
            else _path(f"M{number(middle)} {number(y - 6)}v12m-3 0h6m0 -12h-6", muted, 0.8)
        )
        return
    if isinstance(sample, Stroke):
        yield _line((x, y), (x + 22, y), _color(frame.colors, sample), WIDTHS[sample.role], DASHES[sample.role])
        return
    yield _line((x, y), (x + 22, y), _series_color(frame, sample), 1.8, _series_dash(sample))
    yield _marker(frame, sample, (x + 11, y))
