"""The standard celeration chart as an SVG picture for print and file, with the shapes of `chart_svg`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import log10

from therapytrack.domain.accuracy import Purpose
from therapytrack.domain.celeration import DAYS, HIGHEST, LOWEST, Celeration, Drawn, factor_text, name_of
from therapytrack.domain.dates import MONTHS
from therapytrack.domain.outside_events import line_names
from therapytrack.domain.palette import PRINT, Palette
from therapytrack.domain.svg_parts import (
    FONT,
    NAME_ROOM,
    clean,
    label,
    line,
    number,
    path,
    square,
    svg_element,
    upright,
    width_of,
)

LEFT, RIGHT, TOP, BOTTOM = 48, 12, 26, 62
CYCLES = range(-3, 4)
FOUR_WEEKS = 28
RADIUS = 4


@dataclass(frozen=True, slots=True)
class _Frame:
    found: Celeration
    width: float
    height: float
    colors: Palette

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
        return self.bottom - share * (self.bottom - TOP)


def render_celeration(
    found: Celeration, width: float = 760, height: float = 420, palette: Palette = PRINT, *, described: bool = True
) -> str:
    """Draw `found` as one SVG element; `described` adds the title, its sentence and the words of each point."""
    frame = _Frame(found, width, height, palette)
    words = ("Standard celeration chart", found.sentence) if described else None
    points = (_point(frame, one, described=described) for one in found.drawn)
    body = [*_grid(frame), *_weeks(frame), *_phases(frame), *_events(frame), *_line(frame), *points, *_legend(frame)]
    return svg_element((width, height), "".join(body), palette.surface, FONT, words)


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
        yield line((x, TOP), (x, frame.bottom), frame.colors.grid, 1)
        yield label(x, frame.bottom + 17, f"{MONTHS[day.month - 1]} {day.day}", frame.colors.muted)
        yield label(x, frame.bottom + 31, str(day.year), frame.colors.muted)
    yield path(ticks, frame.colors.muted, 0.8)


def _phases(frame: _Frame) -> Iterator[str]:
    for day, name in frame.found.phases:
        x = frame.x(day)
        yield line((x, TOP), (x, frame.bottom), frame.colors.muted, 1.2, "8 4")
        yield label(x + 4, TOP - 6, name, frame.colors.muted)


def _events(frame: _Frame) -> Iterator[str]:
    """Dotted lines, named upright at the foot."""
    for one in frame.found.events:
        x = frame.x(one.on)
        yield line((x, TOP), (x, frame.bottom), frame.colors.muted, 1.2, "2 4")
    for day, words in line_names(frame.found.events, NAME_ROOM * DAYS / (frame.right - LEFT)):
        yield upright(frame.x(day) - 3, frame.bottom - 4, words, frame.colors.muted)


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


def _legend(frame: _Frame) -> Iterator[str]:
    x, y = float(LEFT), frame.height - 12
    for name, one in {name_of(one): one for one in frame.found.drawn}.items():
        yield _shape(frame.colors, one, (x + 6, y - 4))
        yield label(x + 18, y, name, frame.colors.text)
        x += 34 + width_of(name)
