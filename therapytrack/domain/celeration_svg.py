"""The standard celeration chart as an SVG picture for print and file, with the shapes of `chart_svg`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from math import log10

from therapytrack.domain.accuracy import Purpose
from therapytrack.domain.celeration import HIGHEST, LOWEST, Celeration, Drawn, factor_text, name_of
from therapytrack.domain.chart_heads import Heads, Numbered, arranged
from therapytrack.domain.dates import MONTHS
from therapytrack.domain.outside_events import Event
from therapytrack.domain.palette import PRINT, Palette
from therapytrack.domain.svg_parts import (
    ABOVE_HEADS,
    FONT,
    HEAD_ROW,
    clean,
    heads_above,
    in_rows,
    label,
    line,
    number,
    path,
    square,
    svg_element,
    width_of,
)

LEFT, RIGHT, TOP, BOTTOM = 48, 12, 26, 62
CYCLES = range(-3, 4)
FOUR_WEEKS = 28
RADIUS = 4
ROOM_FOR_SAMPLE = 18
Sample = Drawn | Event | Numbered


@dataclass(frozen=True)
class _Frame:
    found: Celeration
    width: float
    height: float
    colors: Palette
    keyed: bool

    @cached_property
    def heads(self) -> Heads:
        phases = [(self.x(day), name) for day, name in self.found.phases]
        return arranged(phases, [(self.x(one.on), one.mark) for one in self.found.events], self.right, width_of(" "))

    @property
    def top(self) -> float:
        return max(TOP, HEAD_ROW * self.heads.rows + ABOVE_HEADS)

    @property
    def right(self) -> float:
        return self.width - RIGHT

    @property
    def bottom(self) -> float:
        return self.height - BOTTOM

    def x(self, day: date) -> float:
        days = (self.found.end - self.found.start).days + 1
        return LEFT + (day - self.found.start).days / days * (self.right - LEFT)

    def y(self, value: float) -> float:
        """Equal factors are equal heights."""
        share = (log10(min(HIGHEST, max(LOWEST, value))) - CYCLES[0]) / (CYCLES[-1] - CYCLES[0])
        return self.bottom - share * (self.bottom - self.top)


def render_celeration(
    found: Celeration,
    width: float = 760,
    height: float = 420,
    palette: Palette = PRINT,
    *,
    described: bool = True,
    keyed: bool = True,
) -> str:
    """Draw `found` as one SVG element; `described` adds the title, its sentence and the words of each point, `keyed`
    what the marks of events mean. A legend of more than one row makes it higher."""
    frame = _Frame(found, width, height, palette, keyed)
    words = ("Standard celeration chart", found.sentence) if described else None
    points = (_point(frame, one, described=described) for one in found.drawn)
    body = [*_grid(frame), *_weeks(frame), *_phases(frame), *_events(frame), *_line(frame), *points, *_legend(frame)]
    below = max((y + 12 - height for _, _, _, y in _keys(frame)), default=0)
    return svg_element((width, height + below), "".join(body), palette.surface, FONT, words)


def _grid(frame: _Frame) -> Iterator[str]:
    """A line for each power of ten with its number, a short one for each of the eight between."""
    for cycle in CYCLES:
        y = frame.y(10.0**cycle)
        yield line((LEFT, y), (frame.right, y), frame.colors.grid, 1)
        yield label(LEFT - 8, y + 4, f"{10.0**cycle:g}", frame.colors.muted, "end")
        if cycle != CYCLES[-1]:
            ticks = "".join(f"M{LEFT - 4} {number(frame.y(times * 10.0**cycle))}h4" for times in range(2, 10))
            yield path(ticks, frame.colors.muted, 0.8)


def _weeks(frame: _Frame) -> Iterator[str]:
    """A line at each fourth Sunday with its day, and a tick at each one between."""
    ticks = ""
    for days in range(0, (frame.found.end - frame.found.start).days + 1, 7):
        day = frame.found.start + timedelta(days=days)
        x = frame.x(day)
        if days % FOUR_WEEKS:
            ticks += f"M{number(x)} {number(frame.bottom)}v4"
            continue
        yield line((x, frame.top), (x, frame.bottom), frame.colors.grid, 1)
        yield label(x, frame.bottom + 17, f"{MONTHS[day.month - 1]} {day.day}", frame.colors.muted)
        yield label(x, frame.bottom + 31, str(day.year), frame.colors.muted)
    yield path(ticks, frame.colors.muted, 0.8)


def _phases(frame: _Frame) -> Iterator[str]:
    lines = [frame.x(day) for day, _ in frame.found.phases]
    yield from heads_above(frame.heads, lines, (frame.top, frame.bottom), (frame.colors.muted, frame.colors.text))


def _events(frame: _Frame) -> Iterator[str]:
    """Dotted lines."""
    for one in frame.found.events:
        x = frame.x(one.on)
        yield line((x, frame.top), (x, frame.bottom), frame.colors.muted, 1.2, "2 4")


def _line(frame: _Frame) -> Iterator[str]:
    """The celeration line, named above its end."""
    if frame.found.line is None or frame.found.factor is None:
        return
    (first, start), (last, end) = frame.found.line
    yield line((frame.x(first), frame.y(start)), (frame.x(last), frame.y(end)), frame.colors.trend, 2.2, "2 3")
    words = f"Celeration {factor_text(frame.found.factor)} a week"
    x = max(frame.x(last), LEFT + width_of(words))
    yield label(x, frame.y(end) - 14, words, frame.colors.text, "end")


def _color(colors: Palette, one: Drawn) -> str:
    return colors.practice if one.purpose is Purpose.PRACTICE else colors.probe


def _point(frame: _Frame, one: Drawn, *, described: bool) -> str:
    words = f"<title>{clean(one.words)}</title>" if described else ""
    return _shape(frame.colors, one, (frame.x(one.on), frame.y(one.value)), words)


def _shape(colors: Palette, one: Drawn, place: tuple[float, float], words: str = "") -> str:
    """A dot for a probe, a square for practice, hollow in baseline; a cross where nothing was counted."""
    x, y = place
    color = _color(colors, one)
    if one.zero:
        arms = f"M{number(x - RADIUS)} {number(y - RADIUS)}l8 8m0 -8l-8 8"
        return f'<path d="{arms}" fill="none" stroke="{color}" stroke-width="2">{words}</path>'
    look = f'fill="{colors.surface if one.baseline else color}" stroke="{color}" stroke-width="1.6"'
    if one.purpose is Purpose.PRACTICE:
        return square(place, RADIUS, look, words)
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="{RADIUS}" {look}>{words}</circle>'


def _keys(frame: _Frame) -> Iterator[tuple[str, Sample | None, float, float]]:
    """What the legend names, with the place of its sample: each kind of point, each stage that has a number in the
    place of its name, and each marked event."""
    kinds: dict[str, Sample] = {name_of(one): one for one in frame.found.drawn}
    stages = ((one.name, one) for one in frame.heads.numbered)
    events = ((one.words, one) for one in frame.found.events if one.mark and frame.keyed)
    yield from in_rows(
        (*kinds.items(), *stages, *events), (LEFT, frame.right), frame.height - 12, (ROOM_FOR_SAMPLE, 16)
    )


def _legend(frame: _Frame) -> Iterator[str]:
    for words, one, x, y in _keys(frame):
        if isinstance(one, Event | Numbered):
            yield label(x + 3, y, one.mark, frame.colors.text)
        elif one is not None:
            yield _shape(frame.colors, one, (x + 6, y - 4))
        yield label(x + ROOM_FOR_SAMPLE, y, words, frame.colors.text)
